"""Rigorous bounds of real functions on boxes, by balls: sub-boxes on which Arb shows the bound at once.

The function is any composition of operations on `flint.arb`, called with one ball for each side of the box.
"""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from proofbook.autopsy.errors import ProofbookError

Box: TypeAlias = tuple[tuple[Fraction, Fraction], ...]
Relation: TypeAlias = Literal["<=", ">="]
_RATIONAL = re.compile(r"-?[0-9]{1,4000}(/[1-9][0-9]{0,3999})?")
MOST_PRECISE = 4096  # bits


def find_enclosure(
    function: Callable[..., Any],
    box: Box,
    relation: Relation,
    bound: Fraction,
    *,
    precision: int = 128,
    most: int = 4096,
) -> dict[str, Any] | None:
    """Return a certificate that function(x) <= bound (or >=) for all x in the box, or None if none is found.

    The box is halved along its widest side, again and again, until each part shows the bound.

    Args:
        function: composed of operations on balls; one argument for each side.
        box: lower and upper end of each side.
        relation: how the function is to stand to the bound.
        bound: exact.
        precision: of the balls, in bits.
        most: parts examined before giving up.

    Raises:
        ProofbookError: python-flint is not installed.
    """
    waiting = [box]
    parts: list[Box] = []
    for _ in range(most):
        if not waiting:
            return {"precision": precision, "parts": [_write(part) for part in parts]}
        part = waiting.pop()
        if _shows(function, part, relation, bound, precision):
            parts.append(part)
        else:
            waiting += reversed(_halves(part))
    return None


def check_enclosure(
    function: Callable[..., Any], box: Box, relation: Relation, bound: Fraction, certificate: Any
) -> str | None:
    """Return None if the certificate proves the bound on the box, else a reason.

    Every part is evaluated anew, and that the parts cover the box is checked in rationals.

    Raises:
        ProofbookError: python-flint is not installed.
    """
    match certificate:
        case {"precision": int(precision), "parts": [*written]} if len(certificate) == 2:
            if not 2 <= precision <= MOST_PRECISE:
                return "the precision is out of range"
        case _:
            return "is no certificate of a bound"
    parts: list[Box] = []
    for place, part in enumerate(written):
        sides = _read(part)
        if sides is None or len(sides) != len(box):
            return f"part {place} is no box of {len(box)} sides"
        parts.append(sides)
    if not _covered(box, parts):
        return "the parts do not cover the box"
    for place, sides in enumerate(parts):
        if not _shows(function, sides, relation, bound, precision):
            return f"part {place} does not show the bound"
    return None


def _shows(
    function: Callable[..., Any], box: Box, relation: Relation, bound: Fraction, precision: int
) -> bool:
    flint = _flint()
    with flint.ctx.workprec(precision):
        balls = [_ball(flint, low).union(_ball(flint, high)) for low, high in box]
        value, limit = function(*balls), _ball(flint, bound)
        return bool(value <= limit if relation == "<=" else value >= limit)


def _ball(flint: Any, number: Fraction) -> Any:
    return flint.arb(flint.fmpq(number.numerator, number.denominator))


def _flint() -> Any:
    try:
        import flint
    except ImportError as error:
        raise ProofbookError(
            "rigorous bounds need python-flint", remedy="pip install proofbook[prove]"
        ) from error
    return flint


def _halves(box: Box) -> list[Box]:
    widest = max(range(len(box)), key=lambda side: box[side][1] - box[side][0])
    low, high = box[widest]
    middle = (low + high) / 2
    return [(*box[:widest], half, *box[widest + 1 :]) for half in ((low, middle), (middle, high))]


def _covered(box: Box, parts: Sequence[Box]) -> bool:
    """Say whether one part contains a box, or the two sides of a cut at a part's face are covered."""
    near = [
        part
        for part in parts
        if all(a <= high and low <= b for (a, b), (low, high) in zip(part, box, strict=True))
    ]
    if any(
        all(a <= low and high <= b for (a, b), (low, high) in zip(part, box, strict=True))
        for part in near
    ):
        return True
    cuts = sorted(
        {
            (side, end)
            for part in near
            for side, ends in enumerate(part)
            for end in ends
            if box[side][0] < end < box[side][1]
        }
    )
    if not cuts:
        return False
    side, cut = cuts[len(cuts) // 2]
    low, high = box[side]
    return all(
        _covered((*box[:side], half, *box[side + 1 :]), near) for half in ((low, cut), (cut, high))
    )


def _write(box: Box) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in box]


def _read(part: Any) -> Box | None:
    sides: list[tuple[Fraction, Fraction]] = []
    for side in part if isinstance(part, list) else [None]:
        match side:
            case [str(low), str(high)] if _RATIONAL.fullmatch(low) and _RATIONAL.fullmatch(high):
                sides.append((Fraction(low), Fraction(high)))
            case _:
                return None
    return tuple(sides)
