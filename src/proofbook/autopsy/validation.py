"""Validating: run the plan, let every gate look, decide. No tracked file is written."""

import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from proofbook.autopsy.assembly import assemble, locked_versions
from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.discharge import discharge_claims, proof_stores
from proofbook.autopsy.errors import NotAssembled
from proofbook.autopsy.execution import Conditions, Engine
from proofbook.autopsy.gates import GATES, Gate, GateInput, NeedsTools, NotBuilt
from proofbook.autopsy.ladder import CircularUse
from proofbook.autopsy.models import (
    Decision,
    Finding,
    GateResult,
    PlannedNotebook,
    ScoredInvariant,
    Verdict,
)
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import (
    NotebookResult,
    RunRecord,
    load_run,
    new_run_folder,
    prune_runs,
)
from proofbook.autopsy.scorecard import decide, held_to_scorecard, verdict_of, write_report
from proofbook.autopsy.staleness import stale_parts
from proofbook.autopsy.standing import scored_invariants
from proofbook.autopsy.strength.recheck import recheck

# Regenerating and validating differ in the hash seed, so that evidence that rests on it is found out.
REGENERATING = Conditions(hash_seed=0)
VALIDATING = Conditions(hash_seed=1)
ELSEWHERE = Conditions(hash_seed=2, threads=2, blas_core="Nehalem")


@dataclass(frozen=True)
class Outcome:
    """What a validation decided."""

    decision: Decision
    results: list[GateResult]
    invariants: list[ScoredInvariant]
    folder: Path


def validate(project: Project, listeners: Listeners, *, full: bool = False) -> Outcome:
    """Run the plan and judge the project; with `full`, run it a second time under other conditions.

    Raises:
        ProofbookError: the tool could not run.
        KeyboardInterrupt: it was interrupted; nothing is left running.
    """
    project.load()
    folder = new_run_folder(project.logs)
    record = run_plan(project, folder, runnable(project), VALIDATING, listeners)
    run_again(project, record, listeners, full=full)
    record.save()
    prune_runs(project.logs, project.settings.keep_runs)
    return judge(project, GateInput(project, record), listeners)


def runnable(project: Project) -> list[PlannedNotebook]:
    """Return the planned notebooks that exist; what is missing is said by the gate notebooks."""
    planned = project.plan.notebooks if project.plan else []
    return [item for item in planned if item.path in project.notebooks]


def run_plan(
    project: Project,
    folder: Path,
    plan: list[PlannedNotebook],
    conditions: Conditions,
    listeners: Listeners,
    *,
    discharging: bool = False,
) -> RunRecord:
    """Run notebooks into a run's folder and make artifacts of what they emit.

    With `discharging`, what they claim and no committed proof covers is given to solvers first.

    Raises:
        ProofbookError: a notebook cannot be run at all, or the folder cannot be written.
    """
    locked_versions(project)  # what artifacts rest on must be readable before hours are spent
    listeners.phase("notebooks")
    started = datetime.now(UTC).isoformat(timespec="seconds")
    record = RunRecord(folder, started, conditions.environment())
    start = time.perf_counter()
    results = _engine(project, folder, conditions, listeners).run(plan)
    record.durations["notebooks"] = round(time.perf_counter() - start, 3)
    if discharging:
        start = time.perf_counter()
        discharge_claims(project, folder, _emitted(results, folder), listeners)
        record.durations["proofs"] = round(time.perf_counter() - start, 3)
    record.notebooks = _with_artifacts(project, results, folder, record.artifact_folder())
    return record


def _emitted(results: list[NotebookResult], folder: Path) -> list[Path]:
    proving = [r for r in results if r.kind == "kernel" and r.status == "passed"]
    return [folder / "evidence" / f"{Path(result.path).stem}.json" for result in proving]


def _engine(project: Project, folder: Path, conditions: Conditions, listeners: Listeners) -> Engine:
    return Engine(
        root=project.root,
        executed=folder / "notebooks",
        evidence=folder / "evidence",
        workers=project.settings.worker_count(),
        conditions=conditions,
        import_path=project.import_environment()["PYTHONPATH"],
        package=project.settings.verified_package,
        verified=project.root / project.settings.verified,
        progress=listeners.notebooks,
    )


