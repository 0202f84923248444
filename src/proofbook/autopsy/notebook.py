"""A notebook as the framework sees it: code cells, export cells, VERIFY cells, digests."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from proofbook.autopsy.canonical import parse_json, read_bytes, sha256_hex
from proofbook.autopsy.cells import VerifyMark, exported_code, is_export, verify_marks
from proofbook.autopsy.code_digest import code_digest, tree_digest
from proofbook.autopsy.errors import ProofbookError

# Tags that change what a run does; other tags are for the reader.
_RUN_TAGS = {"skip-execution", "raises-exception", "parameters"}


@dataclass(frozen=True)
class Cell:
    """A code cell; `index` counts all cells of the notebook from 0."""

    id: str
    index: int
    source: str
    tags: tuple[str, ...]
    execution_count: int | None

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, or None where the cell is not plain Python."""
        try:
            return ast.parse(self.source)
        except (SyntaxError, ValueError):
            return None

    @cached_property
    def digest(self) -> str:
        """Digest of the cell's code and of the tags that change its run."""
        tags = sorted(_RUN_TAGS & set(self.tags))
        return sha256_hex("\n".join([code_digest(self.source), *tags]).encode())

    @cached_property
    def marks(self) -> list[VerifyMark]:
        """The VERIFY marks."""
        return verify_marks(self.source)

    @property
    def exports(self) -> bool:
        """Whether the cell is marked `#| export`."""
        return is_export(self.source)

    @property
    def label(self) -> str:
        """What the cell is called in messages: number and id."""
        return f"cell {self.index + 1} ({self.id})"


@dataclass(frozen=True)
class Notebook:
    """A notebook on disk; `path` is relative to the project's root."""

    path: str
    title: str
    kernel_spec: str
    cells: tuple[Cell, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of the code cells in order; prose, comments and outputs do not count."""
        parts = [f"{is_export(cell.source):d} {cell.digest}" for cell in self.cells]
        return sha256_hex("\n".join(parts).encode())

    @property
    def export_cells(self) -> list[Cell]:
        """The cells marked `#| export`, in order."""
        return [cell for cell in self.cells if cell.exports]

    @cached_property
    def exports(self) -> list[tuple[str, Cell, ast.stmt]]:
        """The top-level names that the export cells define: (name, cell, statement)."""
        found: list[tuple[str, Cell, ast.stmt]] = []
        for cell in self.export_cells:
            tree = cell.tree
            for statement in tree.body if tree else []:
                found.extend((name, cell, statement) for name in defined_names(statement))
        return found

    @cached_property
    def exports_digest(self) -> str:
        """Digest of the exported code as one module."""
        sources = [exported_code(cell.source) for cell in self.export_cells]
        return code_digest("\n\n".join(sources))

    def export_digests(self) -> list[tuple[str, str, str]]:
        """Return (symbol, cell id, digest of its defining statement) in notebook order."""
        return [(name, cell.id, tree_digest(node)) for name, cell, node in self.exports]

    def verify_cells(self) -> dict[str, list[Cell]]:
        """Return the VERIFY cells by lemma as marked (`L1` or `INV-…#L1`)."""
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            for mark in cell.marks:
                name = f"{mark.invariant}#{mark.lemma}" if mark.invariant else mark.lemma
                found.setdefault(name, []).append(cell)
        return found

    def lemma_cell(self, lemma: str) -> Cell | None:
        """Return the first VERIFY cell of a full lemma id `INV-…#L1`."""
        marked = self.verify_cells()
        cells = marked.get(lemma) or marked.get(lemma.split("#")[1])
        return cells[0] if cells else None


def defined_names(statement: ast.stmt) -> list[str]:
    """Return the names that a top-level statement defines (imports define none here)."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return [
        name.id
        for target in targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    ]


def read_notebook(root: Path, path: str) -> Notebook:
    """Read and check a notebook of format 4.

    Raises:
        ProofbookError: it is missing, not JSON, or no notebook of format 4.
    """
    content = parse_json(read_bytes(root / path), path)
    return _from_json(content, path)


def _from_json(content: Any, path: str) -> Notebook:
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ProofbookError(
            "is not a notebook", path=path, field="cells", remedy="save it again from Jupyter"
        )
    if content.get("nbformat") != 4:
        raise ProofbookError(
            f"is of notebook format {content.get('nbformat')!r}",
            path=path,
            field="nbformat",
            remedy="open and save it in Jupyter to bring it to format 4",
        )
    _check_ids(content, path)
    _check_against_format(content, path)
    title = ""
    cells = []
    for index, cell in enumerate(content["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and not title:
            heading = re.search(r"^#\s+(.+?)\s*$", source, re.MULTILINE)
            title = heading[1] if heading else ""
        if cell["cell_type"] == "code":
            tags = tuple(cell["metadata"].get("tags", ()))
            name = str(cell.get("id", f"cell-{index + 1}"))
            cells.append(Cell(name, index, source, tags, cell.get("execution_count")))
    spec = content["metadata"].get("kernelspec", {}).get("name", "python3")
    return Notebook(path, title or Path(path).stem, str(spec), tuple(cells))


def _check_ids(content: Any, path: str) -> None:
    """Refuse what nbformat would mend with a random id, another one on every run."""
    seen = set()
    for index, cell in enumerate(content["cells"]):
        if content.get("nbformat_minor") in range(5) or not isinstance(cell, dict):
            continue  # before format 4.5 no cell had an id; what is no cell is refused by the format
        name = cell.get("id")
        if name is None or name in seen:
            raise ProofbookError(
                "has no id" if name is None else f"has the id {name!r} of an earlier cell",
                path=path,
                field=f"cell {index + 1}",
                remedy="save it again from Jupyter",
            )
        seen.add(name)


def _check_against_format(content: Any, path: str) -> None:
    import nbformat

    try:
        nbformat.validate(content)
    except nbformat.ValidationError as error:
        raise ProofbookError(
            f"is not a notebook: {str(error).splitlines()[0]}",
            path=path,
            remedy="save it again from Jupyter",
        ) from error
