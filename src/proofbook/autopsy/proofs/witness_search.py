"""A cheap, deterministic search for a witness: small values are tried, what equations determine is computed.

Solvers need long for some nonlinear facts that a handful of small numbers satisfies. Nothing rests on this
search: what it finds is checked like a solver's model, and where it finds nothing, solvers are asked.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from proofbook.autopsy.proofs.evaluation import Value, holds, number
from proofbook.autopsy.proofs.statement import Sort, Term, write

BUDGET = 300  # partial assignments looked at, some 50 µs each: a solver needs about as long
_SMALL = [Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2)]
_NUMERAL = re.compile(r"(?<![\w.-])[0-9]+(?:\.0)?(?![\w.])")
_MOST_NUMERALS = 6


def find_witness(
    sorts: Mapping[str, Sort], formulas: Sequence[Term], budget: int = BUDGET
) -> dict[str, Value] | None:
    """Return values at which all formulas hold, or None if none were found within the budget."""
    search = _Search(sorts, formulas, budget)
    return next(search.below({}), None)


class _Search:
    def __init__(self, sorts: Mapping[str, Sort], formulas: Sequence[Term], budget: int) -> None:
        self.sorts, self.budget = sorts, budget
        self.facts = [
            (fact, frozenset(_constants(fact, sorts)))
            for formula in formulas
            for fact in _conjuncts(formula)
        ]
        self.equations = [(fact, names) for fact, names in self.facts if fact[0] == "="]
        self.values = _candidates(formulas)

    def below(self, at: dict[str, Value]) -> Iterator[dict[str, Value]]:
        """Yield the witnesses that extend these values."""
        self.budget -= 1
        if self.budget < 0:
            return
        known = self._determined(at)
        if known is None or not self._allowed(known):
            return
        free = next((name for name in self.sorts if name not in known), None)
        if free is None:
            yield known
            return
        for value in self._choices(free):
            yield from self.below({**known, free: value})
            if self.budget < 0:
                return

    def _choices(self, name: str) -> Sequence[Value]:
        sort = self.sorts[name]
        if sort == "Bool":
            return (False, True)
        return [value for value in self.values if sort == "Real" or value.denominator == 1]

    def _allowed(self, known: Mapping[str, Value]) -> bool:
        """Say whether no fact about these values fails."""
        return all(holds(fact, known) for fact, names in self.facts if names <= known.keys())

    def _determined(self, at: dict[str, Value]) -> dict[str, Value] | None:
        """Add what equations determine; None if they want a fraction where an integer must be."""
        known, changed = dict(at), True
        while changed:
            changed = False
            for fact, names in self.equations:
                unknown = names - known.keys()
                found = _divided(fact, unknown, known) if len(unknown) == 2 else None
                if len(unknown) == 1:
                    found = _solved(fact, next(iter(unknown)), known)
                if not found:
                    continue
                if any(
                    self.sorts[n] == "Int" and Fraction(v).denominator != 1
                    for n, v in found.items()
                ):
                    return None
                known.update(found)
                changed = True
        return known


def _solved(fact: Term, name: str, known: Mapping[str, Value]) -> dict[str, Value] | None:
    """Solve an equation that is linear in its one unknown."""

    def gap(value: int) -> Fraction:
        at = {**known, name: Fraction(value)}
        return number(fact[1], at) - number(fact[2], at)

    at0, at1, at2 = gap(0), gap(1), gap(2)
    slope = at1 - at0
    if slope == 0 or at2 - at1 != slope or gap(3) - at2 != slope or gap(4) - gap(3) != slope:
        return None
    return {name: -at0 / slope}


def _divided(
    fact: Term, unknown: frozenset[str], known: Mapping[str, Value]
) -> dict[str, Value] | None:
    """Divide with remainder where a fact says q*b + r = a of unknown q and r."""
    for left, right in ((fact[1], fact[2]), (fact[2], fact[1])):
        match left:
            case ("+", ("*", str(q), b), str(r)) if {q, r} == unknown and not isinstance(
                right, bool
            ):
                if _is_known(b, known) and _is_known(right, known):
                    divisor, dividend = number(b, known), number(right, known)
                    if divisor != 0:
                        quotient = Fraction(math.floor(dividend / divisor))
                        return {q: quotient, r: dividend - quotient * divisor}
    return None


def _is_known(term: Term, known: Mapping[str, Value]) -> bool:
    try:
        number(term, known)
    except KeyError:
        return False
    return True


def _conjuncts(term: Term) -> Iterator[Term]:
    if isinstance(term, tuple) and term[0] == "and":
        for part in term[1:]:
            yield from _conjuncts(part)
    else:
        yield term


def _constants(term: Term, sorts: Mapping[str, Sort]) -> Iterator[str]:
    if isinstance(term, str):
        if term in sorts:
            yield term
    else:
        for part in term[1:]:
            yield from _constants(part, sorts)


def _candidates(formulas: Sequence[Term]) -> list[Fraction]:
    """Return small values, and the least numerals that occur with their neighbours, most promising first."""
    occurring = sorted({Fraction(n) for f in formulas for n in _NUMERAL.findall(write(f))})
    near = [value + step for value in occurring[:_MOST_NUMERALS] for step in (0, 1, -1)]
    return list(dict.fromkeys([*_SMALL, *near]))
