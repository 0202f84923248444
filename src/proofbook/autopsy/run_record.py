"""What a run found: every notebook, every cell, and where its files are. Durations and dates live here."""

import contextlib
import json
import shutil
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import read_json
from proofbook.autopsy.errors import ProofbookError

ABANDONED_AFTER_SECONDS = 3600
CellStatus = Literal["passed", "failed", "timed out", "died", "not run"]
NotebookStatus = Literal["passed", "failed", "timed out", "died", "not assembled"]


@dataclass(frozen=True)
class CellError:
    """Why a cell failed; `trace` is the end of the traceback, without colours."""

    name: str
    message: str
    trace: str


@dataclass(frozen=True)
class CellResult:
    """One code cell's run."""

    id: str
    label: str
    lemmas: list[str]
    status: CellStatus
    seconds: float
    error: CellError | None = None


@dataclass(frozen=True)
class NotebookResult:
    """One notebook's run; `digest` is that of the code that was run."""

    path: str
    kind: str
    kernels: list[str]
    status: NotebookStatus
    seconds: float
    digest: str
    cells: list[CellResult]
    problem: str = ""
    remedy: str = ""

    def failed_cells(self) -> list[CellResult]:
        """Return the cells that ran and did not pass."""
        return [cell for cell in self.cells if cell.status not in {"passed", "not run"}]


@dataclass
class RunRecord:
    """A run of a plan in its own folder under the logs.

    `durations` holds the seconds that the run spent on behalf of a gate, by the gate's name.
    """

    folder: Path
    started: str
    environment: dict[str, str]
    notebooks: list[NotebookResult] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)

    def artifact_bytes(self, kernel: str, *, again: bool = False) -> bytes | None:
        """Return the artifact that this run made of a kernel; `again` for the second run's."""
        path = self.artifact_folder(again=again) / f"{kernel}_verification.json"
        return path.read_bytes() if path.exists() else None

    def artifact_folder(self, *, again: bool = False) -> Path:
        """Return where this run keeps its artifacts."""
        return self.folder / ("artifacts-again" if again else "artifacts")

    def result(self, path: str) -> NotebookResult | None:
        """Return the result of one notebook."""
        return next((item for item in self.notebooks if item.path == path), None)

    def save(self) -> None:
        """Write the record into its folder.

        Raises:
            ProofbookError: the folder cannot be written.
        """
        content = asdict(self) | {"folder": self.folder.name}
        write_atomic(self.folder / "run.json", _pretty(content))


def _pretty(content: Any) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def new_run_folder(logs: Path) -> Path:
    """Make a fresh folder for a run; two runs at once get two folders.

    Raises:
        ProofbookError: the logs folder cannot be written.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    try:
        (logs / "runs").mkdir(parents=True, exist_ok=True)
        for attempt in range(100):
            folder = logs / "runs" / (f"{stamp}-{attempt}" if attempt else stamp)
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise ProofbookError(
            f"cannot be written: {error.strerror}",
            path=logs,
            remedy="make the logs folder writable, or set `logs` in [tool.proofbook]",
        ) from error
    raise ProofbookError("could not make a run folder", path=logs)


def load_run(folder: Path) -> RunRecord:
    """Read a run's record.

    Raises:
        ProofbookError: there is none, or it cannot be read.
    """
    content = read_json(folder / "run.json")
    try:
        notebooks = [_result(item) for item in content["notebooks"]]
        started, environment = content["started"], content["environment"]
        return RunRecord(folder, started, environment, notebooks, content["durations"])
    except (KeyError, TypeError) as error:
        raise ProofbookError(
            "is not the record of a run", path=folder / "run.json", remedy="run the plan again"
        ) from error


def _result(item: dict[str, Any]) -> NotebookResult:
    cells = [
        CellResult(**{**cell, "error": CellError(**cell["error"]) if cell["error"] else None})
        for cell in item["cells"]
    ]
    return NotebookResult(**{**item, "cells": cells})


def last_run(logs: Path) -> RunRecord:
    """Read the newest finished run.

    Raises:
        ProofbookError: there is none.
    """
    for folder in sorted((logs / "runs").glob("*"), reverse=True):
        if (folder / "run.json").exists():
            return load_run(folder)
    raise ProofbookError(
        "no run to judge",
        path=logs / "runs",
        remedy="run `python scripts/ci/notebooks_ci_run.py` or `proofbook validate` first",
    )


def prune_runs(logs: Path, keep: int) -> None:
    """Remove all but the newest `keep` runs; one without a scorecard may be going on beside ours."""
    for folder in sorted((logs / "runs").glob("*"), reverse=True)[keep:]:
        with contextlib.suppress(FileNotFoundError):  # the other run prunes too
            going_on = time.time() - folder.stat().st_mtime < ABANDONED_AFTER_SECONDS
            if going_on and not (folder / "scorecard.json").exists():
                continue
        shutil.rmtree(folder, ignore_errors=True)
