"""Reading the source of code that is run on symbols: messages of errors, and tests of identity."""

import ast
import dis
import inspect
import linecache
import textwrap
from functools import cache
from itertools import pairwise
from types import CodeType, FrameType, FunctionType
from typing import Any

from proofbook.lab.symbolic.polynomial import Refused

IDENTITY = "__proofbook_is__"
_PATTERNS = {"MATCH_CLASS", "MATCH_MAPPING", "MATCH_SEQUENCE", "MATCH_KEYS"}


def is_message(frame: FrameType) -> bool:
    """Say whether a frame is at work on a `raise` or an `assert`, where text is for people alone."""
    lines = tuple(linecache.getlines(frame.f_code.co_filename))
    return any(first <= frame.f_lineno <= last for first, last in _messages(lines))


@cache
def _messages(lines: tuple[str, ...]) -> list[tuple[int, int]]:
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return []
    return [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise | ast.Assert)
    ]


def code_for_symbols(function: FunctionType, names: dict[str, Any]) -> CodeType:
    """Return a function's code, tests of identity (`a is True`) turned into calls of `IDENTITY`.

    `is` compares objects: no symbol is True or 1, though it may stand for it.

    Raises:
        Refused: the function matches patterns of classes, or tests identity where its source cannot be
            rewritten (in a lambda, in a closure).
    """
    code = function.__code__
    instructions = list(_instructions(code))
    if any(item.opname in _PATTERNS for item in instructions):
        raise Refused(f"{function.__qualname__} matches patterns of classes or sequences")
    if not _tests_identity(instructions):
        return code
    tree = _definition(function)
    if tree is None or code.co_freevars:
        raise Refused(
            f"{function.__qualname__} tests identity: write `==`, or a function of its own"
        )
    tree.decorator_list = []
    rewritten = ast.Module([_Rewriting().visit(tree)], [])
    found: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(rewritten), code.co_filename, "exec"), names, found)
    made: FunctionType = found[tree.name]
    return made.__code__


def _instructions(code: CodeType) -> list[dis.Instruction]:
    inner = [
        item
        for part in code.co_consts
        if isinstance(part, CodeType)
        for item in _instructions(part)
    ]
    return [*dis.get_instructions(code), *inner]


def _tests_identity(instructions: list[dis.Instruction]) -> bool:
    """Say whether something else than None or a named type is tested for identity."""
    for before, item in pairwise(instructions):
        if item.opname == "IS_OP":
            none = before.opname in {"LOAD_CONST", "RETURN_CONST"} and before.argval is None
            if not none and before.opname not in {"LOAD_GLOBAL", "LOAD_NAME"}:
                return True
    return False


def _definition(function: FunctionType) -> ast.FunctionDef | None:
    try:
        text = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(text)
    except (OSError, TypeError, SyntaxError):
        return None
    ast.increment_lineno(tree, function.__code__.co_firstlineno - 1)
    first = tree.body[0]
    return first if isinstance(first, ast.FunctionDef) else None


class _Rewriting(ast.NodeTransformer):
    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        identity = [isinstance(op, ast.Is | ast.IsNot) for op in node.ops]
        if not any(identity):
            return node
        if len(node.ops) != 1:
            raise Refused("a chain of comparisons tests identity")
        call = ast.Call(ast.Name(IDENTITY, ast.Load()), [node.left, *node.comparators], [])
        return call if isinstance(node.ops[0], ast.Is) else ast.UnaryOp(ast.Not(), call)
