"""Are two functions equal on all their arguments? A symbolic run of both says what solvers must refute.

Arguments range over everything that the annotations allow, or nothing is said: whole numbers with the two
truth values among them, fractions, texts, sets of texts, records of these, and any object at all. Equal is
what has the same type and value; or both raise exceptions of the same type, whose words do not count.
"""

import ast
import contextlib
import itertools
import linecache
import sys
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any, NoReturn

from proofbook.autopsy.cells import LAB_KERNELS
from proofbook.autopsy.proofs.statement import FALSE, TRUE, Statement, Term
from proofbook.lab.plain_code import (
    IS_INSTANCE,
    RAISED,
    SAME,
    SHOWN,
    TYPE,
    Prepared,
    Reached,
    imported_kernels,
    parameters,
)
from proofbook.lab.symbolic.domains import Declarations, Domain, integer, rational, record
from proofbook.lab.symbolic.lifting import Lifting, is_instance, original_of
from proofbook.lab.symbolic.oracle import Z3Oracle
from proofbook.lab.symbolic.paths import explore, here
from proofbook.lab.symbolic.polynomial import Refused, variable
from proofbook.lab.symbolic.values import (
    Symbolic,
    SymbolicBool,
    conjunction,
    truth_of,
)
from proofbook.lab.symbolic.words import SymbolicSet, SymbolicText

MOST_SPLITS = 256
# A set comparison that fails is shown by one name; so many comparisons on a path need no more names than this.
GENERIC_NAMES = 6
_COMPARED = "set comparisons"


class _AnyType:
    """The type of an object of which nothing is known."""


class AnyObject(Symbolic):
    """An object that is no exact int, bool, str or None; it is asked for identity and type, and for no more."""

    def stands_for(self) -> type:
        """Return a class of its own."""
        return _AnyType

    def __eq__(self, other: object) -> Any:
        self._refuse("a comparison")

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = Symbolic.__hash__

    def __bool__(self) -> bool:
        raise Refused("the truth of any object")

    def __iter__(self) -> Iterator[Any]:
        self._refuse("the items")

    def __len__(self) -> int:
        raise Refused("the length of any object")


class FreeText(SymbolicText):
    """Any str: one of the words that the code can compare it with, or another one."""

    def __eq__(self, other: object) -> Any:
        if isinstance(other, AnyObject):
            self._refuse("a comparison with any object")
        return super().__eq__(other)

    __hash__ = SymbolicText.__hash__

    def encode(self, encoding: str = "utf-8") -> SymbolicText:
        """Refuse: not every str can be encoded."""
        self._refuse("the encoding")


class FreeSet(SymbolicSet):
    """Any frozenset of texts, taken element by element; it is neither counted nor gone through."""

    def __le__(self, other: Any) -> SymbolicBool:
        memo = here().memo
        memo[_COMPARED] = memo.get(_COMPARED, 0) + 1
        if memo[_COMPARED] > GENERIC_NAMES:
            self._refuse(f"more than {GENERIC_NAMES} comparisons")
        return super().__le__(other)

    def __ge__(self, other: Any) -> SymbolicBool:
        return FreeSet(self._with(other)) <= self

    def __eq__(self, other: object) -> Any:
        return (self <= other) & (self >= other)

    def __bool__(self) -> bool:
        return bool(~(self <= frozenset()))

    def __or__(self, other: Any) -> SymbolicSet:
        return FreeSet(super().__or__(other).members)

    def __and__(self, other: Any) -> SymbolicSet:
        return FreeSet(super().__and__(other).members)

    def __sub__(self, other: Any) -> SymbolicSet:
        return FreeSet(super().__sub__(other).members)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or name not in self.members:
            self._refuse("membership of something else than a word")
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self._refuse("the elements")

    def __len__(self) -> int:
        raise Refused("the size of a symbolic set")

    __ror__, __rand__ = __or__, __and__
    __hash__ = Symbolic.__hash__


@dataclass(frozen=True)
class Equality:
    """What is to be refuted for two functions to be equal: a text for each part of the domain."""

    domain: str
    texts: list[str]


def equality(kernel: str, function: str, mutated: str, source: Callable[[str], str]) -> Equality:
    """Return what says that a function of a kernel and a mutant of it are equal on all arguments.

    Args:
        kernel: name of the kernel.
        function: name of the function.
        mutated: the mutant's source.
        source: returns a kernel's export cells as one module.

    Raises:
        Refused: the symbolic run would not be faithful, or the domain is not one of those above.
    """
    module, trees = _modules(kernel, source)
    node = ast.parse(mutated).body[0]
    original = getattr(module, function, None)
    if not isinstance(node, ast.FunctionDef) or not isinstance(original, types.FunctionType):
        raise Refused(f"{function} is no plain function")
    names = dict(vars(module))
    exec(_compiled(ast.parse(mutated), "<mutant>"), names)
    mutant = names[function]
    hints = typing.get_type_hints(original)
    asked = parameters(original)
    if asked != parameters(mutant) or not hints.keys() >= set(asked):
        raise Refused(f"{function} has a parameter without annotation")
    kinds = [hints[name] for name in asked]
    reached = Reached(trees, function)
    for kind in kinds:
        _look_at_records(kind, reached)
    reached.function(original)
    reached.function(mutant, node)
    choices = [_domains(kind, tuple(sorted(reached.words))) for kind in kinds]
    splits = list(itertools.islice(itertools.product(*choices), MOST_SPLITS + 1))
    if len(splits) > MOST_SPLITS:
        raise Refused(f"more than {MOST_SPLITS} cases of types")
    with _unprintable():
        texts = [_text(original, mutant, dict(zip(asked, x, strict=True))) for x in splits]
    said = ", ".join(f"{_said(k)} {name}" for name, k in zip(asked, kinds, strict=True))
    return Equality(said or "no arguments", list(dict.fromkeys(texts)))


