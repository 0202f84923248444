"""Regenerating: run the plan, write artifacts, extract, run the implementation notebooks, score."""

from dataclasses import dataclass
from pathlib import Path

from proofbook.autopsy.atomic import write_if_changed
from proofbook.autopsy.canonical import canonical_bytes, parse_json, read_bytes
from proofbook.autopsy.discharge import proof_stores
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.extraction import render, take_apart
from proofbook.autopsy.file_schemas import schema_texts
from proofbook.autopsy.gates import GateInput
from proofbook.autopsy.gates.extraction import PACKAGE_FILE, package_text
from proofbook.autopsy.ladder import CircularUse
from proofbook.autopsy.models import PlannedNotebook
from proofbook.autopsy.notebook import read_notebook
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import PLAN_NAME, SCORECARD_NAME, Project, planned
from proofbook.autopsy.run_record import RunRecord, new_run_folder, prune_runs
from proofbook.autopsy.scorecard import scorecard_bytes, scorecard_of
from proofbook.autopsy.strength.measuring import refresh
from proofbook.autopsy.sync import notebook_bytes
from proofbook.autopsy.validation import REGENERATING, Outcome, judge, run_plan


@dataclass(frozen=True)
class Regenerated:
    """What was written; what the gates say of it, or None after a partial run, which decides nothing."""

    written: list[str]
    record: RunRecord
    planned: int
    outcome: Outcome | None


def write_plan(project: Project) -> list[str]:
    """Write the plan and the JSON Schemas; return what changed.

    Raises:
        ProofbookError: a notebook cannot be read, or a folder cannot be written.
    """
    plan = canonical_bytes(planned(project).model_dump(by_alias=True))
    targets = {project.generated / PLAN_NAME: plan}
    for name, text in schema_texts().items():
        targets[project.root / project.settings.schemas / name] = text
    return [
        project.relative(path) for path, data in targets.items() if write_if_changed(path, data)
    ]


def extract(project: Project, *, discard_edits: bool = False) -> list[str]:
    """Write the extracted modules; return what changed. Modules of vanished notebooks are removed.

    Raises:
        ProofbookError: a module was edited by hand and `discard_edits` is not set; nothing is written.
    """
    folder = project.root / project.settings.verified
    exporting = {k: n for k, n in project.kernel_notebooks.items() if n.export_cells}
    texts = {
        folder / f"{kernel}.py": render(notebook, kernel, project.settings)
        for kernel, notebook in exporting.items()
    }
    present = sorted(folder.glob("*.py")) if folder.is_dir() else []
    gone = [path for path in present if path.name != PACKAGE_FILE and path not in texts]
    for path in present:
        if path.name != PACKAGE_FILE:
            _refuse_edited(project, path, texts.get(path), discard_edits)
    texts[folder / PACKAGE_FILE] = package_text(project)
    written = [path for path, text in texts.items() if write_if_changed(path, text.encode())]
    for path in gone:
        path.unlink()
    return [project.relative(path) for path in [*written, *gone]]


def extract_again(project: Project, kernels: list[str]) -> list[str]:
    """Write the modules of some kernels whatever is in them now; return what changed."""
    folder = project.root / project.settings.verified
    texts = {k: render(project.kernel_notebooks[k], k, project.settings) for k in kernels}
    return [
        project.relative(folder / f"{kernel}.py")
        for kernel, text in texts.items()
        if write_if_changed(folder / f"{kernel}.py", text.encode())
    ]


def _refuse_edited(project: Project, path: Path, wanted: str | None, discard: bool) -> None:
    text = read_bytes(path).decode("utf-8", errors="replace")
    if text == wanted or discard:
        return
    name = project.relative(path)
    if take_apart(text, name).edited:
        raise ProofbookError(
            "was edited by hand",
            path=name,
            remedy="`proofbook sync` carries the edit to its notebook; "
            "`proofbook extract --discard-edits` drops it",
        )


