"""Replay, revert and the delta log's chain do what their artifact records."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import proofbook
from proofbook.lab import load_artifact
from proofbook.verified import policy_oplus_replay
from proofbook.verified.policy_oplus import oplus, policy_hash, weights_bytes
from proofbook.verified.policy_oplus_replay import (
    GENESIS,
    Anchor,
    DeltaEntry,
    LedgerEntry,
    Link,
    PolicyState,
    Replayed,
    advance,
    anchor_of,
    entry_bytes,
    extend,
    first_fault,
    link_log,
    replay,
    replay_log,
    restore,
    start,
)

ROOT = "ab" * 32
numbers = st.lists(st.floats(-1, 1), min_size=2, max_size=2)
logs = st.lists(numbers, max_size=6)


def honest_log(theta, deltas):
    entries = []
    for cycle, delta in enumerate(deltas):
        after = oplus(theta, delta, -1.0, 1.0)
        payload = np.array(delta)
        entries.append(DeltaEntry(cycle, ROOT, policy_hash(theta), policy_hash(after), payload))
        theta = after
    return entries


ENTRIES = honest_log([0.5, -0.5], [[0.1, 0.2], [0.3, -0.7], [0.9, 0.0], [-0.2, 0.1]])
LINES = [entry_bytes(entry) for entry in ENTRIES]
LINKS = link_log(LINES)
SIGNED = anchor_of(LINKS)


def test_every_recorded_vector_is_reproduced():
    assert load_artifact("policy_oplus_replay").replay(policy_oplus_replay) > 80


def test_every_lemma_was_tested():
    artifact = load_artifact("policy_oplus_replay")
    assert all(artifact.reaches(f"L{n}", "tested") for n in range(1, 11))


def test_recorded_measures_show_that_a_log_is_not_a_sum():
    artifact = load_artifact("policy_oplus_replay")
    assert artifact.measure("coordinates_changed_by_reversing")[0] > 0
    assert artifact.measure("subtracting_fails_share")[0] > 0
    assert artifact.measure("reduction_order_differs_share")[0] > 0


@given(numbers, logs, logs)
def test_replay_is_a_monoid_action(theta, x, y):
    whole = replay(theta, x + y, -1.0, 1.0)
    assert whole.tobytes() == replay(replay(theta, x, -1.0, 1.0), y, -1.0, 1.0).tobytes()


@given(numbers, logs)
def test_an_honest_log_replays_to_its_anchor(theta, deltas):
    entries = honest_log(theta, deltas)
    got = replay_log(start(theta), entries, -1.0, 1.0)
    assert isinstance(got, Replayed)
    assert got.fault is None
    assert got.state.anchor == anchor_of(link_log([entry_bytes(entry) for entry in entries]))
    assert got.state.weights.tobytes() == replay(theta, deltas, -1.0, 1.0).tobytes()


@given(numbers)
def test_a_snapshot_is_restored_byte_for_byte(theta):
    snapshot = weights_bytes(theta)
    assert restore(snapshot, policy_hash(theta)).tobytes() == snapshot


def test_an_edited_snapshot_is_refused():
    with pytest.raises(ValueError, match="hash"):
        restore(weights_bytes([1.0]), policy_hash([2.0]))


def test_subtracting_does_not_go_back():
    there = oplus([0.1], [0.7])
    assert oplus(there, [-0.7])[0] != 0.1


def test_a_wrong_hash_changes_nothing_and_is_recorded():
    state = replay_log(start([0.5, -0.5]), ENTRIES[:2], -1.0, 1.0).state
    wrong = ENTRIES[2]._replace(policy_hash_after=ROOT)
    kept, note = advance(state, wrong, -1.0, 1.0)
    assert kept is state
    assert note == LedgerEntry(2, state.policy_hash, policy_update_applied=False)


def test_a_right_hash_advances_weights_hash_and_anchor():
    state = start([0.5, -0.5])
    assert state.anchor == Anchor(0, GENESIS)
    after, note = advance(state, ENTRIES[0], -1.0, 1.0)
    assert isinstance(after, PolicyState)
    assert note == LedgerEntry(0, after.policy_hash, policy_update_applied=True)
    assert after.policy_hash == policy_hash(after.weights)
    assert after.anchor == Anchor(1, extend(GENESIS, LINES[0]))


def test_the_honest_log_has_no_fault():
    assert first_fault(LINKS, SIGNED) is None


@pytest.mark.parametrize("place", range(4))
def test_an_edited_entry_is_found_at_its_place(place):
    forged = list(LINKS)
    forged[place] = Link(LINES[place] + b"x", LINKS[place].head)
    assert first_fault(forged, SIGNED) == place


@pytest.mark.parametrize("length", range(4))
def test_truncation_is_found_by_the_anchor_alone(length):
    cut = LINKS[:length]
    assert first_fault(cut, anchor_of(cut)) is None
    assert first_fault(cut, SIGNED) == length


def test_reordering_is_found():
    assert first_fault([LINKS[1], LINKS[0], *LINKS[2:]], SIGNED) == 0


def test_a_chain_computed_anew_is_found():
    assert first_fault(link_log([b"forged", *LINES[1:]]), SIGNED) == 4


SCHEDULE = """
import hashlib
import random
import numpy as np
from proofbook.verified.policy_oplus import Controls, apply_symbolic_delta
from proofbook.verified.policy_oplus_projection import norm
from proofbook.verified.policy_oplus_replay import DeltaEntry, replay, replay_log, start
seeded = random.Random(3)
theta = [seeded.uniform(-1, 1) for _ in range(257)]
state, entries, controls = start(theta), [], Controls(0.5, 0.2, -1.0, 1.0)
weights = state.weights
for cycle in range(12):
    gradient = [seeded.uniform(-1, 1) for _ in range(257)]
    step = apply_symbolic_delta(weights, gradient, 0.05, controls)
    entries.append(DeltaEntry(cycle, "ab" * 32, step.policy_hash_before, step.policy_hash_after, step.payload))
    weights = step.weights
