"""Products of facts by positive constants: those that the long monomials of other facts ask for."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

from proofbook.autopsy.proofs.products import Product, Whole, multiply, times

Monomial = tuple[str, ...]
LONG = 3  # shorter monomials are met by pairs of facts
MOST = 16  # facts in a product


def lifted(facts: list[Product]) -> Iterator[Product]:
    """Yield products that have a long monomial of the facts.

    If x - 2 >= 0 is a fact, then x is positive: a product by x is written as the product by x - 2 and the
    product by 2. An equality may be multiplied by any monomial.
    """
    positive = _positive(facts)
    goals = _goals(facts)
    equalities = [fact for fact in facts if fact.kind == "="]
    for fact, factor in _pairings(equalities):
        longer = times(fact, {factor: 1})
        goals.update(dict.fromkeys(m for m in longer.polynomial if len(m) >= LONG))
        yield longer
    one = Product({(): 1}, ">", ())
    for fact in [one, *(fact for fact in facts if fact.kind != "=")]:
        factors = (_quotient(goal, part) for goal in goals for part in fact.polynomial)
        for factor in dict.fromkeys(factors):
            if factor and len(factor) < MOST and all(name in positive for name in factor):
                product = fact
                for name in factor:
                    product = multiply(product, positive[name])
                yield product


def _positive(facts: list[Product]) -> dict[str, Product]:
    """Return by name the constants with a lower bound that is not negative."""
    found: dict[str, Product] = {}
    for fact in facts:
        match sorted(fact.polynomial.items()):
            case [((), low), ((name,), factor)] if fact.kind != "=" and low < 0 < factor:
                bound = Fraction(-low) / fact.scale
                whole: Whole = {(name,): factor}
                found[name] = replace(
                    fact, polynomial=whole, kind=">", facts=(), lifted=((fact.facts[0], bound),)
                )
            case [((name,), factor)] if fact.kind != "=" and factor > 0:
                found.setdefault(name, fact)
    return found


def _goals(facts: list[Product]) -> dict[Monomial, None]:
    return dict.fromkeys(m for fact in facts for m in fact.polynomial if len(m) >= LONG)


def _pairings(equalities: list[Product]) -> Iterator[tuple[Product, Monomial]]:
    """Yield equalities and what they lack of the long monomials of others."""
    for one, other in permutations(equalities, 2):
        lacking = {
            _quotient(_union(m, n), m)
            for m in one.polynomial
            for n in other.polynomial
            if min(len(m), len(n)) >= LONG
        }
        shortest = min(map(len, lacking), default=0)
        for factor in sorted(lacking, key=lambda monomial: (len(monomial), monomial)):
            if factor and len(factor) <= shortest + 1:
                yield one, factor


def _union(one: Monomial, other: Monomial) -> Monomial:
    return tuple(sorted((Counter(one) | Counter(other)).elements()))


def _quotient(monomial: Monomial, part: Monomial) -> Monomial:
    """Return the quotient of monomials, nothing if there is none."""
    rest = Counter(monomial)
    rest.subtract(part)
    return tuple(sorted(rest.elements())) if min(rest.values()) >= 0 else ()
