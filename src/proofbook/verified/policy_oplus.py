# Extracted from notebooks/math/verify_policy_oplus.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: a39b6a98a8dac93f71162b3e6a118426851aa072cb363c1ba407c5ad56fff334
# Digest of the text below: 1d41f4318ac4202ba563cd6b75598220fc1b8640ea289f6c4a2995cdadaff84d
"""The policy update ⊕ (kernel `policy_oplus`)."""

import hashlib
import math
import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from proofbook.verified.policy_oplus_projection import (
    MAX_CONTROL,
    MIN_CONTROL,
    clip,
    norm,
    shrink_factor,
)

__all__ = [
    "LARGEST",
    "NEUTRAL",
    "Controls",
    "OplusStep",
    "applied_delta",
    "apply_symbolic_delta",
    "as_vector",
    "grad_sym",
    "oplus",
    "policy_hash",
    "step_factor",
    "weights_bytes",
]


# %% kernel-vector
LARGEST = sys.float_info.max


def as_vector(values: ArrayLike) -> NDArray[np.float64]:
    """Return a new one-dimensional float64 array: finite, −0.0 turned into 0.0.

    Args:
        values: D ≥ 1 integers or floats (array or list), shape (D,).

    Raises:
        ValueError: not one-dimensional, empty, or a coordinate is NaN or infinite.
        TypeError: the coordinates are neither integers nor floats.

    Source: INV-RFL-0002#L1.

    >>> as_vector([1, -0.0]).tolist()
    [1.0, 0.0]
    """
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"shape {array.shape}, where (D,) with D ≥ 1 is needed")
    if array.dtype.kind not in "iuf":
        raise TypeError(f"coordinates of {array.dtype}, where numbers are needed")
    vector = array.astype(np.float64) + 0.0
    if not np.isfinite(vector).all():
        raise ValueError("a coordinate is not a finite number")
    return vector


def weights_bytes(weights: ArrayLike) -> bytes:
    """Return the raw little-endian float64 bytes of the weights (serialization raw-f64le@1).

    Args:
        weights: shape (D,), finite.

    Raises:
        ValueError, TypeError: as `as_vector`.

    Source: INV-RFL-0002#L9.

    >>> weights_bytes([1.0]).hex()
    '000000000000f03f'
    """
    return as_vector(weights).astype("<f8").tobytes()


def policy_hash(weights: ArrayLike) -> str:
    """Return the SHA-256 of the weights' bytes, 64 hexadecimal digits.

    Args:
        weights: shape (D,), finite.

    Raises:
        ValueError, TypeError: as `as_vector`.

    Source: INV-RFL-0002#L9; FIPS 180-4.
    """
    return hashlib.sha256(weights_bytes(weights)).hexdigest()


def grad_sym(policy_gradient: ArrayLike, abstention_gradient: ArrayLike) -> NDArray[np.float64]:
    """Return the symbolic gradient: the policy gradient, then the abstention gradient.

    Args:
        policy_gradient: shape (P,), finite.
        abstention_gradient: shape (A,), finite; a policy without one has its gate disabled, which is
            refused here.

    Returns:
        Shape (P + A,).

    Raises:
        ValueError, TypeError: as `as_vector`.

    Source: INV-RFL-0002#L8.

    >>> grad_sym([1.0, 2.0], [3.0]).tolist()
    [1.0, 2.0, 3.0]
    """
    return np.concatenate([as_vector(policy_gradient), as_vector(abstention_gradient)])


# %% kernel-delta
class Controls(NamedTuple):
    """What a learning surface fixes about ⊕; the default bounds nothing but the representable.

    Attributes:
        max_gradient_norm: c, in [2⁻⁴⁰⁰, 2⁴⁰⁰].
        damping_factor: λ, in [0, 1).
        weight_low: ℓ, finite; every weight stays in [ℓ, h].
        weight_high: h, finite, ≥ ℓ.
    """

    max_gradient_norm: float = MAX_CONTROL
    damping_factor: float = 0.0
    weight_low: float = -LARGEST
    weight_high: float = LARGEST


NEUTRAL = Controls()


def step_factor(learning_rate: float, damping_factor: float, dimension: int) -> float:
    """Return ((1 − λ)·η)·(1 − 4·(D + 1)·2⁻⁵³), three roundings.

    Args:
        learning_rate: η, 0 or in [2⁻⁴⁰⁰, 2⁴⁰⁰].
        damping_factor: λ, in [0, 1).
        dimension: D, in 1 … 2³² − 1.

    Raises:
        ValueError: a control is out of its range or NaN.

    Source: INV-RFL-0002#L1, #L4.

    >>> step_factor(0.0, 0.5, 3)
    0.0
    """
    if not (learning_rate == 0.0 or MIN_CONTROL <= learning_rate <= MAX_CONTROL):
        raise ValueError(f"the learning rate is {learning_rate}, not 0 or in [2^-400, 2^400]")
    if not 0.0 <= damping_factor < 1.0:
        raise ValueError(f"the damping factor is {damping_factor}, not in [0, 1)")
    return (1.0 - damping_factor) * learning_rate * shrink_factor(dimension + 1)


