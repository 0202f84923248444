"""The part of Python in which a symbolic run says all that code does, and the kernel's code prepared for it.

A proof that two functions are equal is worth nothing where a symbolic value quietly answers otherwise than
what it stands for. So code is taken only if all that it can reach is of this part: no floats, no text that is
put together, no `try`, no identity of numbers, no attribute but a record's field.
"""

import ast
import builtins
import inspect
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any, NoReturn

from proofbook.autopsy.cells import LAB_KERNELS
from proofbook.lab.symbolic.polynomial import Refused

SAME, TYPE, IS_INSTANCE, RAISED, SHOWN = (
    f"__proofbook_{name}__" for name in ("same", "type", "isinstance", "raised", "shown")
)
_CALLED = {"abs", "min", "max", "sum", "len", "range", "zip", "enumerate", "all", "any"}
_CALLED |= {"isinstance", "type", "int", "bool", "tuple", "list", "reversed", "divmod", "round"}
_ALLOWED: tuple[type[ast.AST], ...] = (
    *(ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.While),
    *(ast.Raise, ast.Expr, ast.Pass, ast.Break, ast.Continue),
    *(ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Constant),
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.ListComp),
    *(ast.GeneratorExp, ast.comprehension, ast.keyword, ast.expr_context, ast.cmpop),
    *(ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitOr, ast.BitAnd),
    *(ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd),
)
_PLAIN = (int, str, type(None), Fraction)


