"""Running some recorded verdicts again: a record whose verdicts do not come out again is refused."""

import json
import time
from pathlib import Path
from typing import Any

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import read_json
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import KindStrength, StrengthRecord
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import RunRecord
from proofbook.autopsy.strength.audit import audit
from proofbook.autopsy.strength.harness import Harness, Kind, Verdict
from proofbook.autopsy.strength.mutants import mutants_of

KILLED_AGAIN, SURVIVORS_AGAIN = 1, 1
_FILE = "strength.json"


def recheck(project: Project, run: RunRecord, listeners: Listeners) -> None:
    """Run some mutants of every sound record again, and keep the verdicts with the run.

    Raises:
        ProofbookError: the run's folder cannot be written.
        KeyboardInterrupt: it was interrupted; no process is left.
    """
    listeners.phase("strength again")
    start = time.perf_counter()
    found: dict[str, Any] = {}
    for kernel in project.kernel_notebooks:
        known = audit(project, kernel)
        if known.record is None or known.problems:
            continue
        found[kernel] = {
            kind: _again(project, kernel, kind, strength) for kind, strength in _kinds(known.record)
        }
    write_atomic(run.folder / _FILE, (json.dumps(found, indent=1) + "\n").encode())
    run.durations["strength"] = round(time.perf_counter() - start, 3)


def _kinds(record: StrengthRecord) -> list[tuple[Kind, KindStrength]]:
    kinds: list[tuple[Kind, KindStrength | None]]
    kinds = [("asserts", record.asserts), ("proofs", record.proofs)]
    return [(name, kind) for name, kind in kinds if kind is not None]


def _again(project: Project, kernel: str, kind: Kind, strength: KindStrength) -> dict[str, str]:
    wanted = {item.id for item in strength.killed[:KILLED_AGAIN]}
    wanted |= {item.id for item in strength.survivors[:SURVIVORS_AGAIN]}
    mutants = [item for item in mutants_of(project.kernel_notebooks[kernel]) if item.id in wanted]
    verdicts: dict[str, str] = {}

    def done(verdict: Verdict) -> None:
        verdicts[verdict.id] = verdict.how

    try:
        Harness(project, kernel, kind, project.settings.worker_count()).run(mutants, done)
    except ProofbookError as error:
        return {"": error.what}
    return verdicts


def verdicts_again(folder: Path, kernel: str) -> dict[str, dict[str, str]]:
    """Return what came out again in a run, by kind and mutant; nothing where nothing was run again.

    Raises:
        ProofbookError: the file cannot be read.
    """
    path = folder / _FILE
    content = read_json(path) if path.is_file() else {}
    return dict(content.get(kernel, {}))


def contradicted(record: StrengthRecord, again: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Return (field, what) of every recorded verdict that did not come out again."""
    wrong: list[tuple[str, str]] = []
    for name, kind in _kinds(record):
        killed = {item.id for item in kind.killed}
        for mutant, how in again.get(name, {}).items():
            if not mutant:
                wrong.append((name, f"could not be run again: {how}"))
            elif (how != "survived") != (mutant in killed):
                said = "killed" if mutant in killed else "survived"
                now = "survives" if how == "survived" else "is killed"
                wrong.append((f"{name} {mutant}", f"is recorded as {said}, and now it {now}"))
    return wrong
