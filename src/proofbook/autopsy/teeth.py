"""Checks without teeth: assertions, properties and measures that cannot fail, read off a cell's code."""

import ast
import operator
from collections.abc import Iterator, Mapping
from typing import Any

from proofbook.autopsy.notebook import Cell, Notebook

CHECKING = frozenset({"check", "exhaust", "measure", "holds", "refute"})
_PROPERTIES = frozenset({"check", "exhaust", "refute"})
# Builtins that depend on nothing but their arguments.
_PURE = frozenset(
    {
        *("abs", "all", "any", "bool", "bytes", "callable", "complex", "dict", "divmod", "float"),
        *("frozenset", "int", "isinstance", "len", "list", "max", "min", "pow", "range", "repr"),
        *("round", "set", "sorted", "str", "sum", "tuple", "type"),
    }
)
_COMPARE: dict[type[ast.cmpop], Any] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}
_CATCHING = frozenset({"AssertionError", "Exception", "BaseException", "LemmaFailed"})
Functions = Mapping[str, ast.FunctionDef | ast.Lambda]


def toothless(cell: Cell, functions: Functions) -> list[tuple[int, str]]:
    """Return line and description of every check of a cell that cannot fail or whose failure is caught.

    Args:
        cell: the cell to read.
        functions: what `defined_functions` finds in its notebook.
    """
    if cell.tree is None:
        return []
    found = [(line, "this assertion cannot fail") for line in _asserts(cell.tree, functions)]
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found += [(node.lineno, what) for what in _of_call(node, node.func.attr, functions)]
        elif isinstance(node, ast.Try | ast.With) and _catches(node):
            found += [(line, "a failure here would be caught") for line in _checks_within(node)]
    return sorted(found)


def count_asserts_with_teeth(cell: Cell, functions: Functions) -> int:
    """Return how many assertions of a cell, inside functions or not, can fail."""
    if cell.tree is None:
        return 0
    every = sum(isinstance(node, ast.Assert) for node in ast.walk(cell.tree))
    return every - len(_asserts(cell.tree, functions))


def verifying_calls(cell: Cell) -> int:
    """Return how many calls of a lemma's methods (`lemma.check` …) a cell makes."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CHECKING
        for node in (ast.walk(cell.tree) if cell.tree else ())
    )


def defined_functions(notebook: Notebook) -> Functions:
    """Return the functions that a notebook defines, by name."""
    found: dict[str, ast.FunctionDef | ast.Lambda] = {}
    for cell in notebook.cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            match node:
                case ast.FunctionDef(name=name):
                    found[name] = node
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                    found[name] = function
    return found


def _asserts(tree: ast.AST, functions: Functions) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) and cannot_change(node.test, functions)
    ]


def cannot_change(test: ast.expr, functions: Functions | None = None) -> bool:
    """Say whether a test always comes out the same; `functions` are those that its notebook defines."""
    if isinstance(test, ast.Name) and functions and test.id in functions:
        return True  # a function that was not called is always true
    return always(test) is not None or _is_constant(test)


def _of_call(call: ast.Call, method: str, functions: Functions) -> Iterator[str]:
    if method in _PROPERTIES and call.args:
        prop: ast.AST | None = call.args[0]
        if isinstance(prop, ast.Name):
            prop = functions.get(prop.id)
        constant = isinstance(prop, ast.Lambda) and cannot_change(prop.body, functions)
        if constant or (isinstance(prop, ast.FunctionDef) and _only_returns_constants(prop)):
            yield "this property cannot fail"
    second = call.args[1] if len(call.args) > 1 else None
    for keyword in call.keywords:
        second = keyword.value if keyword.arg in {"truth", "value"} else second
    if second is not None and method == "holds" and cannot_change(second, functions):
        yield "this fact cannot be false"
    elif second is not None and method == "measure" and _is_constant(second):
        yield "this measure is not computed"


def _only_returns_constants(function: ast.FunctionDef) -> bool:
    inside = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, ast.Call | ast.Raise | ast.Subscript) for node in inside):
        return False  # these may raise, which fails a check
    asserts = [node.test for node in inside if isinstance(node, ast.Assert)]
    returned = [node.value or ast.Constant(None) for node in inside if isinstance(node, ast.Return)]
    return all(cannot_change(test) for test in [*asserts, *returned])


def always(test: ast.expr) -> bool | None:
    """Return what a test always comes to; None where that depends on something."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            starred = [isinstance(item, ast.Starred) for item in items]
            return None if starred and all(starred) else bool(items)
        case ast.Dict(keys=keys):
            return None if keys and not any(keys) else bool(keys)
        case ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.JoinedStr(values=values) if any(isinstance(v, ast.Constant) for v in values):
            return True
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = always(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=which, values=values):
            deciding, found = isinstance(which, ast.Or), [always(value) for value in values]
            if deciding in found:
                return deciding
            return None if None in found else not deciding
        case ast.IfExp(test=condition, body=body, orelse=orelse):
            outcomes = {True: [body], False: [orelse], None: [body, orelse]}[always(condition)]
            first, *rest = [always(outcome) for outcome in outcomes]
            return first if all(other == first for other in rest) else None
        case ast.NamedExpr(value=value):
            return always(value)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            return _compared(left, comparison, right)
    return None


def _compared(left: ast.expr, comparison: ast.cmpop, right: ast.expr) -> bool | None:
    if ast.dump(left) == ast.dump(right):
        return True if isinstance(comparison, ast.Eq | ast.LtE | ast.GtE | ast.Is) else None
    try:
        compare = _COMPARE[type(comparison)]
        return bool(compare(ast.literal_eval(left), ast.literal_eval(right)))
    except (KeyError, ValueError, TypeError):
        return None


def _is_constant(test: ast.expr) -> bool:
    """Say whether nothing but literals and pure builtins stand in an expression."""
    return not any(
        isinstance(node, ast.Attribute | ast.Await | ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Name) and node.id not in _PURE)
        for node in ast.walk(test)
    )


def _catches(block: ast.Try | ast.With) -> bool:
    if isinstance(block, ast.With):
        calls = [item.context_expr for item in block.items]
        return any(
            isinstance(call, ast.Call)
            and _last_name(call.func) in {"suppress", "raises"}
            and any(_names_failure(caught) for caught in call.args)
            for call in calls
        )
    inside = [node for statement in block.finalbody for node in ast.walk(statement)]
    if any(isinstance(node, ast.Return | ast.Break | ast.Continue) for node in inside):
        return True  # leaving a `finally` drops the error that is on its way
    return any(
        (handler.type is None or _names_failure(handler.type))
        and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))
        for handler in block.handlers
    )


def _names_failure(caught: ast.expr) -> bool:
    items = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(_last_name(item) in _CATCHING for item in items)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _checks_within(block: ast.Try | ast.With) -> list[int]:
    return [
        node.lineno
        for statement in block.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Assert)
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CHECKING
        )
    ]


def lemma_calls(cell: Cell) -> set[str]:
    """Return the lemmas (`L1`) that a cell states by `….lemma("L1")`; `?` for a computed name."""
    found: set[str] = set()
    for node in ast.walk(cell.tree) if cell.tree else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="lemma"), args=[ast.Constant(value=str(name))]):
                found.add(name.split("#")[-1])
            case ast.Call(func=ast.Attribute(attr="lemma")):
                found.add("?")
    return found
