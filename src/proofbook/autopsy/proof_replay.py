"""Replaying proofs from the files alone: no notebook is run, and no finder of certificates is imported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proofbook.autopsy.canonical import digest
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.ladder import obligation_rung
from proofbook.autopsy.models import Artifact
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.proofs.certificate import check_certificate
from proofbook.autopsy.proofs.controls import check_witness, question_texts
from proofbook.autopsy.proofs.rechecking import recheck
from proofbook.autopsy.proofs.records import (
    CertificateCheck,
    Obligation,
    ProofRecord,
    Recheck,
    SolverAnswer,
)
from proofbook.autopsy.proofs.solvers import SOLVERS, Answer, Question, ask, available
from proofbook.autopsy.proofs.statement import NotAStatement, Statement, read_statement
from proofbook.autopsy.proofs.store import FOLDER, ProofStore

BACKSTOP_SECONDS = 60.0
RECHECK_STEPS = 2_000_000
MORE_STEPS = 2  # a solver of another build may count a little differently


@dataclass
class Replayed:
    """What replaying an obligation showed.

    Attributes:
        path: the artifact that holds it.
        rung: what was reached in this replay, by what was checked in it.
        problems: what is wrong, each with the field it is about.
        not_run: solvers that should have been asked and are not installed.
    """

    obligation: Obligation
    path: str
    rung: str = "none"
    problems: list[tuple[str, str]] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)


@dataclass
class _Open:
    """An obligation whose files are in order and whose solvers are still to be asked."""

    replayed: Replayed
    text: str
    evidence: list[dict[str, Any]] = field(default_factory=list)


def replay_proofs(
    project: Project, listeners: Listeners, *, solvers: Sequence[str] = tuple(SOLVERS)
) -> list[Replayed]:
    """Replay all committed obligations: texts, bindings, controls, certificates, solvers' answers.

    Args:
        project: whose artifacts are read.
        listeners: who is told how far it is.
        solvers: who is asked again; naming one alone leaves certificates out too.
    """
    store = ProofStore(project.generated / FOLDER)
    everything = set(solvers) == set(SOLVERS)
    found: list[Replayed] = []
    waiting: list[_Open] = []
    for kernel, committed in sorted(project.artifacts.items()):
        for obligation in committed.model.obligations if committed.model else ():
            replayed = Replayed(obligation, committed.path)
            found.append(replayed)
            opened = _files(project, kernel, store, replayed, certificates=everything)
            if opened:
                waiting.append(opened)
    _ask(waiting, solvers, project.settings.worker_count(), listeners)
    for item in waiting if everything else ():
        _recheck(item)
    for item in waiting:
        controls = [control.model_dump() for control in item.replayed.obligation.controls]
        item.replayed.rung = obligation_rung({"controls": controls, "evidence": item.evidence})
        left_out = not everything and not _answered(item.replayed.obligation, solvers)
        if item.replayed.rung == "none" and not item.replayed.not_run and not left_out:
            item.replayed.problems.append(("evidence", "is not discharged"))
    return found


def _files(
    project: Project, kernel: str, store: ProofStore, replayed: Replayed, *, certificates: bool
) -> _Open | None:
    """Check what the files alone show; None where the statement itself cannot be trusted."""
    obligation = replayed.obligation
    try:
        text = store.text(obligation.statement_sha256)
        statement, record = read_statement(text), store.record(obligation.statement_sha256)
    except (ProofbookError, NotAStatement) as error:
        replayed.problems.append(("statement_sha256", f"its statement {_reason(error)}"))
        return None
    if record is None:
        replayed.problems.append(("statement_sha256", "has no record of its proof"))
        return None
    opened = _Open(replayed, text)
    replayed.problems += _held_to_record(obligation, record)
    replayed.problems += _bindings(project, kernel, obligation)
    replayed.problems += _controls(statement, record)
    if len(obligation.hypotheses) != len(statement.hypotheses):
        replayed.problems.append(("hypotheses", "are not as many as the statement has"))
    for item in record.evidence:
        if isinstance(item, CertificateCheck) and certificates:
            flaw = _certificate_flaw(text, record, item)
            if flaw:
                replayed.problems.append(("evidence", flaw))
            else:
                opened.evidence.append(item.model_dump())
    return opened


def _reason(error: Exception) -> str:
    return error.what if isinstance(error, ProofbookError) else str(error)


def _held_to_record(obligation: Obligation, record: ProofRecord) -> Iterator[tuple[str, str]]:
    if obligation.evidence != record.evidence:
        yield "evidence", "differs from the record beside its statement"
    held = [item.model_dump(exclude={"witness"}) for item in record.controls]
    if [item.model_dump() for item in obligation.controls] != held:
        yield "controls", "differ from the record beside its statement"


def _bindings(project: Project, kernel: str, obligation: Obligation) -> Iterator[tuple[str, str]]:
    for binding in obligation.bindings:
        owner, _, symbol = binding.symbol.rpartition(".")
        artifact: Artifact | None = project.artifact(owner or kernel)
        exports = {item.symbol: item for item in (artifact.exports if artifact else ())}
        export = exports.get(symbol)
        if export is None:
            yield f"bindings {binding.symbol}", "is bound to a function that nobody exports"
        elif (export.cell, export.ast_sha256) != (binding.cell, binding.ast_sha256):
            yield f"bindings {binding.symbol}", "was proved of other code than is exported"


def _controls(statement: Statement, record: ProofRecord) -> Iterator[tuple[str, str]]:
    held = [(item.kind, item.hypothesis) for item in record.controls]
    if held != [(kind, hypothesis) for kind, hypothesis, _ in question_texts(statement)]:
        yield "controls", "are not those that its statement calls for"
        return
    for item in record.controls:
        where = f"controls {item.kind} {item.hypothesis or ''}".rstrip()
        if item.result == "shown":
            if not check_witness(statement, item.kind, item.hypothesis, item.witness or {}):
                yield where, "is not shown by the numbers that are given for it"
        elif item.result == "dead":
            yield where, "is dead: the claim holds without it"
        elif item.result == "vacuous":
            yield where, "is vacuous: nothing satisfies what is assumed"
        else:
            yield where, "is not shown: no numbers were found that satisfy what is asserted"


def _certificate_flaw(text: str, record: ProofRecord, item: CertificateCheck) -> str | None:
    if digest(record.certificate) != item.certificate_sha256:
        return "its certificate is not the one that was accepted"
    flaw = check_certificate(text, record.certificate)
    return f"its certificate is refused: {flaw}" if flaw else None


def _ask(waiting: list[_Open], solvers: Sequence[str], workers: int, listeners: Listeners) -> None:
    """Ask solvers again what they are said to have answered with `unsat`."""
    asked = {tool: _questions(waiting, tool) for tool in solvers}
    total, done = sum(len(questions) for questions in asked.values()), 0

    def count(_: Answer) -> None:
        nonlocal done
        done += 1
        listeners.count("replaying proofs", done, total)

    for tool, questions in asked.items():
        answers = ask(
            list(questions.values()),
            tool,
            workers=workers,
            backstop_s=BACKSTOP_SECONDS,
            progress=count,
        )
        for item in waiting:
            if item.text in questions:
                _note(item, tool, answers[item.text])


def _answered(obligation: Obligation, solvers: Sequence[str]) -> bool:
    """Say whether one of these solvers is said to have refuted it."""
    return any(
        isinstance(item, SolverAnswer) and item.tool in solvers and item.result == "unsat"
        for item in obligation.evidence
    )


def _questions(waiting: list[_Open], tool: str) -> Mapping[str, Question]:
    questions = {}
    for item in waiting:
        for answer in item.replayed.obligation.evidence:
            if isinstance(answer, SolverAnswer) and (answer.tool, answer.result) == (tool, "unsat"):
                limit = MORE_STEPS * answer.resource_count + 100_000
                questions[item.text] = Question(item.text, item.text, limit)
    return questions


def _note(item: _Open, tool: str, answer: Answer) -> None:
    if answer.result == "not run":
        item.replayed.not_run.append(tool)
    elif answer.result == "unsat":
        item.evidence.append({"tool": tool, "result": "unsat"})
    else:
        reason = f" ({answer.reason})" if answer.reason else ""
        item.replayed.problems.append(
            ("evidence", f"{tool} is said to have refuted it, and answers {answer.result}{reason}")
        )


def _recheck(item: _Open) -> None:
    """Let ethos check again what it is said to have accepted."""
    for claimed in item.replayed.obligation.evidence:
        if isinstance(claimed, Recheck):
            said = recheck(item.text, limit=RECHECK_STEPS, backstop_s=BACKSTOP_SECONDS)
            if said.result == "accepted":
                item.evidence.append(claimed.model_dump())
            elif said.result == "not run":
                item.replayed.not_run.append("ethos")
            else:
                flaw = f"ethos is said to have accepted its proof, and does not: {said.reason}"
                item.replayed.problems.append(("evidence", flaw))


def missing_solvers() -> list[str]:
    """Return the solvers that are not installed."""
    return [tool for tool in SOLVERS if available(tool) is None]
