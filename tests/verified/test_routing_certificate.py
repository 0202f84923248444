"""The certificate checker: the extracted code does what its notebook proved."""

import ast
import inspect
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_worlds import ASK, GOOD, random_snapshot, snapshot

from proofbook.lab import load_artifact
from proofbook.verified import routing_certificate, routing_decision
from proofbook.verified.routing_certificate import check_chain, check_decision

GENESIS = "0" * 64
WORSE = replace(GOOD, id="beta", cost_nano_usd=51, latency_us=901)


def case(known, sequence=0, previous=GENESIS):
    decision = routing_decision.decide(ASK, known, sequence, previous)
    inputs = routing_decision.request_record(ASK), routing_decision.snapshot_record(known)
    return decision, (*inputs, sequence, previous)


def check(decision, inputs):
    return check_decision(routing_decision.canonical(decision), *inputs)


def test_recorded_vectors_replay():
    assert load_artifact("routing_certificate").replay(routing_certificate) > 60


def test_every_recorded_mutation_was_refused():
    artifact = load_artifact("routing_certificate")
    tried, floor = artifact.measure("mutations_tried")
    assert tried >= floor >= 1200
    assert artifact.measure("mutations_accepted") == (0, 0)


def test_the_checker_imports_the_standard_library_alone():
    tree = ast.parse(inspect.getsource(routing_certificate))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
        )
    }
    assert imported == {"hashlib", "json", "typing"}


@given(st.integers(0, 10**6), st.sampled_from([(0, GENESIS), (7, "ab" * 32)]))
def test_every_decision_of_the_router_is_accepted(seed, position):
    decision, inputs = case(random_snapshot(seed), *position)
    assert check(decision, inputs) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", "proofbook/routing-decision@2"),
        ("sequence", 1),
        ("previous", "ab" * 32),
        ("request_sha256", "ab" * 32),
        ("snapshot_root", "ab" * 32),
        ("policy_sha256", "cd" * 32),
        ("policy_mask", "11"),
        ("flags", {}),
        ("reasons", [["alpha", None], ["beta", "cost"]]),  # true, but not the first
        ("winner", "beta"),
        ("score", "51441"),
        ("score", 51440),
    ],
)
def test_an_edited_field_is_refused_by_name(field, value):
    decision, inputs = case(snapshot(GOOD, WORSE, deny=("beta",)))
    assert check(decision, inputs) is None
    assert check({**decision, field: value}, inputs) == field


def test_the_wrong_one_of_two_equals_is_refused():
    decision, inputs = case(snapshot(GOOD, replace(GOOD, id="beta")))
    assert decision["winner"] == "alpha"
    assert check({**decision, "winner": "beta"}, inputs) == "winner"


def test_a_dropped_contract_is_noticed():
    decision, (request, known, *position) = case(snapshot(GOOD, WORSE))
    fewer = {**known, "contracts": known["contracts"][:1]}
    assert check(decision, (request, fewer, *position)) == "snapshot_root"


def test_other_bytes_of_the_same_value_are_refused():
    decision, inputs = case(snapshot(GOOD))
    assert check_decision(json.dumps(decision).encode(), *inputs) == "encoding"
    assert check_decision(routing_decision.canonical(decision) + b"\n", *inputs) == "encoding"


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 20_000, b"\xff", b"NaN"])
def test_bytes_that_are_no_decision_are_a_verdict(data):
    _, inputs = case(snapshot(GOOD))
    assert check_decision(data, *inputs) == "encoding"


def test_a_malformed_request_is_a_verdict():
    decision, (request, *rest) = case(snapshot(GOOD))
    assert check(decision, ({**request, "weights": [1, 1, 1, True]}, *rest)) == "input"


def log():
    entries, previous = [], GENESIS
    for sequence in range(4):
        decision, _ = case(random_snapshot(sequence), sequence, previous)
        entries.append(routing_decision.canonical(decision))
        previous = routing_decision.decision_sha256(decision)
    return entries, previous


def test_a_whole_log_is_accepted_and_any_other_refused():
    entries, head = log()
    assert check_chain(entries, head) is None
    assert check_chain([], GENESIS) is None
    assert check_chain(entries[:-1], head) == "head"
    assert check_chain(entries[1:], head) == "link 0"
    assert check_chain([*entries[:2], *entries[3:]], head) == "link 2"
    assert check_chain([entries[1], entries[0], *entries[2:]], head) == "link 0"
