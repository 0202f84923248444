# Extracted from notebooks/math/verify_policy_oplus_replay.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 001f3259e98eb6a94d8a29f6e6393dd0c5501ce4c1e5ac86f0f0484ef0b5b9bd
# Digest of the text below: c06e27811ec10cc6ec2911a1ba88d63a250c9c33c5ffcb5014885aaf28af9af4
"""Replay, revert and the chain of the delta log (kernel `policy_oplus_replay`)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from proofbook.verified.policy_oplus import (
    LARGEST,
    as_vector,
    oplus,
    policy_hash,
    weights_bytes,
)

__all__ = [
    "CHAIN_TAG",
    "GENESIS",
    "Anchor",
    "DeltaEntry",
    "LedgerEntry",
    "Link",
    "PolicyState",
    "Replayed",
    "advance",
    "anchor_of",
    "entry_bytes",
    "extend",
    "first_fault",
    "link_log",
    "replay",
    "replay_log",
    "restore",
    "start",
]


# %% kernel-replay
def replay(
    weights: ArrayLike,
    deltas: Sequence[ArrayLike],
    low: float = -LARGEST,
    high: float = LARGEST,
) -> NDArray[np.float64]:
    """Return (…((θ ⊕ δ₁) ⊕ δ₂) …) ⊕ δ_T, byte for byte the same on every processor.

    Args:
        weights: θ, shape (D,), in the box.
        deltas: T ≥ 0 applied deltas, shape (D,) each, oldest first.
        low, high: the box of the surface, finite.

    Returns:
        A new array of shape (D,).

    Raises:
        ValueError, TypeError: as `oplus`.

    Source: INV-RFL-0003#L1 to #L4, #L10.

    >>> replay([0.0], [[0.5], [0.25]]).tolist()
    [0.75]
    """
    theta = as_vector(weights)
    theta = oplus(theta, np.zeros(theta.size), low, high)
    for delta in deltas:
        theta = oplus(theta, delta, low, high)
    return theta


def restore(snapshot: bytes, expected_hash: str) -> NDArray[np.float64]:
    """Return the weights of a snapshot, if its bytes are canonical and have the expected hash.

    Args:
        snapshot: raw little-endian float64 bytes, 8·D of them, D ≥ 1.
        expected_hash: SHA-256 of the snapshot, 64 hexadecimal digits.

    Raises:
        ValueError: the hash differs, the length is no multiple of 8 or 0, or a coordinate is NaN,
            infinite or −0.0.

    Source: INV-RFL-0003#L4.

    >>> restore(weights_bytes([1.0, 2.0]), policy_hash([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    if hashlib.sha256(snapshot).hexdigest() != expected_hash:
        raise ValueError("the snapshot's bytes do not have the expected hash")
    weights = as_vector(np.frombuffer(snapshot, dtype="<f8"))
    if weights_bytes(weights) != snapshot:
        raise ValueError("the snapshot's bytes are not canonical: a coordinate is -0.0")
    return weights


# %% kernel-chain
CHAIN_TAG = b"proofbook/delta-log@1\x00"
GENESIS = "0" * 64


@dataclass(frozen=True)
class Anchor:
    """What is kept apart from the log: `count` entries, and the `head` after the last (hex)."""

    count: int = 0
    head: str = GENESIS


class Link(NamedTuple):
    """An entry's bytes and the head of the chain after it (hex), as a log stores them."""

    entry: bytes
    head: str


def extend(head: str, entry: bytes) -> str:
    """Return H′ = SHA-256(tag ‖ H ‖ length ‖ entry), 64 hexadecimal digits.

    Args:
        head: H, 64 hexadecimal digits.
        entry: the entry's bytes.

    Raises:
        ValueError: the head is not 64 hexadecimal digits.

    Source: INV-RFL-0003#L7; FIPS 180-4.
    """
    before = bytes.fromhex(head)
    if len(before) != 32:
        raise ValueError("a head is 64 hexadecimal digits")
    length = len(entry).to_bytes(8, "big")
    return hashlib.sha256(CHAIN_TAG + before + length + entry).hexdigest()


def link_log(entries: Sequence[bytes]) -> list[Link]:
    """Return the entries with the head after each, from `GENESIS` on.

    Source: INV-RFL-0003#L7.
    """
    links: list[Link] = []
    head = GENESIS
    for entry in entries:
        head = extend(head, entry)
        links.append(Link(entry, head))
    return links


def anchor_of(links: Sequence[Link]) -> Anchor:
    """Return (count, head) of a log, to be signed and kept apart from it.

    Source: INV-RFL-0003#L7.

    >>> anchor_of([]) == Anchor()
    True
    """
    return Anchor(len(links), links[-1].head) if links else Anchor()


def first_fault(links: Sequence[Link], anchor: Anchor) -> int | None:
    """Return where a log departs from its chain or its anchor; None if it is the anchored log.

    Args:
        links: the log as read, oldest first.
        anchor: (count, head) from outside the log.

    Returns:
        The index of the first link whose head does not follow, else min(len(links), anchor.count)
        where only the anchor tells (truncation, extension, a chain that was computed anew), else
        None.

    Source: INV-RFL-0003#L8; S. Haber, W. S. Stornetta, How to time-stamp a digital document,
    J. Cryptology 3 (1991).
    """
    head = GENESIS
    for index, link in enumerate(links):
        head = extend(head, link.entry)
        if head != link.head:
            return index
    if Anchor(len(links), head) != anchor:
        return min(len(links), anchor.count)
    return None


# %% kernel-advance
class DeltaEntry(NamedTuple):
    """One line of the delta log.

    Attributes:
        cycle: t, 0 … 2⁶⁴ − 1.
        attestation_root: Merkle root of the cycle's inputs, 64 hexadecimal digits.
        policy_hash_before: SHA-256 of θ, 64 hexadecimal digits.
        policy_hash_after: SHA-256 of θ ⊕ δ, as announced.
        payload: the applied δ, shape (D,).
    """

    cycle: int
    attestation_root: str
    policy_hash_before: str
    policy_hash_after: str
    payload: NDArray[np.float64]


class PolicyState(NamedTuple):
    """The head of a policy: its weights, their hash, and the anchor of its delta log."""

    weights: NDArray[np.float64]
    policy_hash: str
    anchor: Anchor


class LedgerEntry(NamedTuple):
    """What the ledger says of a cycle; `policy_hash` is the head after it."""

    cycle: int
    policy_hash: str
    policy_update_applied: bool


class Replayed(NamedTuple):
    """The state a log leads to, and the index of the first entry that was not applied, or None."""

    state: PolicyState
    fault: int | None


def entry_bytes(entry: DeltaEntry) -> bytes:
    """Return the canonical bytes of an entry: cycle, three digests, then the payload.

    8 bytes big-endian, 3 × 32 bytes, 8·D bytes little-endian float64: different entries have different
    bytes.

    Raises:
        ValueError: a digest is not 64 hexadecimal digits, or the payload is no finite vector.
        OverflowError: the cycle is not in 0 … 2⁶⁴ − 1.

    Source: INV-RFL-0003#L7.
    """
    digests = [entry.attestation_root, entry.policy_hash_before, entry.policy_hash_after]
    parts = [bytes.fromhex(digest) for digest in digests]
    if any(len(part) != 32 for part in parts):
        raise ValueError("a digest is 64 hexadecimal digits")
    return entry.cycle.to_bytes(8, "big") + b"".join(parts) + weights_bytes(entry.payload)


def start(weights: ArrayLike) -> PolicyState:
    """Return the state of a policy with an empty delta log.

    Raises:
        ValueError, TypeError: as `as_vector`.

    Source: INV-RFL-0003#L6.
    """
    return PolicyState(as_vector(weights), policy_hash(weights), Anchor())


def advance(
    state: PolicyState, entry: DeltaEntry, low: float = -LARGEST, high: float = LARGEST
) -> tuple[PolicyState, LedgerEntry]:
    """Apply an entry if its hashes come out; otherwise return the very state it was given.

    Args:
        state: the policy before.
        entry: the proposed step.
        low, high: the box of the surface.

    Returns:
        The next state with the ledger entry. Where a hash before or after differs, weights, hash and
        anchor are unchanged and `policy_update_applied` is False.

    Raises:
        ValueError, TypeError, OverflowError: the entry is malformed, as `oplus`, `entry_bytes`.

    Source: INV-RFL-0003#L5, #L6.
    """
    line = entry_bytes(entry)
    after = oplus(state.weights, entry.payload, low, high)
    found = (state.policy_hash, policy_hash(after))
    if found != (entry.policy_hash_before, entry.policy_hash_after):
        return state, LedgerEntry(entry.cycle, state.policy_hash, False)
    anchor = Anchor(state.anchor.count + 1, extend(state.anchor.head, line))
    return PolicyState(after, found[1], anchor), LedgerEntry(entry.cycle, found[1], True)


def replay_log(
    state: PolicyState,
    entries: Sequence[DeltaEntry],
    low: float = -LARGEST,
    high: float = LARGEST,
) -> Replayed:
    """Advance through a log, verifying every hash; stop at the first entry that does not apply.

    The caller compares `state.anchor` with the anchor kept outside the log.

    Args:
        state: the snapshot's state.
        entries: the log, oldest first.
        low, high: the box of the surface.

    Raises:
        ValueError, TypeError, OverflowError: as `advance`.

    Source: INV-RFL-0003#L9.
    """
    for index, entry in enumerate(entries):
        state, note = advance(state, entry, low, high)
        if not note.policy_update_applied:
            return Replayed(state, index)
    return Replayed(state, None)
