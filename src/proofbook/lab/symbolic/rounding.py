"""Rounding as what is known of any rounding: monotone, and exact on what is representable.

Nothing else is used, so what is proved holds for every binary format and rounding mode whose finite numbers
include the numerals and float constants of the statement.
"""

import sys
from fractions import Fraction
from typing import TYPE_CHECKING

from proofbook.autopsy.proofs.statement import Term
from proofbook.lab.symbolic.polynomial import Polynomial, compare, constant, value_of

if TYPE_CHECKING:
    from proofbook.lab.symbolic.paths import Path

_LARGEST = constant(Fraction(sys.float_info.max))


def representable(p: Polynomial) -> bool:
    """Say whether a polynomial is a number that a double holds."""
    number = value_of(p)
    if number is None:
        return False
    try:
        return Fraction(float(number)) == number
    except OverflowError:
        return False


def is_float(p: Polynomial, path: "Path") -> bool:
    """Say whether a polynomial is representable for certain: a numeral, a float constant, a rounding."""
    if representable(p):
        return True
    ((monomial, coefficient),) = p.items() if len(p) == 1 else (((), Fraction(0)),)
    named = len(monomial) == 1 and monomial[0][1] == 1 and abs(coefficient) == 1
    return named and monomial[0][0] in path.memo.setdefault("floats", set())


def note_float(p: Polynomial, path: "Path") -> None:
    """Note that a constant of the statement is representable."""
    ((((name, _),), _),) = p.items()
    path.memo.setdefault("floats", set()).add(name)
    path.memo.setdefault("float constants", []).append(p)


def rounded(exact: Polynomial, path: "Path") -> Polynomial:
    """Return the rounding of an exact result: itself if representable, else a fresh constant.

    Raises:
        OverflowError: the result may leave the finite numbers (a case of the statement).
    """
    if is_float(exact, path):
        return exact
    key = ("fl", tuple(sorted(exact.items())))
    if key in path.memo:
        found: Polynomial = path.memo[key]
        return found
    for low, high in ((exact, _LARGEST), (_negative(_LARGEST), exact)):
        if not path.decide(compare("<=", low, high, path.sorts)):
            raise OverflowError("a rounded result is not finite")
    near = path.name("fl", "Real")
    path.assume(*_laws(exact, near, path))
    note_float(near, path)
    path.roundings.append((exact, near))
    path.memo[key] = near
    return near


def _negative(p: Polynomial) -> Polynomial:
    return {monomial: -coefficient for monomial, coefficient in p.items()}


def _laws(exact: Polynomial, near: Polynomial, path: "Path") -> list[Term]:
    def ordered(a: Polynomial, b: Polynomial, then_a: Polynomial, then_b: Polynomial) -> Term:
        before = compare("<=", a, b, path.sorts)
        after = compare("<=", then_a, then_b, path.sorts)
        return after if before == "true" else "true" if before == "false" else ("=>", before, after)

    fixed = [constant(0), constant(1), *path.memo.get("float constants", [])]
    laws: list[Term] = []
    for point in fixed:
        laws += [ordered(exact, point, near, point), ordered(point, exact, point, near)]
    for other, its in path.roundings:
        laws += [ordered(exact, other, near, its), ordered(other, exact, its, near)]
        opposite, its_opposite = _negative(other), _negative(its)
        laws += [
            ordered(exact, opposite, near, its_opposite),
            ordered(opposite, exact, its_opposite, near),
        ]
    return laws
