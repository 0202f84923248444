"""The extracted contract calculus does what its artifact records, and what contracts are for."""

from dataclasses import FrozenInstanceError, replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_contract
from proofbook.verified.routing_contract import (
    ACTIVE,
    MAX_COST_NANO_USD,
    MAX_LATENCY_US,
    MAX_WEIGHT,
    PERMIT,
    PPM,
    REASONS,
    Bounds,
    Contract,
    Evidence,
    Label,
    Request,
    feasible,
    first_violation,
    flows_to,
    refines,
    validate_contract,
    validate_label,
    validate_request,
)

ARTIFACT = load_artifact("routing_contract")
SHA = "0f" * 32
CLEAR = Label(2, frozenset({"pii"}))
SVC = Contract(
    id="ocr-eu",
    version=3,
    capabilities=frozenset({"ocr", "tables"}),
    latency_us=40_000,
    cost_nano_usd=1_500_000,
    accuracy_ppm=950_000,
    reliability_ppm=995_000,
    clearance=CLEAR,
    regions=frozenset({"eu"}),
    capacity=8,
    state=ACTIVE,
    evidence=Evidence(200, 193, 50, 50_000, "hypergeometric"),
)
ASK = Request(
    capabilities=frozenset({"ocr"}),
    bounds=Bounds(50_000, 2_000_000, 900_000, 990_000),
    label=Label(1, frozenset({"pii"})),
    regions=frozenset({"eu", "uk"}),
    weights=(1, 2, 3, 4),
    tenant="acme",
    policy_sha256=SHA,
    flags_sha256=SHA,
)
SPOILT = {
    "inactive": (ASK, replace(SVC, state="draining"), PERMIT),
    "capability": (replace(ASK, capabilities=frozenset({"ocr", "asr"})), SVC, PERMIT),
    "label": (replace(ASK, label=Label(2, frozenset({"health"}))), SVC, PERMIT),
    "region": (ASK, replace(SVC, regions=frozenset({"eu", "us"})), PERMIT),
    "latency": (ASK, replace(SVC, latency_us=50_001), PERMIT),
    "cost": (ASK, replace(SVC, cost_nano_usd=2_000_001), PERMIT),
    "accuracy": (ASK, replace(SVC, accuracy_ppm=899_999), PERMIT),
    "reliability": (ASK, replace(SVC, reliability_ppm=989_999), PERMIT),
    "policy": (ASK, SVC, "not-applicable"),
}


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(routing_contract, symbol) >= 10


@pytest.mark.parametrize("lemma", [f"L{n}" for n in range(1, 9)])
def test_every_lemma_was_proved(lemma):
    assert ARTIFACT.reaches(lemma, "cross-solved")


def test_a_service_within_all_bounds_is_feasible():
    assert feasible(ASK, SVC, PERMIT)
    assert first_violation(ASK, SVC, PERMIT) is None


@pytest.mark.parametrize("reason", REASONS)
def test_each_violation_is_named(reason):
    assert first_violation(*SPOILT[reason]) == reason
    assert not feasible(*SPOILT[reason])


def test_of_several_violations_the_first_is_named():
    q, c, _ = SPOILT["cost"]
    assert first_violation(q, replace(c, regions=frozenset({"us"})), "deny") == "region"


@pytest.mark.parametrize("word", ["deny", "Permit", "permit ", "", "true"])
def test_any_word_but_permit_refuses(word):
    assert first_violation(ASK, SVC, word) == "policy"


def test_a_service_that_may_leave_the_allowed_regions_is_refused():
    roaming = replace(SVC, regions=frozenset({"eu", "us"}))
    assert roaming.regions & ASK.regions
    assert first_violation(ASK, roaming, PERMIT) == "region"


def test_a_service_without_regions_is_refused():
    assert first_violation(ASK, replace(SVC, regions=frozenset()), PERMIT) == "region"


def test_a_missing_category_is_not_made_up_for_by_level():
    assert not flows_to(Label(0, frozenset({"health"})), CLEAR)
    assert flows_to(Label(2, frozenset()), CLEAR)