class Prepared(ast.NodeTransformer):
    """Rewrites a module: identity, `type`, `isinstance` and `raise` go through functions that know symbols."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Is | ast.IsNot):
            return node
        same = ast.Call(ast.Name(SAME, ast.Load()), [node.left, node.comparators[0]], [])
        is_not = isinstance(node.ops[0], ast.IsNot)
        return ast.copy_location(ast.UnaryOp(ast.Not(), same) if is_not else same, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        names = {"type": TYPE, "isinstance": IS_INSTANCE}
        if isinstance(node.func, ast.Name) and node.func.id in names:
            node.func.id = names[node.func.id]
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        """Take the words from an exception, which are not compared; what they show is still computed."""
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                call.args = [self._message(argument) for argument in call.args]
        self.generic_visit(node)
        if node.exc is not None:
            node.exc = ast.Call(ast.Name(RAISED, ast.Load()), [node.exc], [])
        return node

    def _message(self, argument: ast.expr) -> ast.expr:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return ast.copy_location(ast.Constant(None), argument)
        if not isinstance(argument, ast.JoinedStr):
            return argument
        shown = [item.value for item in argument.values if isinstance(item, ast.FormattedValue)]
        return ast.copy_location(ast.Call(ast.Name(SHOWN, ast.Load()), shown, []), argument)


class Reached:
    """All functions that the function `about` of a kernel can reach, and the words that they compare with.

    Raises:
        Refused: something that is reached lies outside of what a symbolic run is faithful to.
    """

    def __init__(self, trees: dict[str, ast.Module], about: str) -> None:
        self.trees, self.about = trees, about
        self.words: set[str] = {""}
        self.fields: set[str] = set()
        self._seen: set[int] = set()

    def function(self, function: Any, node: ast.FunctionDef | None = None) -> None:
        """Look at a function, and at all that it calls and reads."""
        if id(function) in self._seen:
            return
        self._seen.add(id(function))
        found = node or self._node(function)
        if found.decorator_list or found.args.vararg or found.args.kwarg:
            raise Refused(f"{found.name} is decorated, or takes any number of arguments")
        check = _Function(found)
        check.check()
        if check.stored & (function.__globals__.keys() | vars(builtins).keys()):
            raise Refused(f"{found.name} binds a name that stands for something else outside")
        self.words |= check.words
        for default in [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]:
            self.value(default)
        for name in sorted(check.free):
            self._name(name, function.__globals__)
        unknown = check.attributes - self.fields
        if unknown:
            raise Refused(f"{found.name} reads .{min(unknown)}, which is no field of a record")

    def record(self, kind: type) -> None:
        """Look at a class whose instances are made or read.

        Raises:
            Refused: it is no plain record.
        """
        own = {"__post_init__", "__new__", "__getattribute__", "__getattr__"}
        written = {
            name for name, item in vars(kind).items() if isinstance(item, types.FunctionType)
        }
        plain = is_dataclass(kind) and kind.__mro__[1:] == (object,)
        if hasattr(kind, "_fields") and kind.__mro__[1:] == (tuple, object):
            self.fields |= set(kind._fields)
            return
        if not plain or written & own or self._wrote(kind) & {"__eq__", "__init__", "__hash__"}:
            raise Refused(f"{kind.__name__} is no plain record")
        self.fields |= {item.name for item in fields(kind)}

    def value(self, value: Any) -> None:
        """Look at a value that code reads.

        Raises:
            Refused: it is, or holds, more than whole numbers, fractions, texts and records.
        """
        if isinstance(value, str):
            self.words.add(value)
        elif type(value) in (list, tuple, set, frozenset):
            for item in value:
                self.value(item)
        elif type(value) is dict:
            for item in [*value, *value.values()]:
                self.value(item)
        elif is_dataclass(value) and not isinstance(value, type):
            self.record(type(value))
            for item in fields(value):
                self.value(getattr(value, item.name))
        elif type(value) not in (*_PLAIN, bool):
            raise Refused(f"a {type(value).__name__} is read")

    def _name(self, name: str, names: dict[str, Any]) -> None:
        if name not in names:
            known = getattr(builtins, name, None)
            exception = isinstance(known, type) and issubclass(known, Exception)
            if name not in _CALLED | {"str", "frozenset"} and not exception:
                raise Refused(f"{name} is used")
            return
        value = names[name]
        if value is Fraction:
            return
        if isinstance(value, types.FunctionType):
            if value.__name__ == self.about:  # equal in one step would not mean that both end
                raise Refused(f"{name} calls itself")
            self.function(value)
        elif isinstance(value, type) and issubclass(value, Exception):
            if value.__init__ not in (Exception.__init__, ValueError.__init__):
                raise Refused(f"{name} has a constructor of its own")
        elif isinstance(value, type):
            self.record(value)
        else:
            self.value(value)

    def _tree(self, module: str) -> ast.Module:
        if module not in self.trees:
            raise Refused(f"code of {module} is called")
        return self.trees[module]

    def _node(self, function: Any) -> ast.FunctionDef:
        for node in self._tree(function.__module__).body:
            if isinstance(node, ast.FunctionDef) and node.name == function.__qualname__:
                return node
        raise Refused(f"{function.__qualname__} is no function of a kernel")

    def _wrote(self, kind: type) -> set[str]:
        """Return the methods that a class's own text defines, not those that a decorator made."""
        for node in self._tree(kind.__module__).body:
            if isinstance(node, ast.ClassDef) and node.name == kind.__qualname__:
                return {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        raise Refused(f"{kind.__qualname__} is no class of a kernel")


class _Function(ast.NodeVisitor):
    """One function's syntax, held to what is allowed."""

    def __init__(self, node: ast.FunctionDef) -> None:
        self.node = node
        self.words: set[str] = set()
        self.attributes: set[str] = set()
        arguments = node.args
        taken = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self.local = {item.arg for item in taken}
        self.stored: set[str] = set()
        self.free: set[str] = set()

    def check(self) -> None:
        """Find free names, words and attributes.

        Raises:
            Refused: a construct is not carried faithfully.
        """
        body = self.node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                    self.stored.add(node.id)
        self.local |= self.stored
        for statement in body:
            self.visit(statement)

    def _refuse(self, node: ast.AST) -> NoReturn:
        raise Refused(f"{self.node.name} uses {type(node).__name__}")

    def visit(self, node: ast.AST) -> None:
        """Look at a node and what is in it.

        Raises:
            Refused: it is not among what is allowed.
        """
        if not isinstance(node, _ALLOWED):
            self._refuse(node)
        super().visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id not in self.local:
            self.free.add(node.id)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, float | complex | bytes) or node.value is ...:
            self._refuse(node)
        if isinstance(node.value, str):
            self.words.add(node.value)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load) or node.attr.startswith("__"):
            self._refuse(node)
        self.attributes.add(node.attr)
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._refuse(node)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.target)
        if node.value:
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        identity = any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)
        if identity and len(sides) > 2:
            self._refuse(node)
        for side in sides:
            kind = isinstance(side, ast.Call) and isinstance(side.func, ast.Name)
            if kind and side.func.id == "type" and identity and len(side.args) == 1:  # type: ignore[attr-defined]
                self.generic_visit(side)
            else:
                self.visit(side)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func
        if not isinstance(name, ast.Name) or name.id in self.local or name.id == "type":
            self._refuse(node)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        power = node.right if isinstance(node.op, ast.Pow) else ast.Constant(1)
        if not (isinstance(power, ast.Constant) and type(power.value) is int and power.value > 0):
            self._refuse(node)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if not isinstance(made, ast.Name) or node.cause is not None:
            self._refuse(node)
        self.visit(made)
        for part in node.exc.args if isinstance(node.exc, ast.Call) else ():
            self._shown(part)

    def _shown(self, part: ast.AST) -> None:
        """Look at what is shown in a message: it is computed, and its text is not compared."""
        if isinstance(part, ast.JoinedStr):
            for item in part.values:
                if isinstance(item, ast.FormattedValue):
                    self._shown(item.value)
        elif isinstance(part, ast.Attribute) and part.attr in {"__name__", "__qualname__"}:
            self._shown(part.value)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            if part.func.id != "type":
                self.visit(part.func)
            for argument in part.args:
                self._shown(argument)
        elif not (isinstance(part, ast.Constant) and isinstance(part.value, str)):
            self.visit(part)


def imported_kernels(tree: ast.Module) -> Iterator[str]:
    """Return the kernels that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == LAB_KERNELS:
                yield from (alias.name for alias in node.names)
            elif node.module.startswith(f"{LAB_KERNELS}."):
                yield node.module.removeprefix(f"{LAB_KERNELS}.")


def parameters(function: Any) -> list[str]:
    """Return the names of a function's parameters."""
    return list(inspect.signature(function).parameters)
