"""Discharging what notebooks claim: certificate, both solvers, controls; kept beside the statement."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from proofbook.autopsy.assembly import read_evidence
from proofbook.autopsy.canonical import digest
from proofbook.autopsy.errors import NotAssembled
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.proofs.certificate import check_certificate
from proofbook.autopsy.proofs.certificate_finder import find_certificate
from proofbook.autopsy.proofs.controls import Control, judge
from proofbook.autopsy.proofs.rechecking import ethos_version, recheck
from proofbook.autopsy.proofs.records import (
    CertificateCheck,
    ProofEvidence,
    ProofRecord,
    Recheck,
    SolverAnswer,
    WitnessedControl,
)
from proofbook.autopsy.proofs.solver_worker import options_for
from proofbook.autopsy.proofs.solvers import SOLVERS, Answer, Question, ask, available
from proofbook.autopsy.proofs.statement import read_statement, statement_digest
from proofbook.autopsy.proofs.store import FOLDER, ProofStore

STEPS = {"z3": 100_000_000, "cvc5": 2_000_000}
CONTROL_STEPS = 100_000
BACKSTOP_SECONDS = 120.0
CHECKER = "proofbook.autopsy.proofs.certificate"


def proof_stores(project: Project, run: Path) -> list[ProofStore]:
    """Return where proofs are looked up: what this run made, then what is committed."""
    return [ProofStore(run / FOLDER), committed_proofs(project)]


def committed_proofs(project: Project) -> ProofStore:
    """Return the committed statements and records."""
    return ProofStore(project.generated / FOLDER)


def discharge_claims(
    project: Project, run: Path, evidence: Sequence[Path], listeners: Listeners
) -> None:
    """Discharge the statements that emitted evidence holds and that no committed record covers.

    Raises:
        ProofbookError: a committed record cannot be read.
    """
    made, committed = proof_stores(project, run)
    texts = {statement_digest(text): text for text in _claimed(evidence)}
    wanted = [text for sha, text in texts.items() if not _is_current(committed.record(sha))]
    if not wanted:
        return
    listeners.phase("proofs")
    for text, record in zip(wanted, discharge(wanted, listeners, project), strict=True):
        made.keep(text, record)


def _claimed(evidence: Iterable[Path]) -> Iterable[str]:
    for path in evidence:
        try:
            emitted = read_evidence(path)
        except NotAssembled:
            continue  # said where the artifact is assembled
        for lemma in emitted.lemmas:
            yield from (item.statement for item in lemma.evidence if item.kind == "claimed")


def _is_current(record: ProofRecord | None) -> bool:
    """Say whether a record has the answers of all solvers that are installed, in their versions."""
    if record is None:
        return False
    held: dict[str, SolverAnswer] = {
        item.tool: item for item in record.evidence if isinstance(item, SolverAnswer)
    }
    for tool in SOLVERS:
        version, answer = available(tool), held.get(tool)
        if version and (answer is None or answer.version != version):
            return False
    return True


def discharge(texts: Sequence[str], listeners: Listeners, project: Project) -> list[ProofRecord]:
    """Return a record of each statement: what finds and checks it, and its controls."""
    workers = project.settings.worker_count()
    questions = {tool: [Question(t, t, STEPS[tool]) for t in texts] for tool in SOLVERS}
    done = 0

    def count(_: object) -> None:
        nonlocal done
        done += 1
        listeners.count("proofs", done, 3 * len(texts))

    answers = {
        tool: ask(asked, tool, workers=workers, backstop_s=BACKSTOP_SECONDS, progress=count)
        for tool, asked in questions.items()
    }
    controls = judge(
        {text: read_statement(text) for text in texts},
        limit=CONTROL_STEPS,
        workers=workers,
        backstop_s=BACKSTOP_SECONDS,
    )
    records = []
    for text in texts:
        certificate = find_certificate(text)
        solved = [_answered(tool, text, answers[tool][text]) for tool in SOLVERS]
        found: list[ProofEvidence] = [*solved]
        if check_certificate(text, certificate) is None:  # null refutes what contradicts itself
            sha256 = digest(certificate)
            found.append(
                CertificateCheck(
                    tool="certificate",
                    checker=CHECKER,
                    certificate_sha256=sha256,
                    result="accepted",
                )
            )
        found += _rechecked(text)
        records.append(
            ProofRecord(
                schema="proofbook/proof@1",
                statement_sha256=statement_digest(text),
                evidence=found,
                controls=[_kept(control) for control in controls[text]],
                certificate=certificate,
            )
        )
        count(text)
    return records


def _rechecked(text: str) -> list[Recheck]:
    """Return what an independent proof checker accepts, where one is installed."""
    version = ethos_version()
    if version is None:
        return []
    said = recheck(text, limit=STEPS["cvc5"], backstop_s=BACKSTOP_SECONDS)
    if said.result != "accepted" or said.proof_sha256 is None:
        return []
    return [
        Recheck(tool="ethos", version=version, proof_sha256=said.proof_sha256, result="accepted")
    ]


def _kept(control: Control) -> WitnessedControl:
    return WitnessedControl(
        kind=control.kind,
        hypothesis=control.hypothesis,
        result=control.result,
        witness=dict(control.witness) if control.witness is not None else None,
    )


def _answered(tool: str, text: str, answer: Answer) -> SolverAnswer:
    return SolverAnswer.model_validate(
        {
            "tool": tool,
            "version": available(tool) or "",
            "options": " ".join(f"{k}={v}" for k, v in sorted(options_for(tool, text).items())),
            "result": answer.result,
            "resource_count": answer.resource_count,
        }
    )