def regenerate(
    project: Project,
    listeners: Listeners,
    only: list[str] | None = None,
    *,
    strength: bool = True,
) -> Regenerated:
    """Run the plan (or some of its notebooks) and write what follows from it.

    Artifacts are written for notebooks that passed; those of a failed notebook stay as they were, and
    the gates say so. Strength is measured where its record is stale, unless `strength` is false. A partial
    run writes no scorecard: the gates cannot judge what did not run.

    Raises:
        ProofbookError: the tool could not run.
        KeyboardInterrupt: it was interrupted; files are whole, written or as they were.
    """
    written = write_plan(project)
    project = Project.open(project.root).load()
    extract_first = project.kernel_notebooks  # refuse hand edits before spending time on a run
    for kernel in extract_first:
        path = project.root / project.settings.verified / f"{kernel}.py"
        if path.exists():
            wanted = render(project.kernel_notebooks[kernel], kernel, project.settings)
            _refuse_edited(project, path, wanted, discard=False)
    plan = _chosen(project, only)
    folder = new_run_folder(project.logs)
    proving = [item for item in plan if item.kind == "kernel"]
    record = run_plan(project, folder, proving, REGENERATING, listeners, discharging=True)
    written += _write_artifacts(project, record)
    written += _write_proofs(project, record)
    written += extract(project)
    checking = [item for item in plan if item.kind == "implementation"]
    checked = run_plan(project, folder, checking, REGENERATING, listeners)
    record.notebooks += checked.notebooks
    record.durations["notebooks"] += checked.durations["notebooks"]
    written += _write_outputs(project, record)
    record.save()
    if strength:
        written += _refresh_strength(project, record, listeners)
    prune_runs(project.logs, project.settings.keep_runs)
    planned_in_all = len(project.plan.notebooks) if project.plan else 0
    if only:
        return Regenerated(written, record, planned_in_all, None)
    project = Project.open(project.root).load()
    outcome = judge(project, GateInput(project, record, scorecard_follows=True), listeners)
    written += write_scorecard(project, outcome)
    return Regenerated(written, record, planned_in_all, outcome)


def _refresh_strength(project: Project, record: RunRecord, listeners: Listeners) -> list[str]:
    """Measure the kernels that passed and whose record is stale."""
    passed = [item for item in record.notebooks if item.status == "passed"]
    kernels = [kernel for item in passed if item.kind == "kernel" for kernel in item.kernels]
    return refresh(Project.open(project.root).load(), kernels, listeners)


def write_scorecard(project: Project, outcome: Outcome) -> list[str]:
    """Write the committed scorecard; return what changed."""
    path = project.generated / SCORECARD_NAME
    try:
        data = scorecard_bytes(scorecard_of(project, outcome.results))
    except CircularUse:
        return []  # said by the gate status; there is no standing to write down
    return [project.relative(path)] if write_if_changed(path, data) else []


def _chosen(project: Project, only: list[str] | None) -> list[PlannedNotebook]:
    plan = project.plan.notebooks if project.plan else []
    if not only:
        return plan
    chosen = []
    for wanted in only:
        fitting = [
            item
            for item in plan
            if wanted in {item.path, Path(item.path).name, Path(item.path).stem}
            or item.kernels == [wanted]
        ]
        if not fitting:
            raise ProofbookError(
                f"no planned notebook or kernel is called {wanted!r}",
                path=f"{project.settings.generated}/{PLAN_NAME}",
                remedy="`proofbook plan` lists them",
            )
        chosen += fitting
    return chosen


def _write_artifacts(project: Project, record: RunRecord) -> list[str]:
    written = []
    for kernel in project.kernel_notebooks:
        made = record.artifact_bytes(kernel)
        path = project.artifact_path(kernel)
        if made is not None and write_if_changed(path, made):
            written.append(project.relative(path))
    for kernel, committed in project.artifacts.items():
        if kernel not in project.kernel_notebooks:
            (project.root / committed.path).unlink()
            written.append(committed.path)
    return written


def _write_proofs(project: Project, record: RunRecord) -> list[str]:
    """Write the statements and proofs of the committed artifacts, and remove those of none."""
    made, committed = proof_stores(project, record.folder)
    project = Project.open(project.root)
    artifacts = [held.model for held in project.artifacts.values() if held.model]
    wanted = {item.statement_sha256 for model in artifacts for item in model.obligations}
    written = []
    for sha256 in sorted(wanted):
        found = made.record(sha256)
        if found is not None:
            written += committed.keep(made.text(sha256), found)
    for path in committed.strangers(wanted):
        path.unlink()
        written.append(path)
    return [project.relative(path) for path in written]


def _write_outputs(project: Project, record: RunRecord) -> list[str]:
    """Put the outputs of passed notebooks into the notebooks, unless they were edited meanwhile."""
    written = []
    for result in record.notebooks:
        path = project.root / result.path
        if (
            result.status != "passed"
            or read_notebook(project.root, result.path).digest != result.digest
        ):
            continue
        executed = parse_json(read_bytes(record.folder / "notebooks" / path.name), result.path)
        content = parse_json(read_bytes(path), result.path)
        if len(content["cells"]) != len(executed["cells"]):
            continue
        for cell, ran in zip(content["cells"], executed["cells"], strict=True):
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = ran["outputs"], ran["execution_count"]
        if write_if_changed(path, notebook_bytes(content)):
            written.append(result.path)
    return written
