# Extracted from notebooks/math/verify_routing_certificate.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 4a14b7973d1674c8a94693014b6a61dc3e66a164481e9e0270a687f77d0088dc
# Digest of the text below: 3a627c851975877ad808e3e8fd203084d7b993225ccb0fa29028fc70ab2a4ae7
"""The certificate checker (kernel `routing_certificate`)."""

import hashlib
import json
from typing import Any

__all__ = [
    "check_chain",
    "check_decision",
]


# %% export-shapes
_TEXT = [str]
_LABEL = {"level": int, "categories": _TEXT}
_REQUEST = {
    "schema": str,
    "capabilities": _TEXT,
    "bounds": {
        "max_latency_us": int,
        "max_cost_nano_usd": int,
        "min_accuracy_ppm": int,
        "min_reliability_ppm": int,
    },
    "label": _LABEL,
    "regions": _TEXT,
    "weights": [int],
    "tenant": str,
    "policy_sha256": str,
    "flags_sha256": str,
}
_CONTRACT = {
    "schema": str,
    "id": str,
    "version": int,
    "capabilities": _TEXT,
    "latency_us": int,
    "cost_nano_usd": int,
    "accuracy_ppm": int,
    "reliability_ppm": int,
    "clearance": _LABEL,
    "regions": _TEXT,
    "capacity": int,
    "state": str,
    "evidence": {"n": int, "k": int, "window": int, "delta_ppm": int, "method": str},
}
_SNAPSHOT = {"contracts": [_CONTRACT], "verdicts": dict, "flags": dict}


def _fits(value: object, shape: Any) -> bool:
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and value.keys() == shape.keys()
            and all(_fits(value[key], part) for key, part in shape.items())
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    return type(value) is shape and (type(value) is not int or abs(value) < 2**53)


def _bytes(value: object) -> bytes:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _hash(value: object) -> str:
    return hashlib.sha256(_bytes(value)).hexdigest()


# %% export-parts
def _first_reason(request: Any, contract: Any, verdict: object) -> str | None:
    bounds, label, clearance = request["bounds"], request["label"], contract["clearance"]
    violated = {
        "inactive": contract["state"] != "active",
        "capability": set(request["capabilities"]) - set(contract["capabilities"]),
        "label": label["level"] > clearance["level"]
        or set(label["categories"]) - set(clearance["categories"]),
        "region": not contract["regions"] or set(contract["regions"]) - set(request["regions"]),
        "latency": contract["latency_us"] > bounds["max_latency_us"],
        "cost": contract["cost_nano_usd"] > bounds["max_cost_nano_usd"],
        "accuracy": contract["accuracy_ppm"] < bounds["min_accuracy_ppm"],
        "reliability": contract["reliability_ppm"] < bounds["min_reliability_ppm"],
        "policy": verdict != "permit",
    }
    return next((name for name, is_so in violated.items() if is_so), None)


def _penalty(request: Any, contract: Any) -> int:
    latency, cost, accuracy, reliability = request["weights"]
    promised = latency * contract["latency_us"] + cost * contract["cost_nano_usd"]
    missing = accuracy * (1_000_000 - contract["accuracy_ppm"])
    return int(promised + missing + reliability * (1_000_000 - contract["reliability_ppm"]))


def _root(records: list[Any]) -> str:
    level = [hashlib.sha256(b"\x00" + _bytes(record)).digest() for record in records]
    while len(level) > 1:
        odd = [level.pop()] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return (level[0] if level else hashlib.sha256(b"").digest()).hex()


# %% export-check
def _are_inputs(request: Any, snapshot: Any) -> bool:
    if not _fits(request, _REQUEST) or not _fits(snapshot, _SNAPSHOT):
        return False
    ids = [contract["id"] for contract in snapshot["contracts"]]
    known = all(_fits(flag, type(flag)) for flag in snapshot["flags"].values())
    simple = all(type(flag) in (bool, int, str) for flag in snapshot["flags"].values())
    return known and simple and ids == sorted(set(ids)) and len(request["weights"]) == 4


def check_decision(
    certificate: bytes, request: Any, snapshot: Any, sequence: int, previous: str
) -> str | None:
    r"""Return the first flaw of a routing decision, or None if it is right.

    Accepted implies: the winner satisfies all nine constraints and has the least
    $(\sigma, \mathrm{id})$ among the services that do, or no service does and there is no winner; every
    reason is the first violated constraint; and the decision is the one at this position.

    Args:
        certificate: the decision's canonical bytes.
        request: the request record, as read from JSON.
        snapshot: `contracts` by ascending id, `verdicts` and `flags`, as read from JSON.
        sequence: the position at which the decision must stand.
        previous: SHA-256 of the decision before, 64 zeros for the first.

    Returns:
        `input` (request or snapshot is malformed), `encoding` (not canonical JSON), or the name of the
        decision's first wrong field; `shape` if it has other fields. Never raises on JSON values.
    """
    try:
        if not _are_inputs(request, snapshot):
            return "input"
        if _hash(snapshot["flags"]) != request["flags_sha256"]:
            return "input"
        request_sha256, snapshot_root = _hash(request), _root(snapshot["contracts"])
    except (ValueError, RecursionError):
        return "input"
    try:
        decision = json.loads(certificate)
        if _bytes(decision) != certificate:
            return "encoding"
    except (ValueError, RecursionError):
        return "encoding"
    contracts, verdicts = snapshot["contracts"], snapshot["verdicts"]
    words = [verdicts.get(contract["id"]) for contract in contracts]
    reasons = [
        [contract["id"], _first_reason(request, contract, word)]
        for contract, word in zip(contracts, words, strict=True)
    ]
    able = [c for c, (_, reason) in zip(contracts, reasons, strict=True) if reason is None]
    best = min(able, key=lambda c: (_penalty(request, c), c["id"]), default=None)
    expected = {
        "schema": "proofbook/routing-decision@1",
        "sequence": sequence,
        "previous": previous,
        "request_sha256": request_sha256,
        "snapshot_root": snapshot_root,
        "policy_sha256": request["policy_sha256"],
        "policy_mask": "".join("1" if word == "permit" else "0" for word in words),
        "flags": snapshot["flags"],
        "reasons": reasons,
        "winner": best["id"] if best else None,
        "score": str(_penalty(request, best)) if best else None,
    }
    if not isinstance(decision, dict) or decision.keys() != expected.keys():
        return "shape"
    wrong = (name for name, value in expected.items() if _bytes(decision[name]) != _bytes(value))
    return next(wrong, None)


def check_chain(certificates: list[bytes], head: str) -> str | None:
    """Return the first flaw of a log of decisions, or None if it is whole.

    Every decision must name its position and the digest of the one before, and the last digest must be
    the anchored `head` (64 zeros for an empty log). What each decision claims is for `check_decision`.

    Returns:
        `link 3` for the first decision (counted from 0) out of place, `head` if the end is not the
        anchored one, or None.
    """
    previous = "0" * 64
    for sequence, certificate in enumerate(certificates):
        try:
            decision = json.loads(certificate)
            place = _bytes([decision["sequence"], decision["previous"]])
        except (ValueError, RecursionError, TypeError, LookupError):
            return f"link {sequence}"
        if place != _bytes([sequence, previous]):
            return f"link {sequence}"
        previous = hashlib.sha256(certificate).hexdigest()
    return None if previous == head else "head"
