"""Carrying an edit made in an extracted module back into the notebook cells it came from."""

import ast
import json
from dataclasses import dataclass
from typing import Any, TypeGuard

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import parse_json, read_bytes, read_text
from proofbook.autopsy.cells import exported_code
from proofbook.autopsy.code_digest import code_digest
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.extraction import render, split_imports, take_apart, to_laboratory
from proofbook.autopsy.notebook import Cell, Notebook, defined_names
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

    A kernel whose module was edited in layout alone comes back without cells.

    Raises:
        ProofbookError: notebook and module were both edited, or an edit fits no cell. Nothing is
            written in that case.
    """
    edits = []
    for kernel, notebook in project.kernel_notebooks.items():
        path = project.root / project.settings.verified / f"{kernel}.py"
        if not path.exists() or not notebook.export_cells:
            continue
        edited = _Edited(project, kernel, notebook, read_text(path, project.relative(path)))
        if edited.module.edited and edited.text != edited.expected:
            changed = edited.changed_cells()
            edits.append((Synced(kernel, notebook.path, list(changed)), changed))
    for synced, changed in edits:
        if changed:
            _write_cells(project, synced.notebook, changed)
    return [synced for synced, _ in edits]


class _Edited:
    """An extracted module that may have been edited, beside the notebook it came from."""

    def __init__(self, project: Project, kernel: str, notebook: Notebook, text: str) -> None:
        self.project, self.notebook, self.text = project, notebook, text
        self.name = f"{project.settings.verified}/{kernel}.py"
        self.module = take_apart(text, self.name)
        self.expected = render(notebook, kernel, project.settings)

    def changed_cells(self) -> dict[str, str]:
        """Return the new source of each cell that the edit changes.

        Raises:
            ProofbookError: the notebook was edited too, or the edit fits no cell.
        """
        if self.module.digest != self.notebook.exports_digest:
            raise self._both_edited()
        self._refuse_what_is_written_anew()
        cells = {cell.id: cell for cell in self.notebook.export_cells}
        parts = {key: split_imports(cell, self.notebook.path) for key, cell in cells.items()}
        header = to_laboratory(self.module.header, self.project.settings)
        imports = _imports_after(header, {key: part[0] for key, part in parts.items()})
        sections = self._sections(set(cells))
        extra = _code_in_header(self.module.header)
        if (
            extra
        ):  # written under the imports, above the first section: it belongs to the first cell
            first = next(iter(cells))
            sections[first] = f"{extra}\n\n\n{sections.get(first, '')}"
        changed = {}
        for cell_id, cell in cells.items():
            old_imports, old_code = parts[cell_id]
            code = sections.get(cell_id, "")
            same_code = _canonical(code) == _canonical(old_code)
            if same_code and imports[cell_id] == old_imports:
                continue
            if not same_code and code_digest(code) == code_digest(old_code):
                self._refuse_comments_on_both_sides()
            changed[cell_id] = _source(cell, imports[cell_id], old_code if same_code else code)
        return changed

    def _both_edited(self) -> ProofbookError:
        return ProofbookError(
            "was edited, and so were the export cells of its notebook",
            path=self.name,
            field=self.notebook.path,
            remedy="undo the edit on one side, then run `proofbook extract` or `proofbook sync`",
        )

    def _refuse_comments_on_both_sides(self) -> None:
        """Digests do not see comments; the text as extracted says whose comment is the newer one."""
        if take_apart(self.expected, self.name).recorded != self.module.recorded:
            raise self._both_edited()

    def _sections(self, cells: set[str]) -> dict[str, str]:
        sections: dict[str, str] = {}
        for section in self.module.sections:
            if section.cell in sections or section.cell not in cells:
                twice = section.cell in sections
                raise ProofbookError(
                    f"has {'two sections' if twice else 'a section'} for "
                    f"{'the' if twice else 'the unknown'} cell {section.cell}",
                    path=self.name,
                    remedy="join them"
                    if twice
                    else f"make a new export cell in {self.notebook.path}",
                )
            sections[section.cell] = section.code
        return sections

    def _refuse_what_is_written_anew(self) -> None:
        try:
            tree = ast.parse(self.text)
        except SyntaxError as error:
            raise ProofbookError(
                f"is not Python: {error.msg}",
                path=self.name,
                field=f"line {error.lineno}",
                remedy="mend it, then run `proofbook sync` again",
            ) from error
        if ast.get_docstring(tree) != ast.get_docstring(ast.parse(self.expected)):
            raise ProofbookError(
                "its docstring was edited, which is the notebook's title",
                path=self.name,
                remedy=f"change the title in {self.notebook.path}",
            )
        before = {name for name, _, _ in self.notebook.exports}
        after = {name for node in tree.body for name in defined_names(node)} - {"__all__"}
        public = [{n for n in names if not n.startswith("_")} for names in (before, after)]
        for node in tree.body:
            if _is_all(node) and _constants(node.value) not in public:
                raise ProofbookError(
                    "lists names that its code does not define, or not all of them",
                    path=self.name,
                    field="__all__",
                    remedy="leave that list alone: it is written from the code",
                )


def _is_all(node: ast.stmt) -> TypeGuard[ast.Assign]:
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "__all__"
        and isinstance(node.value, ast.List | ast.Tuple)
    )


def _constants(node: ast.expr) -> set[object]:
    return {item.value for item in ast.walk(node) if isinstance(item, ast.Constant)}


def _code_in_header(header: str) -> str:
    """Return what stands above the first section besides docstring, imports and `__all__`."""
    lines = header.splitlines()
    body = ast.parse(header).body
    start = body[0].lineno - 1 if body else len(lines)  # the lines above are the digests
    taken = set(range(start))
    for number, node in enumerate(body):
        docstring = number == 0 and isinstance(node, ast.Expr)
        if docstring or _is_all(node) or isinstance(node, ast.Import | ast.ImportFrom):
            taken.update(range(node.lineno - 1, node.end_lineno or node.lineno))
    return "\n".join(line for number, line in enumerate(lines) if number not in taken).strip()


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
