"""Control calculus: the extracted code does what its notebook proved."""

from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_control
from proofbook.verified.routing_control import (
    LoadState,
    admit,
    apportion,
    follow,
    follow_shares,
    load,
    settling_steps,
    share_distance,
    stable_gain,
    tick,
)

SCALE = routing_control.SCALE
gains = st.integers(1, SCALE)


@st.composite
def divisions(draw, m):
    cuts = sorted(draw(st.lists(st.integers(0, SCALE), min_size=m - 1, max_size=m - 1)))
    return tuple(b - a for a, b in zip([0, *cuts], [*cuts, SCALE], strict=True))


pairs = st.integers(1, 5).flatmap(lambda m: st.tuples(divisions(m), divisions(m)))


def test_recorded_vectors_replay():
    assert load_artifact("routing_control").replay(routing_control) > 100


def test_measured_steps_are_within_what_is_promised():
    for name in ("steps_at_gain_one_quarter", "steps_at_gain_one_sixteenth"):
        value, bound = load_artifact("routing_control").measure(name)
        assert 0 < value <= bound


def test_truncation_was_measured_to_stall():
    assert load_artifact("routing_control").measure("error_left_by_truncation") == (15, 15)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), gains)
def test_the_error_becomes_its_part_rounded_down(value, target, gain):
    left = target - follow(value, target, gain)
    assert abs(left) == abs(target - value) * (SCALE - gain) // SCALE
    assert left * (target - value) >= 0


def test_the_last_unit_of_error_goes():
    assert follow(99, 100, 1) == 100
    assert follow(101, 100, 1) == 100


@pytest.mark.parametrize("gain", [SCALE, SCALE // 2, SCALE // 3, SCALE // 16])
def test_settling_steps_suffice(gain):
    value = 0
    for _ in range(settling_steps(SCALE, gain)):
        value = follow(value, SCALE, gain)
    assert value == SCALE


@given(pairs, gains)
def test_shares_keep_their_sum_and_approach_exactly(pair, gain):
    shares, target = pair
    after = follow_shares(shares, target, gain)
    distance = share_distance(shares, target)
    assert sum(after) == SCALE
    assert share_distance(after, target) == floor(distance * (SCALE - gain) / SCALE)


def test_apportionment_by_hand():
    assert apportion(10, [6, 6, 2]) == (4, 4, 2)
    assert apportion(11, [6, 6, 2]) == (5, 5, 1)  # one more unit, and the third loses one


def test_ties_of_remainders_go_to_the_first():
    assert apportion(2, [1, 1, 1]) == (1, 1, 0)


@pytest.mark.parametrize("slope", [0, 1, 3, 9])
def test_a_closed_loop_within_the_gain_limit_settles(slope):
    gain, value = stable_gain(slope), 0
    for _ in range(settling_steps(1000, gain)):
        value = follow(value, max(0, 1000 - slope * value), gain)
    rest = 1000 // (1 + slope)
    assert value in (rest, rest + 1)


def test_a_closed_loop_beyond_the_gain_limit_swings():
    value, seen = 10, []
    for _ in range(6):
        value = follow(value, max(0, min(30, 60 - 3 * value)), SCALE)
        seen.append(value)
    assert seen == [30, 0, 30, 0, 30, 0]


@given(*[st.integers(0, 50)] * 3, st.integers(0, SCALE))
def test_admission_never_exceeds_capacity(queued, inflight, capacity, pressure):
    admitted = admit(queued, inflight, capacity, pressure)
    assert 0 <= admitted <= queued
    assert inflight + admitted <= max(inflight, capacity)


def test_somebody_is_admitted_wherever_there_is_room():
    assert admit(5, 3, 4, SCALE) == 1


def test_load_is_never_understated():
    assert load(1, 3) == 21846
    assert load(3, 3) == load(0, 0) == SCALE


def test_a_tick_moves_shares_from_the_full_to_the_empty():
    before = LoadState((0, 0), (SCALE // 2, SCALE // 2))
    after = tick(before, [4, 0], [4, 4], SCALE // 2)
    assert after.pressures == (SCALE // 2, 0)
    assert after.shares[0] < SCALE // 2 < after.shares[1]
    assert sum(after.shares) == SCALE


def test_with_no_headroom_shares_stay():
    before = LoadState((SCALE, SCALE), (SCALE, 0))
    assert tick(before, [4, 4], [4, 4], SCALE) == before


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match="lengths"):
        tick(LoadState((0,), (SCALE,)), [1, 1], [1], 1)
    with pytest.raises(ValueError, match="demand"):
        apportion(3, [0, 0])
