"""Gate 9: the verified package equals what the notebooks export, and nothing in it comes from elsewhere."""

import ast
import sys
from collections.abc import Iterator

from proofbook.autopsy.canonical import read_bytes
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.extraction import differing_cells, render, take_apart, undefined_names
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding
from proofbook.autopsy.project import Project

_EXTRACT = "run `proofbook extract`"
PACKAGE_FILE = "__init__.py"


class ExtractionGate:
    """Extracted code is what the notebooks export."""

    number, name = 9, "extraction"
    summary = "the verified package equals what the notebooks export"

    def check(self, given: GateInput) -> list[Finding]:
        """Extract again and compare."""
        return check_extraction(given.project)


def check_extraction(project: Project) -> list[Finding]:
    """Compare every extracted module with its notebook."""
    folder = project.root / project.settings.verified
    findings: list[Finding] = []
    exporting = {k: n for k, n in project.kernel_notebooks.items() if n.export_cells}
    for kernel, notebook in exporting.items():
        path = folder / f"{kernel}.py"
        name = project.relative(path)
        if not path.exists():
            what = f"{notebook.path} exports code that is not extracted"
            findings.append(Finding(what=what, path=name, remedy=_EXTRACT))
            continue
        try:
            expected = render(notebook, kernel, project.settings)
            found = read_bytes(path).decode("utf-8", errors="replace")
            findings += _compare(project, kernel, expected, found)
            findings += _foreign_imports(project, name, expected)
            findings += [
                Finding(
                    what=f"uses what no export cell defines: {message}",
                    path=name,
                    where=f"line {line}",
                    remedy=f"export its definition in {notebook.path} too",
                )
                for line, message in undefined_names(expected)
            ]
        except ProofbookError as error:
            findings.append(
                Finding(
                    what=error.what,
                    path=error.path or name,
                    where=error.field or "",
                    remedy=error.remedy or _EXTRACT,
                )
            )
    return [*findings, *_strangers(project, set(exporting))]


def _compare(project: Project, kernel: str, expected: str, found: str) -> Iterator[Finding]:
    if found == expected:
        return
    notebook = project.kernel_notebooks[kernel]
    path = f"{project.settings.verified}/{kernel}.py"
    cells = differing_cells(expected, found, path)
    edited = take_apart(found, path).edited
    labels = {cell.id: cell.label for cell in notebook.export_cells}
    if edited:
        what = "was edited by hand; the edit belongs in the notebook"
        remedy = "`proofbook sync` carries it there, `proofbook extract --discard-edits` drops it"
    else:
        what, remedy = "is behind its notebook", _EXTRACT
    for cell in cells or ["comments or layout"]:
        where = f"{notebook.path} {labels.get(cell, cell)}"
        yield Finding(what=what, path=path, where=where, remedy=remedy)


def _foreign_imports(project: Project, name: str, text: str) -> Iterator[Finding]:
    allowed = {*project.settings.verified_imports, *sys.stdlib_module_names}
    own = project.settings.verified_package
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or "."]
        else:
            continue
        for module in modules:
            if module == own or module.startswith(f"{own}."):
                continue
            if module.split(".")[0] not in allowed:
                yield Finding(
                    what=f"imports {module}, which verified code may not",
                    path=name,
                    where=f"line {node.lineno}",
                    remedy="do without it, or add it to `verified_imports` in [tool.proofbook]",
                )


def _strangers(project: Project, kernels: set[str]) -> Iterator[Finding]:
    folder = project.root / project.settings.verified
    if kernels and not (folder / PACKAGE_FILE).exists():
        name = project.relative(folder / PACKAGE_FILE)
        yield Finding(what="is not there", path=name, remedy=_EXTRACT)
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        is_package_file = path.parent == folder and path.name == PACKAGE_FILE
        if is_package_file and path.read_bytes() == package_text(project).encode():
            continue
        if path.parent == folder and path.suffix == ".py" and path.stem in kernels:
            continue
        yield Finding(
            what="comes from no notebook",
            path=project.relative(path),
            remedy="write its notebook, or remove it" if not is_package_file else _EXTRACT,
        )


def package_text(project: Project) -> str:
    """Return the text of the verified package's own `__init__.py`."""
    return f'"""Kernels extracted from {project.settings.notebooks}; never edited by hand."""\n'
