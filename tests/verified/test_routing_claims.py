"""Calibrated claims: the extracted code does what its notebook proved."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_claims
from proofbook.verified.routing_claims import (
    claim_ppm,
    corrected_delta,
    predictive_bound,
    supports,
    upper_tail,
)
from proofbook.verified.routing_contract import Evidence

METHOD = routing_claims.METHOD
RISK = Fraction(1, 20)


def test_recorded_vectors_replay():
    assert load_artifact("routing_claims").replay(routing_claims) > 100


@pytest.mark.parametrize("name", ["largest_risk_of_a_claim", "calibrated_claim_broken"])
def test_measured_risks_stay_within_delta(name):
    value, bound = load_artifact("routing_claims").measure(name)
    assert value <= bound == RISK


@pytest.mark.parametrize("name", ["point_estimate_broken", "uncorrected_risk_of_32"])
def test_naive_promises_were_measured_to_break(name):
    value, bound = load_artifact("routing_claims").measure(name)
    assert value >= bound > RISK


def test_hand_computed_tail():
    # Of 2 + 2 trials two succeed; at least one of them was seen in 5 of the 6 arrangements.
    assert upper_tail(2, 2, 2, 1) == Fraction(5, 6)


@given(st.integers(0, 8), st.integers(1, 8), st.integers(1, 999))
def test_coverage_holds_for_every_number_of_successes(n, window, per_mille):
    delta = Fraction(per_mille, 1000)
    for total in range(n + window + 1):
        broken = sum(
            Fraction(comb(total, x) * comb(n + window - total, n - x), comb(n + window, n))
            for x in range(max(0, total - window), min(n, total) + 1)
            if total - x < predictive_bound(n, x, window, delta)
        )
        assert broken <= delta


@given(st.integers(0, 30), st.integers(1, 30), st.integers(1, 999_998))
def test_more_risk_and_more_successes_never_lower_the_bound(n, window, delta_ppm):
    delta = Fraction(delta_ppm, 10**6)
    bounds = [predictive_bound(n, k, window, delta) for k in range(n + 1)]
    assert bounds == sorted(bounds)
    assert predictive_bound(n, n, window, delta + Fraction(1, 10**6)) >= bounds[-1]


def test_selection_is_paid_for():
    assert corrected_delta(50_000, 10) == Fraction(1, 200)
    assert claim_ppm(200, 190, 200, 50_000, 10) < claim_ppm(200, 190, 200, 50_000, 1)


def test_no_evidence_supports_nothing_but_zero():
    nothing = Evidence(0, 0, 100, 50_000, METHOD)
    assert supports(0, nothing, 1)
    assert not supports(1, nothing, 1)


def test_the_observed_rate_is_not_supported():
    seen = Evidence(100, 95, 100, 50_000, METHOD)
    assert claim_ppm(100, 95, 100, 50_000, 1) == 880_000
    assert supports(880_000, seen, 1)
    assert not supports(950_000, seen, 1)


def test_an_unknown_method_proves_nothing():
    assert not supports(0, Evidence(100, 95, 100, 50_000, "point-estimate"), 1)


def test_arguments_out_of_range_are_named():
    with pytest.raises(ValueError, match="window"):
        claim_ppm(2, 1, 0, 50_000, 1)
    with pytest.raises(TypeError, match="delta"):
        predictive_bound(2, 1, 2, 0.05)
