"""Gate 1: all planned notebooks ran, every cell, in order, in a fresh kernel."""

from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding, PlannedNotebook
from proofbook.autopsy.project import PLAN_NAME, planned
from proofbook.autopsy.run_record import CellResult, NotebookResult

_REGENERATE_PLAN = "run `proofbook plan`"
_LIMITS = {"cell_timeout_s", "notebook_timeout_s"}


class NotebooksGate:
    """All planned notebooks ran."""

    number, name = 1, "notebooks"
    summary = "all planned notebooks ran, every cell, in order, in a fresh kernel"

    def check(self, given: GateInput) -> list[Finding]:
        """Hold the plan to the tree, and the run to the plan."""
        return [*_plan_findings(given), *_run_findings(given)]


def _plan_findings(given: GateInput) -> list[Finding]:
    project = given.project
    plan_path = f"{project.settings.generated}/{PLAN_NAME}"
    if project.plan is None:
        return [Finding(what="there is no plan", path=plan_path, remedy=_REGENERATE_PLAN)]
    listed = {item.path: item for item in project.plan.notebooks}
    wanted = {item.path: item for item in planned(project).notebooks}
    findings = []
    for path in project.notebook_paths:
        if path not in wanted:
            findings.append(
                Finding(
                    what="is neither a kernel's notebook nor an implementation notebook",
                    path=path,
                    where="file name",
                    remedy="name it verify_<kernel>.ipynb or "
                    "<kernel>_implementation_verification.ipynb, or move it elsewhere",
                )
            )
        elif path not in listed:
            findings.append(Finding(what="is not in the plan", path=path, remedy=_REGENERATE_PLAN))
    for path, item in listed.items():
        if path not in project.notebooks:
            findings.append(
                Finding(
                    what=f"plans a notebook that does not exist: {path}",
                    path=plan_path,
                    remedy=_REGENERATE_PLAN,
                )
            )
        elif path in wanted and not _same(item, wanted[path]):
            findings.append(
                Finding(
                    what=f"the plan of {path} differs from what its name and the settings say",
                    path=plan_path,
                    where=path,
                    remedy=_REGENERATE_PLAN,
                )
            )
    return findings


def _same(left: PlannedNotebook, right: PlannedNotebook) -> bool:
    return left.model_dump(exclude=_LIMITS) == right.model_dump(exclude=_LIMITS)


def _run_findings(given: GateInput) -> list[Finding]:
    findings = []
    for item in given.project.plan.notebooks if given.project.plan else []:
        if item.path not in given.project.notebooks:
            continue
        result = given.run.result(item.path)
        if result is None or result.digest != given.project.notebooks[item.path].digest:
            what = "was not run" if result is None else "was changed since it ran"
            findings.append(
                Finding(what=what, path=item.path, remedy="run the plan: `proofbook validate`")
            )
        else:
            findings += findings_of(result)
    return findings


def findings_of(result: NotebookResult) -> list[Finding]:
    """Return what kept a notebook's run from passing."""
    findings = [_of_cell(result, cell) for cell in result.failed_cells()]
    if not findings and result.status != "passed":
        remedy = result.remedy or "open the notebook and run it from the top"
        findings.append(
            Finding(what=result.problem or result.status, path=result.path, remedy=remedy)
        )
    elif not findings and any(cell.status == "not run" for cell in result.cells):
        findings.append(
            Finding(what="not every cell ran", path=result.path, remedy="run the plan again")
        )
    return findings


def _of_cell(result: NotebookResult, cell: CellResult) -> Finding:
    error = cell.error
    said = f"{error.name}: {error.message}" if error else cell.status
    lemma = f"VERIFY:{', '.join(cell.lemmas)} " if cell.lemmas else ""
    remedies = {
        "timed out": "make the cell end, or raise `cell_timeout_s` in [tool.proofbook]",
        "died": "find what kills the kernel: memory, a signal, a crash in compiled code",
        "failed": "mend the lemma or the kernel; the executed copy under the logs shows the traceback",
    }
    return Finding(
        what=f"{lemma}{cell.status}: {said}",
        path=result.path,
        where=cell.label,
        remedy=(result.remedy if cell.status == "timed out" else "") or remedies[cell.status],
    )
