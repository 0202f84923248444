"""Which cells of a notebook are run against a mutant, and what a digest of them says."""

import ast
from collections.abc import Collection

from proofbook.autopsy.canonical import sha256_hex
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.notebook import Cell, Notebook

_PLOTTING = "matplotlib"


def run_cells(notebook: Notebook) -> list[Cell]:
    """Return the cells that are run, in order: all but those that only draw.

    Raises:
        ProofbookError: a cell is not plain Python, or is tagged to be run otherwise.
    """
    for cell in notebook.cells:
        if cell.tree is None or "skip-execution" in cell.tags or "raises-exception" in cell.tags:
            raise ProofbookError(
                "cannot be run against mutants: it is not plain Python that runs to its end",
                path=notebook.path,
                field=cell.label,
                remedy="write it without magics, shell lines and execution tags",
            )
    drawing = _plotting_names(notebook)
    cells = list(notebook.cells)
    return [
        cell
        for index, cell in enumerate(cells)
        if not _only_draws(cell, cells[index + 1 :], drawing)
    ]


def proof_cells(notebook: Notebook, lemmas: Collection[str] | None = None) -> list[Cell]:
    """Return the cells that are run where only proofs count: exports, proofs, and what these need.

    A cell is needed if it binds a name that a later needed cell reads, or changes what such a name holds.

    Args:
        notebook: whose cells.
        lemmas: only proofs of these, by full id; None for all.

    Raises:
        ProofbookError: as for `run_cells`.
    """
    needed: list[Cell] = []
    read: set[str] = set()
    recording = _verifications(
        notebook
    )  # `v.vectors(…)`, `v.emit()`: no proof reads what they keep
    for cell in reversed(run_cells(notebook)):
        assert cell.tree is not None
        if (
            cell.exports
            or (_proves(cell.tree) and (lemmas is None or _is_about(cell, lemmas)))
            or read & (_bound(cell.tree) | (_changed(cell) - recording))
        ):
            needed.append(cell)
            read |= _names(ast.walk(cell.tree))
    return needed[::-1]


def checks_digest(notebook: Notebook) -> str:
    """Return the digest of what is run against a mutant: every cell that is run and exports nothing.

    Oracles and strategies stand outside of VERIFY cells and decide as much as these do.
    """
    lines = [
        f"{cell.id} export" if cell.exports else f"{cell.id} {cell.digest}"
        for cell in run_cells(notebook)
    ]
    return sha256_hex("\n".join(lines).encode())


def has_proofs(notebook: Notebook) -> bool:
    """Say whether any cell calls `prove`."""
    return any(cell.tree and not cell.exports and _proves(cell.tree) for cell in notebook.cells)


def _proves(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "prove"
        for node in ast.walk(tree)
    )


def _is_about(cell: Cell, lemmas: Collection[str]) -> bool:
    """Say whether a cell may prove one of these lemmas; one without a mark may prove any."""
    named = [lemma.partition("#") for lemma in lemmas]
    return not cell.marks or any(
        mark.lemma == lemma and mark.invariant in (None, invariant)
        for mark in cell.marks
        for invariant, _, lemma in named
    )


def _verifications(notebook: Notebook) -> set[str]:
    return {
        target.id
        for cell in notebook.cells
        for node in (cell.tree.body if cell.tree else [])
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if isinstance(node.value.func, ast.Name) and node.value.func.id == "Verification"
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _changed(cell: Cell) -> set[str]:
    """Return the names whose values a cell may change without binding them; a VERIFY cell records, that is all.

    What its checks append to and count is not seen: they are not run where only proofs count.
    """
    found: set[str] = set()
    if cell.marks or cell.tree is None:
        return found
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.Attribute | ast.Subscript):
            called = isinstance(node.ctx, ast.Load) and isinstance(node, ast.Subscript)
            inner: ast.expr = node
            while isinstance(inner, ast.Attribute | ast.Subscript):
                inner = inner.value
            if isinstance(inner, ast.Name) and not called:
                found.add(inner.id)
    return found


def _plotting_names(notebook: Notebook) -> set[str]:
    """Return the names under which a notebook knows its plotting library."""
    found = set()
    for cell in notebook.cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.split(".")[0] == _PLOTTING:
                        found.add(alias.asname or _PLOTTING)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PLOTTING):
                found |= {alias.asname or alias.name for alias in node.names}
    return found


def _only_draws(cell: Cell, later: list[Cell], drawing: set[str]) -> bool:
    """Say whether a cell plots, verifies nothing, and leaves nothing that a later cell reads."""
    if cell.exports or cell.marks or cell.tree is None:
        return False
    nodes = list(ast.walk(cell.tree))
    if any(isinstance(node, ast.Assert) for node in nodes) or not drawing & _names(nodes):
        return False
    if any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes):
        return False
    stored = _bound(cell.tree)
    read: set[str] = set()
    for other in later:
        read |= _names(ast.walk(other.tree)) if other.tree else set()
    return not stored & read


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that a cell binds in the notebook; those of functions and comprehensions are not."""
    found: set[str] = set()
    open_nodes: list[ast.AST] = list(tree.body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.NamedExpr):
            found.add(node.target.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.comprehension):
            open_nodes += [node.iter, *node.ifs]
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            open_nodes.extend(ast.iter_child_nodes(node))
    return found


def _names(nodes: object) -> set[str]:
    return {
        node.id
        for node in nodes  # type: ignore[attr-defined]
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
