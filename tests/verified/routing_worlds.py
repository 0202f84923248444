"""Requests and snapshots for the tests of the router and of its checker."""

import random
from dataclasses import replace

from proofbook.verified.routing_contract import Bounds, Contract, Evidence, Label, Request
from proofbook.verified.routing_decision import Snapshot, flags_digest

FLAGS = {"batching": False, "burst": 3}
ASK = Request(
    capabilities=frozenset({"chat"}),
    bounds=Bounds(900, 50, 900_000, 990_000),
    label=Label(1, frozenset({"pii"})),
    regions=frozenset({"eu", "uk"}),
    weights=(1, 2, 1, 1),
    tenant="acme",
    policy_sha256="ab" * 32,
    flags_sha256=flags_digest(FLAGS),
)
GOOD = Contract(
    id="alpha",
    version=1,
    capabilities=frozenset({"chat", "tools"}),
    latency_us=400,
    cost_nano_usd=20,
    accuracy_ppm=950_000,
    reliability_ppm=999_000,
    clearance=Label(2, frozenset({"pii", "eu"})),
    regions=frozenset({"eu"}),
    capacity=8,
    state="active",
    evidence=Evidence(100, 98, 100, 50_000, "hypergeometric-lower-bonferroni"),
)


def snapshot(*contracts: Contract, deny: tuple[str, ...] = ()) -> Snapshot:
    """Return a snapshot in which the policy permits every service but those named."""
    words = {c.id: "deny" if c.id in deny else "permit" for c in contracts}
    return Snapshot(contracts, words, FLAGS)


def random_snapshot(seed: int) -> Snapshot:
    """Return a snapshot of up to five services, some infeasible in several ways, with ties."""
    rng = random.Random(seed)
    broken = [{"state": "draining"}, {"regions": frozenset({"us"})}, {"latency_us": 901}]
    contracts = []
    for name in rng.sample(["alpha", "beta", "gamma", "été", "ß"], rng.randint(0, 5)):
        changes: dict[str, object] = {"latency_us": rng.choice([400, 400, 402])}
        for _ in range(rng.choice([0, 0, 1, 2])):
            changes |= rng.choice(broken)
        contracts.append(replace(GOOD, id=name, **changes))
    return snapshot(*contracts, deny=tuple(c.id for c in contracts if rng.random() < 0.2))