def _modules(
    kernel: str, source: Callable[[str], str]
) -> tuple[types.ModuleType, dict[str, ast.Module]]:
    """Run a kernel's exports, and those of kernels that it imports, prepared for symbolic runs."""
    trees: dict[str, ast.Module] = {}
    made: dict[str, types.ModuleType] = {}

    def load(name: str) -> None:
        full = f"{LAB_KERNELS}.{name}"
        if full in trees:
            return
        text = source(name)
        trees[full] = ast.parse(text)
        for other in imported_kernels(trees[full]):
            load(other)
        module = made[full] = types.ModuleType(full)
        vars(module).update(_HELPERS)
        label = f"<{name} prepared>"
        linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
        sys.modules[full] = module
        exec(_compiled(ast.parse(text), label), vars(module))

    before = {name: item for name, item in sys.modules.items() if name.startswith(LAB_KERNELS)}
    try:
        load(kernel)
    finally:
        for full in trees:
            sys.modules.pop(full, None)
        sys.modules.update(before)
    return made[f"{LAB_KERNELS}.{kernel}"], trees


def _compiled(tree: ast.Module, label: str) -> types.CodeType:
    return compile(ast.fix_missing_locations(Prepared().visit(tree)), label, "exec")


def _look_at_records(kind: Any, reached: Reached) -> None:
    if isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields")):
        reached.record(kind)
        for item in typing.get_type_hints(kind).values():
            _look_at_records(item, reached)
    for part in typing.get_args(kind):
        _look_at_records(part, reached)


def _fixed(value: Any) -> Domain:
    return lambda name, into: value


def _free_text(words: tuple[str, ...]) -> Domain:
    def declare(name: str, into: Declarations) -> FreeText:
        into.sorts[name] = "Int"
        return FreeText(variable(name), words)

    return declare


def _free_set(words: tuple[str, ...]) -> Domain:
    universe = [*words, *(f"any name {place}" for place in range(GENERIC_NAMES))]

    def declare(name: str, into: Declarations) -> FreeSet:
        members: dict[str, Term] = {item: f"{name}_{n}" for n, item in enumerate(universe)}
        into.sorts.update({f"{name}_{n}": "Bool" for n in range(len(universe))})
        return FreeSet(members)

    return declare


def _domains(kind: Any, words: tuple[str, ...]) -> list[Domain]:
    """Return domains that together are all values of an annotated type.

    Raises:
        Refused: there are none such.
    """
    truths = [_fixed(False), _fixed(True)]
    known: dict[Any, Callable[[], list[Domain]]] = {
        int: lambda: [integer(), *truths],  # a truth value passes for an int
        bool: lambda: truths,
        type(None): lambda: [_fixed(None)],
        str: lambda: [_free_text(words)],
        Fraction: lambda: [rational()],
        frozenset[str]: lambda: [_free_set(words)],
        object: lambda: [_free_text(words), integer(), *truths, _fixed(None), _any_object],
    }
    if isinstance(kind, typing.Hashable) and kind in known:
        return known[kind]()
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [domain for part in typing.get_args(kind) for domain in _domains(part, words)]
    named = getattr(kind, "__annotations__", None)
    if isinstance(kind, type) and named and (is_dataclass(kind) or hasattr(kind, "_fields")):
        hints = typing.get_type_hints(kind)
        parts = [_domains(hints[name], words) for name in named]
        if len(parts) > 8:
            raise Refused(f"{kind.__name__} has more than 8 fields")
        return [
            record(kind, **dict(zip(named, chosen, strict=True)))
            for chosen in itertools.product(*parts)
        ]
    raise Refused(f"no proof ranges over all of {_said(kind)}")


def _any_object(name: str, into: Declarations) -> AnyObject:
    return AnyObject()


def _said(kind: Any) -> str:
    plain = isinstance(kind, type) and not typing.get_args(kind)
    return kind.__name__ if plain else str(kind)


