"""Lemmas in a notebook: what passes leaves evidence, what cannot fail or does not hold is refused."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from proofbook.autopsy.ladder import rung_of
from proofbook.lab import Lemma, LemmaFailed, Verification

INVARIANT = "INV-DEMO-0001"
SMALL = st.integers(min_value=0, max_value=10**6)


@pytest.fixture
def v() -> Verification:
    return Verification("tally", invariants=[INVARIANT])


@pytest.fixture
def lemma(v: Verification) -> Lemma:
    return v.lemma("L1").__enter__()


def test_a_property_that_holds_leaves_its_name_domain_and_examples(lemma: Lemma) -> None:
    def not_negative(x: int) -> bool:
        return x >= 0

    lemma.check(not_negative, domain="small naturals", examples=50, x=SMALL)
    assert lemma.evidence == [
        {
            "kind": "tested",
            "method": "hypothesis",
            "property": "not_negative",
            "domain": "small naturals",
            "examples": 50,
        }
    ]


def test_a_property_may_assert_instead_of_returning(lemma: Lemma) -> None:
    def prop(x: int) -> None:
        assert x >= 0

    lemma.check(prop, domain="d", x=SMALL)
    assert lemma.evidence[0]["examples"] == 300


def test_truth_values_of_numpy_count(lemma: Lemma) -> None:
    lemma.check(lambda x: np.float64(x) >= 0, domain="d", x=SMALL)
    with pytest.raises(LemmaFailed, match="false for"):
        lemma.check(lambda x: np.float64(x) < 5, domain="d", x=SMALL)


@pytest.mark.parametrize(
    "prop",
    [lambda x: None, lambda x: 1, lambda x: "yes", lambda x: [x], lambda x: np.array([True])],
)
def test_a_property_that_cannot_fail_is_refused(lemma: Lemma, prop: Callable[..., object]) -> None:
    with pytest.raises(LemmaFailed, match="cannot fail: it neither asserts nor returns a truth"):
        lemma.check(prop, domain="d", x=SMALL)
    assert lemma.evidence == []


def test_a_function_that_only_computes_is_refused(lemma: Lemma) -> None:
    def prop(x: int) -> None:
        x + 1

    with pytest.raises(LemmaFailed, match=f"{INVARIANT}#L1: prop: cannot fail"):
        lemma.check(prop, domain="d", x=SMALL)


def test_an_assertion_that_nobody_calls_is_no_assertion(lemma: Lemma) -> None:
    def prop(x: int) -> None:
        def inner() -> None:
            assert x < 3

    with pytest.raises(LemmaFailed, match="cannot fail"):
        lemma.check(prop, domain="d", x=SMALL)


def test_the_shrunk_counterexample_is_in_the_message(lemma: Lemma) -> None:
    def below(x: int, y: int) -> bool:
        return x + y < 1000

    with pytest.raises(LemmaFailed) as refused:
        lemma.check(below, domain="d", x=SMALL, y=SMALL)
    message = str(refused.value)
    assert message.startswith(f"{INVARIANT}#L1: below: false for (")
    found = re.search(r"false for \((\d+), (\d+)\)", message)
    assert found
    assert int(found[1]) + int(found[2]) == 1000  # shrunk to the edge
    assert lemma.evidence == []


def test_the_message_of_a_failed_assertion_names_lemma_reason_and_example(lemma: Lemma) -> None:
    def below(x: int) -> None:
        assert x < 7, "not below seven"

    with pytest.raises(LemmaFailed) as refused:
        lemma.check(below, domain="d", x=SMALL)
    message = str(refused.value)
    assert message.startswith(f"{INVARIANT}#L1: below: not below seven")
    assert "x=7" in message


def test_two_ways_to_fail_are_reported_as_one_failure_of_the_lemma(lemma: Lemma) -> None:
    def fragile(x: int) -> bool:
        if x == 3:
            raise ValueError("three")
        return x < 2

    with pytest.raises((LemmaFailed, ValueError)) as refused:
        lemma.check(fragile, domain="d", x=st.integers(0, 5), examples=6)
    assert not isinstance(refused.value, BaseExceptionGroup)


def test_every_run_draws_the_same_examples(v: Verification) -> None:
    def drawn() -> list[int]:
        seen: list[int] = []
        v.lemma("L1").check(lambda x: seen.append(x) is None, domain="d", x=SMALL, examples=40)
        return seen

    assert drawn() == drawn()


def test_another_lemma_or_seed_draws_other_examples(v: Verification) -> None:
    def drawn(lemma: str, seed: int | None) -> list[int]:
        seen: list[int] = []
        v.lemma(lemma).check(
            lambda x: seen.append(x) is None, domain="d", x=SMALL, examples=40, seed=seed
        )
        return seen

    assert len({tuple(drawn(*case)) for case in (("L1", None), ("L2", None), ("L1", 5))}) == 3


def test_a_domain_that_runs_out_of_examples_is_refused(lemma: Lemma) -> None:
    with pytest.raises(LemmaFailed, match=r"only \d+ of 300 examples exist.*lemma\.exhaust"):
        lemma.check(lambda x: x in (True, False), domain="truth values", x=st.booleans())


def test_assumptions_that_nothing_satisfies_are_refused(lemma: Lemma) -> None:
    def vacuous(x: int) -> bool:
        assume(x < 0)
        return False

    with pytest.raises(LemmaFailed, match="no example satisfies its assumptions"):
        lemma.check(vacuous, domain="d", x=SMALL)


def test_examples_that_fail_an_assumption_do_not_count(lemma: Lemma) -> None:
    accepted = []

    def even(x: int) -> bool:
        assume(x % 2 == 0)
        accepted.append(x)
        return x % 2 == 0

    lemma.check(even, domain="even numbers", x=SMALL, examples=60)
    assert len(accepted) >= 60


def test_every_case_of_a_finite_domain_is_tried(lemma: Lemma) -> None:
    seen = []

    def prop(a: int, b: int) -> bool:
        seen.append((a, b))
        return a <= b

    lemma.exhaust(prop, ((a, b) for a in range(4) for b in range(a, 4)), domain="pairs")
    assert len(seen) == lemma.evidence[0]["examples"] == 10
    assert lemma.evidence[0]["method"] == "exhaustive"


def test_the_false_case_of_a_finite_domain_is_named(lemma: Lemma) -> None:
    with pytest.raises(LemmaFailed, match=r"false for \(3, 'x'\)"):
        lemma.exhaust(lambda n, s: n != 3, [(1, "x"), (3, "x")], domain="d")


def test_an_assertion_over_a_finite_domain_names_case_and_reason(lemma: Lemma) -> None:
    def prop(n: int) -> None:
        assert n < 2, "two is too much"

    with pytest.raises(LemmaFailed, match=r"false for \(2\): two is too much"):
        lemma.exhaust(prop, [1, 2], domain="d")


@pytest.mark.parametrize("cases", [[], iter(())])
def test_an_empty_domain_is_refused(lemma: Lemma, cases: Any) -> None:
    with pytest.raises(LemmaFailed, match="the domain is empty"):
        lemma.exhaust(lambda x: False, cases, domain="nothing")


def test_an_exhaustive_property_that_cannot_fail_is_refused(lemma: Lemma) -> None:
    with pytest.raises(LemmaFailed, match="cannot fail"):
        lemma.exhaust(lambda x: x, [1, 2], domain="d")


def test_a_control_returns_the_case_that_refutes_the_false_claim(lemma: Lemma) -> None:
    assert lemma.refute(lambda x: x < 3, [1, 5, 7], domain="d") == 5
    assert lemma.refute(lambda x, y: x < y, [(1, 2), (2, 1)], domain="d") == (2, 1)
    assert [item["kind"] for item in lemma.evidence] == ["control", "control"]


def test_a_control_may_assert(lemma: Lemma) -> None:
    def claim(x: int) -> None:
        assert x < 3

    assert lemma.refute(claim, [1, 5], domain="d") == 5


def test_a_claim_that_nothing_refutes_is_refused(lemma: Lemma) -> None:
    with pytest.raises(LemmaFailed, match=r"control property was not refuted over small numbers"):
        lemma.refute(lambda x: x < 3, [1, 2], domain="small numbers")
    with pytest.raises(LemmaFailed, match="not refuted"):
        lemma.refute(lambda x: x < 3, [], domain="nothing")
    assert lemma.evidence == []


@pytest.mark.parametrize("verdict", [0, "", "refuted", [], float("nan")])
def test_a_claim_without_a_truth_value_refutes_nothing(lemma: Lemma, verdict: object) -> None:
    with pytest.raises(LemmaFailed, match="neither asserts nor returns a truth value"):
        lemma.refute(lambda x: verdict, [1], domain="d")


def test_a_plain_fact_is_recorded_or_refused(lemma: Lemma) -> None:
    lemma.holds("two is even", 2 % 2 == 0)
    assert lemma.evidence == [{"kind": "asserted", "claim": "two is even"}]
    with pytest.raises(LemmaFailed, match="does not hold: three is even"):
        lemma.holds("three is even", 3 % 2 == 0)


def test_measures_are_exact(lemma: Lemma) -> None:
    lemma.measure("drift", 0.1, bound=Fraction(1, 5), unit="ulp")
    assert lemma.measures == [
        {
            "lemma": f"{INVARIANT}#L1",
            "name": "drift",
            "value": "0x1.999999999999ap-4",
            "op": "<=",
            "bound": "1/5",
            "unit": "ulp",
        }
    ]
    assert lemma.evidence == [{"kind": "measured", "measure": "drift"}]


@pytest.mark.parametrize(
    ("value", "op", "bound"),
    [
        (2, "<=", 1),
        (0, ">=", 1),
        (1, "==", 2),
        (1, "<", 1),
        (1, ">", 1),
        # Exact: this double lies above one tenth, though it prints as 0.1.
        (0.1, "<=", Fraction(1, 10)),
        (2**53 + 1, "==", float(2**53)),
    ],
)
def test_a_measure_beyond_its_bound_is_refused(
    lemma: Lemma, value: Any, op: Any, bound: Any
) -> None:
    with pytest.raises(LemmaFailed, match=r"measure worst: .* is false"):
        lemma.measure("worst", value, op=op, bound=bound)
    assert lemma.measures == []


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_measure_that_is_no_number_is_refused(lemma: Lemma, value: float) -> None:
    with pytest.raises((ValueError, OverflowError), match=r"(?i)nan|infinity"):
        lemma.measure("worst", value, bound=1)


def test_a_bound_that_balls_show_is_recorded_with_its_box() -> None:
    lemma = Lemma("INV-DEMO-0001#L1")
    bound = Fraction(11, 5)
    lemma.enclose(lambda x: (x + 1).log(), [(0, 8)], "<=", bound, that="ln(1+x) <= 2.2")
    (item,) = lemma.evidence
    assert (item["kind"], item["op"], item["bound"]) == ("enclosed", "<=", "11/5")
    assert item["box"] == [["0/1", "8/1"]]
    assert item["parts"] >= 1
    assert rung_of(lemma.evidence) == "tested"


def test_a_bound_that_does_not_hold_is_not_enclosed() -> None:
    lemma = Lemma("INV-DEMO-0001#L1")
    with pytest.raises(LemmaFailed, match="not shown by balls"):
        lemma.enclose(lambda x: (x + 1).log(), [(0, 8)], "<=", 2, that="ln(1+x) <= 2")
    assert lemma.evidence == []
