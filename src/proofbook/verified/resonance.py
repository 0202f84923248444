# Extracted from notebooks/math/verify_resonance.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: f0987117d8407bc03513b1856260850bc33f43b79fd25a7f0f06cd3ef04704b3
# Digest of the text below: fff876282c2e2fe0b5b6a778d53ec5d16047b1d3ef4ec7b23f84d995feb45485
"""Resonance: the score of a candidate for a query (kernel `resonance`)."""

import math
from collections.abc import Sequence
from typing import TypeVar

__all__ = [
    "ORDER_ONE",
    "WEIGHT_ONE",
    "blend",
    "check_weights",
    "exact_dot",
    "normalise_max",
    "normalise_range",
    "quantise",
    "rank",
    "score",
]


# %% kernel-normalisation
def normalise_max(values: Sequence[float]) -> list[float]:
    """Scale non-negative values by their largest: fl(vᵢ / max v), all 0.0 where the maximum is 0.

    Args:
        values: one raw value (precision or context) for each candidate of the pool, any unit.

    Returns:
        As many doubles in [0, 1], in the same order; an empty pool gives an empty list.

    Raises:
        ValueError: a value is negative, NaN or infinite.

    Source: INV-MHE-0001#L5.

    >>> normalise_max([1.0, 4.0, 0.0])
    [0.25, 1.0, 0.0]
    """
    for place, value in enumerate(values):
        if not 0.0 <= value < math.inf:
            raise ValueError(f"values[{place}] = {value} is not finite and non-negative")
    largest = max([0.0, *values])
    if largest == 0.0:
        return [0.0 for _ in values]
    return [value / largest + 0.0 for value in values]


