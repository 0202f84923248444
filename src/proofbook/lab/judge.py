"""Calling a property and insisting on a verdict: it must be able to fail."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


class LemmaFailed(AssertionError):
    """A lemma does not hold; the message names the lemma, the check and the counterexample."""


class Judge:
    """Calls a property and insists on a verdict: an assertion in its own body, or a truth value.

    `count` is the number of cases that passed.
    """

    def __init__(self, prop: Callable[..., object], name: str) -> None:
        self.prop, self.name, self.count = prop, name, 0
        self.asserts = _has_assert(prop)

    def __call__(self, *args: Any) -> None:
        """Judge one case."""
        try:
            verdict = self.prop(*args)
        except AssertionError as error:
            shown = ", ".join(f"{arg!r:.200}" for arg in args)
            raise LemmaFailed(f"{self.name}: false for ({shown}): {error}") from error
        self._weigh(verdict, args)

    def by_name(self, **drawn: Any) -> None:
        """Judge an example given by name; an assertion goes to Hypothesis as it is, to be shrunk."""
        self._weigh(self.prop(**drawn), tuple(drawn.values()))

    def _weigh(self, verdict: object, args: tuple[Any, ...]) -> None:
        truth = is_truth(verdict)
        if not truth and not (verdict is None and self.asserts):
            raise LemmaFailed(
                f"{self.name}: cannot fail: it neither asserts nor returns a truth value"
            )
        if truth and not verdict:
            shown = ", ".join(f"{arg!r:.200}" for arg in args)
            raise LemmaFailed(f"{self.name}: false for ({shown})")
        self.count += 1


def is_truth(verdict: object) -> bool:
    """Say whether a verdict is a truth value, numpy's included."""
    return type(verdict).__name__ in {"bool", "bool_"}


def plain(method: Callable[..., None]) -> Callable[..., None]:
    """Return a function for Hypothesis, which refuses to decorate bound methods."""

    def example(**drawn: Any) -> None:
        method(**drawn)

    return example


def _has_assert(prop: Callable[..., object]) -> bool:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(prop)))
    except (OSError, TypeError, SyntaxError):
        return False
    # Assertions of a function within the property are not its own: nothing says that it is called.
    open_nodes: list[ast.AST] = list(tree.body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.Assert):
            return True
        inner = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not inner or node in tree.body:
            open_nodes.extend(ast.iter_child_nodes(node))
    return False


def name_of(prop: Callable[..., object]) -> str:
    """Return what a property is called in evidence and messages."""
    name = getattr(prop, "__name__", type(prop).__name__)
    return "property" if name == "<lambda>" else name
