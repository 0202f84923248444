# Extracted from notebooks/math/verify_routing_decision.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 97e416d7f70772352639205b120c1e598210fee0853a84544c553fe691e7fd02
# Digest of the text below: e7c2d1c1a092be932727679441c933e0a555c548a8633792e5f2b766ae6cdad5
"""Routing decisions with a certificate (kernel `routing_decision`)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofbook.verified.routing_contract import (
    PERMIT,
    PPM,
    Bounds,
    Contract,
    Evidence,
    Label,
    Request,
    first_violation,
    validate_contract,
    validate_request,
)

__all__ = [
    "CONTRACT_SCHEMA",
    "DECISION_SCHEMA",
    "GENESIS",
    "MAX_INTEGER",
    "REQUEST_SCHEMA",
    "Snapshot",
    "canonical",
    "contract_record",
    "decide",
    "decision_sha256",
    "flags_digest",
    "merkle_root",
    "request_record",
    "score",
    "snapshot_record",
]


# %% export-canonical
DECISION_SCHEMA = "proofbook/routing-decision@1"
REQUEST_SCHEMA = "proofbook/routing-request@1"
CONTRACT_SCHEMA = "proofbook/routing-contract@1"
GENESIS = "0" * 64
MAX_INTEGER = 2**53 - 1


def _refuse_inexact(value: object) -> None:
    if value is None or type(value) is bool or type(value) is str:
        return
    if type(value) is int:
        if abs(value) > MAX_INTEGER:
            raise ValueError(f"integer {value} is beyond 2^53 - 1")
    elif type(value) is list:
        for item in value:
            _refuse_inexact(item)
    elif type(value) is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ValueError(f"key {key!r} is not an ASCII string")
            _refuse_inexact(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical bytes")


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value without floats (RFC 8785 on this domain).

    Args:
        value: None, bool, int, str, list, or dict with ASCII keys, nested.

    Raises:
        TypeError: a value of another type (floats, tuples).
        ValueError: an integer beyond 2^53 - 1, a key that is not ASCII, or a lone surrogate.

    References:
        RFC 8785, JSON Canonicalization Scheme.

    Example:
        >>> canonical({"b": [1, True], "a": None})
        b'{"a":null,"b":[1,true]}'
    """
    _refuse_inexact(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def _digest(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


# %% export-records
def _label_record(label: Label) -> dict[str, Any]:
    return {"level": label.level, "categories": sorted(label.categories)}


def _bounds_record(bounds: Bounds) -> dict[str, Any]:
    return {
        "max_latency_us": bounds.max_latency_us,
        "max_cost_nano_usd": bounds.max_cost_nano_usd,
        "min_accuracy_ppm": bounds.min_accuracy_ppm,
        "min_reliability_ppm": bounds.min_reliability_ppm,
    }


def _evidence_record(evidence: Evidence) -> dict[str, Any]:
    return {
        "n": evidence.n,
        "k": evidence.k,
        "window": evidence.window,
        "delta_ppm": evidence.delta_ppm,
        "method": evidence.method,
    }


def contract_record(contract: Contract) -> dict[str, Any]:
    """Return a contract as plain data, sets as sorted lists.

    Raises:
        TypeError: a field is of another type (as in `validate_contract`).
        ValueError: a field is out of range (as in `validate_contract`).
    """
    validate_contract(contract)
    return {
        "schema": CONTRACT_SCHEMA,
        "id": contract.id,
        "version": contract.version,
        "capabilities": sorted(contract.capabilities),
        "latency_us": contract.latency_us,
        "cost_nano_usd": contract.cost_nano_usd,
        "accuracy_ppm": contract.accuracy_ppm,
        "reliability_ppm": contract.reliability_ppm,
        "clearance": _label_record(contract.clearance),
        "regions": sorted(contract.regions),
        "capacity": contract.capacity,
        "state": contract.state,
        "evidence": _evidence_record(contract.evidence),
    }


def request_record(request: Request) -> dict[str, Any]:
    """Return a request as plain data, sets as sorted lists.

    Raises:
        TypeError: a field is of another type (as in `validate_request`).
        ValueError: a field is out of range (as in `validate_request`).
    """
    validate_request(request)
    return {
        "schema": REQUEST_SCHEMA,
        "capabilities": sorted(request.capabilities),
        "bounds": _bounds_record(request.bounds),
        "label": _label_record(request.label),
        "regions": sorted(request.regions),
        "weights": list(request.weights),
        "tenant": request.tenant,
        "policy_sha256": request.policy_sha256,
        "flags_sha256": request.flags_sha256,
    }


# %% export-snapshot
@dataclass(frozen=True)
class Snapshot:
    """What the router knows when it decides.

    Attributes:
        contracts: of all registered services, in any order, ids distinct.
        verdicts: the policy's word for each service id; a missing one is not a permit.
        flags: flag values by ASCII name: bool, int within 2^53 - 1, or str.
    """

    contracts: tuple[Contract, ...]
    verdicts: Mapping[str, str]
    flags: Mapping[str, bool | int | str]


def merkle_root(leaves: Sequence[bytes]) -> str:
    r"""Return the Merkle tree hash of a list of byte strings, 64 hexadecimal digits.

    $\mathrm{root}(x_1..x_n) = H(\mathtt{01}\,\mathrm{root}(x_1..x_k)\,\mathrm{root}(x_{k+1}..x_n))$
    with $k$ the largest power of two below $n$; $H(\mathtt{00}\,x)$ for one leaf, $H()$ for none.

    References:
        RFC 9162, section 2.1.1.

    Example:
        >>> merkle_root([])[:16]
        'e3b0c44298fc1c14'
    """
    return _tree_hash(leaves).hex()


def _tree_hash(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 0:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    both = _tree_hash(leaves[:half]) + _tree_hash(leaves[half:])
    return hashlib.sha256(b"\x01" + both).digest()


def snapshot_record(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as plain data: contracts by ascending id, verdicts, flags.

    Raises:
        TypeError: a value is of another type.
        ValueError: an id occurs twice, or a value is out of range.
    """
    ids = sorted(contract.id for contract in snapshot.contracts)
    if len(set(ids)) != len(ids):
        raise ValueError("a service id occurs twice in the snapshot")
    for name, flag in sorted(snapshot.flags.items()):
        if type(flag) not in (bool, int, str):
            raise TypeError(f"flag {name} is a {type(flag).__name__}")
    if not all(type(word) is str for word in snapshot.verdicts.values()):
        raise TypeError("a verdict is not a string")
    by_id = sorted(snapshot.contracts, key=lambda contract: contract.id)
    return {
        "contracts": [contract_record(contract) for contract in by_id],
        "verdicts": {name: snapshot.verdicts.get(name, "") for name in ids},
        "flags": dict(snapshot.flags),
    }


def flags_digest(flags: Mapping[str, bool | int | str]) -> str:
    """Return the SHA-256 of the flags' canonical bytes, which a request must carry.

    Raises:
        TypeError: a value has no canonical bytes.
        ValueError: a name is not ASCII, or an integer is beyond 2^53 - 1.

    Example:
        >>> flags_digest({})[:16]
        '44136fa355b3678a'
    """
    return _digest(dict(flags))


# %% export-decide
def score(request: Request, contract: Contract) -> int:
    r"""Return the penalty of a service for a request; the least wins.

    $$ \sigma = w_1\,t + w_2\,p + w_3\,(10^6 - a) + w_4\,(10^6 - r) $$

    with latency $t$ in microseconds, cost $p$ in nano-USD, accuracy $a$ and reliability $r$ in ppm. An
    exact integer below $2^{63}$ on the valid domain (INV-CAIO-0001#L8).
    """
    latency, cost, accuracy, reliability = request.weights
    return (
        latency * contract.latency_us
        + cost * contract.cost_nano_usd
        + accuracy * (PPM - contract.accuracy_ppm)
        + reliability * (PPM - contract.reliability_ppm)
    )


def decide(request: Request, snapshot: Snapshot, sequence: int, previous: str) -> dict[str, Any]:
    r"""Route a request and return the decision with its certificate, as plain data.

    $$ w = \operatorname{arg\,lexmin}_{c : \rho_c = \bot} (\sigma(q, c), \mathrm{id}_c) $$

    Args:
        request: a valid request whose `flags_sha256` is the digest of the snapshot's flags.
        snapshot: contracts, verdicts and flags as read for this request.
        sequence: number of decisions before this one, 0 to 2^53 - 1.
        previous: `decision_sha256` of the one before; `GENESIS` if and only if there is none.

    Returns:
        Keys `schema, sequence, previous, request_sha256, snapshot_root, policy_sha256, policy_mask`
        (a digit 1 or 0 for each service by ascending id), `flags, reasons` (a list of [id, first
        violated constraint or None]), `winner` (an id or None), `score` (decimal digits or None).

    Raises:
        TypeError: an input is of another type.
        ValueError: an input is out of range, an id occurs twice, the flags are not those of the
            request, or `sequence` and `previous` do not go together.
    """
    request_sha256, known = _digest(request_record(request)), snapshot_record(snapshot)
    if flags_digest(snapshot.flags) != request.flags_sha256:
        raise ValueError("the snapshot's flags are not those the request was made under")
    if type(sequence) is not int or not 0 <= sequence <= MAX_INTEGER:
        raise ValueError(f"sequence {sequence!r} is not an integer in range")
    if len(previous) != 64 or not set(previous) <= set("0123456789abcdef"):
        raise ValueError("previous is not 64 lower-case hexadecimal digits")
    if (sequence == 0) != (previous == GENESIS):
        raise ValueError("only the first decision has no previous one")
    contracts = sorted(snapshot.contracts, key=lambda contract: contract.id)
    verdicts = known["verdicts"]
    reasons = [[c.id, first_violation(request, c, verdicts[c.id])] for c in contracts]
    ranked = [
        (score(request, contract), contract.id)
        for contract, (_, reason) in zip(contracts, reasons, strict=True)
        if reason is None
    ]
    best = min(ranked, default=None)
    return {
        "schema": DECISION_SCHEMA,
        "sequence": sequence,
        "previous": previous,
        "request_sha256": request_sha256,
        "snapshot_root": merkle_root([canonical(record) for record in known["contracts"]]),
        "policy_sha256": request.policy_sha256,
        "policy_mask": "".join("1" if verdicts[c.id] == PERMIT else "0" for c in contracts),
        "flags": known["flags"],
        "reasons": reasons,
        "winner": None if best is None else best[1],
        "score": None if best is None else str(best[0]),
    }


def decision_sha256(decision: Mapping[str, Any]) -> str:
    r"""Return the link that the next decision carries as `previous`: $H\langle D_n \rangle$.

    Raises:
        TypeError: the decision holds something without canonical bytes.
        ValueError: an integer is beyond 2^53 - 1, or a key is not ASCII.
    """
    return _digest(dict(decision))
