"""The surface transforms do what their artifact records."""

import math
from fractions import Fraction

import gmpy2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import policy_oplus_surface
from proofbook.verified.policy_oplus_surface import (
    Feature,
    Transform,
    featurise,
    log1p,
    minmax,
    range_of,
    saturate,
    transform,
)

ATOMS = Feature("atoms", Transform.LOG1P, 1, 64)
DEPTH = Feature("depth", Transform.IDENTITY, 1, 8)
SCORE = Feature("lean_score", Transform.MINMAX, -2, 6)
finite = st.floats(allow_nan=False, allow_infinity=False)


def test_every_recorded_vector_is_reproduced():
    assert load_artifact("policy_oplus_surface").replay(policy_oplus_surface) > 150


def test_every_lemma_was_tested():
    artifact = load_artifact("policy_oplus_surface")
    assert all(artifact.reaches(f"L{n}", "tested") for n in range(1, 7))


def test_the_affine_form_was_seen_to_leave_its_range():
    assert load_artifact("policy_oplus_surface").measure("affine_minmax_above_one_share")[0] > 0


@given(st.floats(-0.999, 1e300))
def test_log1p_agrees_with_two_hundred_bits(x):
    with gmpy2.context(precision=200):
        exact = gmpy2.log1p(gmpy2.mpfr(x))
        assert log1p(x) == float(exact)


def test_log1p_keeps_tiny_numbers_and_one_zero():
    assert log1p(5e-324) == 5e-324
    assert log1p(-0.0).hex() == "0x0.0p+0"


@pytest.mark.parametrize("bad", [-1.0, -2.0, math.nan, math.inf])
def test_log1p_refuses_what_has_no_logarithm(bad):
    with pytest.raises(ValueError, match="log1p"):
        log1p(bad)


def test_minmax_does_not_overflow():
    assert minmax(0.0, -1.7e308, 1.7e308) == 0.5


@given(st.lists(finite, min_size=3, max_size=3))
def test_minmax_is_the_quotient_rounded_once(numbers):
    low, x, high = sorted(numbers)
    if low < high:
        quotient = (Fraction(x) - Fraction(low)) / (Fraction(high) - Fraction(low))
        assert minmax(x, low, high) == float(quotient)


@pytest.mark.parametrize("feature", [ATOMS, DEPTH, SCORE])
@given(data=st.data())
def test_transforms_are_monotone_and_stay_in_range(feature, data):
    value = st.floats(feature.low, feature.high)
    x, y = sorted([data.draw(value), data.draw(value)])
    low, high = range_of(feature)
    assert low <= transform(feature, x) <= transform(feature, y) <= high


@pytest.mark.parametrize("feature", [ATOMS, DEPTH, SCORE])
def test_values_out_of_bounds_are_refused_by_name(feature):
    for value in (math.nextafter(feature.low, -9e9), math.nextafter(feature.high, 9e9), math.nan):
        with pytest.raises(ValueError, match=feature.name):
            transform(feature, value)


@given(finite)
def test_the_scorer_is_total(value):
    assert saturate(DEPTH, value) == min(max(value, 1.0), 8.0)
    features = [ATOMS, DEPTH, SCORE]
    for feature, x in zip(features, featurise(features, [value] * 3), strict=True):
        low, high = range_of(feature)
        assert low <= x <= high


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (Transform.LOG1P, -1.0, 1.0),
        (Transform.MINMAX, 2.0, 2.0),
        (Transform.IDENTITY, 3.0, 2.0),
        (Transform.IDENTITY, math.nan, 2.0),
    ],
)
def test_bounds_that_do_not_fit_are_refused(kind, low, high):
    with pytest.raises(ValueError, match="odd"):
        Feature("odd", kind, low, high)
