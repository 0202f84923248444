"""The norm, the clip and the projections do what their artifact records."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import policy_oplus_projection
from proofbook.verified.policy_oplus_projection import (
    clip,
    ingest,
    norm,
    project_box,
    project_simplex,
    shrink_factor,
    within,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
vectors = st.lists(st.one_of(finite, st.floats(-2, 2)), min_size=1, max_size=12)


def squared(values):
    return sum(Fraction(x) ** 2 for x in values)


def test_every_recorded_vector_is_reproduced():
    artifact = load_artifact("policy_oplus_projection")
    assert artifact.replay(policy_oplus_projection) > 100


def test_every_lemma_was_tested():
    artifact = load_artifact("policy_oplus_projection")
    assert all(artifact.reaches(f"L{n}", "tested") for n in range(1, 12))


def test_recorded_measures_are_within_their_bounds():
    artifact = load_artifact("policy_oplus_projection")
    for d in (1, 2, 8, 64, 512):
        value, bound = artifact.measure(f"norm_error_ulps_d{d}")
        assert value <= bound == Fraction((d - 1).bit_length() + 4, 2)
    assert artifact.measure("clip_outside_share_d8") == (0, 0)
    assert artifact.measure("naive_clip_outside_share_d8")[0] > Fraction(1, 3)
    assert artifact.measure("simplex_sum_error")[0] <= Fraction(1, 2**53)


def test_minus_zero_becomes_zero():
    assert [x.hex() for x in ingest([-0.0, 1])] == ["0x0.0p+0", "0x1.0000000000000p+0"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("function", [ingest, norm, project_simplex])
def test_what_is_not_a_number_is_refused(function, bad):
    with pytest.raises(ValueError, match="coordinate 1"):
        function([0.5, bad])


def test_the_norm_neither_overflows_nor_underflows():
    assert norm([3 * 2.0**700, 4 * 2.0**700]) == 5 * 2.0**700
    assert norm([3 * 2.0**-700, 4 * 2.0**-700]) == 5 * 2.0**-700
    with pytest.raises(OverflowError):
        norm([1.7e308, 1.7e308])


def test_the_ball_is_decided_exactly():
    assert within([3.0, 4.0], 5.0)
    assert not within([math.nextafter(3.0, 4.0), 4.0], 5.0)
    # The doubles 0.3 and 0.4 lie outside the ball of radius 0.5, though their rounded norm is 0.5.
    assert norm([0.3, 0.4]) == 0.5
    assert not within([0.3, 0.4], 0.5)


@given(vectors, st.floats(1e-6, 1e6))
def test_a_clipped_gradient_is_in_the_ball_and_stays_as_it_is(gradient, c):
    clipped = clip(gradient, c)
    assert squared(clipped) <= Fraction(c) ** 2
    assert clip(clipped, c) == clipped


@given(vectors)
def test_a_gradient_inside_the_ball_is_returned(gradient):
    if squared(gradient) <= 2**400:
        assert clip(gradient, 2.0**200) == gradient


def test_the_shrink_factor_is_exact():
    assert Fraction(shrink_factor(3)) == 1 - Fraction(12, 2**53)


@given(vectors)
def test_the_box_projection_is_the_clamp(point):
    low, high = [-1.0] * len(point), [0.5] * len(point)
    assert project_box(point, low, high) == [min(max(x, -1.0), 0.5) for x in point]


def test_the_simplex_projection_by_hand():
    assert project_simplex([0.5, 0.75, -3.0]) == [0.375, 0.625, 0.0]
    assert project_simplex([7.0]) == [1.0]
    assert project_simplex([0.25, 0.25]) == [0.5, 0.5]


@given(vectors)
def test_simplex_weights_are_weights(point):
    weights = project_simplex(point)
    assert min(weights) >= 0
    assert abs(sum(map(Fraction, weights)) - 1) <= Fraction(1, 2**53)
