"""Use equalities to eliminate constants from a branch's facts, and pay for it in the certificate afterwards."""

from dataclasses import dataclass
from fractions import Fraction

from proofbook.autopsy.proofs.polynomials import Polynomial, sum_of

ONE: Polynomial = {(): Fraction(1)}
MINUS: Polynomial = {(): Fraction(-1)}


@dataclass(frozen=True)
class Step:
    """A constant and what it equals, by the fact with this index less what earlier steps took of it.

    Attributes:
        fact: index of the equality.
        name: the constant.
        value: what it equals; free of `name` and of constants eliminated before.
        factor: (name - value)·factor is the equality after the earlier steps.
        paid: multiples of the earlier steps' equalities that reducing the equality took.
    """

    fact: int
    name: str
    value: Polynomial
    factor: Fraction
    paid: tuple[Polynomial, ...]


@dataclass(frozen=True)
class Elimination:
    """Steps, and the facts that remain: index, reduced polynomial, kind."""

    steps: tuple[Step, ...]
    facts: tuple[tuple[int, Polynomial, str], ...]


def eliminate(facts: list[tuple[Polynomial, str]], degree: int) -> Elimination:
    """Eliminate constants by equalities linear in them, as long as their values' degree is at most this."""
    remaining = [(index, polynomial, kind) for index, (polynomial, kind) in enumerate(facts)]
    steps: list[Step] = []
    while choice := _choose(remaining, degree):
        place, name, factor = choice
        index, equality, _ = remaining.pop(place)
        paid = pay(facts[index][0], steps)
        value = sum_of([equality, {(): -1 / factor}], [{(name,): Fraction(1)}])
        steps.append(Step(index, name, value, factor, tuple(paid)))
        remaining = [(i, _divide(p, name, value)[1], kind) for i, p, kind in remaining]
    return Elimination(tuple(steps), tuple(remaining))


def pay(polynomial: Polynomial, steps: list[Step]) -> list[Polynomial]:
    """Return the multiples of each step's (name - value) that reduce a polynomial."""
    multiples = []
    for step in steps:
        quotient, polynomial = _divide(polynomial, step.name, step.value)
        multiples.append(quotient)
    return multiples


def multipliers(polynomial: Polynomial, steps: tuple[Step, ...]) -> list[tuple[int, Polynomial]]:
    """Return by which polynomials the equalities are multiplied to reduce a polynomial to its remainder."""
    due = pay(polynomial, list(steps))
    found = []
    for place in reversed(range(len(steps))):
        step = steps[place]
        multiple = sum_of([due[place], {(): 1 / step.factor}])
        for earlier, quotient in enumerate(step.paid):
            due[earlier] = sum_of([due[earlier]], [multiple, quotient, MINUS])
        if multiple:
            found.append((step.fact, multiple))
    return found


def _choose(
    facts: list[tuple[int, Polynomial, str]], degree: int
) -> tuple[int, str, Fraction] | None:
    best: tuple[tuple[int, int, int, str], Fraction] | None = None
    for place, (_, equality, kind) in enumerate(facts):
        if kind != "=":
            continue
        for monomial, factor in equality.items():
            if len(monomial) != 1 or sum(monomial[0] in other for other in equality) != 1:
                continue
            rest = max((len(other) for other in equality if other != monomial), default=0)
            rank = (rest, len(equality), place, monomial[0])
            if rest <= degree and (best is None or rank < best[0]):
                best = rank, factor
    return None if best is None else (best[0][2], best[0][3], best[1])


def _divide(polynomial: Polynomial, name: str, value: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Return quotient and remainder by (name - value)."""
    powers: dict[int, Polynomial] = {}
    for monomial, factor in polynomial.items():
        rest = tuple(other for other in monomial if other != name)
        powers.setdefault(len(monomial) - len(rest), {})[rest] = factor
    quotient: Polynomial = {}
    carried: Polynomial = {}
    for power in range(max(powers, default=0), 0, -1):
        carried = sum_of([powers.get(power, {})], [carried, value])
        quotient = sum_of([quotient], [carried, {(name,) * (power - 1): Fraction(1)}])
    return quotient, sum_of([powers.get(0, {})], [carried, value])
