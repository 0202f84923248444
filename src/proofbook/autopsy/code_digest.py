"""Digests of code that are the same on every Python the project supports.

`ast.dump` changed in Python 3.12 and 3.13, `ast.unparse` quotes f-strings differently, and 3.12 split
their tokens; so the tree is written out here by rules of our own. Comments, blank lines and quoting
style do not count; docstrings count by their cleaned text.
"""

import ast
from typing import Any

from proofbook.autopsy.canonical import sha256_hex

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_LEFT_OUT = {"ctx", "type_comment", "kind", "type_ignores"}


def code_digest(source: str) -> str:
    """Return the digest of Python source, independent of layout, comments and interpreter.

    Source that is not plain Python (a magic, a shell line) is digested as text, line ends normalised.
    """
    try:
        return tree_digest(ast.parse(source))
    except (SyntaxError, ValueError):
        lines = [line.rstrip() for line in source.strip().splitlines()]
        return sha256_hex("\n".join(["text", *lines]).encode())


def tree_digest(tree: ast.AST) -> str:
    """Return the digest of a syntax tree."""
    return sha256_hex(_write(tree).encode())


def same_code(left: ast.AST, right: ast.AST) -> bool:
    """Say whether two trees mean the same code."""
    return _write(left) == _write(right)


def _write(node: Any) -> str:
    if isinstance(node, ast.JoinedStr):
        return f"(JoinedStr values={_write(_merged(node.values))})"
    if isinstance(node, ast.AST):
        fields = []
        for name in node._fields:
            if name in _LEFT_OUT:
                continue
            value = getattr(node, name, None)
            if value is None or value == []:
                continue
            if name == "body" and isinstance(node, _DOCUMENTED):
                value = _clean_docstring(value)
            fields.append(f"{name}={_write(value)}")
        return f"({type(node).__name__} {' '.join(fields)})"
    if isinstance(node, list):
        return "[" + ",".join(_write(item) for item in node) + "]"
    # `repr` escapes what the interpreter's edition of Unicode does not know; `ascii` escapes all.
    return f"{type(node).__name__}:{node!a}"


def _clean_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return [ast.Expr(ast.Constant(_cleaned(first.value.value))), *body[1:]]
    return body


def _cleaned(text: str) -> str:
    """Return a docstring without its indentation; `inspect.cleandoc` strips other spaces since 3.13."""
    first, *rest = text.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip(" ")) for line in rest if line.strip(" ")]
    margin = min(margins, default=0)
    return "\n".join([first.lstrip(" "), *(line[margin:] for line in rest)]).strip("\n")


def _merged(values: list[ast.expr]) -> list[ast.expr]:
    """Join neighbouring text parts of an f-string and drop empty ones (they differ by version)."""
    merged: list[ast.expr] = []
    for value in values:
        if isinstance(value, ast.Constant):
            if value.value == "":
                continue
            if merged and isinstance(merged[-1], ast.Constant):
                merged[-1] = ast.Constant(str(merged[-1].value) + str(value.value))
                continue
        merged.append(value)
    return merged
