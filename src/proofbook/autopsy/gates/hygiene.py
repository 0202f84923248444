"""Gate 2: notebooks stand on their own, repeat exactly, and check what they say they check."""

from collections.abc import Iterator
from pathlib import Path

from proofbook.autopsy.bindings import shadows
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding
from proofbook.autopsy.notebook import Cell, Notebook
from proofbook.autopsy.project import Project, kernel_of
from proofbook.autopsy.purity import impurities
from proofbook.autopsy.teeth import (
    Functions,
    count_asserts_with_teeth,
    defined_functions,
    lemma_calls,
    toothless,
    verifying_calls,
)

_HIDING_TAGS = {"skip-execution", "raises-exception"}


class HygieneGate:
    """Notebooks are self-contained, repeatable and honest."""

    number, name = 2, "hygiene"
    summary = (
        "no project imports, no unseeded randomness, clock or network; lemmas have VERIFY cells"
    )

    def check(self, given: GateInput) -> list[Finding]:
        """Read every notebook's code."""
        project = given.project
        packages = project_packages(project)
        findings = []
        for notebook in project.kernel_notebooks.values():
            findings += [
                Finding(
                    what=item.what,
                    path=notebook.path,
                    where=f"{item.cell.label} line {item.line}",
                    remedy=item.remedy,
                )
                for item in impurities(notebook, packages)
            ]
            findings += [
                Finding(
                    what=shadow.what,
                    path=notebook.path,
                    where=f"{shadow.cell.label} line {shadow.line}",
                    remedy="use another name: what is verified must be what is exported",
                )
                for shadow in shadows(notebook)
            ]
            findings += _verify_cells(project, notebook)
            findings += _mismarked(notebook)
        for notebook in project.notebooks.values():
            findings += _hidden_state(notebook)
            functions = defined_functions(notebook)
            for cell in notebook.cells:
                findings += _toothless(notebook, cell, functions)
        return findings


def project_packages(project: Project) -> frozenset[str]:
    """Return the import names of the project's own code: in `src/`, beside it and beside the notebooks."""
    names = {"src", "tests", project.settings.verified_package.split(".")[0]}
    for folder in ("", "src", project.settings.notebooks):
        place = project.root / folder
        for path in place.iterdir() if place.is_dir() else ():
            if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py"))):
                names.add(path.stem)
    return frozenset(names)


def _verify_cells(project: Project, notebook: Notebook) -> list[Finding]:
    kernel = kernel_of(notebook.path)
    invariants = [inv for inv in project.invariants.values() if inv.notebook == notebook.path]
    stated = {inv.lemma_id(lemma) for inv in invariants for lemma in inv.lemmas}
    findings, seen = [], set()
    for mark, cells in notebook.verify_cells().items():
        full = mark if "#" in mark else _qualified(mark, stated)
        seen.add(full)
        if full not in stated:
            findings.append(
                Finding(
                    what=f"verifies {mark}, which no invariant of this notebook states",
                    path=notebook.path,
                    where=cells[0].label,
                    remedy=f"state the lemma in the invariant of kernel {kernel}, or remove the cell",
                )
            )
        if len(cells) > 1:
            findings.append(
                Finding(
                    what=f"{mark} has {len(cells)} VERIFY cells",
                    path=notebook.path,
                    where=cells[1].label,
                    remedy="gather its checks in one cell",
                )
            )
        findings += [finding for cell in cells for finding in _empty(notebook, cell, mark)]
    findings += [
        Finding(
            what=f"lemma {lemma} has no VERIFY cell",
            path=notebook.path,
            where=lemma,
            remedy=f"add a cell that starts with `# VERIFY:{lemma.split('#')[1]}`",
            invariant=lemma.split("#")[0],
        )
        for lemma in sorted(stated - seen)
    ]
    return findings


def _mismarked(notebook: Notebook) -> Iterator[Finding]:
    """A lemma's evidence must come from the cell that is marked for it."""
    for cell in notebook.cells:
        marked = {mark.lemma for mark in cell.marks}
        stated = lemma_calls(cell)
        for lemma in sorted(stated - marked):
            yield Finding(
                what=f"verifies {lemma} and is not marked for it",
                path=notebook.path,
                where=cell.label,
                remedy=f"start the cell with `# VERIFY:{lemma}`, and keep one lemma a cell",
            )
        for lemma in sorted(marked - stated):
            yield Finding(
                what=f"is marked VERIFY:{lemma} and states no such lemma",
                path=notebook.path,
                where=cell.label,
                remedy=f'write `with v.lemma("{lemma}") as lemma:` around its checks',
            )


def _qualified(mark: str, stated: set[str]) -> str:
    fitting = [lemma for lemma in stated if lemma.endswith(f"#{mark}")]
    return fitting[0] if len(fitting) == 1 else mark


def _empty(notebook: Notebook, cell: Cell, mark: str) -> list[Finding]:
    if verifying_calls(cell) or count_asserts_with_teeth(cell, defined_functions(notebook)):
        return []
    return [
        Finding(
            what=f"{mark} checks nothing",
            path=notebook.path,
            where=cell.label,
            remedy="call lemma.check, lemma.exhaust or lemma.measure, or assert something",
        )
    ]


def _toothless(notebook: Notebook, cell: Cell, functions: Functions) -> list[Finding]:
    findings = [
        Finding(
            what=what,
            path=notebook.path,
            where=f"{cell.label} line {line}",
            remedy="check the claim itself, and let its failure fail the cell",
        )
        for line, what in toothless(cell, functions)
    ]
    hiding = sorted(_HIDING_TAGS & set(cell.tags))
    if hiding:
        findings.append(
            Finding(
                what=f"the tag {hiding[0]} would hide a failure",
                path=notebook.path,
                where=cell.label,
                remedy="remove the tag",
            )
        )
    return findings


def _hidden_state(notebook: Notebook) -> list[Finding]:
    counts = [cell.execution_count for cell in notebook.cells if cell.source.strip()]
    if all(count is None for count in counts):
        return []
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [
        Finding(
            what=f"its cells were last run as {_short(counts)}, not from top to bottom",
            path=notebook.path,
            where="execution counts",
            remedy=f"run `proofbook run {Path(notebook.path).name}`, or clear the outputs",
        )
    ]


def _short(counts: list[int | None]) -> str:
    shown = [str(count) if count is not None else "–" for count in counts[:8]]
    return ", ".join(shown) + (" …" if len(counts) > 8 else "")
