"""The mutants of a notebook's exported functions: distinct by syntax tree, in an order that nobody chose."""

import ast
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from proofbook.autopsy.canonical import sha256_hex
from proofbook.autopsy.code_digest import tree_digest
from proofbook.autopsy.notebook import Cell, Notebook
from proofbook.autopsy.strength.operators import Edit, Function, edits_of
from proofbook.autopsy.strength.source import Source

ID_DIGITS = 16


@dataclass(frozen=True)
class Mutant:
    """One edit of one function: `cell_source` is the whole cell with it, `diff` what a reader is shown.

    `line` counts from the function's `def`, which is line 1.
    """

    id: str
    function: str
    operator: str
    line: int
    cell: str
    cell_source: str
    original: str
    mutated: str

    @property
    def diff(self) -> str:
        """The unified diff within the function, line numbers counted from its `def`."""
        lines = difflib.unified_diff(
            self.original.splitlines(), self.mutated.splitlines(), "kernel", "mutant", "", "", 1, ""
        )
        return "".join(f"{line}\n" for line in lines)


def mutants_of(notebook: Notebook) -> list[Mutant]:
    """Return every distinct mutant of a notebook's exported functions, ordered by id.

    Mutants whose syntax tree is that of the original, or of another mutant, are left out. The order is
    that of digests, so that the first n are a sample that depends on nothing but the code.
    """
    found: dict[str, Mutant] = {}
    for cell in notebook.export_cells:
        for mutant in _of_cell(cell):
            found.setdefault(mutant.id, mutant)
    return [mutant for _, mutant in sorted(found.items())]


@lru_cache(maxsize=64)
def _of_cell(cell: Cell) -> tuple[Mutant, ...]:
    source = Source(cell.source)
    return tuple(
        mutant
        for statement in (cell.tree.body if cell.tree else [])
        for name, function in _functions(statement, "")
        for mutant in _of_function(cell, source, statement, name, function)
    )


def _functions(statement: ast.stmt, outer: str) -> Iterator[tuple[str, Function]]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        yield outer + statement.name, statement
    elif isinstance(statement, ast.ClassDef):
        for inner in statement.body:
            yield from _functions(inner, f"{outer}{statement.name}.")


def _of_function(
    cell: Cell, source: Source, statement: ast.stmt, name: str, function: Function
) -> Iterator[Mutant]:
    top, end = source.span(statement)
    begin, stop = source.span(function)
    seen = {tree_digest(statement)}
    for edit in edits_of(function, source):
        chosen = _readable(source, edit, top, end)
        if chosen is None or chosen[1] in seen:
            continue
        text, tree = chosen
        seen.add(tree)
        whole = source.edited(edit.start, edit.end, text)
        longer = len(whole.encode()) - len(source.data)
        yield Mutant(
            id=sha256_hex(f"{name}\n{tree}".encode())[:ID_DIGITS],
            function=name,
            operator=edit.operator,
            line=edit.line - function.lineno + 1,
            cell=cell.id,
            cell_source=whole,
            original=source.data[begin:stop].decode(),
            mutated=whole.encode()[begin : stop + longer].decode(),
        )


def _readable(source: Source, edit: Edit, top: int, end: int) -> tuple[str, str] | None:
    """Return the first variant that means what the last one does, and the digest of the tree."""
    digests = {}
    for text in reversed(edit.variants):
        statement = source.data[top : edit.start] + text.encode() + source.data[edit.end : end]
        digests[text] = _digest(statement.decode())
    meant = digests[edit.variants[-1]]
    if meant is None:
        return None
    return next((text, meant) for text in edit.variants if digests[text] == meant)


def _digest(text: str) -> str | None:
    try:
        return tree_digest(ast.parse(text).body[0])
    except (SyntaxError, ValueError):
        return None


def sample(mutants: Iterable[Mutant], budget: int | None) -> list[Mutant]:
    """Return the mutants that are run: all, or the first `budget` by id."""
    ordered = sorted(mutants, key=lambda mutant: mutant.id)
    return ordered if budget is None else ordered[:budget]
