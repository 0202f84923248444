"""Resonant recall: lanes, pool, normalisation, blend, priors and order, all by the verified kernel."""

from dataclasses import dataclass, replace

from benchmarks.recall import features
from benchmarks.recall.collections import Collection
from benchmarks.recall.lanes import DialogueLanes, DocumentLanes, Lanes, best
from benchmarks.recall.profiles import DEPTH, Betas, Profile
from proofbook.verified.resonance import normalise_max, normalise_range, rank, score


@dataclass(frozen=True)
class Variant:
    """The system with other weights, or without priors, to see what each part is worth."""

    name: str
    profile: Profile


def variants(profile: Profile) -> list[Variant]:
    """Return the parts to be measured apart: each lane alone, with and without priors, and the blend
    without priors. Where the profile has no priors, only one of each pair.
    """
    one = 2**16
    alone = {
        "precision alone": (one, 0, 0),
        "resonance alone": (0, one, 0),
        "context alone": (0, 0, one),
    }
    plain = [
        Variant(name, replace(profile, weights=weights, betas=Betas()))
        for name, weights in alone.items()
    ]
    if profile.betas == Betas():
        return plain
    favoured = [
        Variant(f"{name}, priors", replace(profile, weights=weights))
        for name, weights in alone.items()
    ]
    return [*plain, Variant("blend, no priors", replace(profile, betas=Betas())), *favoured]


class Resonance:
    """Resonant recall over one collection."""

    name = "resonance"

    def __init__(self, collection: Collection, profile: Profile) -> None:
        units = collection.units
        self._ids = [unit.id for unit in units]
        self._profile = profile
        make = DialogueLanes if collection.kind == "dialogue" else DocumentLanes
        self._lanes = make(collection, profile)
        self._speakers = [unit.speaker for unit in units]
        self._names = frozenset(self._speakers) - {""}
        self._lengths = features.log_lengths(units)
        self._statements = [float("?" not in unit.text) for unit in units]
        self._temporal = [float(features.is_temporal(unit.text)) for unit in units]

    def search(self, text: str) -> list[str]:
        """Return at most 100 unit ids, best first, ties to the earliest unit."""
        return self.ranking(text, self.lanes(text), self._profile)

    def lanes(self, text: str) -> Lanes:
        """Return the raw lane values of all units for a question."""
        return self._lanes(text)

    def ranking(self, text: str, lanes: Lanes, profile: Profile) -> list[str]:
        """Return the ranking that a profile makes of lane values already computed."""
        pool = _pool(lanes, profile.pool)
        columns = zip(
            normalise_max(lanes.precision[pool].tolist()),
            normalise_range(lanes.resonance[pool].tolist()),
            normalise_max(lanes.context[pool].tolist()),
            strict=True,
        )
        ceilings, priors = self._priors(text, pool, profile.betas)
        scores = [
            score(column, profile.weights, prior, ceilings)
            for column, prior in zip(columns, priors, strict=True)
        ]
        return [self._ids[place] for place in rank(pool, scores)[:DEPTH]]

    def _priors(
        self, text: str, pool: list[int], betas: Betas
    ) -> tuple[list[float], list[list[float]]]:
        """Return the ceilings 1 + β and, for each unit of the pool, its factors 1 + β·feature."""
        named = features.names_in(text, self._names)
        when = features.asks_when(text)
        factors: list[tuple[float, list[float]]] = [
            (betas.speaker, [float(self._speakers[place] in named) for place in pool]),
            (betas.length, [self._lengths[place] for place in pool]),
            (betas.statement, [self._statements[place] for place in pool]),
            (betas.when, [self._temporal[place] if when else 0.0 for place in pool]),
        ]
        used = [(beta, values) for beta, values in factors if beta > 0.0]
        ceilings = [1.0 + beta for beta, _ in used]
        rows = [[1.0 + beta * values[n] for beta, values in used] for n in range(len(pool))]
        return ceilings, rows


def _pool(lanes: Lanes, size: int) -> list[int]:
    """Return the places of the best `size` units of each lane, in the order of the collection."""
    return sorted(
        {
            place
            for values in (lanes.precision, lanes.resonance, lanes.context)
            for place in best(values, size)
        }
    )
