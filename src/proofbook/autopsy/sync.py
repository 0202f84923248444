"""Carrying an edit made in an extracted module back into the notebook cells it came from."""

import ast
import json
from dataclasses import dataclass
from typing import Any

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import parse_json, read_bytes
from proofbook.autopsy.cells import exported_code
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.extraction import Module, render, split_imports, take_apart, to_laboratory
from proofbook.autopsy.notebook import Cell, Notebook
from proofbook.autopsy.project import Project

Names = set[tuple[str, str, str | None]]


@dataclass(frozen=True)
class Synced:
    """What was carried back for one kernel."""

    kernel: str
    notebook: str
    cells: list[str]


def sync(project: Project) -> list[Synced]:
    """Carry edits in the extracted modules back into their notebooks, for all kernels that have any.

    Raises:
        ProofbookError: notebook and module were both edited, or an edit fits no cell. Nothing is
            written in that case.
    """
    edits = []
    for kernel, notebook in project.kernel_notebooks.items():
        path = project.root / project.settings.verified / f"{kernel}.py"
        if not path.exists() or not notebook.export_cells:
            continue
        name = project.relative(path)
        text = _python(read_bytes(path), name)
        if text == render(notebook, kernel, project.settings):
            continue
        module = take_apart(text, name)
        changed = _changed_cells(project, notebook, module, name) if module.edited else {}
        if changed:
            edits.append((Synced(kernel, notebook.path, list(changed)), changed))
    for synced, changed in edits:
        _write_cells(project, synced.notebook, changed)
    return [synced for synced, _ in edits]


def _python(data: bytes, name: str) -> str:
    """Return the text of an edited module; what is not Python must not reach a notebook."""
    try:
        text = data.decode()
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise ProofbookError(
            f"is not Python: {error}",
            path=name,
            field=f"line {line}" if line else None,
            remedy="mend it, or drop the edit with `proofbook extract --discard-edits`",
        ) from error
    return text


def _changed_cells(
    project: Project, notebook: Notebook, module: Module, name: str
) -> dict[str, str]:
    if module.digest != notebook.exports_digest:
        raise ProofbookError(
            "was edited, and so were the export cells of its notebook",
            path=name,
            field=notebook.path,
            remedy="undo the edit on one side, then run `proofbook extract` or `proofbook sync`",
        )
    sections = {section.cell: section.code for section in module.sections}
    cells = {cell.id: cell for cell in notebook.export_cells}
    unknown = sorted(set(sections) - set(cells))
    if unknown:
        raise ProofbookError(
            f"has sections for unknown cells: {', '.join(unknown)}",
            path=name,
            remedy=f"make a new export cell in {notebook.path} instead",
        )
    parts = {cell.id: split_imports(cell, notebook.path) for cell in notebook.export_cells}
    header = to_laboratory(module.header, project.settings)
    imports = _imports_after(header, {key: part[0] for key, part in parts.items()})
    changed = {}
    for cell_id, cell in cells.items():
        old_imports, old_code = parts[cell_id]
        code = sections.get(cell_id, "")
        same_code = _canonical(code) == _canonical(old_code)
        if same_code and imports[cell_id] == old_imports:
            continue
        source = _source(cell, imports[cell_id], old_code if same_code else code)
        changed[cell_id] = source
    return changed


def _canonical(code: str) -> list[str]:
    return [line.rstrip() for line in code.strip().splitlines() if line.strip()]


def _imports_after(header: str, before: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return each cell's imports once names that left the header are dropped and new ones added."""
    wanted: Names = set()
    for node in ast.parse(header).body:
        wanted |= _names(node)
    after: dict[str, list[str]] = {}
    have: Names = set()
    for cell, statements in before.items():
        after[cell] = []
        for statement in statements:
            names = _names(ast.parse(statement).body[0])
            have |= names
            if names <= wanted:
                after[cell].append(statement)
            else:
                after[cell] += _written(names & wanted)
    new = _written(wanted - have)
    if new:
        first = next((cell for cell, statements in before.items() if statements), next(iter(after)))
        after[first] += new
    return after


def _names(node: ast.stmt) -> Names:
    if isinstance(node, ast.Import):
        return {("", alias.name, alias.asname) for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return {(module, alias.name, alias.asname) for alias in node.names}
    return set()


def _written(names: Names) -> list[str]:
    lines = []
    for module, name, alias in sorted(names, key=lambda item: (item[0], item[1], item[2] or "")):
        tail = f"{name} as {alias}" if alias else name
        lines.append(f"from {module} import {tail}" if module else f"import {tail}")
    return lines


def _source(cell: Cell, imports: list[str], code: str) -> str:
    kept = exported_code(cell.source).splitlines()
    directives = [line for line in cell.source.splitlines() if line.startswith("#|")]
    if not kept and not code:
        return "\n".join(directives)
    parts = ["\n".join(directives)]
    if imports:
        parts.append("\n".join(imports))
    body = code.strip("\n")
    if not body:
        return "\n".join(parts)
    between = "\n\n" if imports else "\n"
    if imports and body.startswith(("def ", "class ", "async def ", "@")):
        between = "\n\n\n"  # as formatters want it
    return "\n".join(parts) + between + body


def _write_cells(project: Project, notebook: str, changed: dict[str, str]) -> None:
    path = project.root / notebook
    content: Any = parse_json(read_bytes(path), notebook)
    for index, cell in enumerate(content["cells"]):
        name = cell.get("id", f"cell-{index + 1}")
        if name in changed:
            cell["source"] = changed[name].splitlines(keepends=True)
        if cell["cell_type"] == "code":  # no output belongs to the new code
            cell["outputs"], cell["execution_count"] = [], None
    write_atomic(path, notebook_bytes(content))


def notebook_bytes(content: Any) -> bytes:
    """Return a notebook's JSON as Jupyter writes it."""
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
