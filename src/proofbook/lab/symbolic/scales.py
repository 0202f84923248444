"""Positive constants with known products: a power of two and its inverse, denominators and their ratios.

What is known of them is among the path's facts; here it only shortens polynomials, so that statements
stay small.
"""

from typing import TYPE_CHECKING

from proofbook.lab.symbolic.polynomial import Polynomial, add, constant, multiply

if TYPE_CHECKING:
    from proofbook.lab.symbolic.paths import Path


def name_of(p: Polynomial) -> str:
    """Return the name of a constant of the statement."""
    ((((name, _),), _),) = p.items()
    return name


def note_positive(p: Polynomial, path: "Path") -> None:
    """Note that a constant is positive."""
    path.memo.setdefault("positive", set()).add(name_of(p))


def note_product(left: Polynomial, right: Polynomial, product: Polynomial, path: "Path") -> None:
    """Note that two positive constants have this product."""
    note_positive(left, path)
    note_positive(right, path)
    path.memo.setdefault("products", []).append((name_of(left), name_of(right), product))


def simplified(p: Polynomial, path: "Path") -> Polynomial:
    """Return a polynomial with known products in place of their factors."""
    for left, right, product in path.memo.get("products", []):
        total: Polynomial = {}
        for monomial, coefficient in p.items():
            powers = dict(monomial)
            times = min(powers.get(left, 0), powers.get(right, 0))
            for name in (left, right) if times else ():
                powers[name] -= times
            rest = {tuple(sorted((n, e) for n, e in powers.items() if e)): coefficient}
            for _ in range(times):
                rest = multiply(rest, product)
            total = add(total, rest)
        p = total
    return p


def positive_factor(p: Polynomial, path: "Path", step: int = 1) -> Polynomial:
    """Return the greatest monomial of positive constants, powers multiples of `step`, that divides p."""
    factor = constant(1)
    for name in sorted(path.memo.get("positive", set())):
        least = min((dict(monomial).get(name, 0) for monomial in p), default=0) // step * step
        if least:
            factor = multiply(factor, {((name, least),): constant(1)[()]})
    return factor


def square_root_of(p: Polynomial) -> Polynomial:
    """Return the root of a monomial whose powers are even and whose coefficient is one."""
    ((monomial, coefficient),) = p.items()
    return {tuple((name, exponent // 2) for name, exponent in monomial): coefficient}
