# Extracted from notebooks/math/verify_policy_oplus_projection.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: cb147fab28c909f7e8720135cfa4b596326cec2ab2d2fa708ef778d658d4e2b7
# Digest of the text below: 1722198bcb54ee24e0c106f0a13853444482f5ff57b5b92e6fbf570094109e46
"""Norm, clip and projections under ⊕ (kernel `policy_oplus_projection`)."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

__all__ = [
    "MAX_CONTROL",
    "MAX_DIMENSION",
    "MIN_CONTROL",
    "UNIT_ROUNDOFF",
    "clip",
    "ingest",
    "norm",
    "project_box",
    "project_simplex",
    "shrink_factor",
    "within",
]


# %% kernel-ingest
UNIT_ROUNDOFF = math.ldexp(1.0, -53)
MIN_CONTROL = math.ldexp(1.0, -400)
MAX_CONTROL = math.ldexp(1.0, 400)
MAX_DIMENSION = 2**32


def ingest(values: Sequence[float]) -> list[float]:
    """Return the coordinates as finite doubles, −0.0 turned into 0.0.

    Args:
        values: D ≥ 1 real numbers (a list, a tuple, a one-dimensional array).

    Raises:
        ValueError: a coordinate is NaN or infinite, or there is none.
        TypeError: a coordinate is not a number.

    Source: INV-RFL-0001#L1.

    >>> ingest([1, -0.0])
    [1.0, 0.0]
    """
    for index, value in enumerate(values):
        if not math.isfinite(value):
            raise ValueError(f"coordinate {index} is {value}, not a finite number")
    if len(values) == 0:
        raise ValueError("a vector needs at least one coordinate")
    return [float(value) + 0.0 for value in values]


# %% kernel-norm
def _exponent(vector: list[float]) -> int:
    """Return k with 2^k ≤ max|v_i| < 2^(k+1); subnormal and zero vectors share k = −1022."""
    peak = max(abs(value) for value in vector)
    return math.frexp(max(peak, math.ldexp(1.0, -1022)))[1] - 1


def _pairwise_sum(terms: list[float]) -> float:
    """Add neighbours level by level; an odd last term moves up. Depth ⌈log₂ D⌉, order fixed."""
    while len(terms) > 1:
        pairs = [a + b for a, b in zip(terms[0::2], terms[1::2], strict=False)]
        terms = pairs + terms[2 * len(pairs) :]
    return terms[0]


def _scaled(vector: list[float]) -> tuple[list[float], float, int]:
    """Return (2^−k·v, its norm, k): the vector and its norm in a range without overflow."""
    k = _exponent(vector)
    unit = [value * math.ldexp(1.0, -k) for value in vector]
    return unit, math.sqrt(_pairwise_sum([value * value for value in unit])), k


def norm(values: Sequence[float]) -> float:
    """Return the Euclidean norm n(v) = 2^k · √(⊕ (2^−k·v_i)²), scaled and in a fixed order.

    The error is at most (⌈log₂ D⌉ + 4)/2 units in the last place; there is no intermediate overflow
    or underflow, and the bits do not depend on processor, threads or BLAS.

    Args:
        values: D ≥ 1 finite doubles.

    Raises:
        ValueError: a coordinate is NaN or infinite, or there is none.
        OverflowError: the norm itself exceeds the largest double.

    Source: INV-RFL-0001#L2, #L3; N. J. Higham, Accuracy and Stability of Numerical Algorithms, §4.2.

    >>> norm([3.0, -4.0]), norm([6e-200, 8e-200]), norm([1e200] * 4)
    (5.0, 1e-199, 2e+200)
    """
    _, root, k = _scaled(ingest(values))
    length = root * math.ldexp(1.0, k)
    if math.isinf(length):
        raise OverflowError("the norm exceeds the largest double")
    return length


# %% kernel-within
def within(values: Sequence[float], radius: float) -> bool:
    """Say whether ‖v‖ ≤ radius, exactly: Σ v_i² ≤ radius² over the integers.

    Args:
        values: D ≥ 1 finite doubles.
        radius: a finite double ≥ 0.

    Raises:
        ValueError: a coordinate or the radius is NaN or infinite, there is no coordinate, or the
            radius is negative.

    Source: INV-RFL-0001#L4.

    >>> within([3.0, 4.0], 5.0), within([3.0, 4.000000000000001], 5.0)
    (True, False)
    """
    if radius < 0:
        raise ValueError(f"the radius is {radius}, below 0")
    ratios = [value.as_integer_ratio() for value in ingest([*ingest(values), radius])]
    common = max(denominator for _, denominator in ratios)
    *legs, hypotenuse = [numerator * (common // denominator) for numerator, denominator in ratios]
    return sum(leg * leg for leg in legs) <= hypotenuse * hypotenuse


# %% kernel-clip
def shrink_factor(dimension: int) -> float:
    """Return 1 − 4·D·2⁻⁵³, which is a double exactly: what clipping a D-vector pays for rounding.

    Raises:
        ValueError: the dimension is not in 1 … 2³².

    Source: INV-RFL-0001#L4, #L5.

    >>> shrink_factor(1) == 1 - 2**-51
    True
    """
    if not 1 <= dimension <= MAX_DIMENSION:
        raise ValueError(f"the dimension is {dimension}, not in 1 … 2^32")
    return 1.0 - 4 * dimension * UNIT_ROUNDOFF


def clip(gradient: Sequence[float], max_norm: float) -> list[float]:
    """Return g where ‖g‖ ≤ c, and (1 − 4Du)·(c/‖g‖)·g elsewhere; the result never leaves the ball.

    ‖clip(g, c)‖ ≤ c holds for the returned doubles in exact arithmetic, and clip(g, c) is g, bit for
    bit, for every g of the ball.

    Args:
        gradient: g, D ≥ 1 finite doubles.
        max_norm: c, in [2⁻⁴⁰⁰, 2⁴⁰⁰].

    Raises:
        ValueError: a coordinate is NaN or infinite, there is none, or c is out of its range.

    Source: INV-RFL-0001#L4 to #L7.

    >>> clip([3.0, 4.0], 5.0)
    [3.0, 4.0]
    >>> within(clip([0.3, 0.4], 0.1), 0.1)
    True
    """
    vector = ingest(gradient)
    if not MIN_CONTROL <= max_norm <= MAX_CONTROL:
        raise ValueError(f"the maximal norm is {max_norm}, not in [2^-400, 2^400]")
    if within(vector, max_norm):
        return vector
    unit, root, _ = _scaled(vector)
    factor = shrink_factor(len(vector)) * max_norm / root
    return ingest([value * factor for value in unit])


# %% kernel-box
def project_box(point: Sequence[float], low: Sequence[float], high: Sequence[float]) -> list[float]:
    """Return the nearest point of the box: min(max(x_i, low_i), high_i), exact on doubles.

    Args:
        point, low, high: D ≥ 1 finite doubles each, low_i ≤ high_i.

    Raises:
        ValueError: a number is NaN or infinite, the lengths differ or are 0, or low_i > high_i.

    Source: INV-RFL-0001#L8.

    >>> project_box([-2.0, 0.5], [0.0, 0.0], [1.0, 1.0])
    [0.0, 0.5]
    """
    vector, floor, ceiling = ingest(point), ingest(low), ingest(high)
    if not len(vector) == len(floor) == len(ceiling):
        raise ValueError("the point and the bounds of its box differ in length")
    if any(a > b for a, b in zip(floor, ceiling, strict=True)):
        raise ValueError("a lower bound exceeds its upper bound")
    return [min(max(x, a), b) for x, a, b in zip(vector, floor, ceiling, strict=True)]


def project_simplex(point: Sequence[float]) -> list[float]:
    """Return the nearest point of {w ≥ 0, Σ w_i = 1}, each coordinate rounded once.

    w_i = R(max(x_i − τ, 0)) with τ = max_k (x_(1) + … + x_(k) − 1)/k, in exact rationals. The returned
    weights are ≥ 0 and their exact sum differs from 1 by at most 2⁻⁵³, whatever D.

    Args:
        point: x, D ≥ 1 finite doubles.

    Raises:
        ValueError: a coordinate is NaN or infinite, or there is none.

    Source: INV-RFL-0001#L9 to #L11; M. Held, P. Wolfe, H. P. Crowder, Validation of subgradient
    optimization, Math. Programming 6 (1974); J. Duchi et al., Efficient projections onto the l1-ball,
    ICML 2008.

    >>> project_simplex([0.5, 0.75, -3.0])
    [0.375, 0.625, 0.0]
    """
    exact = [Fraction(value) for value in ingest(point)]
    sums = accumulate(sorted(exact, reverse=True))
    threshold = max((total - 1) / count for count, total in enumerate(sums, start=1))
    return [float(max(value - threshold, Fraction(0))) for value in exact]
