"""Products of facts that may go into a refutation, cheap ones first."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import gcd, lcm

from proofbook.autopsy.proofs.polynomials import Polynomial

Whole = dict[tuple[str, ...], int]


@dataclass(frozen=True)
class Product:
    """A candidate: facts (by index), perhaps a square, perhaps a multiplier, and what they multiply to.

    Attributes:
        polynomial: the product, with integers, `scale` times what the facts themselves give.
        kind: ">=", ">" or "=" zero.
        lifted: further factors, each a fact and a positive number that is added to it.
    """

    polynomial: Whole
    kind: str
    facts: tuple[int, ...]
    scale: Fraction = Fraction(1)
    square: Whole | None = None
    times: Whole | None = None
    lifted: tuple[tuple[int, Fraction], ...] = ()

    def degree(self) -> int:
        return max(map(len, self.polynomial), default=0)


def linear(facts: tuple[tuple[int, Polynomial, str], ...]) -> list[Product]:
    """Return each fact, with coprime integers, once."""
    found: dict[tuple[object, ...], Product] = {}
    for index, polynomial, kind in facts:
        if polynomial or kind == ">":  # zero is not greater than zero
            whole, scale = _whole(polynomial)
            key = (tuple(sorted(whole.items())), kind)
            found.setdefault(key, Product(whole, kind, (index,), scale))
    return [
        product
        for (key, kind), product in found.items()
        if kind != ">=" or ((key, ">") not in found and (key, "=") not in found)
    ]


def products(facts: list[Product], level: int, most: int) -> Iterator[Product]:
    """Return candidates up to a level.

    Level 1 has pairs and squares, 2 triples, 3 pairs times squares, 4 higher multiples of equalities.
    No more than `most` are returned; a kind of candidate that would go beyond is left out.
    """
    count = len(facts)
    yield from facts
    for batch in _batches(facts, level):
        room = most - count
        taken = []
        for product in batch:
            if product.polynomial:
                taken.append(product)
            if len(taken) > room:
                break
        else:
            count += len(taken)
            yield from taken


def _batches(facts: list[Product], level: int) -> Iterator[Iterator[Product]]:
    if level < 1:
        return
    bounds = [fact for fact in facts if fact.kind != "="]
    equalities = [fact for fact in facts if fact.kind == "="]
    names = sorted({name for fact in facts for monomial in fact.polynomial for name in monomial})
    used = sorted(
        {monomial for fact in facts for monomial in fact.polynomial if len(monomial) > 1},
        key=lambda monomial: (len(monomial), monomial),
    )
    forms = list(_differences([(), *((name,) for name in names)]))
    for form in [dict(fact.polynomial) for fact in facts]:
        if max(map(len, form)) == 1 and form not in forms and len(form) > 1:
            forms.append(form)
    pairs = [multiply(p, q) for p, q in combinations_with_replacement(bounds, 2)]
    yield (times(fact, {(name,): 1}) for fact in equalities for name in names)
    yield iter(pairs)
    yield (_square(form) for form in forms)
    if level < 2:
        return
    monomials = [*combinations_with_replacement(names, 2), *(m for m in used if len(m) > 2)]
    yield (times(fact, {monomial: 1}) for fact in equalities for monomial in monomials)
    halves = sorted({m[::2] for m in used if m[::2] == m[1::2] and len(m) > 2})
    yield (_square(form) for form in _differences(halves))
    yield (_square(form) for form in _differences(used) if max(map(len, form)) > 1)
    yield (_square(form) for form in _crosses(names))
    yield (multiply(multiply(p, q), r) for p, q, r in combinations(bounds, 3))
    yield (multiply(fact, _square(form)) for fact in bounds for form in forms)
    if level < 3:
        return
    wide = list(_differences([*((name,) for name in names), *halves, *used]))
    yield (times(fact, {monomial: 1}) for fact in equalities for monomial in _cubes(names))
    yield (multiply(fact, _square(form)) for fact in bounds for form in wide if form not in forms)
    yield (multiply(pair, _square(form)) for pair in pairs for form in wide)
    yield (multiply(p, q) for p, q in combinations_with_replacement(pairs, 2))
    if level < 4:
        return
    yield (
        times(fact, {tuple(sorted(monomial + pair)): 1})
        for fact in equalities
        for monomial in fact.polynomial
        for pair in combinations_with_replacement(names, 2)
    )


def _cubes(names: list[str]) -> Iterator[tuple[str, ...]]:
    return combinations_with_replacement(names, 3)


def _differences(monomials: list[tuple[str, ...]]) -> Iterator[Whole]:
    for monomial in monomials:
        yield {monomial: 1}
    for one, other in combinations(monomials, 2):
        yield {one: 1, other: -1}
        yield {one: 1, other: 1}


def _crosses(names: list[str]) -> Iterator[Whole]:
    """Yield differences of differences: what the distance of two displacements is made of."""
    for a, b, c, d in combinations([(name,) for name in names], 4):
        yield {a: 1, b: -1, c: -1, d: 1}
        yield {a: 1, b: 1, c: -1, d: -1}
        yield {a: 1, b: -1, c: 1, d: -1}


def _whole(polynomial: Polynomial) -> tuple[Whole, Fraction]:
    if not polynomial:
        return {}, Fraction(1)
    bottom = lcm(*(c.denominator for c in polynomial.values()))
    top = gcd(*(int(c * bottom) for c in polynomial.values()))
    scale = Fraction(bottom, top)
    return {monomial: int(c * scale) for monomial, c in polynomial.items()}, scale


def _product(left: Whole, right: Whole) -> Whole:
    total: Whole = {}
    for m, c in left.items():
        for n, d in right.items():
            monomial = tuple(sorted(m + n))
            total[monomial] = total.get(monomial, 0) + c * d
    return {monomial: c for monomial, c in total.items() if c}


def multiply(left: Product, right: Product) -> Product:
    kind = ">" if left.kind == right.kind == ">" else ">="
    square = left.square or right.square
    facts = tuple(sorted(left.facts + right.facts))
    polynomial = _product(left.polynomial, right.polynomial)
    lifted = left.lifted + right.lifted
    return Product(polynomial, kind, facts, left.scale * right.scale, square, lifted=lifted)


def times(fact: Product, factor: Whole) -> Product:
    polynomial = _product(fact.polynomial, factor)
    return Product(polynomial, "=", fact.facts, fact.scale, times=factor)


def _square(form: Whole) -> Product:
    return Product(_product(form, form), ">=", (), square=form)