def _with_artifacts(
    project: Project, results: list[NotebookResult], folder: Path, target: Path
) -> list[NotebookResult]:
    judged, stores = [], proof_stores(project, target.parent)
    for result in results:
        if result.kind == "kernel" and result.status == "passed":
            evidence = folder / "evidence" / f"{Path(result.path).stem}.json"
            for kernel in result.kernels:
                try:
                    made = assemble(project, kernel, evidence, stores)
                    write_atomic(target / f"{kernel}_verification.json", made)
                except NotAssembled as error:
                    problem = f"{error.where}: {error.what}"
                    result = replace(  # noqa: PLW2901
                        result, status="not assembled", problem=problem, remedy=error.remedy
                    )
        judged.append(result)
    return judged


def run_again(project: Project, record: RunRecord, listeners: Listeners, *, full: bool) -> None:
    """Run a second time what gave other bytes though nothing changed, or everything with `full`.

    With `full` some of the recorded verdicts on mutants are sought again, too.
    """
    if full:
        recheck(project, record, listeners)
    again = [item for item in runnable(project) if full or _suspicious(project, record, item)]
    again = [item for item in again if item.kind == "kernel"]
    if not again:
        return
    listeners.phase("second run")
    folder = record.folder / "again"
    # As the artifact was made: where that gives its bytes again, they rest on the conditions, and no hand
    # has touched them.
    conditions = ELSEWHERE if full else REGENERATING
    start = time.perf_counter()
    results = _engine(project, folder, conditions, listeners).run(again)
    _with_artifacts(project, results, folder, record.artifact_folder(again=True))
    record.durations["determinism"] = round(time.perf_counter() - start, 3)
    shutil.rmtree(folder, ignore_errors=True)


def _suspicious(project: Project, record: RunRecord, item: PlannedNotebook) -> bool:
    for kernel in item.kernels if item.kind == "kernel" else ():
        made, committed = record.artifact_bytes(kernel), project.artifacts.get(kernel)
        if made is None or committed is None or committed.model is None:
            continue
        if made != committed.data and not stale_parts(project, kernel, committed.model):
            return True
    return False


def judge(project: Project, given: GateInput, listeners: Listeners) -> Outcome:
    """Let every gate look at a run, decide, and write the report to the logs."""
    listeners.phase("gates")
    results = []
    for gate in GATES:
        result = look(gate, given)
        results.append(result)
        listeners.gate(result)
    if not given.scorecard_follows:
        results = held_to_scorecard(project, results)
    try:
        invariants = scored_invariants(project)
    except CircularUse:
        invariants = []
    write_report(project, results, given.run.folder, invariants)
    return Outcome(decide(results), results, invariants, given.run.folder)


def look(gate: Gate | NotBuilt, given: GateInput) -> GateResult:
    """Let one gate look."""
    if isinstance(gate, NotBuilt):
        return GateResult(
            number=gate.number, name=gate.name, verdict="not built", findings=[], seconds=0.0
        )
    start = time.perf_counter()
    findings = gate.check(given)
    return GateResult(
        number=gate.number,
        name=gate.name,
        verdict=_verdict(gate, findings, given),
        findings=findings,
        seconds=round(time.perf_counter() - start + given.run.durations.get(gate.name, 0.0), 3),
    )


def _verdict(gate: Gate, findings: list[Finding], given: GateInput) -> Verdict:
    found = verdict_of(findings, given.project)
    lacking = isinstance(gate, NeedsTools) and gate.lacks(given)
    return "not run" if lacking and found != "failed" else found


def judge_last_run(project: Project, gate: Gate, folder: Path) -> GateResult:
    """Let one gate look at a finished run, and keep its result beside the run.

    Raises:
        ProofbookError: there is no such run, or input cannot be read.
    """
    result = look(gate, GateInput(project.load(), load_run(folder)))
    write_atomic(
        folder / "gates" / f"{gate.name}.json", (result.model_dump_json(indent=1) + "\n").encode()
    )
    return result


def accepted(project: Project, decision: Decision, branch: str) -> bool:
    """Say whether a decision is accepted on a branch: green everywhere, yellow where settings allow."""
    if decision == "green":
        return True
    return decision == "yellow" and branch in project.settings.accept_yellow_on
