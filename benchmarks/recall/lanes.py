"""The three lanes: what precision, resonance and context say of every unit for a question.

The formulas are the verified kernel's; here they are tabulated over a collection, so that a question only
gathers the rows of its terms.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.recall import vectors
from benchmarks.recall.collections import Collection, Unit
from benchmarks.recall.profiles import Profile
from benchmarks.recall.text import terms
from benchmarks.recall.vectors import Doubles
from proofbook.verified.resonance import normalise_max, normalise_range
from proofbook.verified.resonance_lanes import (
    bm25,
    idf,
    nearest,
    propagate,
    term_weight,
    weighted_mean,
)

Counts = dict[str, float]


@dataclass(frozen=True)
class Lanes:
    """Raw lane values of all units for one question, shape (units,) each."""

    precision: Doubles
    resonance: Doubles
    context: Doubles


class TermTable:
    """BM25's term weights of a collection, tabulated: a question gathers the rows of its terms."""

    def __init__(self, counts: Sequence[Counts], k1: float, b: float) -> None:
        """Tabulate from each unit's term counts, whole or propagated."""
        self._size = len(counts)
        lengths = [math.fsum(counted.values()) for counted in counts]
        mean_length = math.fsum(lengths) / len(lengths) or 1.0
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, (counted, length) in enumerate(zip(counts, lengths, strict=True)):
            for term, count in counted.items():
                weight = term_weight(count, length, mean_length, k1, b)
                self._weights[term].append((place, weight))
        self._idfs = {term: idf(self._size, len(row)) for term, row in self._weights.items()}

    def __call__(self, asked: Iterable[str]) -> Doubles:
        """Return BM25 of every unit for the distinct terms asked, shape (units,)."""
        found: dict[int, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
        for term in dict.fromkeys(asked):
            for place, weight in self._weights.get(term, ()):
                idfs, weights = found[place]
                idfs.append(self._idfs[term])
                weights.append(weight)
        values = np.zeros(self._size)
        for place, (idfs, weights) in found.items():
            values[place] = bm25(idfs, weights)
        return values


class DialogueLanes:
    """Lanes of a conversation: turns are linked to the turns around them in the same session."""

    def __init__(self, collection: Collection, profile: Profile) -> None:
        units = collection.units
        counts = [term_counts(unit) for unit in units]
        self._names = {name for unit in units for name in terms(unit.speaker)}
        self._precision = TermTable(counts, profile.k1, profile.b_precision)
        self._context = TermTable(
            linked_counts(units, counts, profile), profile.k1, profile.b_context
        )
        turned = vectors.to_unit(np.array([vectors.project(terms(unit.text)) for unit in units]))
        sessions = [unit.session for unit in units]
        self._vectors = vectors.smooth_with_previous(turned, sessions)
        self._lengths = np.sqrt(vectors.squared_lengths(self._vectors).astype(np.float64))

    def __call__(self, question: str) -> Lanes:
        asked = terms(question)
        # names alone draw every turn of that speaker near: the vector is of the rest
        meant = vectors.project(term for term in asked if term not in self._names)
        return Lanes(
            precision=self._precision(asked),
            resonance=vectors.cosines(self._vectors, self._lengths, meant),
            context=self._context(asked),
        )


class DocumentLanes:
    """Lanes of documents: a document is linked to the documents most like it."""

    def __init__(self, collection: Collection, profile: Profile) -> None:
        split = [terms(unit.text) for unit in collection.units]
        self._precision = TermTable(
            [term_counts(unit) for unit in collection.units], profile.k1, profile.b_precision
        )
        self._vectors = vectors.to_unit(np.array([vectors.project(found) for found in split]))
        self._lengths = np.sqrt(vectors.squared_lengths(self._vectors).astype(np.float64))
        self._links = [
            [(place, similarities[place]) for place in nearest(similarities, profile.neighbours)]
            for similarities in vectors.similarities(self._vectors)
        ]
        self._linked_from: list[list[int]] = [[] for _ in split]
        for place, links in enumerate(self._links):
            for other, _ in links:
                self._linked_from[other].append(place)
        self._pool = profile.pool

    def __call__(self, question: str) -> Lanes:
        asked = terms(question)
        precision = self._precision(asked)
        resonance = vectors.cosines(self._vectors, self._lengths, vectors.project(asked))
        return Lanes(precision, resonance, self._context(precision, resonance))

    def _context(self, precision: Doubles, resonance: Doubles) -> Doubles:
        """Return the similarity-weighted mean of both normalised lanes over each unit's neighbours.

        Taken for the candidates of the other two lanes and for the units linked to one of them; for the
        rest, which are linked to nothing that was found, it is 0.
        """
        lanes = (normalise_max(precision.tolist()), normalise_range(resonance.tolist()))
        found = {*best(precision, self._pool), *best(resonance, self._pool)}
        reached = found.union(*(self._linked_from[place] for place in found))
        context = np.zeros(len(self._links))
        for place in sorted(reached):
            weights = [similarity for _ in lanes for _, similarity in self._links[place]]
            values = [lane[other] for lane in lanes for other, _ in self._links[place]]
            context[place] = weighted_mean(weights, values)
        return context


def best(values: Doubles, count: int) -> list[int]:
    """Return the places of the greatest positive values, greatest first, ties to the earliest."""
    order = np.argsort(-values, kind="stable")[:count]
    found: list[int] = order[values[order] > 0.0].tolist()
    return found


def term_counts(unit: Unit) -> Counts:
    """Return how often a unit's text has each term."""
    return {term: float(count) for term, count in Counter(terms(unit.text)).items()}


def linked_counts(
    units: Sequence[Unit], counts: Sequence[Counts], profile: Profile
) -> list[Counts]:
    """Return term counts spread along temporal links, with the turn's speaker and date added:
    t̃(w, i) = Σ_{|d| ≤ reach, same session} γ^|d|·tf(w, i + d) + 2·[w ∈ speaker] + 1·[w ∈ date].
    """
    sessions = [unit.session for unit in units]
    spread = propagate(counts, sessions, profile.gamma, profile.reach)
    for unit, counted in zip(units, spread, strict=True):
        for text, extra in ((unit.speaker, profile.speaker_count), (unit.date, profile.date_count)):
            for term in dict.fromkeys(terms(text)):
                counted[term] = counted.get(term, 0.0) + extra
    return spread
