"""The extracted lane formulas do what their artifact records, and what a reader would expect."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import resonance_lanes
from proofbook.verified.resonance_lanes import (
    DECAY_TABLE,
    bm25,
    decay,
    idf,
    nearest,
    propagate,
    term_weight,
    weighted_mean,
)

ARTIFACT = load_artifact("resonance_lanes")


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(resonance_lanes, symbol) >= 10


@pytest.mark.parametrize("number", range(1, 9))
def test_every_lemma_was_tested(number):
    assert ARTIFACT.reaches(f"L{number}", "tested")


def test_the_textbook_form_was_found_to_fall_and_to_exceed_its_bound():
    assert ARTIFACT.measure("textbook_form_lowered")[0] > 0
    assert ARTIFACT.measure("textbook_form_above_bound")[0] > 0


def test_the_term_weight_stayed_within_its_relative_error():
    value, bound = ARTIFACT.measure("term_weight_relative_error")
    assert 0 < value <= bound


def test_a_word_in_every_document_is_still_worth_something():
    assert 0.0 < idf(1000, 1000) < 1e-3 < idf(1000, 999)


def test_the_idf_of_robertson_is_meant():
    for documents, containing in ((10, 3), (1000, 17), (1400, 1)):
        plain = math.log(1 + (documents - containing + 0.5) / (containing + 0.5))
        assert math.isclose(idf(documents, containing), plain, rel_tol=1e-14)


def test_impossible_counts_are_refused():
    for documents, containing in ((3, 4), (3, -1)):
        with pytest.raises(ValueError, match="contain the word"):
            idf(documents, containing)
    with pytest.raises(TypeError, match="float"):
        idf(3.0, 1)


def test_an_average_document_with_one_occurrence_weighs_one():
    assert term_weight(1.0, 7.0, 7.0, k1=1.0, b=0.75) == 1.0


def test_no_occurrence_weighs_nothing():
    assert term_weight(0.0, 7.0, 7.0) == 0.0


def test_frequent_words_saturate_at_k1_plus_one():
    assert term_weight(1e300, 7.0, 7.0) == 1.2 + 1.0


@given(st.floats(0.01, 1e6), st.floats(0, 1e4), st.floats(0.1, 1e4))
def test_one_more_occurrence_never_lowers_the_weight(frequency, length, mean):
    here = term_weight(frequency, length, mean)
    assert here <= term_weight(math.nextafter(frequency, math.inf), length, mean) <= 1.2 + 1.0
    assert here >= term_weight(frequency, math.nextafter(length, math.inf), mean)


@pytest.mark.parametrize(
    "args",
    [
        (-1.0, 1.0, 1.0),
        (1.0, -1.0, 1.0),
        (1.0, 1.0, 0.0),
        (1.0, 1.0, 1.0, 0.0),
        (1.0, 1.0, 1.0, 1.2, 2.0),
    ],
)
def test_term_weights_out_of_range_are_refused(args):
    with pytest.raises(ValueError, match="not in"):
        term_weight(*args)


def test_the_lexical_value_sums_without_cancelling():
    assert bm25([1e16, 1.0], [1.0, 1.0]) == math.fsum([1e16, 1.0])
    assert bm25([], []) == 0.0
    with pytest.raises(ValueError, match="non-negative"):
        bm25([-1.0], [1.0])


def test_a_mention_reaches_three_turns_and_no_farther():
    turns = [{"tea": 8.0} if place == 4 else {} for place in range(9)]
    spread = [unit.get("tea", 0.0) for unit in propagate(turns, [0] * 9)]
    assert spread == [0.0, 1.0, 2.0, 4.0, 8.0, 4.0, 2.0, 1.0, 0.0]


def test_a_mention_does_not_cross_into_another_session():
    assert propagate([{"tea": 1.0}, {"rain": 1.0}], ["a", "b"]) == [{"tea": 1.0}, {"rain": 1.0}]


def test_propagation_is_bounded_by_eleven_quarters():
    turns = [{"tea": 4.0}] * 20
    assert max(unit["tea"] for unit in propagate(turns, [0] * 20)) == 11.0


@pytest.mark.parametrize("gamma", [0.75, 0.0, 2.0, math.nan])
def test_gammas_that_are_no_power_of_two_are_refused(gamma):
    with pytest.raises(ValueError, match="gamma"):
        propagate([{}], [0], gamma)


def test_a_session_is_needed_for_every_unit():
    with pytest.raises(ValueError, match="sessions"):
        propagate([{}, {}], [0])


def test_decay_is_exact_at_half_lives_and_never_zero():
    assert [decay(age, 60) for age in (0, 60, 120, 60 * 1000)] == [1.0, 0.5, 0.25, 2.0**-1000]
    assert decay(10**12, 1) == 2.0**-1000


def test_the_decay_table_runs_from_one_to_a_half():
    assert (DECAY_TABLE[0], DECAY_TABLE[16]) == (2**53, 2**52)
    assert list(DECAY_TABLE) == sorted(DECAY_TABLE, reverse=True)


@given(st.integers(0, 10**6), st.integers(1, 10**4))
def test_a_half_life_later_half_is_left(age, half_life):
    assert decay(age + half_life, half_life) == max(decay(age, half_life) / 2, 2.0**-1000)
    assert decay(age + 1, half_life) <= decay(age, half_life)


def test_decay_refuses_what_is_no_age():
    for args in ((-1, 5), (1, 0)):
        with pytest.raises(ValueError, match="half-life"):
            decay(*args)
    with pytest.raises(TypeError, match="float"):
        decay(1.5, 5)


def test_the_nearest_are_the_most_similar_ties_by_position():
    assert nearest([0.1, 0.9, -0.5, 0.9, 0.0], count=3) == [1, 3, 0]
    assert len(nearest([0.5] * 9)) == 5
    with pytest.raises(ValueError, match="count"):
        nearest([0.5], -1)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(-1, 1)), min_size=1, max_size=5))
def test_a_weighted_mean_stays_among_its_values(pairs):
    weights, values = [w for w, _ in pairs], [x for _, x in pairs]
    mean = weighted_mean(weights, values)
    assert min(values) <= mean <= max(values)
    exact = sum(Fraction(w) * Fraction(x) for w, x in pairs) / sum(map(Fraction, weights))
    assert abs(Fraction(mean) - exact) <= Fraction(math.ulp(mean)) / 2


def test_a_mean_without_weight_is_zero():
    assert weighted_mean([0.0], [3.0]) == 0.0
    with pytest.raises(ValueError, match="weight"):
        weighted_mean([-1.0], [3.0])
