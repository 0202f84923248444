"""Polynomials with rational coefficients: the normal form of every symbolic number."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from proofbook.autopsy.proofs.statement import Sort, Term, rational

Monomial: TypeAlias = tuple[tuple[str, int], ...]
Polynomial: TypeAlias = dict[Monomial, Fraction]
ONE: Monomial = ()
MOST_MONOMIALS = 600


class Refused(Exception):
    """What a symbolic run cannot carry; the message says why. Nothing is approximated in silence."""


def constant(value: int | Fraction) -> Polynomial:
    """Return a number as a polynomial."""
    return {ONE: Fraction(value)} if value else {}


def variable(name: str) -> Polynomial:
    """Return a variable as a polynomial."""
    return {((name, 1),): Fraction(1)}


def value_of(p: Polynomial) -> Fraction | None:
    """Return the number that a constant polynomial is, else None."""
    if not p:
        return Fraction(0)
    return p[ONE] if len(p) == 1 and ONE in p else None


def add(p: Polynomial, q: Polynomial, factor: int = 1) -> Polynomial:
    """Return p + factor·q."""
    total = dict(p)
    for monomial, coefficient in q.items():
        left = total.get(monomial, Fraction(0)) + factor * coefficient
        if left:
            total[monomial] = left
        else:
            total.pop(monomial, None)
    return total


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return p·q.

    Raises:
        Refused: the product has too many monomials to be of use.
    """
    total: Polynomial = {}
    for left, a in p.items():
        for right, b in q.items():
            powers = dict(left)
            for name, exponent in right:
                powers[name] = powers.get(name, 0) + exponent
            monomial = tuple(sorted(powers.items()))
            total[monomial] = total.get(monomial, Fraction(0)) + a * b
    if len(total) > MOST_MONOMIALS:
        raise Refused(f"a product of {len(total)} monomials; prove it in smaller steps")
    return {monomial: c for monomial, c in total.items() if c}


def divide_by_monomial(p: Polynomial, q: Polynomial) -> Polynomial | None:
    """Return p/q where q is one monomial that divides every monomial of p, else None."""
    if len(q) != 1:
        return None
    ((divisor, scale),) = q.items()
    quotient: Polynomial = {}
    for monomial, coefficient in p.items():
        powers = dict(monomial)
        for name, exponent in divisor:
            powers[name] = powers.get(name, 0) - exponent
        if min(powers.values(), default=0) < 0:
            return None
        left = tuple(sorted((name, e) for name, e in powers.items() if e))
        quotient[left] = coefficient / scale
    return quotient


def reduce_by_monomial(p: Polynomial, q: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Return p and q without the powers of variables that all their monomials have in common."""
    powers = [dict(monomial) for monomial in (*p, *q)]
    least = {name: min(each.get(name, 0) for each in powers) for name in (powers or [{}])[0]}
    common = {tuple(sorted((name, e) for name, e in least.items() if e)): Fraction(1)}
    above, below = divide_by_monomial(p, common), divide_by_monomial(q, common)
    return (p, q) if above is None or below is None else (above, below)


def is_integral(p: Polynomial, sorts: Mapping[str, Sort]) -> bool:
    """Say whether a polynomial is an integer by its form: integer coefficients, Int constants."""
    return all(
        coefficient.denominator == 1 and all(sorts[name] == "Int" for name, _ in monomial)
        for monomial, coefficient in p.items()
    )


def written(p: Polynomial, sort: Sort, sorts: Mapping[str, Sort]) -> Term:
    """Return a polynomial as a term of sort Int or Real, its monomials in a fixed order."""
    parts = [_product(monomial, p[monomial], sort, sorts) for monomial in sorted(p)]
    if not parts:
        return rational(0, sort)
    return parts[0] if len(parts) == 1 else ("+", *parts)


def _product(
    monomial: Monomial, coefficient: Fraction, sort: Sort, sorts: Mapping[str, Sort]
) -> Term:
    factors: list[Term] = [] if coefficient == 1 and monomial else [rational(coefficient, sort)]
    for name, exponent in monomial:
        lifted = sort == "Real" and sorts[name] == "Int"
        factors += [("to_real", name) if lifted else name] * exponent
    return factors[0] if len(factors) == 1 else ("*", *factors)


def compare(relation: str, p: Polynomial, q: Polynomial, sorts: Mapping[str, Sort]) -> Term:
    """Return `p relation q` (`<=`, `<` or `=`) as a formula, terms moved to where they are positive.

    Strict comparisons of integers are written with a one and `<=`.
    """
    difference = add(q, p, -1)
    known = value_of(difference)
    if known is not None:
        truth = known >= 0 if relation == "<=" else known > 0 if relation == "<" else known == 0
        return "true" if truth else "false"
    sort: Sort = "Int" if is_integral(difference, sorts) else "Real"
    if sort == "Int" and relation == "<":
        relation, difference = "<=", add(difference, constant(1), -1)
    left = {m: -c for m, c in difference.items() if c < 0}
    right = {m: c for m, c in difference.items() if c > 0}
    if relation == "=" and min(left, default=()) > min(right, default=()):
        left, right = right, left
    return (relation, written(left, sort, sorts), written(right, sort, sorts))