def _text(original: Any, mutant: Any, domains: dict[str, Domain]) -> str:
    """Return the text whose `unsat` says that both functions are equal on one part of the domain."""
    into, lifting = Declarations(), Lifting()
    values = {name: domain(name, into) for name, domain in domains.items()}
    left, right = lifting.lift(original), lifting.lift(mutant)

    def claim() -> Term:
        return _equal(_outcome(left, values), _outcome(right, values))

    explored = explore(claim, [], into.sorts, Z3Oracle())
    for case in explored.cases:
        if case.ending.startswith("raises"):
            raise Refused(f"the comparison itself {case.ending}")
    cases = [case for case in explored.cases if case.claim != TRUE]
    kept = tuple((conjunction(*case.path), case.claim) for case in cases) or ((TRUE, TRUE),)
    return Statement(tuple(explored.sorts.items()), (), kept).text()


@dataclass(frozen=True)
class _Raises:
    kind: type


_made_by_raise: list[BaseException] = []


def _outcome(function: Any, values: dict[str, Any]) -> Any:
    _made_by_raise.clear()
    try:
        return function(**values)
    except Refused:
        raise
    except ZeroDivisionError:
        return _Raises(ZeroDivisionError)
    except Exception as error:
        # A symbol that cannot do something raises as well; that says nothing of what it stands for.
        if any(error is made for made in _made_by_raise):
            return _Raises(type(error))
        raise Refused(f"{type(error).__name__}: {error}") from error


def _equal(left: Any, right: Any) -> Term:
    """Return the formula that two outcomes have the same type and value.

    Raises:
        Refused: it cannot be said of such values.
    """
    if isinstance(left, _Raises) or isinstance(right, _Raises):
        return TRUE if left == right else FALSE
    if isinstance(left, AnyObject) or isinstance(right, AnyObject):
        return TRUE if left is right else FALSE
    kinds = [x.stands_for() if isinstance(x, Symbolic) else type(x) for x in (left, right)]
    if kinds[0] is not kinds[1]:
        return FALSE
    kind = kinds[0]
    if kind in (int, bool, str, Fraction, frozenset, type(None)):
        concrete = not isinstance(left, Symbolic) and not isinstance(right, Symbolic)
        if concrete and kind is frozenset:
            return _equal(sorted(left), sorted(right))
        return truth_of(left == right)
    if kind in (list, tuple):
        if len(left) != len(right):
            return FALSE
        return conjunction(*(_equal(x, y) for x, y in zip(left, right, strict=True)))
    if is_dataclass(kind):
        names = [item.name for item in fields(kind)]
        return conjunction(*(_equal(getattr(left, x), getattr(right, x)) for x in names))
    if hasattr(kind, "_fields"):
        return _equal(tuple(left), tuple(right))
    raise Refused(f"results that are of type {kind.__name__} are not compared")


def _same(left: Any, right: Any) -> Any:
    """Identity, as lifted code sees it; refused where Python leaves it open or the symbol does not know."""
    left, right = original_of(left), original_of(right)
    if isinstance(left, type) and isinstance(right, type):
        if _AnyType in (left, right) and left is not right:
            other = right if left is _AnyType else left
            if other not in (int, bool, str, type(None)):
                raise Refused(f"any object was asked whether it is a {other.__name__}")
            return False
        if left is right is _AnyType:
            raise Refused("the types of two objects were compared")
        return left is right
    for one, other in ((left, right), (right, left)):
        if isinstance(one, AnyObject):
            if other is None or other is True or other is False or one is other:
                return one is other
            raise Refused("any object was asked for its identity")
        if isinstance(one, Symbolic) and isinstance(other, (Symbolic, one.stands_for())):
            raise Refused("the identity of a symbolic value")
    if not any(left is x or right is x for x in (None, True, False)):
        raise Refused("the identity of values")
    return left is right


def _type_of(value: Any) -> type:
    return value.stands_for() if isinstance(value, Symbolic) else type(value)


def _is_instance(value: Any, kinds: Any) -> bool:
    if isinstance(value, AnyObject):
        raise Refused("any object was asked what it is an instance of")
    return is_instance(value, kinds)


def _raised(error: Any) -> BaseException:
    made = error() if isinstance(error, type) else error
    if not isinstance(made, Exception):
        raise Refused("something that is no exception was raised")
    _made_by_raise.append(made)
    return made


def _shown_parts(*parts: Any) -> None:
    if any(isinstance(part, AnyObject) for part in parts):
        raise Refused("a message shows any object")


_HELPERS: dict[str, Any] = {
    SAME: _same,
    TYPE: _type_of,
    IS_INSTANCE: _is_instance,
    RAISED: _raised,
    SHOWN: _shown_parts,
}


@contextlib.contextmanager
def _unprintable() -> Iterator[None]:
    """Refuse the text of symbolic values, which is not that of what they stand for."""

    def refuse(self: Any, spec: str = "") -> NoReturn:
        raise Refused("the text of a symbolic value")

    names = ("__str__", "__repr__", "__format__")
    before = {name: getattr(Symbolic, name) for name in names}
    for name in names:
        setattr(Symbolic, name, refuse)
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(Symbolic, name, method)
