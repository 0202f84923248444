"""What the harness changes in a cell's syntax tree: it counts rounds, and strips assertions where told to.

Line numbers stay, and nothing that a cell can see changes. Rounds, not seconds, tell a loop without end:
they are the same on every machine.
"""

import ast
from typing import TypeVar

TICK = "__proofbook_round__"
_Block = ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef
_T = TypeVar("_T", bound=_Block)


def instrumented(source: str, *, without_asserts: bool = False) -> ast.Module:
    """Return a cell's tree with a count in every loop and at the start of every function.

    Args:
        source: a cell.
        without_asserts: also drop the `assert` statements that run with the cell; those within
            functions stay.

    Raises:
        SyntaxError: the cell is not plain Python.
    """
    tree = ast.parse(source)
    if without_asserts:
        tree = _Stripped().visit(tree)
    return ast.fix_missing_locations(_Counted().visit(tree))


class _Counted(ast.NodeTransformer):
    def _count(self, node: _T) -> _T:
        self.generic_visit(node)
        call = ast.Expr(ast.Call(ast.Name(TICK, ast.Load()), [], []))
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        place = 1 if is_function and ast.get_docstring(node, clean=False) is not None else 0  # type: ignore[arg-type]
        before = node.body[place] if place < len(node.body) else node.body[-1]
        node.body.insert(place, ast.copy_location(call, before))
        return node

    visit_For = visit_AsyncFor = visit_While = visit_FunctionDef = visit_AsyncFunctionDef = _count


class _Stripped(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.Pass:
        return ast.copy_location(ast.Pass(), node)

    def _keep(self, node: ast.AST) -> ast.AST:
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = _keep
