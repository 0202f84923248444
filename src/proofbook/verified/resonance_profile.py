# Extracted from notebooks/math/verify_resonance_profile.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: e49577e0d767f60721f8db4541b63798847556fa47c59cdc5a89f390c66b4c4d
# Digest of the text below: 6d5273f80229330064997acc3716a5803feec27b0097dec8fad4f655854df816
"""Profiles: weights that learn and stay on the grid (kernel `resonance_profile`)."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from proofbook.verified.resonance import WEIGHT_ONE, check_weights

__all__ = [
    "apportion",
    "profile",
    "project",
    "pursue",
    "update_profile",
]


# %% kernel-projection
def _exact(numbers: Sequence[float | Fraction]) -> list[Fraction]:
    """Return the numbers as the rationals they stand for, or refuse them."""
    for place, number in enumerate(numbers):
        if not math.isfinite(number):
            raise ValueError(f"coordinate {place} is {number}, not finite")
    if len(numbers) == 0:
        raise ValueError("a profile has at least one lane")
    return [Fraction(number) for number in numbers]


def project(point: Sequence[float | Fraction]) -> list[Fraction]:
    """Return the point of the simplex {x ≥ 0, Σ xᵢ = 1} nearest to `point`, exactly.

    Solves min ‖x - v‖² over the simplex: xᵢ = max(vᵢ - θ, 0), θ = max over j of (v₍₁₎ + … + v₍ⱼ₎ - 1)/j.

    Args:
        point: n ≥ 1 finite numbers v; a double stands for the rational that it is.

    Returns:
        n non-negative rationals that sum to 1.

    Raises:
        ValueError: there is no coordinate, or one is NaN or infinite.

    Source: INV-MHE-0004#L7. Held, Wolfe and Crowder (1974), Validation of subgradient optimization;
    Condat (2016), Fast projection onto the simplex.

    >>> project([1.0, 0.5])
    [Fraction(3, 4), Fraction(1, 4)]
    """
    exact = _exact(point)
    sums = accumulate(sorted(exact, reverse=True))
    theta = max((total - 1) / count for count, total in enumerate(sums, start=1))
    return [max(value - theta, Fraction(0)) for value in exact]


def apportion(shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Return the weights nearest to exact shares, by largest remainders: integers that sum to 2¹⁶.

    Args:
        shares: n ≥ 1 non-negative rationals that sum to 1.

    Returns:
        n integers; each differs from 2¹⁶·share by at most 1 - 1/n.

    Raises:
        ValueError: a share is negative, or they do not sum to 1.

    Source: INV-MHE-0004#L2, #L4. Balinski and Young (1982), Fair Representation, on Hamilton's method.

    >>> apportion([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)])
    (21846, 21845, 21845)
    """
    if any(share < 0 for share in shares) or sum(shares) != 1:
        raise ValueError("shares are not non-negative with sum 1")
    scaled = [share * WEIGHT_ONE for share in shares]
    floors = [math.floor(value) for value in scaled]
    missing = WEIGHT_ONE - sum(floors)
    order = sorted(range(len(scaled)), key=lambda i: (floors[i] - scaled[i], -scaled[i], i))
    raised = set(order[:missing])
    return tuple(whole + (place in raised) for place, whole in enumerate(floors))


# %% kernel-update
def profile(point: Sequence[float | Fraction]) -> tuple[int, ...]:
    """Return the dyadic weights nearest to the projection of a point: Q(Π(v)).

    Args:
        point: n ≥ 1 finite numbers, such as weights typed by a person.

    Raises:
        ValueError: there is no coordinate, or one is NaN or infinite.

    Source: INV-MHE-0004#L1, #L2.

    >>> profile([0.1, 0.4, 0.5])
    (6554, 26214, 32768)
    """
    return apportion(project(point))


def update_profile(weights: Sequence[int], step: Sequence[float | Fraction]) -> tuple[int, ...]:
    """Return the weights after a step: w ⊕ δ = Q(Π(w/2¹⁶ + δ)).

    Args:
        weights: n integers that sum to 2¹⁶.
        step: the applied δ (already scaled, clipped and damped), n finite numbers.

    Raises:
        TypeError: a weight is not an int.
        ValueError: the weights are not on the grid, a step is NaN or infinite, or the lengths differ.

    Source: INV-MHE-0004#L1, #L3, #L5.

    >>> update_profile([32768, 32768], [0.25, -0.25])
    (49152, 16384)
    """
    moved = [
        Fraction(weight, WEIGHT_ONE) + delta
        for weight, delta in zip(check_weights(weights), _exact(step), strict=True)
    ]
    return profile(moved)


def pursue(
    weights: Sequence[int], target: Sequence[int], gain: float | Fraction
) -> tuple[int, ...]:
    """Return the weights after a damped move towards a target: Q((w + a·(t - w)) / 2¹⁶).

    Args:
        weights: n integers that sum to 2¹⁶.
        target: n integers that sum to 2¹⁶.
        gain: a in (0, 1], the share of the way to go; 1 - a is the damping.

    Raises:
        TypeError: a weight is not an int.
        ValueError: weights or target are not on the grid, the gain is out of range, or lengths differ.

    Source: INV-MHE-0004#L6.

    >>> pursue([65536, 0], [0, 65536], 0.25)
    (49152, 16384)
    """
    if not 0.0 < gain <= 1.0:
        raise ValueError(f"gain {gain} is not in (0, 1]")
    exact = Fraction(gain)
    pairs = zip(check_weights(weights), check_weights(target), strict=True)
    return apportion([(here + exact * (there - here)) / WEIGHT_ONE for here, there in pairs])
