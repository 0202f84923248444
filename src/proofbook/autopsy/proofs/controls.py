"""Controls of a statement: what must be satisfiable, shown by witnesses that need no solver to be believed.

A refutation says little if nothing satisfies the hypotheses, if it did not need one of them, or if the claim
could not hold either. So the hypotheses, the statement without each hypothesis, and its variant (the claim
in place of its negation) must be satisfiable. Numbers show it: they are put into the formulas and evaluated
exactly, whoever found them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from proofbook.autopsy.proofs.evaluation import Value, fits, holds
from proofbook.autopsy.proofs.solvers import SOLVERS, Answer, Question, ask
from proofbook.autopsy.proofs.statement import Statement, Term
from proofbook.autopsy.proofs.witness_search import find_witness

Kind = Literal["hypotheses", "dropped", "variant"]
Verdict = Literal["shown", "dead", "vacuous", "unknown"]
Witness: TypeAlias = Mapping[str, str | bool]
SEARCH = "search"


@dataclass(frozen=True)
class Control:
    """One control of a statement.

    Attributes:
        kind: what is asserted: the hypotheses alone, the statement without one, or the variant.
        hypothesis: the one that is dropped.
        result: `shown` by the witness; `dead` (the statement holds without the hypothesis) or `vacuous`
            (nothing satisfies the hypotheses, or the claim with them), as a solver says; or `unknown`.
        witness: "p/q" or a boolean for each constant.
        found_by: `search` or a solver.
    """

    kind: Kind
    hypothesis: str | None = None
    result: Verdict = "unknown"
    witness: Witness | None = None
    found_by: str | None = None


def question_texts(statement: Statement) -> list[tuple[Kind, str | None, str]]:
    """Return kind, dropped hypothesis and text of each control; each text must be satisfiable."""
    dropped: list[tuple[Kind, str | None, str]] = [
        ("dropped", name, statement.without(name).text()) for name, _ in statement.hypotheses
    ]
    return [
        ("hypotheses", None, statement.hypotheses_text()),
        *dropped,
        ("variant", None, statement.variant_text()),
    ]


def asserted(statement: Statement, kind: Kind, hypothesis: str | None = None) -> list[Term]:
    """Return the formulas that the text of a control asserts.

    Raises:
        ValueError: the kind drops a hypothesis and the statement has none of that name, or it drops none
            and one is named.
    """
    names = [name for name, _ in statement.hypotheses]
    if (kind == "dropped") != (hypothesis is not None) or hypothesis not in {None, *names}:
        raise ValueError(f"no control {kind} of hypothesis {hypothesis}")
    kept = [formula for name, formula in statement.hypotheses if name != hypothesis]
    if kind == "hypotheses":
        return kept
    if kind == "variant":
        return [*kept, ("or", *(("and", path, claim) for path, claim in statement.cases))]
    return [*kept, statement.goal()]


def encode(values: Mapping[str, Value]) -> dict[str, str | bool]:
    """Return values as JSON holds them: a boolean, or "p/q" ("p" for an integer) in lowest terms."""
    return {name: v if isinstance(v, bool) else str(Fraction(v)) for name, v in values.items()}


def decode(witness: Witness) -> dict[str, Value]:
    """Return the values that JSON holds.

    Raises:
        ValueError: a value is not written in the one way that `encode` writes it.
    """
    values: dict[str, Value] = {}
    for name, written in witness.items():
        try:
            values[name] = written if isinstance(written, bool) else Fraction(written)
        except (TypeError, ZeroDivisionError) as error:
            raise ValueError(f"{name}: {written!r} is not a rational number") from error
        if not isinstance(written, bool) and str(values[name]) != written:
            raise ValueError(f"{name}: {written!r} is not a rational number in lowest terms")
    return values


def check_witness(
    statement: Statement, kind: Kind, hypothesis: str | None, witness: Witness
) -> bool:
    """Say whether a witness satisfies all that a control asserts; nothing but arithmetic decides.

    Raises:
        ValueError: there is no such control of the statement.
    """
    formulas = asserted(statement, kind, hypothesis)
    try:
        at = decode(witness)
    except ValueError:
        return False
    return fits(dict(statement.constants), at) and all(holds(term, at) for term in formulas)


def judge(
    statements: Mapping[str, Statement],
    *,
    limit: int,
    workers: int = 2,
    backstop_s: float = 60,
    solvers: Sequence[str] = tuple(SOLVERS),
    progress: Callable[[Answer], None] = lambda answer: None,
) -> dict[str, list[Control]]:
    """Return the controls of each statement, by its key, in the order of `question_texts`.

    Small values are tried first, then each solver in turn is asked what is still open.

    Args:
        statements: under keys of the caller's choice.
        limit: steps that a solver may take for each question, in its own count.
        workers: processes side by side.
        backstop_s: seconds after which a question's process is killed.
        solvers: whom to ask, in this order.
        progress: called with each answer of a solver.
    """
    found: dict[str, tuple[str, Control]] = {}
    texts: dict[str, str] = {}
    for key, statement in statements.items():
        for kind, hypothesis, text in question_texts(statement):
            name = f"{key}/{kind}/{hypothesis or ''}"
            texts[name] = text
            found[name] = key, _searched(statement, Control(kind, hypothesis))
    for solver in solvers:
        open_ = [name for name, (_, control) in found.items() if control.result == "unknown"]
        questions = [Question(name, texts[name], limit, model=True) for name in open_]
        answers = ask(questions, solver, workers=workers, backstop_s=backstop_s, progress=progress)
        for name, answer in answers.items():
            key, control = found[name]
            found[name] = key, _answered(statements[key], control, answer, solver)
    judged: dict[str, list[Control]] = {key: [] for key in statements}
    for key, control in found.values():
        judged[key].append(control)
    return judged


def _searched(statement: Statement, control: Control) -> Control:
    formulas = asserted(statement, control.kind, control.hypothesis)
    values = find_witness(dict(statement.constants), formulas)
    return _shown(statement, control, encode(values), SEARCH) if values is not None else control


def _answered(statement: Statement, control: Control, answer: Answer, solver: str) -> Control:
    if answer.result == "unsat":
        verdict: Verdict = "dead" if control.kind == "dropped" else "vacuous"
        return replace(control, result=verdict, found_by=solver)
    if answer.result == "sat" and answer.model is not None:
        return _shown(statement, control, answer.model, solver)
    return control


def _shown(statement: Statement, control: Control, witness: Witness, found_by: str) -> Control:
    if not check_witness(statement, control.kind, control.hypothesis, witness):
        return control
    return replace(control, result="shown", witness=dict(witness), found_by=found_by)
