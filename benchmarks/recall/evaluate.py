"""Run every system over every question of the collections, and keep rankings' quality and times."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import psycopg

from benchmarks.recall.collections import Collection, Question
from benchmarks.recall.metrics import Quality, quality_of_each
from benchmarks.recall.peers import Bm25, TsRank
from benchmarks.recall.profiles import PROFILES, tuned_on
from benchmarks.recall.system import Resonance, variants

PARTS = ("all", "tuned on", "held out")


class System(Protocol):
    """Anything that ranks units for a question."""

    name: str

    def search(self, text: str) -> list[str]:
        """Return unit ids, best first."""
        ...


@dataclass
class Outcome:
    """What came of one collection: by system, quality of each question; by timed system, nanoseconds."""

    collection: Collection
    quality: dict[str, dict[str, Quality]]
    times: dict[str, list[int]] = field(default_factory=dict)

    def questions(self, part: str) -> list[Question]:
        """Return the questions of a part of `PARTS`."""
        asked = self.collection.questions
        if part == "all":
            return list(asked)
        return [q for q in asked if tuned_on(self.collection, q) == (part == "tuned on")]


def evaluate(
    collection: Collection, connection: psycopg.Connection, asked: Callable[[], None]
) -> Outcome:
    """Index a collection in every system and ask every question.

    Systems take turns within each question, so that a slow moment of the machine meets them all; the
    variants reuse the lanes of the full system and are not timed.

    Args:
        asked: called after each question.
    """
    profile = PROFILES[collection.kind]
    ours = Resonance(collection, profile)
    systems: Sequence[System] = (ours, Bm25(collection, profile), TsRank(collection, connection))
    rankings: dict[str, dict[str, list[str]]] = defaultdict(dict)
    times: dict[str, list[int]] = {system.name: [] for system in systems}
    _warm_up(systems, collection.questions)
    for question in collection.questions:
        for system in systems:
            start = time.perf_counter_ns()
            found = system.search(question.text)
            times[system.name].append(time.perf_counter_ns() - start)
            rankings[system.name][question.id] = found
        lanes = ours.lanes(question.text)
        for variant in variants(profile):
            found = ours.ranking(question.text, lanes, variant.profile)
            rankings[variant.name][question.id] = found
        asked()
    return Outcome(collection, _qualities(collection, rankings), times)


def _warm_up(systems: Sequence[System], questions: Sequence[Question]) -> None:
    """Ask a few questions untimed: compiled statements, caches and lazy imports are not recall's time."""
    for question in questions[:5]:
        for system in systems:
            system.search(question.text)


def _qualities(
    collection: Collection, rankings: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, dict[str, Quality]]:
    return {
        name: quality_of_each(collection.questions, ranked) for name, ranked in rankings.items()
    }
