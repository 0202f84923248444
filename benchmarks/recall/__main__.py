"""The command: `python -m benchmarks.recall --locomo FILE --cranfield DIR --beir DIR --json FILE`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.recall.collections import Collection, CollectionError
from benchmarks.recall.documents import load_beir, load_cranfield
from benchmarks.recall.evaluate import Outcome, evaluate
from benchmarks.recall.interrupts import sigterm_exits
from benchmarks.recall.locomo import load_locomo
from benchmarks.recall.postgres import PostgresError, embedded_postgres
from benchmarks.recall.report import as_json, show

CANNOT_RUN = 2

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)


@app.command()
def main(
    locomo: Annotated[
        Path | None, typer.Option(help="LoCoMo conversations, one JSON file.")
    ] = None,
    cranfield: Annotated[
        Path | None, typer.Option(help="Folder of the Cranfield collection.")
    ] = None,
    beir: Annotated[
        Path | None, typer.Option(help="Folder of a collection in BEIR's layout.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here too.")
    ] = None,
) -> None:
    """Measure resonant recall beside plain BM25 and PostgreSQL ts_rank over real collections.

    Exit codes: 0 measured, 2 a file is missing or malformed, or nothing was asked for.
    """
    try:
        collections = _load(locomo, cranfield, beir)
    except CollectionError as error:
        raise _refusal(str(error)) from error
    if not collections:
        raise _refusal("nothing to measure: give --locomo FILE, --cranfield DIR or --beir DIR")
    if report is not None and (report.is_dir() or not report.parent.is_dir()):
        raise _refusal(f"{report}: --json: is a folder, or stands in none")
    try:
        with sigterm_exits():
            outcomes = _measure(collections)
    except PostgresError as error:
        raise _refusal(str(error)) from error
    show(Console(), outcomes)
    if report is not None:
        text = json.dumps(as_json(outcomes), indent=2, ensure_ascii=False)
        report.write_text(f"{text}\n", encoding="utf-8")


def _load(locomo: Path | None, cranfield: Path | None, beir: Path | None) -> list[Collection]:
    return [
        *(load_locomo(locomo) if locomo else []),
        *(load_cranfield(cranfield) if cranfield else []),
        *(load_beir(beir) if beir else []),
    ]


def _measure(collections: list[Collection]) -> list[Outcome]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("questions"),
        TimeRemainingColumn(),
    )
    total = sum(len(collection.questions) for collection in collections)
    with (
        embedded_postgres() as connection,
        Progress(*columns, console=errors, transient=True) as progress,
    ):
        task = progress.add_task("recall", total=total)
        outcomes = []
        for collection in collections:
            progress.update(task, description=collection.name)
            outcomes.append(evaluate(collection, connection, lambda: progress.advance(task)))
        return outcomes


def _refusal(message: str) -> typer.Exit:
    errors.print(f"error: {message}", markup=False)
    return typer.Exit(CANNOT_RUN)


if __name__ == "__main__":
    app()