vectors = [entry.payload for entry in entries]
for size in (3, 7, 16, 33, 64, 100, 257, 1000, 40000):
    for _ in range(4):
        vectors.append(np.array([seeded.uniform(-1, 1) * 10.0 ** seeded.randint(-3, 3) for _ in range(size)]))
fixed = np.array([norm(v.tolist()) for v in vectors])
library = np.array([np.linalg.norm(v) for v in vectors])
dots = np.array([np.dot(v, v[::-1].copy()) for v in vectors])
print(replay_log(state, entries, -1.0, 1.0).state[1:], hashlib.sha256(fixed.tobytes()).hexdigest())
print(hashlib.sha256(library.tobytes() + dots.tobytes()).hexdigest())
print(int((library != fixed).sum()))
"""


def test_switches_change_the_bits_of_numpy_reductions_but_none_of_ours():
    """Processes that differ in all that a schedule can differ in end at one hash, anchor and norm.

    The control: over the same numbers `np.linalg.norm` and `np.dot` have other bits than the norm
    in fixed order in every process, and with OpenBLAS on x86-64 other bits from process to process
    (Prescott and Nehalem kernels run on every such processor).
    """
    config = np.show_config(mode="dicts")
    dispatched = config.get("SIMD Extensions", {}).get("found", [])
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    four = {"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"}
    switches = [
        {"PYTHONHASHSEED": "0", **one},
        {"PYTHONHASHSEED": "1", **four},
        {"PYTHONHASHSEED": "77", **four, "OPENBLAS_CORETYPE": "Prescott"},
        {"PYTHONHASHSEED": "78", **one, "OPENBLAS_CORETYPE": "Nehalem"},
        {"PYTHONHASHSEED": "random", "NPY_DISABLE_CPU_FEATURES": " ".join(dispatched)},
    ]
    source = str(Path(proofbook.__file__).parents[1])
    ours, numpys, differing = set(), set(), []
    for switch in switches:
        environment = {**os.environ, "PYTHONPATH": source, **switch}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SCHEDULE],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        state, reductions, count = done.stdout.splitlines()
        ours.add(state)
        numpys.add(reductions)
        differing.append(int(count))
    assert len(ours) == 1
    assert "count=12" in ours.pop()
    assert min(differing) > 0
    openblas = "openblas" in config["Build Dependencies"]["blas"]["name"]
    if openblas and platform.machine() in {"x86_64", "AMD64"}:
        assert len(numpys) > 1
