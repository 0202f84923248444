"""What the thin scripts under `scripts/ci/` and `tools/` call: one gate, one run, one sum."""

from pathlib import Path

from pydantic import ValidationError

from proofbook.autopsy.canonical import read_bytes
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.gates import GATES, GateInput, NotBuilt, gate_named
from proofbook.autopsy.ladder import CircularUse
from proofbook.autopsy.models import GateResult
from proofbook.autopsy.place import find_root
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project, describe, read_plan
from proofbook.autopsy.run_record import RunRecord, last_run, load_run, new_run_folder
from proofbook.autopsy.scorecard import decide, held_to_scorecard, write_report
from proofbook.autopsy.standing import scored_invariants
from proofbook.autopsy.validation import (
    VALIDATING,
    accepted,
    judge_last_run,
    look,
    run_again,
    run_plan,
    runnable,
)


def run_notebooks(plan: Path | None, listeners: Listeners, *, full: bool = False) -> RunRecord:
    """Run a plan (the committed one by default) and keep the record under the logs.

    Raises:
        ProofbookError: the plan cannot be read, or a notebook cannot be run at all.
    """
    project = Project.open(find_root()).load()
    chosen = runnable(project)
    if plan is not None:
        wanted = read_plan(plan, str(plan)).notebooks
        missing = [item.path for item in wanted if item.path not in project.notebooks]
        if missing:
            raise ProofbookError(
                f"plans a notebook that does not exist: {missing[0]}",
                path=plan,
                remedy="regenerate it with `proofbook plan`",
            )
        chosen = wanted
    record = run_plan(project, new_run_folder(project.logs), chosen, VALIDATING, listeners)
    run_again(project, record, listeners, full=full)
    record.save()
    return record


def judge_gate(name: str, run: Path | None) -> GateResult:
    """Let one gate look at a run, the last one by default, and keep its result beside the run.

    Raises:
        ProofbookError: there is no such gate, or no run to judge.
    """
    project = Project.open(find_root())
    return judge_last_run(project, gate_named(name), _folder(project, run))


def aggregate(run: Path | None, branch: str) -> tuple[str, bool, list[GateResult]]:
    """Sum up the gates' results beside a run; return decision, whether it is accepted, and results.

    A gate whose result is missing counts as `not run`, which is never green.

    Raises:
        ProofbookError: there is no run, or a result cannot be read.
    """
    project = Project.open(find_root()).load()
    folder = _folder(project, run)
    record = load_run(folder)
    results = []
    for gate in GATES:
        if isinstance(gate, NotBuilt):
            results.append(look(gate, GateInput(project, record)))
            continue
        path = folder / "gates" / f"{gate.name}.json"
        results.append(_read_result(path) if path.exists() else _not_run(gate.number, gate.name))
    results = held_to_scorecard(project, results)
    try:
        write_report(project, results, folder, scored_invariants(project))
    except CircularUse:
        write_report(project, results, folder, [])
    decision = decide(results)
    return decision, accepted(project, decision, branch), results


def _folder(project: Project, run: Path | None) -> Path:
    return run if run is not None else last_run(project.logs).folder


def _read_result(path: Path) -> GateResult:
    try:
        return GateResult.model_validate_json(read_bytes(path))
    except ValidationError as error:
        raise ProofbookError(
            f"is not a gate's result: {describe(error)}", path=path, remedy="run that gate again"
        ) from error


def _not_run(number: int, name: str) -> GateResult:
    return GateResult(number=number, name=name, verdict="not run", findings=[], seconds=0.0)
