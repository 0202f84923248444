"""What a run found, as data for `--json` and as tables for the eye."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.recall.collections import Kind
from benchmarks.recall.evaluate import PARTS, Outcome
from benchmarks.recall.metrics import MEASURES, Quality, Uplift, latency, mean, uplift
from benchmarks.recall.profiles import PROFILES

SCHEMA = "proofbook/benchmark-recall@1"
COMPARED = ("resonance", "BM25", "ts_rank")
DIGITS = 4


@dataclass(frozen=True)
class Row:
    """Mean quality of one system over the questions of one scope and part."""

    origin: str
    scope: str
    part: str
    system: str
    questions: int
    quality: Quality


def rows(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    """Yield means over all questions of each data set, by part, then of each collection in it.

    A data set of one collection is not repeated as a collection.
    """
    for origin, kind in _data_sets(outcomes):
        group = [o for o in outcomes if (o.collection.origin, o.collection.kind) == (origin, kind)]
        for part in PARTS:
            yield from _means(origin, "all collections", part, group)
        if len(group) > 1:
            for outcome in group:
                yield from _means(origin, outcome.collection.name, "all", [outcome])


def uplifts(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the gain over each peer, by data set, part and measure, with its interval."""
    found = []
    for origin, kind in _data_sets(outcomes):
        group = [o for o in outcomes if (o.collection.origin, o.collection.kind) == (origin, kind)]
        for part in PARTS:
            for peer in COMPARED[1:]:
                ours, other = (_values(group, part, name) for name in (COMPARED[0], peer))
                if not ours:
                    continue
                for measure in MEASURES:
                    gain = uplift(ours, other, measure)
                    found.append(
                        {
                            "origin": origin,
                            "part": part,
                            "peer": peer,
                            "measure": measure,
                            "uplift": None if gain is None else _rounded(asdict(gain)),
                        }
                    )
    return found


def latencies(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return P50 and P95 of each timed system over each data set, in microseconds."""
    found = []
    for origin, kind in _data_sets(outcomes):
        group = [o for o in outcomes if (o.collection.origin, o.collection.kind) == (origin, kind)]
        for system in COMPARED:
            times = [time for outcome in group for time in outcome.times[system]]
            found.append({"origin": origin, "system": system, **asdict(latency(times))})
    return found


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the whole run; everything but `latency_us` is the same in every run."""
    return {
        "schema": SCHEMA,
        "collections": [
            {
                "origin": outcome.collection.origin,
                "name": outcome.collection.name,
                "kind": outcome.collection.kind,
                "units": len(outcome.collection.units),
                "questions": len(outcome.collection.questions),
                "left_out": dict(outcome.collection.left_out),
            }
            for outcome in outcomes
        ],
        "profiles": {kind: asdict(profile) for kind, profile in PROFILES.items()},
        "quality": [{**asdict(row), "quality": _rounded(row.quality)} for row in rows(outcomes)],
        "uplift": uplifts(outcomes),
        "latency_us": latencies(outcomes),
    }


def show(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the tables: comparison, parts of the questions, collections, ablation, latency."""
    found = list(rows(outcomes))
    for origin, _ in _data_sets(outcomes):
        mine = [row for row in found if row.origin == origin]
        console.print(_comparison(origin, mine, uplifts(outcomes)))
        single = [row for row in mine if row.scope != "all collections" and row.system in COMPARED]
        if single:
            console.print(_table(f"{origin}: each collection", single, "scope"))
        ablation = [row for row in mine if row.scope == "all collections" and row.part == "all"]
        parts = [row for row in ablation if row.system not in COMPARED[1:]]
        console.print(_table(f"{origin}: what each part is worth", parts, None))
    console.print(_latency_table(latencies(outcomes)))


def _data_sets(outcomes: Sequence[Outcome]) -> list[tuple[str, Kind]]:
    pairs = [(outcome.collection.origin, outcome.collection.kind) for outcome in outcomes]
    return list(dict.fromkeys(pairs))


def _values(group: Sequence[Outcome], part: str, system: str) -> list[Quality]:
    return [o.quality[system][q.id] for o in group for q in o.questions(part)]


def _means(origin: str, scope: str, part: str, group: Sequence[Outcome]) -> Iterator[Row]:
    for system in group[0].quality:
        values = _values(group, part, system)
        if values:
            yield Row(origin, scope, part, system, len(values), mean(values))


def _comparison(origin: str, found: Sequence[Row], gains: Sequence[dict[str, Any]]) -> Table:
    table = _head(f"{origin}: resonance beside plain BM25 and ts_rank", ["questions", "system"])
    for row in found:
        if row.scope != "all collections" or row.system not in COMPARED:
            continue
        cells = [f"{row.quality[measure]:.3f}" for measure in MEASURES]
        if row.system != COMPARED[0]:
            cells = [
                f"{cell}  {_in_words(gains, origin, row, measure)}"
                for cell, measure in zip(cells, MEASURES, strict=True)
            ]
        # a section for each part: the peers' cells say how much resonance gains on them
        table.add_row(
            f"{row.part} ({row.questions})" if row.system == COMPARED[0] else "",
            row.system,
            *cells,
            end_section=row.system == COMPARED[-1],
        )
    return table


def _in_words(gains: Sequence[dict[str, Any]], origin: str, row: Row, measure: str) -> str:
    [gain] = [
        g["uplift"]
        for g in gains
        if (g["origin"], g["part"], g["peer"], g["measure"])
        == (origin, row.part, row.system, measure)
    ]
    if gain is None:
        return "–"
    found = Uplift(**gain)
    return f"{found.gain:+.0%} [{found.low:+.0%}, {found.high:+.0%}]"


def _table(title: str, found: Sequence[Row], first: str | None) -> Table:
    table = _head(title, [*(["collection"] if first else []), "system"])
    for row in found:
        lead = [getattr(row, first)] if first else []
        table.add_row(*lead, row.system, *(f"{row.quality[measure]:.3f}" for measure in MEASURES))
    return table


def _latency_table(found: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="time from question to ranking, ms", title_justify="left")
    for name in ("data set", "system"):
        table.add_column(name)
    for name in ("P50", "P95"):
        table.add_column(name, justify="right")
    for entry in found:
        times = [f"{entry[share] / 1000:.2f}" for share in ("p50", "p95")]
        table.add_row(entry["origin"], entry["system"], *times)
    return table


def _head(title: str, names: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name)
    for measure in MEASURES:
        table.add_column(measure, justify="right")
    return table


def _rounded(values: Quality) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in values.items()}
