"""The extracted composition calculus does what its artifact records: promises that hold."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_composition
from proofbook.verified.routing_composition import (
    Guarantee,
    all_of,
    fail_over,
    meets,
    satisfies,
    series,
    validate_guarantee,
)
from proofbook.verified.routing_contract import PPM, Bounds

ARTIFACT = load_artifact("routing_composition")
OCR = Guarantee(30_000, 1_000, 950_000, 990_000, False)
LLM = Guarantee(400_000, 90_000, 900_000, 980_000, False)
PARTS = st.builds(
    Guarantee,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, PPM),
    st.integers(0, PPM) | st.integers(PPM - 100, PPM),
    st.booleans(),
)
LISTS = st.lists(PARTS, min_size=1, max_size=4)


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(routing_composition, symbol) >= 10


@pytest.mark.parametrize("lemma", [f"L{n}" for n in range(1, 10)])
def test_every_lemma_was_proved(lemma):
    assert ARTIFACT.reaches(lemma, "cross-solved")


def test_a_series_adds_up_latency_cost_and_failures():
    assert series([OCR, LLM]) == Guarantee(430_000, 91_000, 850_000, 970_000, False)


def test_parts_side_by_side_take_as_long_as_the_slowest():
    assert all_of([OCR, LLM]) == Guarantee(400_000, 91_000, 850_000, 970_000, False)


def test_a_fail_over_is_as_reliable_as_its_best_part_and_as_right_as_its_first():
    assert fail_over([LLM, OCR]) == Guarantee(430_000, 91_000, 900_000, 990_000, False)
    assert fail_over([OCR, LLM]).accuracy_ppm == OCR.accuracy_ppm


def test_more_failures_than_runs_promise_nothing():
    weak = Guarantee(1, 1, 400_000, 500_000, False)
    assert series([weak, weak, weak]).reliability_ppm == 0


def test_independence_is_flagged_and_stays_flagged():
    assumed = series([OCR, LLM], True)
    assert assumed == Guarantee(430_000, 91_000, 855_000, 970_200, True)
    assert fail_over([assumed, LLM]).assumes_independence
    assert not series([OCR], True).assumes_independence


def test_failures_are_rounded_up():
    shaky = Guarantee(1, 1, 0, 333_333, False)
    assert fail_over([shaky, shaky], True).reliability_ppm == 555_555
    assert 555_555 <= PPM * (1 - Fraction(666_667, PPM) ** 2) < 555_556


def test_two_halves_that_never_meet_break_the_product_but_not_the_union_bound():
    half = Guarantee(1, 1, 500_000, 500_000, False)
    both_answer = 0  # one answers exactly when the other does not
    assert series([half, half]).reliability_ppm <= both_answer
    assert series([half, half], True).reliability_ppm > both_answer


@given(LISTS, LISTS)
def test_plans_compose_in_any_grouping(xs, ys):
    for compose in (series, all_of, fail_over):
        assert compose([compose(xs), compose(ys)]) == compose(xs + ys)


@given(LISTS)
def test_the_product_rounds_down_and_never_below_the_union_bound(parts):
    exact = Fraction(1)
    for part in parts:
        exact *= Fraction(part.reliability_ppm, PPM)
    promised = series(parts, True).reliability_ppm
    assert 0 <= exact * PPM - promised < 1
    assert promised >= series(parts).reliability_ppm


@given(LISTS, st.integers(0, 3), st.booleans())
def test_a_better_part_makes_no_plan_worse(parts, where, independent):
    better = [
        replace(part, latency_us=part.latency_us // 2, reliability_ppm=PPM) if i == where else part
        for i, part in enumerate(parts)
    ]
    for compose in (series, all_of, fail_over):
        assert meets(compose(better, independent), compose(parts, independent))


def test_an_assumed_guarantee_does_not_meet_a_certain_one():
    assert meets(OCR, replace(OCR, assumes_independence=True))
    assert not meets(replace(OCR, assumes_independence=True), OCR)


def test_bounds_are_kept_to_the_unit():
    bounds = Bounds(430_000, 91_000, 850_000, 970_000)
    assert satisfies(series([OCR, LLM]), bounds)
    for name, step in [("max_latency_us", -1), ("max_cost_nano_usd", -1)]:
        assert not satisfies(
            series([OCR, LLM]), replace(bounds, **{name: getattr(bounds, name) + step})
        )
    for name in ("min_accuracy_ppm", "min_reliability_ppm"):
        assert not satisfies(
            series([OCR, LLM]), replace(bounds, **{name: getattr(bounds, name) + 1})
        )


def test_a_fail_over_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        fail_over([])


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("latency_us", -1, ValueError),
        ("latency_us", True, TypeError),
        ("reliability_ppm", PPM + 1, ValueError),
        ("accuracy_ppm", 0.5, TypeError),
        ("assumes_independence", 1, TypeError),
    ],
)
def test_an_invalid_guarantee_is_refused(field, value, error):
    validate_guarantee(OCR)
    with pytest.raises(error):
        validate_guarantee(replace(OCR, **{field: value}))


def test_grouping_the_product_form_loses_a_ppm_at_most():
    lost, bound = ARTIFACT.measure("product_form_lost_by_grouping")
    assert lost <= bound == 1
    assert ARTIFACT.measure("product_form_gained_by_grouping")[0] == 0
