# Extracted from notebooks/math/verify_resonance_topk.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: bac5ea3a747b8ac4a19b9109e96bdd136472aec269189d33f92c9759cf443157
# Digest of the text below: 56f7eb9b24853b376742f06f4a233696928d37ed2fd209e84276753031d29d27
"""Exact top-$k$ with a certificate (kernel `resonance_topk`)."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from operator import le
from typing import Any

from proofbook.verified.resonance import blend, quantise, score

__all__ = [
    "Certificate",
    "Pool",
    "accepts",
    "top_k",
]


# %% kernel-search
@dataclass(frozen=True)
class Pool:
    """The candidates of a query.

    Attributes:
        ids: n distinct identifiers.
        lanes: m lanes, each with the n candidates' values in [0, 1], in the order of `ids`.
        priors: for each candidate its priors, or nothing at all.
    """

    ids: Sequence[str]
    lanes: Sequence[Sequence[float]]
    priors: Sequence[Sequence[float]] = ()


@dataclass(frozen=True)
class Certificate:
    """An answer and the reason why nothing else belongs into it.

    Attributes:
        winners: identifiers of the best candidates, best first.
        steps: their quantised scores, in steps of 2⁻²⁰, in the same order; the last is the k-th.
        frontier: for each lane the last value read, its `depth`-th largest.
        threshold: τ, the blend of the frontier; no unread candidate scores more.
        depth: how many entries were read in each lane.
    """

    winners: tuple[str, ...]
    steps: tuple[int, ...]
    frontier: tuple[float, ...]
    threshold: float
    depth: int


def _rows(pool: Pool, k: int) -> list[tuple[Any, ...]]:
    """Return the pool by candidates, as (id, lane values …, priors), or refuse it."""
    if k < 1 or len(set(pool.ids)) != len(pool.ids):
        raise ValueError(f"k = {k} is below 1, or an identifier occurs twice")
    priors = pool.priors or [()] * len(pool.ids)
    return list(zip(pool.ids, *pool.lanes, priors, strict=True))


def _reading_order(ids: Sequence[str], lane: Sequence[float]) -> list[int]:
    """Return the positions of a lane's values, greatest first, ties by identifier."""
    return sorted(range(len(ids)), key=lambda place: (-lane[place], ids[place]))


def _key(step: int, name: str) -> tuple[int, str]:
    """Return the sort key of a candidate: greater step first, then smaller identifier."""
    return -step, name


def top_k(
    pool: Pool, weights: Sequence[int], k: int, ceilings: Sequence[float] = ()
) -> Certificate:
    """Return the k best candidates by (quantised score, identifier), reading no more than it takes.

    The threshold algorithm: stop when the k-th best step exceeds the step of τ = blend(frontier), or when
    every candidate has been read.

    Args:
        pool: n candidates with m lanes.
        weights: m integers that sum to 2¹⁶.
        k: how many are wanted, ≥ 1; if n < k all are returned.
        ceilings: the upper bound of each prior.

    Raises:
        TypeError: a weight is not an int.
        ValueError: k < 1, an identifier occurs twice, lengths differ, or a number is out of range.

    Source: INV-MHE-0003#L1, #L5. Fagin, Lotem and Naor (2003), Optimal aggregation algorithms for
    middleware, §4.

    >>> top_k(Pool(["a", "b", "c"], [[1.0, 0.0, 0.5]]), [65536], 1).winners
    ('a',)
    """
    rows, lanes = _rows(pool, k), pool.lanes
    readings = [(lane, _reading_order(pool.ids, lane)) for lane in lanes]
    best: list[tuple[int, str]] = []
    seen: set[int] = set()
    frontier, threshold, depth = [1.0 for _ in lanes], blend([1.0 for _ in lanes], weights), 0
    while len(seen) < len(rows) and not (len(best) == k and -best[-1][0] > quantise(threshold)):
        for _, order in readings:
            if order[depth] not in seen:
                seen.add(order[depth])
                name, *values, factors = rows[order[depth]]
                insort(best, _key(quantise(score(values, weights, factors, ceilings)), name))
                del best[k:]
        frontier = [lane[order[depth]] for lane, order in readings]
        threshold, depth = blend(frontier, weights), depth + 1
    winners, steps = tuple(name for _, name in best), tuple(-step for step, _ in best)
    return Certificate(winners, steps, tuple(frontier), threshold, depth)


# %% kernel-verifier
def accepts(
    certificate: Certificate,
    pool: Pool,
    weights: Sequence[int],
    k: int,
    ceilings: Sequence[float] = (),
) -> bool:
    """Say whether a certificate proves that its winners are the k best candidates, in order.

    Args:
        certificate: what is claimed.
        pool: n candidates with m lanes.
        weights: m integers that sum to 2¹⁶.
        k: how many were wanted, ≥ 1.
        ceilings: the upper bound of each prior.

    Returns:
        False for every certificate that does not prove its claim.

    Raises:
        TypeError: a weight is not an int.
        ValueError: the pool or the question is malformed (not the certificate).

    Source: INV-MHE-0003#L2, #L3.

    >>> question = Pool(["a", "b", "c"], [[1.0, 0.0, 0.5]]), [65536], 1
    >>> accepts(top_k(*question), *question)
    True
    """
    rows = _rows(pool, k)
    frontier, claimed = certificate.frontier, len(certificate.winners)
    if claimed != min(k, len(rows)) or claimed != len(certificate.steps):
        return False
    if not _is_frontier(frontier, pool.lanes, certificate.depth):
        return False
    if certificate.threshold != blend(frontier, weights):
        return False
    keys = list(map(_key, certificate.steps, certificate.winners))
    if keys != sorted(keys):
        return False
    excuses = claimed == k and certificate.steps[-1] > quantise(certificate.threshold)
    met = ahead = 0
    for name, *values, factors in rows:
        if not (excuses and all(map(le, values, frontier))):
            key = _key(quantise(score(values, weights, factors, ceilings)), name)
            met += key in keys
            ahead += key <= keys[-1]
    return met == ahead == claimed


def _is_frontier(frontier: Sequence[float], lanes: Sequence[Sequence[float]], depth: int) -> bool:
    """Say whether each bound is its lane's depth-th largest value (1.0 where nothing was read)."""
    return len(frontier) == len(lanes) and all(
        _is_largest(frontier[place], lane, depth) for place, lane in enumerate(lanes)
    )


def _is_largest(bound: float, lane: Sequence[float], depth: int) -> bool:
    """Say whether a bound is the depth-th largest value of a lane, or 1.0 at depth 0."""
    above = sum(value > bound for value in lane)
    reached = sum(value >= bound for value in lane)
    return above < depth <= reached or (depth == 0 and bound == 1.0)
