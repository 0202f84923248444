"""The extracted profile arithmetic does what its artifact records, and what a reader would expect."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import resonance_profile
from proofbook.verified.resonance import check_weights
from proofbook.verified.resonance_profile import (
    apportion,
    profile,
    project,
    pursue,
    update_profile,
)

ARTIFACT = load_artifact("resonance_profile")
HALF = (32768, 32768)
points = st.lists(st.floats(-3, 3), min_size=1, max_size=5)
triples = st.tuples(st.integers(0, 32768), st.integers(0, 32768)).map(
    lambda pair: (*pair, 65536 - sum(pair))
)


def squared(left, right):
    return sum((a - b) ** 2 for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(resonance_profile, symbol) >= 10


@pytest.mark.parametrize("number", range(1, 9))
def test_every_lemma_was_tested(number):
    assert ARTIFACT.reaches(f"L{number}", "tested")


def test_weights_stayed_within_two_thirds_of_a_step():
    value, bound = ARTIFACT.measure("distance_to_projection")
    assert 0 < value <= bound == Fraction(2, 3 * 65536)


def test_typed_weights_become_the_profiles_recall_starts_from():
    assert profile([0.1, 0.4, 0.5]) == (6554, 26214, 32768)
    assert profile([0.3, 0.4, 0.3]) == (19661, 26214, 19661)
    assert profile([0.1, 0.3, 0.6]) == (6554, 19661, 39321)


def test_a_point_outside_is_projected_to_the_nearest_point():
    assert project([1.0, 0.5]) == [Fraction(3, 4), Fraction(1, 4)]
    assert project([5.0, 0.0, -1.0]) == [1, 0, 0]


@given(points)
def test_profiles_are_accepted_weights_near_the_projection(point):
    weights, shares = profile(point), project(point)
    assert check_weights(weights) == weights
    assert sum(shares) == 1
    worst = max(abs(w - 65536 * s) for w, s in zip(weights, shares, strict=True))
    assert worst <= 1 - Fraction(1, len(point))


def test_three_thirds_go_to_the_first_by_one_step():
    assert apportion([Fraction(1, 3)] * 3) == (21846, 21845, 21845)


def test_shares_off_the_simplex_are_refused():
    for shares in ([], [Fraction(1, 2)], [Fraction(3, 2), Fraction(-1, 2)]):
        with pytest.raises(ValueError, match="sum 1"):
            apportion(shares)


def test_a_zero_step_changes_nothing():
    assert update_profile(HALF, [0.0, -0.0]) == HALF


def test_a_constant_step_changes_nothing():
    assert update_profile(HALF, [0.25, 0.25]) == HALF


def test_a_step_moves_weight_between_lanes():
    assert update_profile(HALF, [0.25, -0.25]) == (49152, 16384)


def test_steps_below_a_grid_step_vanish_however_many():
    weights = HALF
    for _ in range(1000):
        weights = update_profile(weights, [7e-6, -7e-6])
    assert weights == HALF
    assert update_profile(HALF, [8e-6, -8e-6]) != HALF


@given(triples, triples, st.floats(0.01, 1))
def test_pursuit_never_moves_away_from_its_target(weights, target, gain):
    after = pursue(weights, target, gain)
    assert after == weights or squared(after, target) < squared(weights, target)


@given(triples, triples)
def test_pursuit_with_a_gain_above_a_half_arrives(weights, target):
    for _ in range(30):
        weights = pursue(weights, target, 0.51)
    assert weights == target


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_is_refused(bad):
    for call in (
        lambda: project([bad]),
        lambda: profile([0.5, bad]),
        lambda: update_profile(HALF, [bad, 0.0]),
        lambda: pursue(HALF, HALF, bad),
    ):
        with pytest.raises(ValueError, match=r"not finite|gain"):
            call()


def test_weights_off_the_grid_are_refused():
    with pytest.raises(ValueError, match="sum"):
        update_profile((1, 2), [0.0, 0.0])
    with pytest.raises(ValueError, match="sum"):
        pursue(HALF, (1, 2), 0.5)
    with pytest.raises(ValueError, match="argument"):
        pursue((65536, 0), (65536,), 0.5)
