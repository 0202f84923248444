"""What a notebook's cells bind and use at top level: is what was verified what is exported?"""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from proofbook.autopsy.notebook import Cell, Notebook, defined_names
from proofbook.autopsy.teeth import CHECKING

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# What these are given does not come back out of `v` and `lemma`.
_LABORATORY = CHECKING | {"lemma", "vectors", "input", "emit"}
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Shadow:
    """A name that a cell binds anew, so that what is verified is no longer what is exported."""

    cell: Cell
    line: int
    what: str


def shadows(notebook: Notebook) -> list[Shadow]:
    """Return where a notebook rebinds an exported name, a name that exported code rests on, or a builtin."""
    exported, imported = _exported(notebook), _imported(notebook)
    seen: set[str] = set()
    found = []
    for cell in notebook.cells:
        for node in _at_top_level(cell.tree):
            line = getattr(node, "lineno", 1)
            for name, import_ in _bound(node):
                if name in exported:
                    if not cell.exports:
                        found.append(Shadow(cell, line, f"binds {name} anew, which is exported"))
                    elif name in seen and name != "_" and not _is_overload(node):
                        found.append(Shadow(cell, line, f"exports {name} a second time"))
                    if not _is_overload(node):
                        seen.add(name)
                elif name in imported and import_ not in imported[name]:
                    what = f"binds {name} anew, which exported code imports"
                    found.append(Shadow(cell, line, what))
                elif hasattr(builtins, name):
                    found.append(
                        Shadow(cell, line, f"binds {name} anew, which Python has built in")
                    )
            target = _changed(node)
            if target in exported:
                found.append(Shadow(cell, line, f"changes {target}, which is exported"))
    return found


def reached_exports(notebook: Notebook, cell: Cell) -> set[str]:
    """Return the exported names that a cell uses, itself or by what other cells define."""
    rests_on: dict[str, set[str]] = {}
    for other in notebook.cells:
        for name, used in _dependencies(other.tree.body if other.tree else []):
            rests_on.setdefault(name, set()).update(used)
    reached: set[str] = set()
    open_names = list(_used(cell.tree)) if cell.tree else []
    while open_names:
        name = open_names.pop()
        if name not in reached:
            reached.add(name)
            open_names.extend(rests_on.get(name, ()))
    return reached & _exported(notebook)


def _dependencies(body: list[ast.stmt]) -> Iterator[tuple[str, set[str]]]:
    """Yield each name that statements bind or fill, with the names that its value rests on."""
    for statement in body:
        match statement:
            case ast.With(items=items, body=inner):
                for item in items:
                    for name in _stored(item.optional_vars):
                        yield name, _used(item.context_expr)
                yield from _dependencies(inner)
            case ast.For(target=target, iter=source, body=inner, orelse=orelse):
                for name in _stored(target):
                    yield name, _used(source)
                yield from _dependencies([*inner, *orelse])
            case ast.If(body=inner, orelse=orelse) | ast.While(body=inner, orelse=orelse):
                yield from _dependencies([*inner, *orelse])
            case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=final):
                caught = [line for handler in handlers for line in handler.body]
                yield from _dependencies([*inner, *caught, *orelse, *final])
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method))):
                if method not in _LABORATORY:
                    yield name, _used(statement)  # `found.append(…)`
            case _:
                bound = {name for node in _within(statement) for name, _ in _bound(node)}
                for name in bound | _filled(statement):
                    yield name, _used(statement)


def _stored(target: ast.expr | None) -> set[str]:
    return {name for node in (ast.walk(target) if target else ()) for name, _ in _bound(node)}


def _filled(statement: ast.stmt) -> set[str]:
    """Return the names whose items or fields an assignment sets: `table[key] = …`."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AugAssign) else targets
    bases = [t.value for t in targets if isinstance(t, ast.Subscript | ast.Attribute)]
    return {base.id for base in bases if isinstance(base, ast.Name)}


def _exported(notebook: Notebook) -> set[str]:
    return {name for name, _, _ in notebook.exports}


def _imported(notebook: Notebook) -> dict[str, set[str]]:
    """Return the names that export cells import, and what each stands for."""
    found: dict[str, set[str]] = {}
    for cell in notebook.export_cells:
        for node in _at_top_level(cell.tree):
            for name, import_ in _bound(node):
                if import_:
                    found.setdefault(name, set()).add(import_)
    return found


def _at_top_level(tree: ast.AST | None) -> Iterator[ast.AST]:
    """Yield the nodes of a tree that bind in its own scope."""
    for child in ast.iter_child_nodes(tree) if tree else ():
        yield from _within(child)


def _within(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, _COMPREHENSIONS):
        # Its variables are its own; only `:=` binds outside.
        yield from (inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
        return
    for child in ast.iter_child_nodes(node):
        yield from _within(child)


def _bound(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each name that a node binds, and what it imports under that name, if it does."""
    match node:
        case ast.Import(names=names):
            for alias in names:
                top = alias.name.split(".")[0]
                yield alias.asname or top, alias.name if alias.asname else top
        case ast.ImportFrom(module=module, names=names):
            for alias in names:
                yield alias.asname or alias.name, f"{module}.{alias.name}"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield from ((name, "") for name in defined_names(node))
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name, ""
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name, ""
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name, ""
    # `global` in a function binds here as well.
    if isinstance(node, _SCOPES):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                yield from ((name, "") for name in inner.names)


def _is_overload(node: ast.AST) -> bool:
    """Say whether a function is one of several signatures of the next: `@overload`, as typing wants it."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(ast.unparse(item).split(".")[-1] == "overload" for item in decorators)


def _changed(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[ast.Name(id=name), *_]):
            return name
    return None


def _used(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
