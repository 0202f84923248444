"""Exact polynomials over named constants: the arithmetic that the checker of certificates trusts."""

import re
from collections import Counter
from fractions import Fraction
from typing import Any, TypeAlias

Polynomial: TypeAlias = dict[tuple[str, ...], Fraction]  # 3x²y is {("x", "x", "y"): 3}
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")
LIMIT = 16  # facts in a product, powers in a monomial: nothing takes for ever


def sum_of(*products: list[Polynomial]) -> Polynomial:
    """Return the sum of the products of lists of polynomials."""
    total: Polynomial = {}
    for factors in products:
        rest = sum_of(factors[1:]) if factors[1:] else {(): Fraction(1)}
        for (m, c), (n, d) in ((x, y) for x in factors[0].items() for y in rest.items()):
            monomial = tuple(sorted(m + n))
            total[monomial] = total.get(monomial, Fraction(0)) + c * d
    return {monomial: c for monomial, c in total.items() if c}


def read_polynomial(value: Any) -> Polynomial:
    """Return the polynomial of JSON such as [["-1/2", {"x": 2, "y": 1}]]; raise if it has another form."""
    monomials: list[list[Polynomial]] = []
    for c, powers in value:
        whole = all(type(power) is int and power >= 0 for power in powers.values())
        if not whole or sum(powers.values()) > LIMIT or not _RATIONAL.fullmatch(c):
            raise ValueError("a monomial has another form")
        monomials.append([{tuple(Counter(powers).elements()): Fraction(c)}])
    return sum_of(*monomials)
