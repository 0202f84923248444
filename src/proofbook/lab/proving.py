"""From a claim about a kernel's own code to a statement for the solvers."""

import inspect
import sys
import textwrap
from ast import parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from proofbook.autopsy.code_digest import tree_digest
from proofbook.autopsy.proofs.evaluation import Value
from proofbook.autopsy.proofs.statement import FALSE, TRUE, Statement, Term
from proofbook.lab.judge import LemmaFailed
from proofbook.lab.symbolic.arrays import SymbolicArray
from proofbook.lab.symbolic.domains import Declarations, Domain
from proofbook.lab.symbolic.lifting import Lifting, name_in_kernel
from proofbook.lab.symbolic.oracle import Z3Oracle
from proofbook.lab.symbolic.paths import Case, Explored, explore, negation
from proofbook.lab.symbolic.polynomial import Refused
from proofbook.lab.symbolic.values import conjunction, disjunction, truth_of

MOST_REACHED = 3
Semantics = Literal["real", "rounded"]
Given = Mapping[str, Callable[..., Any]] | Sequence[Callable[..., Any]]


@dataclass(frozen=True)
class Claim:
    """What is to be proved, as the notebook states it.

    Attributes:
        about: the exported functions that it is about.
        given: its hypotheses, each apart.
        then: what holds; called with symbols by name, and with `result` where it asks for that.
        symbols: what each symbol ranges over.
        semantics: whether floats are real numbers or rounded ones.
    """

    about: tuple[Callable[..., Any], ...]
    given: Given
    then: Callable[..., Any]
    symbols: Mapping[str, Domain]
    semantics: Semantics


@dataclass(frozen=True)
class Proposed:
    """A statement, and what belongs to it.

    Attributes:
        hypotheses: what each says, in words.
        assumes: what symbols assume by what they are: that floats are finite.
        ran: the functions whose code was run for it, with digests.
    """

    statement: Statement
    hypotheses: list[str]
    assumes: list[str]
    ran: dict[str, str]


class _Nothing:
    """An oracle that knows nothing, for hypotheses: a branch left out would make them stronger."""

    def feasible(self, formulas: list[Term], sorts: Any) -> bool:
        return True


def propose(claim: Claim, name: str) -> Proposed:
    """Run a claim on symbolic values and return the statement that it makes.

    Raises:
        LemmaFailed: the claim is false (the message gives numbers), cannot be carried, or never calls
            what it is about.
        SolverMissing: z3 is not installed.
    """
    oracle, lifting, into = Z3Oracle(), Lifting(), Declarations()
    try:
        symbols = {symbol: domain(symbol, into) for symbol, domain in claim.symbols.items()}
        declared = list(into.sorts)
        floats = into.floats if claim.semantics == "rounded" else None
        described = list(into.hypotheses)
        for place, (says, condition) in enumerate(_listed(claim.given)):
            call = _call(lifting, claim, condition, symbols)
            found = explore(call, [], into.sorts, _Nothing(), floats=floats, stem=f"given{place}.")
            described.append((says, _as_hypothesis(found)))
        given = [term for _, term in described]
        call = _call(lifting, claim, claim.then, symbols)
        explored = explore(call, given, into.sorts, oracle, floats=floats)
    except Refused as error:
        raise LemmaFailed(f"{name}: cannot be carried by a symbolic run: {error}") from error
    for function in claim.about:
        if name_in_kernel(function) not in explored.called:
            raise LemmaFailed(f"{name}: the claim never calls {name_in_kernel(function)}")
    _seek_counterexample(explored, given, oracle, name, declared)
    return _proposed(described, explored, lifting, into.floats)


def _listed(given: Given) -> list[tuple[str, Callable[..., Any]]]:
    return list(given.items()) if isinstance(given, Mapping) else [("", item) for item in given]