def normalise_range(values: Sequence[float]) -> list[float]:
    """Stretch values onto [0, 1]: fl((vᵢ - min v) / (max v - min v)), all 0.0 where they are equal.

    The differences are exact and the quotient is rounded once.

    Args:
        values: one raw value (resonance) for each candidate of the pool; any finite double.

    Returns:
        As many doubles in [0, 1], in the same order; an empty pool gives an empty list.

    Raises:
        ValueError: a value is NaN or infinite.

    Source: INV-MHE-0001#L5.

    >>> normalise_range([-1.0, 0.0, 1.0])
    [0.0, 0.5, 1.0]
    """
    for place, value in enumerate(values):
        if not math.isfinite(value):
            raise ValueError(f"values[{place}] = {value} is not finite")
    if len(values) == 0:
        return []
    ratios = [value.as_integer_ratio() for value in values]
    unit = max(denominator for _, denominator in ratios)
    whole = [numerator * (unit // denominator) for numerator, denominator in ratios]
    lowest = min(whole)
    width = max(whole) - lowest
    if width == 0:
        return [0.0 for _ in whole]
    return [(number - lowest) / width for number in whole]


# %% kernel-score
WEIGHT_ONE = 2**16


def check_weights(weights: Sequence[int]) -> tuple[int, ...]:
    """Return dyadic weights as a tuple: integers wᵢ ≥ 0 with Σ wᵢ = 2¹⁶ exactly.

    Args:
        weights: one integer for each lane, in units of 2⁻¹⁶.

    Raises:
        TypeError: a weight is not an int (floats, truth values and numpy integers are refused).
        ValueError: a weight is negative, or they do not sum to 2¹⁶.

    Source: INV-MHE-0001#L6.

    >>> check_weights([6554, 26214, 32768])
    (6554, 26214, 32768)
    """
    for place, weight in enumerate(weights):
        if type(weight) is not int:
            raise TypeError(f"weights[{place}] is a {type(weight).__name__}, not an int")
        if weight < 0:
            raise ValueError(f"weights[{place}] = {weight} is negative")
    if sum(weights) != WEIGHT_ONE:
        raise ValueError(f"weights sum to {sum(weights)}, not to {WEIGHT_ONE}")
    return tuple(weights)


def exact_dot(left: Sequence[float], right: Sequence[float]) -> tuple[int, int]:
    """Return Σ xᵢ·yᵢ without any rounding, as a numerator and a positive denominator.

    Args:
        left: finite doubles or integers xᵢ.
        right: as many finite doubles or integers yᵢ.

    Returns:
        Two integers whose quotient is the sum, not reduced; (0, 1) for empty sequences.

    Raises:
        ValueError: a number is NaN or infinite, or the lengths differ.

    Source: INV-MHE-0001#L6.

    >>> exact_dot([0.5, 3.0], [0.5, 2.0])
    (25, 4)
    """
    numerator, denominator = 0, 1
    for x, y in zip(left, right, strict=True):
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"{x}·{y}: a factor is not finite")
        above_x, below_x = x.as_integer_ratio()
        above_y, below_y = y.as_integer_ratio()
        below = below_x * below_y
        numerator = numerator * below + above_x * above_y * denominator
        denominator *= below
    return numerator, denominator


def _exact_blend(lanes: Sequence[float], weights: Sequence[int]) -> tuple[int, int]:
    """Return the numerator and denominator of Σ wᵢ·ℓᵢ / 2¹⁶, not reduced."""
    numerator, denominator = exact_dot(lanes, check_weights(weights))
    for lane in lanes:
        if not 0.0 <= lane <= 1.0:
            raise ValueError(f"lane value {lane} is not in [0, 1]")
    return numerator, denominator * WEIGHT_ONE


def blend(lanes: Sequence[float], weights: Sequence[int]) -> float:
    """Return the weighted mean of the lanes, rounded once: fl(Σ wᵢ·ℓᵢ / 2¹⁶).

    Args:
        lanes: normalised values in [0, 1], one for each lane.
        weights: as many integers that sum to 2¹⁶ (see `check_weights`).

    Returns:
        A double between the smallest and the largest lane.

    Raises:
        TypeError: a weight is not an int.
        ValueError: a lane is outside [0, 1] or NaN, the weights do not sum to 2¹⁶, or the
            lengths differ.

    Source: INV-MHE-0001#L1, #L2, #L6.

    >>> blend([1.0, 0.5, 0.0], [16384, 32768, 16384])
    0.5
    """
    numerator, denominator = _exact_blend(lanes, weights)
    return numerator / denominator


def score(
    lanes: Sequence[float],
    weights: Sequence[int],
    priors: Sequence[float] = (),
    ceilings: Sequence[float] = (),
) -> float:
    """Return a candidate's score, rounded once: fl(Σ wᵢ·ℓᵢ / 2¹⁶ · Π πⱼ / Π cⱼ).

    Args:
        lanes: normalised values in [0, 1], one for each lane.
        weights: as many integers that sum to 2¹⁶ (see `check_weights`).
        priors: factors πⱼ in [1, cⱼ] by which the candidate is favoured.
        ceilings: as many finite bounds cⱼ = 1 + βⱼ; dividing by them keeps the score in [0, 1].

    Returns:
        A double in [0, 1], at most the blend of the lanes.

    Raises:
        TypeError: a weight is not an int.
        ValueError: a lane is outside [0, 1], a prior outside [1, cⱼ], a ceiling infinite,
            anything NaN, the weights do not sum to 2¹⁶, or lengths differ.

    Source: INV-MHE-0001#L1, #L2, #L6.

    >>> score([1.0, 0.5, 0.0], [16384, 32768, 16384], priors=[1.0], ceilings=[1.25])
    0.4
    """
    numerator, denominator = _exact_blend(lanes, weights)
    for prior, ceiling in zip(priors, ceilings, strict=True):
        if not 1.0 <= prior <= ceiling < math.inf:
            raise ValueError(f"prior {prior} is not in [1, {ceiling}], or its ceiling is infinite")
        prior_above, prior_below = prior.as_integer_ratio()
        ceiling_above, ceiling_below = ceiling.as_integer_ratio()
        numerator *= prior_above * ceiling_below
        denominator *= prior_below * ceiling_above
    return numerator / denominator


# %% kernel-order
ORDER_ONE = 2**20

_Id = TypeVar("_Id", int, str)


def quantise(score: float) -> int:
    """Return a score in steps of 2⁻²⁰: the nearest integer to 2²⁰·S, ties to even.

    Args:
        score: a double in [0, 1].

    Raises:
        ValueError: the score is outside [0, 1] or NaN.

    Source: INV-MHE-0001#L4.

    >>> quantise(0.5)
    524288
    """
    if not 0.0 <= score <= 1.0:
        raise ValueError(f"score {score} is not in [0, 1]")
    return round(score * ORDER_ONE)


def rank(ids: Sequence[_Id], scores: Sequence[float]) -> list[_Id]:
    """Return the identifiers by quantised score, descending, then by identifier, ascending.

    Strings compare by code point. A candidate that is listed twice stands in the answer twice.

    Args:
        ids: one identifier for each candidate, all integers or all strings.
        scores: as many doubles in [0, 1].

    Raises:
        TypeError: two identifiers cannot be compared.
        ValueError: a score is outside [0, 1] or NaN, or the lengths differ.

    Source: INV-MHE-0001#L4.

    >>> rank(["b", "a", "c"], [0.25, 0.25, 0.75])
    ['c', 'a', 'b']
    """
    keys = sorted((-quantise(value), name) for name, value in zip(ids, scores, strict=True))
    return [name for _, name in keys]
