"""Changing one thing in a project, and asking one gate what it says of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.gates import GateInput, gate_named
from proofbook.autopsy.models import Finding, GateResult
from proofbook.autopsy.notebook import Cell, Notebook
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import RunRecord, last_run
from proofbook.autopsy.validation import look


@dataclass(frozen=True)
class Green:
    """A pristine project and the run that found it green."""

    root: Path
    record: RunRecord


def edit_text(path: Path, old: str, new: str, *, count: int = 1) -> None:
    """Replace `old` by `new`, which must stand in the file exactly `count` times."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == count, f"{path.name} has {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def edit_json(path: Path, change: Callable[[Any], None], *, canonical: bool = True) -> None:
    """Change a JSON file's content in place, in canonical bytes as a careful forger would."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_bytes(canonical_bytes(content) if canonical else json.dumps(content).encode())


def _edit_cells(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["cells"])
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def edit_cell(path: Path, cell: str, source: str | None = None, **fields: Any) -> None:
    """Replace a cell's source, or other fields of it; `...` removes a field."""

    def change(cells: list[dict[str, Any]]) -> None:
        (found,) = [item for item in cells if item["id"] == cell]
        if source is not None:
            found["source"] = source.splitlines(keepends=True)
        found.update(fields)
        for name in [name for name, value in fields.items() if value is ...]:
            del found[name]

    _edit_cells(path, change)


def edit_source(path: Path, cell: str, old: str, new: str) -> None:
    """Replace text within a cell's source, where it must stand once."""
    source = cell_source(path, cell)
    assert source.count(old) == 1, f"{cell} has {source.count(old)} times {old!r}"
    edit_cell(path, cell, source.replace(old, new))


def cell_source(path: Path, cell: str) -> str:
    """Return a cell's source."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (found,) = ["".join(item["source"]) for item in cells if item["id"] == cell]
    return found


def new_cell(path: Path, cell: str, source: str, *, before: str | None = None) -> None:
    """Add a code cell at the end, or before another cell."""
    fresh = {
        "id": cell,
        "cell_type": "code",
        "metadata": {},
        "source": source.splitlines(keepends=True),
        "execution_count": None,
        "outputs": [],
    }

    def change(cells: list[dict[str, Any]]) -> None:
        place = [item["id"] for item in cells].index(before) if before else len(cells)
        cells.insert(place, fresh)

    _edit_cells(path, change)


def drop_cell(path: Path, cell: str) -> None:
    """Delete a cell."""

    def change(cells: list[dict[str, Any]]) -> None:
        cells[:] = [item for item in cells if item["id"] != cell]

    _edit_cells(path, change)


def judged(root: Path, gate: str, record: RunRecord | None = None) -> GateResult:
    """Let one gate look at a project and at its last run, or at the record given."""
    return look(
        gate_named(gate),
        GateInput(Project.open(root).load(), record or last_run(root / "logs/quality")),
    )


def refusal(result: GateResult, *, path: str, where: str = "", what: str = "") -> Finding:
    """Return the one finding about a path, place and matter; it must exist and name a remedy."""
    fitting = [
        finding
        for finding in result.findings
        if finding.path == path and where in finding.where and what in finding.what
    ]
    shown = "\n".join(f"{f.path} | {f.where} | {f.what}" for f in result.findings) or "(nothing)"
    assert len(fitting) == 1, f"{len(fitting)} findings of {path} | {where} | {what} in:\n{shown}"
    assert fitting[0].remedy
    assert result.verdict in {"failed", "draft only"}
    return fitting[0]


def notebook_of(*sources: str) -> Notebook:
    """Return a notebook in memory whose code cells hold these sources."""
    cells = (
        Cell(f"c{number}", number, source, (), None) for number, source in enumerate(sources, 1)
    )
    return Notebook("notebooks/math/verify_x.ipynb", "X", "python3", tuple(cells))
