"""Mutation operators: small edits of a function's text, each one a mistake that somebody could make.

An edit is text, so that its diff is the same on every Python. Its last variant says what is meant, with
parentheses enough; an earlier one is shown instead where it means the same.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from proofbook.autopsy.strength.source import Source

# Part of every record: raise it when an operator is added, changed or removed.
OPERATORS_VERSION = 1

Function = ast.FunctionDef | ast.AsyncFunctionDef


_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
}
_COMPARISON: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
_CLAMPS = {"min", "max"}
# Swapping what they take changes nothing but ties, or no verdict but a type error.
_NOT_SWAPPED = {*_CLAMPS, "isinstance", "issubclass"}
_NOT_MUTATED = {"annotation", "returns", "decorator_list", "type_params", "msg"}


@dataclass(frozen=True)
class Edit:
    """Bytes from `start` to `end` replaced; `line` is that of the statement, from 1."""

    operator: str
    start: int
    end: int
    variants: tuple[str, ...]
    line: int


def edits_of(function: Function, source: Source) -> Iterator[Edit]:
    """Return every edit of a function's body, in the order of the text."""
    for statement in function.body:
        yield from _walk(statement, statement, _Place(source, _returns_truth(function)))


@dataclass(frozen=True)
class _Place:
    source: Source
    truth: bool


def _returns_truth(function: Function) -> bool:
    return isinstance(function.returns, ast.Name) and function.returns.id == "bool"


def _walk(node: ast.AST, statement: ast.stmt, place: _Place) -> Iterator[Edit]:
    if isinstance(node, ast.Raise | ast.JoinedStr) or type(node).__name__ == "TypeAlias":
        return
    if isinstance(node, ast.stmt):
        statement = node
    for operator, of_node in _OPERATORS.items():
        for start, end, variants in of_node(node, place):
            yield Edit(operator, start, end, variants, statement.lineno)
    for name, value in ast.iter_fields(node):
        if name in _NOT_MUTATED or isinstance(value, ast.arguments):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child, statement, place)


_Found = Iterator[tuple[int, int, tuple[str, ...]]]


def _replaced(node: ast.expr, text: str, place: _Place) -> tuple[int, int, tuple[str, ...]]:
    start, end = place.source.span(node)
    return start, end, (text, f"({text})")


def _arithmetic(node: ast.AST, place: _Place) -> _Found:
    source = place.source
    if isinstance(node, ast.BinOp) and not (_is_text(node.left) or _is_text(node.right)):
        old, new = _ARITHMETIC.get(type(node.op), ("", ""))
        if old:
            left, right = source.text(node.left), source.text(node.right)
            plain = source.with_token(node, node.left, node.right, old, new)
            start, end = source.span(node)
            yield start, end, (plain, f"({plain})", f"(({left}) {new} ({right}))")
    elif isinstance(node, ast.AugAssign) and not _is_text(node.value):
        old, new = _ARITHMETIC.get(type(node.op), ("", ""))
        if old:
            plain = source.with_token(node, node.target, node.value, f"{old}=", f"{new}=")
            yield (*source.span(node), (plain,))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def _sign(node: ast.AST, place: _Place) -> _Found:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield _replaced(node, place.source.text(node.operand), place)


def _boolean(node: ast.AST, place: _Place) -> _Found:
    if not isinstance(node, ast.BoolOp):
        return
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    parts = [place.source.text(value) for value in node.values]
    meant = f" {new} ".join(f"({part})" for part in parts)
    plain = place.source.with_tokens(node, node.values, old, new)
    start, end = place.source.span(node)
    yield start, end, (plain, f"({plain})", f"({meant})")


def _comparison(node: ast.AST, place: _Place) -> _Found:
    if not isinstance(node, ast.Compare):
        return
    operands = [node.left, *node.comparators]
    for index, op in enumerate(node.ops):
        old, others = _COMPARISON[type(op)]
        for new in others:
            pair = operands[index], operands[index + 1]
            text = place.source.with_token(node, *pair, old, new)
            yield (*place.source.span(node), (text,))


def _constant(node: ast.AST, place: _Place) -> _Found:
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return
    value = node.value
    if isinstance(value, int | float):
        for changed in (value + 1, value - 1, type(value)(0)):
            if changed != value:
                yield _replaced(node, repr(changed), place)


def _clamp(node: ast.AST, place: _Place) -> _Found:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)) or node.keywords:
        return
    fitting = (node.func.id in _CLAMPS and len(node.args) == 2) or (
        node.func.id == "abs" and len(node.args) == 1
    )
    if fitting and not any(isinstance(item, ast.Starred) for item in node.args):
        for item in node.args:
            yield _replaced(node, place.source.text(item), place)


def _arguments(node: ast.AST, place: _Place) -> _Found:
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in _NOT_SWAPPED:
        return
    for left, right in zip(node.args, node.args[1:], strict=False):
        if isinstance(left, ast.Starred) or isinstance(right, ast.Starred):
            continue
        source = place.source
        start, _ = source.span(left)
        _, end = source.span(right)
        swapped = source.text(right) + source.gap(left, right) + source.text(left)
        meant = f"({source.text(right)}), ({source.text(left)})"
        yield start, end, (swapped, meant)


def _statement(node: ast.AST, place: _Place) -> _Found:
    guard = (
        isinstance(node, ast.If)
        and len(node.body) == 1
        and isinstance(node.body[0], ast.Raise)
        and not node.orelse
    )
    said = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    if guard or said or isinstance(node, ast.AugAssign):
        assert isinstance(node, ast.stmt)
        yield (*place.source.span(node), ("pass",))


def _off_by_one(node: ast.AST, place: _Place) -> _Found:
    moved: list[tuple[ast.expr, str]] = []
    if isinstance(node, ast.Slice):
        moved += [(node.lower, "+")] if node.lower else []
        moved += [(node.upper, "+"), (node.upper, "-")] if node.upper else []
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        stop = node.args[:1] if len(node.args) == 1 else node.args[1:2]
        moved += [(item, op) for item in stop for op in "+-" if not isinstance(item, ast.Starred)]
    for item, op in moved:
        text, (start, end) = place.source.text(item), place.source.span(item)
        yield start, end, (f"{text} {op} 1", f"({text}) {op} 1", f"(({text}) {op} 1)")


def _condition(node: ast.AST, place: _Place) -> _Found:
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        yield from _negated(test, place)


def _returned(node: ast.AST, place: _Place) -> _Found:
    if not isinstance(node, ast.Return) or node.value is None:
        return
    value = node.value
    if isinstance(value, ast.Constant) and type(value.value) is bool:
        yield _replaced(value, repr(not value.value), place)
    elif place.truth or isinstance(value, ast.BoolOp | ast.Compare):
        yield from _negated(value, place)


def _negated(test: ast.expr, place: _Place) -> _Found:
    """Negate a condition, unless another operator does: a single comparison, or a `not`."""
    single = isinstance(test, ast.Compare) and len(test.ops) == 1
    if single or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        return
    text = place.source.text(test)
    start, end = place.source.span(test)
    yield start, end, (f"not {text}", f"not ({text})", f"(not ({text}))")


_OPERATORS: dict[str, Callable[[ast.AST, _Place], _Found]] = {
    "arithmetic": _arithmetic,
    "sign": _sign,
    "boolean": _boolean,
    "comparison": _comparison,
    "constant": _constant,
    "clamp": _clamp,
    "arguments": _arguments,
    "statement": _statement,
    "off by one": _off_by_one,
    "condition": _condition,
    "returned truth": _returned,
}
