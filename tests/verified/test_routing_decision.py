"""Routing decisions: the extracted code does what its notebook proved."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_worlds import ASK, FLAGS, GOOD, random_snapshot, snapshot

from proofbook.lab import load_artifact
from proofbook.verified import routing_decision
from proofbook.verified.routing_decision import (
    Snapshot,
    canonical,
    contract_record,
    decide,
    decision_sha256,
    flags_digest,
    merkle_root,
    request_record,
    score,
    snapshot_record,
)

GENESIS = routing_decision.GENESIS


def route(*contracts, request=ASK, deny=()):
    return decide(request, snapshot(*contracts, deny=deny), 0, GENESIS)


def test_recorded_vectors_replay():
    assert load_artifact("routing_decision").replay(routing_decision) > 150


def test_the_least_penalty_wins():
    # 400 + 2*20 + 50000 + 1000 = 51440; one nano-USD more costs two points.
    dearer = replace(GOOD, id="beta", cost_nano_usd=21)
    decision = route(dearer, GOOD)
    assert (score(ASK, GOOD), score(ASK, dearer)) == (51440, 51442)
    assert (decision["winner"], decision["score"]) == ("alpha", "51440")


def test_ties_go_to_the_least_id():
    twins = [replace(GOOD, id=name) for name in ("gamma", "beta", "ß")]
    assert route(*twins)["winner"] == "beta"


def test_a_refused_service_carries_the_first_reason():
    worst = replace(GOOD, id="beta", regions=frozenset({"us"}), latency_us=901, cost_nano_usd=51)
    decision = route(GOOD, worst, deny=("beta",))
    assert decision["reasons"] == [["alpha", None], ["beta", "region"]]
    assert decision["policy_mask"] == "10"


def test_a_refusal_is_a_decision_too():
    decision = route(replace(GOOD, state="draining"))
    assert (decision["winner"], decision["score"]) == (None, None)
    assert decision["reasons"] == [["alpha", "inactive"]]
    assert route()["reasons"] == []


def test_a_missing_verdict_is_no_permit():
    decision = decide(ASK, Snapshot((GOOD,), {}, FLAGS), 0, GENESIS)
    assert decision["reasons"] == [["alpha", "policy"]]


@given(st.integers(0, 10**6))
def test_registration_order_changes_no_byte(seed):
    known = random_snapshot(seed)
    turned = replace(known, contracts=known.contracts[::-1])
    assert canonical(decide(ASK, known, 0, GENESIS)) == canonical(decide(ASK, turned, 0, GENESIS))


@given(st.integers(0, 10**6))
def test_the_winner_is_feasible_and_nobody_feasible_is_better(seed):
    known = random_snapshot(seed)
    decision = decide(ASK, known, 0, GENESIS)
    able = [c for c in known.contracts if [c.id, None] in decision["reasons"]]
    best = min(((score(ASK, c), c.id) for c in able), default=(None, None))
    assert decision["winner"] == best[1]


def test_canonical_bytes_by_hand():
    assert canonical({"b": [1, True, None], "a": "é\n"}) == b'{"a":"\xc3\xa9\\n","b":[1,true,null]}'


@pytest.mark.parametrize("value", [0.5, (1,), b"x"])
def test_values_without_canonical_bytes_are_refused(value):
    with pytest.raises(TypeError, match="no canonical bytes"):
        canonical([value])


def test_integers_that_readers_round_are_refused():
    with pytest.raises(ValueError, match=r"2\^53"):
        canonical(2**53)


def test_an_empty_tree_is_the_hash_of_nothing():
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root([b"x"]) == hashlib.sha256(b"\x00x").hexdigest()


def test_a_node_cannot_be_shown_as_a_leaf():
    joined = hashlib.sha256(b"\x00x").digest() + hashlib.sha256(b"\x00y").digest()
    assert merkle_root([b"x", b"y"]) != merkle_root([joined])


def test_records_are_plain_sorted_data():
    assert contract_record(GOOD)["capabilities"] == ["chat", "tools"]
    assert request_record(ASK)["weights"] == [1, 2, 1, 1]
    known = snapshot_record(snapshot(replace(GOOD, id="beta"), GOOD))
    assert [c["id"] for c in known["contracts"]] == ["alpha", "beta"]


def test_the_chain_links_by_digest():
    first = route(GOOD)
    second = decide(ASK, snapshot(GOOD), 1, decision_sha256(first))
    assert second["previous"] == hashlib.sha256(canonical(first)).hexdigest()


def test_flags_other_than_the_requests_are_refused():
    with pytest.raises(ValueError, match="flags"):
        decide(ASK, replace(snapshot(GOOD), flags={}), 0, GENESIS)
    assert flags_digest(FLAGS) == ASK.flags_sha256


def test_an_id_may_occur_once():
    with pytest.raises(ValueError, match="twice"):
        route(GOOD, GOOD)


@pytest.mark.parametrize(("sequence", "previous"), [(0, "a" * 64), (1, GENESIS), (-1, "a" * 64)])
def test_only_the_first_decision_has_no_predecessor(sequence, previous):
    with pytest.raises(ValueError, match=r"previous|sequence"):
        decide(ASK, snapshot(GOOD), sequence, previous)
