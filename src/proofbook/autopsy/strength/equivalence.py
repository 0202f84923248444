"""Mutants that mean the same as the kernel: set aside where that is proved, never because a list says so."""

import ast
from typing import Protocol

from proofbook.autopsy.code_digest import same_code
from proofbook.autopsy.strength.mutants import Mutant

_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_SYMMETRIC = (ast.Eq, ast.NotEq)


class EquivalenceProver(Protocol):
    """Proves that a mutant is no mistake at all."""

    def __call__(self, original: str, mutant: str, function: str) -> str | None:
        """Return why two sources of a function mean the same, or None where that is not proved."""
        ...


class SyntacticProver:
    """Proves by rewriting both sources with theorems about integers, and comparing what is left.

    The theorems: n + 0 = 0 + n = n - 0 = n · 1 = 1 · n = n for integers n that are seen to be such
    (numbers written out, `len(…)`, and sums and products of them); a > b ⇔ b < a and a = b ⇔ b = a for
    numbers written out and `len(…)` of a name; ¬¬c ⇔ c where only its truth counts, under `if`.
    """

    def __call__(self, original: str, mutant: str, function: str) -> str | None:
        """Return why two sources of a function mean the same, or None where that is not proved."""
        left, right = ast.parse(original), ast.parse(mutant)
        if _rebinds_len(left) or _rebinds_len(right):
            return None
        if same_code(_Rewritten().visit(left), _Rewritten().visit(right)):
            return "the same code by identities of integers and of truth values"
        return None


PROVER: EquivalenceProver = SyntacticProver()


def equivalents(mutants: list[Mutant], prover: EquivalenceProver) -> dict[str, str]:
    """Return the mutants that a prover proves equivalent, with its reasons."""
    found = {}
    for mutant in mutants:
        reason = prover(dedented(mutant.original), dedented(mutant.mutated), mutant.function)
        if reason is not None:
            found[mutant.id] = reason
    return found


def dedented(function: str) -> str:
    """Return a function's source as it would stand at the top level: a method's body moves left."""
    first, *rest = function.split("\n")
    margin = min((len(x) - len(x.lstrip(" ")) for x in rest if x.strip()), default=4) - 4
    return "\n".join([first, *(line[max(margin, 0) :] for line in rest)])


def _rebinds_len(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "len" and not isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.arg) and node.arg == "len")
        for node in ast.walk(tree)
    )


def _is_integer(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "len"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        return _is_integer(node.left) and _is_integer(node.right)
    return False


def _is(node: ast.expr, value: int) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == value


def _is_still(node: ast.expr) -> bool:
    """Say whether an expression is an integer that may be computed sooner or later."""
    if isinstance(node, ast.Call) and _is_integer(node):
        return all(isinstance(item, ast.Name) for item in node.args) and not node.keywords
    return isinstance(node, ast.Constant) and _is_integer(node)


class _Rewritten(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = node.left, node.right
        unit = {ast.Add: 0, ast.Sub: 0, ast.Mult: 1}.get(type(node.op))
        if unit is None or not (_is_integer(left) and _is_integer(right)):
            return node
        if _is(right, unit):
            return left
        return right if _is(left, unit) and not isinstance(node.op, ast.Sub) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) != 1 or not all(_is_still(x) for x in (node.left, node.comparators[0])):
            return node
        (op,), (right,) = node.ops, node.comparators
        mirrored = _MIRRORED.get(type(op))
        if mirrored:
            return ast.Compare(right, [mirrored()], [node.left])
        if isinstance(op, _SYMMETRIC) and ast.dump(right) < ast.dump(node.left):
            return ast.Compare(right, [op], [node.left])
        return node

    def visit_If(self, node: ast.If) -> ast.stmt:
        self.generic_visit(node)
        while _negated(node.test) and _negated(inner := node.test.operand):  # type: ignore[attr-defined]
            node.test = inner.operand
        return node


def _negated(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
