"""What the harness changes in a cell's syntax tree: it counts rounds, and strips assertions where told to.

Line numbers stay, and nothing that a cell can see changes. Rounds, not seconds, tell a loop without end:
they are the same on every machine.
"""

import ast

TICK = "__proofbook_round__"
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Block = ast.For | ast.AsyncFor | ast.While | _Function
_Scope = _Function | ast.ClassDef | ast.Lambda


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
        _Stripped().visit(tree)
    _Counted().visit(tree)
    return ast.fix_missing_locations(tree)


class _Counted(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node, _Block):
            call = ast.Expr(ast.Call(ast.Name(TICK, ast.Load()), [], []))
            place = int(isinstance(node, _Function) and _is_docstring(node.body[0]))
            before = node.body[min(place, len(node.body) - 1)]
            node.body.insert(place, ast.copy_location(call, before))
        return node


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class _Stripped(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Assert):
            return ast.copy_location(ast.Pass(), node)
        return node if isinstance(node, _Scope) else self.generic_visit(node)