def _call(
    lifting: Lifting, claim: Claim, asked: Callable[..., Any], symbols: dict[str, Any]
) -> Callable[[], Term]:
    parameters = inspect.signature(asked).parameters
    wanted = [
        name
        for name, parameter in parameters.items()
        if name in symbols or parameter.default is inspect.Parameter.empty
    ]
    unknown = set(wanted) - {*symbols, "result"}
    if unknown:
        raise Refused(
            f"a function asks for {', '.join(sorted(unknown))}, and no symbol is called so"
        )

    def call() -> Term:
        values = {name: _untouched(value) for name, value in symbols.items()}
        if "result" in wanted:
            function = claim.about[0]
            needed = list(inspect.signature(function).parameters)
            given = [_untouched(symbols[n]) for n in needed if n in symbols]
            values["result"] = lifting.lift(function)(*given)
        return truth_of(lifting.lift(asked)(**{name: values[name] for name in wanted}))

    return call


def _untouched(value: Any) -> Any:
    """Return a value whose containers no earlier path can have changed."""
    if isinstance(value, SymbolicArray):
        return value.copy()
    if isinstance(value, list):
        return [_untouched(item) for item in value]
    if isinstance(value, dict):
        return {key: _untouched(item) for key, item in value.items()}
    return value


def _as_hypothesis(found: Explored) -> Term:
    return disjunction(*(conjunction(*case.path, case.claim) for case in found.cases))


def _seek_counterexample(
    explored: Explored, given: list[Term], oracle: Z3Oracle, name: str, symbols: list[str]
) -> None:
    for case in explored.cases:
        if case.claim == TRUE or case.ending == "is not reached":
            continue
        example = oracle.example([*given, *case.path, negation(case.claim)], explored.sorts)
        if example is not None:
            ending = f" (it {case.ending})" if case.ending != "returned" else ""
            seen = {symbol: example[symbol] for symbol in symbols}
            raise LemmaFailed(f"{name}: false for {shown(seen)}{ending}")


def shown(example: Mapping[str, Value]) -> str:
    """Return numbers as a person reads them."""
    return ", ".join(f"{name} = {_number(value)}" for name, value in example.items())


def _number(value: Value) -> str:
    if isinstance(value, bool):
        return str(value)
    if abs(value) > sys.float_info.max:
        return str(value)
    near = float(value)
    exact = Fraction(near) == value and value.denominator > 1
    return f"{near!r}" if exact else str(value)


def _proposed(
    described: list[tuple[str, Term]], explored: Explored, lifting: Lifting, floats: list[str]
) -> Proposed:
    kept: dict[Term, str] = {}
    for says, term in described:
        if term != TRUE:
            kept.setdefault(term, says)
    cases = [case for case in explored.cases if case.claim != TRUE]
    if all(case.claim == FALSE for case in cases):  # what is reached must show in the variant
        cases += [case for case in explored.cases if case.claim == TRUE][:MOST_REACHED]
    used = _names([*kept, *(part for case in cases for part in (*case.path, case.claim))])
    constants = tuple((n, sort) for n, sort in explored.sorts.items() if n in used)
    statement = Statement(
        constants,
        tuple((f"given-{place}", term) for place, term in enumerate(kept, start=1)),
        tuple((_whole(case), case.claim) for case in cases) or ((TRUE, TRUE),),
    )
    ran = {
        name: source_digest(function)
        for name, function in sorted(lifting.functions().items())
        if name in explored.called and "<" not in name
    }
    assumes = [f"{name} is finite: neither NaN nor infinite" for name in floats if name in used]
    return Proposed(statement, list(kept.values()), assumes, ran)


def _whole(case: Case) -> Term:
    return conjunction(*case.path)


def _names(terms: list[Term]) -> set[str]:
    found: set[str] = set()
    open_terms = list(terms)
    while open_terms:
        term = open_terms.pop()
        if isinstance(term, str):
            found.add(term)
        else:
            open_terms.extend(term[1:])
    return found


def source_digest(function: Callable[..., Any]) -> str:
    """Return the digest of a function's source, to be held to the export that it must be.

    Raises:
        LemmaFailed: it has no source.
    """
    try:
        tree = parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError) as error:
        raise LemmaFailed(f"{name_in_kernel(function)} has no source to bind a proof to") from error
    return tree_digest(tree.body[0])
