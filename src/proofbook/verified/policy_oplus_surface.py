# Extracted from notebooks/math/verify_policy_oplus_surface.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 480273b1d5162e4076631d6ea85aaf12ae4c317f038c8a12e26fbfcfb8b20cce
# Digest of the text below: 437b17cf3fb2b48e3d671d276c8ed8ad0cb5666e189f576faa478a8d4c86266d
"""Surface transforms: log1p, identity, minmax (kernel `policy_oplus_surface`)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import gmpy2

__all__ = [
    "Feature",
    "Transform",
    "featurise",
    "log1p",
    "minmax",
    "range_of",
    "saturate",
    "transform",
]


# %% kernel-transforms
def log1p(value: float) -> float:
    """Return ln(1 + x), correctly rounded: the same bits on every processor.

    Args:
        value: x, finite, > −1.

    Raises:
        ValueError: x is NaN, infinite or ≤ −1.

    Source: INV-RFL-0004#L1; L. Fousse et al., MPFR: a multiple-precision binary floating-point library
    with correct rounding, ACM TOMS 33 (2007).

    >>> log1p(0.0), log1p(1.0)
    (0.0, 0.6931471805599453)
    """
    if not -1.0 < value < math.inf:
        raise ValueError(f"log1p of {value}, where a finite number above -1 is needed")
    return float(gmpy2.ieee(64).log1p(float(value))) + 0.0


def minmax(value: float, low: float, high: float) -> float:
    """Return (x − ℓ)/(h − ℓ), formed exactly and rounded once, in [0, 1].

    Args:
        value: x, in [low, high].
        low, high: ℓ < h, finite.

    Raises:
        ValueError: not ℓ ≤ x ≤ h with finite ℓ < h.

    Source: INV-RFL-0004#L2.

    >>> minmax(2.0, 1.0, 5.0)
    0.25
    """
    if not (-math.inf < low < high < math.inf and low <= value <= high):
        raise ValueError(f"minmax of {value} on [{low}, {high}]")
    start = Fraction(low)
    return float((Fraction(value) - start) / (Fraction(high) - start))


# %% kernel-features
class Transform(Enum):
    """How a feature's value enters the score."""

    LOG1P = "log1p"
    IDENTITY = "identity"
    MINMAX = "minmax"


@dataclass(frozen=True)
class Feature:
    """A feature of a learning surface, resolved and checked; its bounds are ingested as doubles.

    Attributes:
        name: as in the surface, e.g. "atoms".
        kind: the transform.
        low: ℓ, finite; above −1 for LOG1P.
        high: h, finite, ≥ ℓ; above ℓ for MINMAX.

    Raises:
        ValueError: the bounds do not fit the transform, or the name is empty.
    """

    name: str
    kind: Transform
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a feature needs a name")
        if not -math.inf < self.low <= self.high < math.inf:
            raise ValueError(f"{self.name}: [{self.low}, {self.high}] are no finite bounds")
        if self.kind is Transform.LOG1P and self.low <= -1.0:
            raise ValueError(f"{self.name}: log1p needs a lower bound above -1, not {self.low}")
        if self.kind is Transform.MINMAX and self.low == self.high:
            raise ValueError(f"{self.name}: minmax needs two different bounds, not {self.low}")
        object.__setattr__(self, "low", float(self.low) + 0.0)
        object.__setattr__(self, "high", float(self.high) + 0.0)


def transform(feature: Feature, value: float) -> float:
    """Return T_f(x) = R(φ_f(x)) for a value within the feature's bounds.

    Args:
        feature: name, transform and bounds.
        value: x, in [feature.low, feature.high].

    Raises:
        ValueError: x is NaN or out of bounds; the message names the feature.

    Source: INV-RFL-0004#L1 to #L5.

    >>> transform(Feature("depth", Transform.IDENTITY, 1, 8), 3)
    3.0
    """
    if not feature.low <= value <= feature.high:
        raise ValueError(f"{feature.name}: {value} is not in [{feature.low}, {feature.high}]")
    if feature.kind is Transform.LOG1P:
        return log1p(value)
    if feature.kind is Transform.MINMAX:
        return minmax(value, feature.low, feature.high)
    return float(value) + 0.0


def range_of(feature: Feature) -> tuple[float, float]:
    """Return the stated range (T_f(ℓ), T_f(h)), both attained.

    Source: INV-RFL-0004#L4.

    >>> range_of(Feature("lean_score", Transform.MINMAX, -3.0, 9.0))
    (0.0, 1.0)
    """
    return transform(feature, feature.low), transform(feature, feature.high)


def saturate(feature: Feature, value: float) -> float:
    """Return the nearest number within the feature's bounds: min(max(x, ℓ), h).

    Args:
        feature: name, transform and bounds.
        value: x, finite.

    Raises:
        ValueError: x is NaN or infinite.

    Source: INV-RFL-0004#L6.

    >>> saturate(Feature("atoms", Transform.LOG1P, 1, 64), 100)
    64.0
    """
    if not math.isfinite(value):
        raise ValueError(f"{feature.name}: {value} is not a finite number")
    return float(min(max(value, feature.low), feature.high)) + 0.0


def featurise(features: Sequence[Feature], values: Sequence[float]) -> list[float]:
    """Return T_f of each saturated value, in the order of the features; total on finite values.

    Args:
        features: F features.
        values: F finite numbers, one for each.

    Raises:
        ValueError: the lengths differ, or a value is NaN or infinite.

    Source: INV-RFL-0004#L6.

    >>> featurise([Feature("depth", Transform.IDENTITY, 1, 8)], [11.0])
    [8.0]
    """
    if len(features) != len(values):
        raise ValueError(f"{len(values)} values for {len(features)} features")
    pairs = zip(features, values, strict=True)
    return [transform(feature, saturate(feature, value)) for feature, value in pairs]