def applied_delta(
    gradient: ArrayLike, learning_rate: float, controls: Controls = NEUTRAL
) -> NDArray[np.float64]:
    """Return the delta that is applied and logged, δ = (1 − λ)·η·(1 − 4(D+1)u)·clip(g, c).

    ‖δ‖ ≤ (1 − λ)·η·c holds for the returned doubles in exact arithmetic.

    Args:
        gradient: g, shape (D,), finite.
        learning_rate: η, 0 or in [2⁻⁴⁰⁰, 2⁴⁰⁰].
        controls: c and λ of the surface.

    Raises:
        ValueError, TypeError: as `as_vector`, `clip` and `step_factor`.

    Source: INV-RFL-0002#L1, #L4.
    """
    clipped = clip(as_vector(gradient).tolist(), controls.max_gradient_norm)
    factor = step_factor(learning_rate, controls.damping_factor, len(clipped))
    return as_vector([factor * value for value in clipped])


# %% kernel-oplus
def oplus(
    weights: ArrayLike, delta: ArrayLike, low: float = -LARGEST, high: float = LARGEST
) -> NDArray[np.float64]:
    """Return θ ⊕ δ = Π_B(θ + δ), elementwise: one addition, two comparisons.

    Equals the exact real Π_B(θ + δ) rounded once, for all finite θ ∈ B and δ, overflow included.

    Args:
        weights: θ, shape (D,), every coordinate in [low, high].
        delta: δ, shape (D,), finite.
        low, high: the box, finite, low ≤ high.

    Returns:
        θ′, a new array of shape (D,).

    Raises:
        ValueError: shapes differ, a number is NaN or infinite, low > high, or a weight is outside.
        TypeError: as `as_vector`.

    Source: INV-RFL-0002#L2 to #L6.

    >>> oplus([0.5, 0.5], [0.25, 2.0], 0.0, 1.0).tolist()
    [0.75, 1.0]
    """
    theta, step = as_vector(weights), as_vector(delta)
    if theta.shape != step.shape:
        raise ValueError(f"weights of shape {theta.shape}, delta of shape {step.shape}")
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"[{low}, {high}] is not a box of finite numbers")
    if (theta < low).any() or (theta > high).any():
        raise ValueError(f"a weight is outside [{low}, {high}]")
    with np.errstate(over="ignore"):
        return np.minimum(np.maximum(theta + step, low), high) + 0.0


# %% kernel-step
class OplusStep(NamedTuple):
    """One applied step, with what its line in the delta log records.

    Attributes:
        weights: θ′, shape (D,).
        payload: the applied δ, shape (D,): what is logged and replayed.
        l2_norm: ‖δ‖.
        gradient_norm: ‖g‖, before clipping.
        learning_rate: η.
        theta_norm_before: ‖θ‖.
        theta_norm_after: ‖θ′‖.
        policy_hash_before: SHA-256 of θ's bytes.
        policy_hash_after: SHA-256 of θ′'s bytes.
    """

    weights: NDArray[np.float64]
    payload: NDArray[np.float64]
    l2_norm: float
    gradient_norm: float
    learning_rate: float
    theta_norm_before: float
    theta_norm_after: float
    policy_hash_before: str
    policy_hash_after: str


def apply_symbolic_delta(
    weights: ArrayLike,
    delta: ArrayLike,
    learning_rate: float,
    controls: Controls = NEUTRAL,
) -> OplusStep:
    """Apply one symbolic update: θ′ = θ ⊕ (1 − λ)·η·clip(delta, c), with its logging metadata.

    Args:
        weights: θ, shape (D,), in the box of the controls.
        delta: the symbolic gradient g = grad_sym(…), shape (D,); the applied δ is `payload`.
        learning_rate: η, 0 or in [2⁻⁴⁰⁰, 2⁴⁰⁰].
        controls: c, λ and the box of the learning surface; by default none is active.

    Raises:
        ValueError, TypeError: as `applied_delta` and `oplus`.
        OverflowError: ‖g‖, ‖θ‖ or ‖θ′‖ exceeds the largest double.

    Source: INV-RFL-0002#L1, #L7, #L9.

    >>> step = apply_symbolic_delta([1.0, 2.0], [4.0, 0.0], 0.25)
    >>> step.weights.round(12).tolist(), step.gradient_norm
    ([2.0, 2.0], 4.0)
    """
    before, gradient = as_vector(weights), as_vector(delta)
    payload = applied_delta(gradient, learning_rate, controls)
    after = oplus(before, payload, controls.weight_low, controls.weight_high)
    return OplusStep(
        weights=after,
        payload=payload,
        l2_norm=norm(payload.tolist()),
        gradient_norm=norm(gradient.tolist()),
        learning_rate=float(learning_rate),
        theta_norm_before=norm(before.tolist()),
        theta_norm_after=norm(after.tolist()),
        policy_hash_before=policy_hash(before),
        policy_hash_after=policy_hash(after),
    )
