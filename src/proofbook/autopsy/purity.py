"""What a notebook may not do: import unverified project code, draw unseeded, read a clock or the network.

A static reading of each cell. Names are followed through imports, aliases and constant `getattr`, so
`from numpy import random as r; draw = r.rand` is seen. What cannot be followed is refused: star imports,
`exec`, a module handed on as a value. What a reading cannot see, such as a seed that comes out as None, is
left to the gate determinism.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from proofbook.autopsy.impure_names import (
    BUILTINS,
    BY_NAME,
    CARRIED,
    ENTROPY,
    HARMLESS,
    HELD,
    INNER,
    NOT_HANDED_ON,
    OFFERED,
    PROCESS_PREFIXES,
    REMEDIES,
    SCIPY_DRAWING,
    SEEDED,
    SEEDED_CLASSES,
    SEEDS,
    SYMBOLS,
    Kind,
)
from proofbook.autopsy.names import Names
from proofbook.autopsy.notebook import Cell, Notebook


@dataclass(frozen=True)
class Impurity:
    """Something a cell does and may not; `line` counts from 1 within the cell."""

    cell: Cell
    line: int
    what: str
    remedy: str


def impurities(notebook: Notebook, project_packages: frozenset[str]) -> list[Impurity]:
    """Return what a kernel notebook does and may not do.

    Args:
        notebook: the notebook to read.
        project_packages: top-level import names of the project's own code.
    """
    names = Names()
    for cell in notebook.cells:  # all first: a function may use what a later cell imports
        for node in ast.walk(cell.tree) if cell.tree else ():
            names.learn(node)
    found = []
    for cell in notebook.cells:
        if cell.tree is None:
            found.append(Impurity(cell, 1, "is not plain Python", REMEDIES["magic"]))
            continue
        said = {
            (getattr(node, "lineno", 1), kind, what)
            for node, parent in _with_parents(cell.tree)
            for kind, what in _judge(node, parent, names, project_packages)
        }
        found += [Impurity(cell, line, what, REMEDIES[kind]) for line, kind, what in sorted(said)]
    return found


def _with_parents(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    yield tree, None
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            yield child, parent


def _judge(
    node: ast.AST, parent: ast.AST | None, names: Names, packages: frozenset[str]
) -> Iterator[tuple[Kind, str]]:
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from _judge_import(node, packages)
        case ast.Call():
            yield from _judge_call(node, names)
        case ast.Name(id=name, ctx=ast.Load()) if name not in names.known:
            if name in BUILTINS:
                yield "dynamic", f"runs code that cannot be read: {name}"
            elif name == "get_ipython":
                yield "magic", "runs IPython magics: get_ipython"
        case ast.Attribute(value=value, attr=name, ctx=context):
            held = isinstance(value, ast.Name) and value.id in names.laboratory
            carrier = names.full_name(value)
            if carrier and name in CARRIED:
                yield "dynamic", f"reaches a module through another: {carrier}.{name}"
            elif name == "random" and carrier and not _within(carrier, "numpy"):
                yield "random", f"draws from the shared generator: {carrier}.random"
            if name in INNER or (name == "__dict__" and names.full_name(value)):
                yield "dynamic", f"runs code that cannot be read: {name}"
            elif name in HELD or (held and not isinstance(context, ast.Load)):
                yield "dynamic", f"reaches into the laboratory: {name}"
        case ast.Constant(value=str(name)) if name in HELD:
            yield "dynamic", f"names what the laboratory keeps: {name}"
    yield from _judge_reference(node, parent, names)


def _judge_import(
    node: ast.Import | ast.ImportFrom, packages: frozenset[str]
) -> Iterator[tuple[Kind, str]]:
    if isinstance(node, ast.ImportFrom) and node.level:
        yield "project", "imports relatively"
        return
    start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        if alias.name == "*":
            yield "dynamic", f"imports names that cannot be followed: {start}*"
        yield from _judge_name(start + alias.name)
        yield from _judge_project(start + alias.name, packages)


def _judge_reference(
    node: ast.AST, parent: ast.AST | None, names: Names
) -> Iterator[tuple[Kind, str]]:
    """Judge a name in full, `a.b.c`, once: not its beginnings `a` and `a.b`."""
    full = names.full_name(node)
    if full is None or (isinstance(parent, ast.Attribute) and parent.value is node):
        return
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        if isinstance(node, ast.Attribute):
            yield "dynamic", f"changes imported code: {full}"
        return
    yield from _judge_name(full)
    yield from _judge_drawing(full, node, parent)
    if _within(full, "proofbook"):
        yield from _judge_project(full, frozenset())
    if full in NOT_HANDED_ON and not _is_followed(node, parent):
        yield "dynamic", f"hands on the module {full}, where its use cannot be read"


def _judge_name(full: str) -> Iterator[tuple[Kind, str]]:
    """Judge an imported or used name by what it stands for."""
    plain = full.lstrip("_")  # `_socket` is what `socket` is made of
    for kind, what, known in BY_NAME:
        if any(_within(plain, name) or _within(full, name) for name in known):
            yield kind, f"{what}: {full}"
    if plain.startswith(PROCESS_PREFIXES):
        yield "process", f"starts processes: {full}"


def _judge_project(full: str, packages: frozenset[str]) -> Iterator[tuple[Kind, str]]:
    parts = full.split(".")
    if parts[0] == "proofbook":
        inner = (len(parts) > 2 and parts[2] not in OFFERED) or (
            parts[2:3] == ["symbolic"] and not set(parts[3:]) <= SYMBOLS
        )
        private = any(part.startswith("_") for part in parts)
        if (len(parts) > 1 and parts[1] != "lab") or inner or private:
            yield "project", f"imports the framework's own code: {full}"
    elif parts[0] in packages:
        yield "project", f"imports project code: {full}"


def _within(full: str, name: str) -> bool:
    return full == name or full.startswith(f"{name}.")


def _judge_call(call: ast.Call, names: Names) -> Iterator[tuple[Kind, str]]:
    full = names.full_name(call.func) or ""
    first = call.args[0] if call.args else None
    seeds = [keyword for keyword in call.keywords if keyword.arg in SEEDS]
    match call.func:
        case ast.Name(id="setattr" | "delattr") if first and names.full_name(first):
            yield "dynamic", f"changes imported code: {names.full_name(first)}"
        case ast.Attribute(attr="example") if not call.args and not call.keywords:
            yield "random", "draws an example unseeded"
        case ast.Attribute(attr="rvs") if not seeds:
            yield "random", "draws unseeded randomness: rvs(…) has no random_state"
    if full in SCIPY_DRAWING and not seeds:
        yield "random", f"draws unseeded randomness: {full}(…) has no seed"
    elif full == "numpy.datetime64" and isinstance(first, ast.Constant):
        if first.value in {"now", "today"}:
            yield "clock", f"reads the clock: {full}"
    elif full in SEEDED and _has_no_seed(call):
        yield "random", f"draws unseeded randomness: {full}() has no seed"


def _judge_drawing(full: str, node: ast.AST, parent: ast.AST | None) -> Iterator[tuple[Kind, str]]:
    module = next((name for name in ("random", "numpy.random") if full.startswith(f"{name}.")), "")
    drawn = full.removeprefix(f"{module}.").split(".")[0]
    maker = f"{module}.{drawn}"
    if not module or maker in HARMLESS | SEEDED_CLASSES:
        return
    if maker not in SEEDED:
        if maker not in ENTROPY:
            yield "random", f"draws from the shared generator: {full}"
        return
    called = isinstance(parent, ast.Call) and parent.func is node
    if not called and not _is_followed(node, parent):
        yield "random", f"hands on {maker}, where its seed cannot be read"


def _has_no_seed(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    unread = any(isinstance(item, ast.Starred) for item in call.args)
    unread = unread or any(keyword.arg is None for keyword in call.keywords)
    return unread or all(isinstance(item, ast.Constant) and item.value is None for item in given)


def _is_followed(node: ast.AST, parent: ast.AST | None) -> bool:
    """Say whether a use of a module only gives it another name, or reads a name from it."""
    match parent:
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=ast.Name()) | ast.NamedExpr():
            return True
        case ast.Call(func=ast.Name(id="getattr"), args=[first, ast.Constant(value=str()), *_]):
            return first is node
    return False
