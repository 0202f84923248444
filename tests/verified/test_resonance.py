"""The extracted resonance score does what its artifact records, and what a reader would expect."""

import math
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import resonance
from proofbook.verified.resonance import (
    blend,
    check_weights,
    exact_dot,
    normalise_max,
    normalise_range,
    quantise,
    rank,
    score,
)

ARTIFACT = load_artifact("resonance")
HALF = [32768, 32768]
unit = st.floats(0, 1)


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(resonance, symbol) >= 10


@pytest.mark.parametrize("lemma", ["L1", "L2", "L3", "L4", "L5", "L6"])
def test_every_lemma_was_tested(lemma):
    assert ARTIFACT.reaches(lemma, "tested")


def test_no_dyadic_blend_exceeded_one_but_float_weights_did():
    assert ARTIFACT.measure("dyadic_weights_above_one") == (0, 0)
    assert ARTIFACT.measure("float_weights_above_one")[0] > 0


def test_scaling_by_a_rounded_factor_drifts_less_than_three_roundings():
    value, bound = ARTIFACT.measure("scale_drift")
    assert 0 < value <= bound == Fraction(3, 2**53)


def test_the_largest_value_becomes_one():
    assert normalise_max([1.0, 4.0, 0.0]) == [0.25, 1.0, 0.0]


def test_the_ends_of_the_range_become_zero_and_one():
    assert normalise_range([-1.0, 0.5, 1.0]) == [0.0, 0.75, 1.0]


@pytest.mark.parametrize("normalise", [normalise_max, normalise_range])
def test_empty_and_flat_pools_are_defined(normalise):
    assert normalise([]) == []
    assert normalise([0.0, 0.0]) == [0.0, 0.0]


def test_a_range_wider_than_the_doubles_does_not_overflow():
    assert normalise_range([-1.7e308, 0.0, 1.7e308]) == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(bad):
    for function in (normalise_max, normalise_range):
        with pytest.raises(ValueError, match="not finite"):
            function([0.5, bad])
    with pytest.raises(ValueError, match="not finite"):
        exact_dot([bad], [1.0])
    with pytest.raises(ValueError, match=r"not finite|not in"):
        blend([0.5, bad], HALF)


def test_negative_precision_is_refused():
    with pytest.raises(ValueError, match=r"values\[1\]"):
        normalise_max([1.0, -0.5])


def test_weights_off_the_simplex_are_refused():
    assert check_weights(HALF) == (32768, 32768)
    for weights in ([32768, 32767], [65537, -1], []):
        with pytest.raises(ValueError, match=r"sum|negative"):
            check_weights(weights)
    with pytest.raises(TypeError, match="float"):
        check_weights([65536.0])
    with pytest.raises(TypeError, match="bool"):
        check_weights([True, 65535])


def test_the_exact_dot_product_keeps_what_doubles_lose():
    assert Fraction(*exact_dot([1e16, 1.0, -1e16], [1.0, 1.0, 1.0])) == 1


def test_three_equal_lanes_blend_to_their_value():
    lane = 0.09743057599473337
    assert blend([lane] * 3, [7812, 417, 57307]) == lane


def test_a_prior_at_its_ceiling_costs_nothing():
    assert score([0.5, 0.25], HALF, [1.3], [1.3]) == blend([0.5, 0.25], HALF) == 0.375


def test_a_prior_of_one_under_a_ceiling_of_two_halves_the_score():
    assert score([0.5, 0.25], HALF, [1.0], [2.0]) == 0.1875


@pytest.mark.parametrize(
    ("priors", "ceilings"), [([0.9], [1.1]), ([1.2], [1.1]), ([1.0], []), ([1.0], [math.inf])]
)
def test_priors_outside_their_range_are_refused(priors, ceilings):
    with pytest.raises(ValueError, match=r"prior|argument"):
        score([0.5, 0.5], HALF, priors, ceilings)


@given(st.lists(unit, min_size=3, max_size=3), st.integers(0, 65536), st.floats(1, 2))
def test_the_score_is_the_exact_value_within_half_a_last_place(lanes, first, prior):
    weights = [first, (65536 - first) // 3, 65536 - first - (65536 - first) // 3]
    exact = (
        Fraction(prior)
        / 2
        * sum(Fraction(lane) * weight / 65536 for lane, weight in zip(lanes, weights, strict=True))
    )
    got = score(lanes, weights, [prior], [2.0])
    assert abs(Fraction(got) - exact) <= Fraction(math.ulp(got)) / 2
    assert got <= blend(lanes, weights) <= max(lanes)


@given(st.lists(st.tuples(unit, st.sampled_from("abc")), max_size=5))
def test_the_ranking_does_not_depend_on_the_order_of_the_pool(pool):
    expected = rank([name for _, name in pool], [value for value, _ in pool])
    for mixed in permutations(pool, len(pool)):
        assert rank([name for _, name in mixed], [value for value, _ in mixed]) == expected


def test_scores_within_a_step_are_ordered_by_identifier():
    near = 0.5 + 2.0**-22
    assert quantise(near) == quantise(0.5) == 524288
    assert rank(["b", "a"], [near, 0.5]) == ["a", "b"]
    assert rank(["b", "a"], [0.5 + 2.0**-20, 0.5]) == ["b", "a"]


def test_half_steps_go_to_the_even_step():
    assert [quantise(k * 2.0**-21) for k in (1, 3, 5)] == [0, 2, 2]


def test_scores_outside_the_unit_interval_are_refused():
    for bad in (-0.5, 1.5, math.nan):
        with pytest.raises(ValueError, match="not in"):
            quantise(bad)
        with pytest.raises(ValueError, match="not in"):
            rank(["a"], [bad])
