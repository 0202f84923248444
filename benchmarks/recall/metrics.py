"""Quality of rankings: MRR, NDCG@10 and Recall@10 by `ir_measures`, and how sure an uplift is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from benchmarks.recall.collections import Question

MEASURES = {"MRR": RR, "NDCG@10": nDCG @ 10, "Recall@10": R @ 10}
RESAMPLES = 2000

Quality = Mapping[str, float]
"""Measure name to value in [0, 1], of one question or a mean."""


def quality_of_each(
    questions: Sequence[Question], rankings: Mapping[str, Sequence[str]]
) -> dict[str, Quality]:
    """Return question id to the quality of its ranking; a question that found nothing counts 0.

    Args:
        rankings: question id to unit ids, best first, each once.
    """
    judged = [
        ir_measures.Qrel(question.id, unit, grade)
        for question in questions
        for unit, grade in question.relevant.items()
    ]
    # the place stands for the score: evaluators break ties of scores by rules of their own
    run = [
        ir_measures.ScoredDoc(question.id, unit, -float(place))
        for question in questions
        for place, unit in enumerate(rankings[question.id])
    ]
    names = {measure: name for name, measure in MEASURES.items()}
    found = {question.id: dict.fromkeys(MEASURES, 0.0) for question in questions}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), judged, run):
        found[metric.query_id][names[metric.measure]] = metric.value
    return dict(found)


def mean(values: Sequence[Quality]) -> dict[str, float]:
    """Return the mean of each measure over the questions.

    Raises:
        ValueError: there is no question.
    """
    if not values:
        raise ValueError("no question to take a mean over")
    return {name: math.fsum(value[name] for value in values) / len(values) for name in MEASURES}


@dataclass(frozen=True)
class Uplift:
    """Relative gain of a measure over a peer, as a fraction, with a 95 % interval over questions."""

    gain: float
    low: float
    high: float


def uplift(ours: Sequence[Quality], peer: Sequence[Quality], measure: str) -> Uplift | None:
    """Return mean(ours) / mean(peer) - 1 with a paired percentile bootstrap interval, seed 7.

    Questions are drawn with replacement and both systems are judged on the same draw (Sakai 2006,
    "Evaluating evaluation metrics based on the bootstrap"). None where the peer finds nothing.
    """
    mine = np.array([value[measure] for value in ours])
    other = np.array([value[measure] for value in peer])
    if not other.any():
        return None
    draws = np.random.default_rng(7).integers(0, len(mine), size=(RESAMPLES, len(mine)))
    bottom = other[draws].mean(axis=1)
    gains = mine[draws].mean(axis=1)[bottom > 0.0] / bottom[bottom > 0.0] - 1.0
    low, high = np.quantile(gains, [0.025, 0.975])
    return Uplift(float(mine.mean() / other.mean() - 1.0), float(low), float(high))


@dataclass(frozen=True)
class Latency:
    """Time from question to ranking in microseconds: median and 95th percentile, by nearest rank."""

    p50: int
    p95: int


def latency(nanoseconds: Sequence[int]) -> Latency:
    """Return the percentiles of measured times.

    Raises:
        ValueError: there is none.
    """
    if not nanoseconds:
        raise ValueError("no time was measured")
    ordered = sorted(nanoseconds)
    at = [ordered[math.ceil(share * len(ordered)) - 1] // 1000 for share in (0.50, 0.95)]
    return Latency(*at)