def test_a_refining_contract_needs_no_new_region():
    assert refines(replace(SVC, id="new", latency_us=1), SVC)
    assert not refines(replace(SVC, regions=frozenset({"eu", "us"})), SVC)
    assert not refines(replace(SVC, capacity=7), SVC)


def test_two_names_for_the_same_promises_refine_each_other():
    twin = replace(SVC, id="other", version=9)
    assert refines(SVC, twin)
    assert refines(twin, SVC)
    assert twin != SVC


@given(
    st.tuples(*[st.integers(-1, 1)] * 4),
    st.tuples(*[st.integers(-1, 1)] * 4),
)
def test_swapping_in_a_refining_contract_breaks_no_request(changes, slack):
    new = replace(
        SVC,
        latency_us=SVC.latency_us + changes[0],
        cost_nano_usd=SVC.cost_nano_usd + changes[1],
        accuracy_ppm=SVC.accuracy_ppm + changes[2],
        reliability_ppm=SVC.reliability_ppm + changes[3],
    )
    bounds = Bounds(
        SVC.latency_us + slack[0],
        SVC.cost_nano_usd + slack[1],
        SVC.accuracy_ppm + slack[2],
        SVC.reliability_ppm + slack[3],
    )
    q = replace(ASK, bounds=bounds)
    if refines(new, SVC) and feasible(q, SVC, PERMIT):
        assert feasible(q, new, PERMIT)


def test_the_worst_score_is_the_recorded_one_and_fits_in_64_bits():
    worst, limit = ARTIFACT.measure("score_worst_case")
    assert worst == MAX_WEIGHT * (MAX_LATENCY_US + MAX_COST_NANO_USD + 2 * PPM)
    assert worst < limit == 2**63 - 1


def test_valid_records_pass():
    validate_contract(SVC)
    validate_request(ASK)
    validate_label(CLEAR)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("latency_us", True, TypeError),
        ("latency_us", 1.0, TypeError),
        ("latency_us", -1, ValueError),
        ("cost_nano_usd", MAX_COST_NANO_USD + 1, ValueError),
        ("accuracy_ppm", PPM + 1, ValueError),
        ("version", 0, ValueError),
        ("regions", frozenset(), ValueError),
        ("capabilities", {"ocr"}, TypeError),
        ("capabilities", frozenset({"ocr", 1}), TypeError),
        ("id", "", ValueError),
        ("id", "\ud800", ValueError),
        ("clearance", Label(256, frozenset()), ValueError),
        ("evidence", Evidence(5, 6, 1, 1, "m"), ValueError),
    ],
)
def test_a_contract_outside_the_domain_is_refused(field, value, error):
    with pytest.raises(error):
        validate_contract(replace(SVC, **{field: value}))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("weights", (1, 2, 3), ValueError),
        ("weights", [1, 2, 3, 4], TypeError),
        ("weights", (1, 2, 3, MAX_WEIGHT + 1), ValueError),
        ("policy_sha256", SHA.upper(), ValueError),
        ("flags_sha256", SHA[:-1], ValueError),
        ("bounds", (1, 2, 3, 4), TypeError),
        ("regions", frozenset(), ValueError),
    ],
)
def test_a_request_outside_the_domain_is_refused(field, value, error):
    with pytest.raises(error):
        validate_request(replace(ASK, **{field: value}))


@pytest.mark.parametrize("record", [SVC, ASK, CLEAR, SVC.evidence, ASK.bounds])
def test_records_cannot_be_changed(record):
    name = next(iter(vars(record)))
    with pytest.raises(FrozenInstanceError):
        setattr(record, name, None)


def test_labels_compare_by_level_and_categories():
    levels, sets = (0, 1), (frozenset(), frozenset({"a"}))
    for one, other in product(product(levels, sets), repeat=2):
        expected = one[0] <= other[0] and one[1] <= other[1]
        assert flows_to(Label(*one), Label(*other)) is expected
