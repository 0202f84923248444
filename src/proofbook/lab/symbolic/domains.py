"""What a symbol of a proof ranges over: `lemma.prove(…, x=real(0, 1), n=integer(), q=record(Request, …))`."""

from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from fractions import Fraction
from typing import Any

from proofbook.autopsy.proofs.statement import Sort, Term
from proofbook.lab.symbolic.polynomial import compare, constant, variable
from proofbook.lab.symbolic.values import Kind, SymbolicBool, SymbolicNumber, disjunction
from proofbook.lab.symbolic.words import SymbolicSet, SymbolicText

Number = int | float | Fraction


@dataclass
class Declarations:
    """The constants and hypotheses that symbols bring along.

    Attributes:
        sorts: every constant's sort.
        hypotheses: bounds, in words and as formulas.
        floats: the constants that stand for floats; that they are finite is assumed, and said.
    """

    sorts: dict[str, Sort] = field(default_factory=dict)
    hypotheses: list[tuple[str, Term]] = field(default_factory=list)
    floats: list[str] = field(default_factory=list)


Domain = Callable[[str, Declarations], Any]


def _number(sort: Sort, kind: Kind, low: Number | None, high: Number | None) -> Domain:
    def declare(name: str, into: Declarations) -> SymbolicNumber:
        into.sorts[name] = sort
        p = variable(name)
        if kind == "float":
            into.floats.append(name)
        if low is not None:
            bound = compare("<=", constant(Fraction(low)), p, into.sorts)
            into.hypotheses.append((f"{low} <= {name}", bound))
        if high is not None:
            bound = compare("<=", p, constant(Fraction(high)), into.sorts)
            into.hypotheses.append((f"{name} <= {high}", bound))
        return SymbolicNumber(p, kind)

    return declare


def integer(low: int | None = None, high: int | None = None) -> Domain:
    """Range over the integers from low to high; each bound is a hypothesis."""
    return _number("Int", "int", low, high)


def real(low: Number | None = None, high: Number | None = None) -> Domain:
    """Range over finite floats from low to high: real numbers, or doubles where the semantics is rounded."""
    return _number("Real", "float", low, high)


def rational(low: Number | None = None, high: Number | None = None) -> Domain:
    """Range over exact numbers (Fraction) from low to high."""
    return _number("Real", "fraction", low, high)


def boolean() -> Domain:
    """Range over False and True."""

    def declare(name: str, into: Declarations) -> SymbolicBool:
        into.sorts[name] = "Bool"
        return SymbolicBool(name)

    return declare


def text(*words: str, other: bool = True) -> Domain:
    """Range over strings that the code compares with these words alone; with `other`, any string.

    Without words: names that are compared with each other and ordered.
    """

    def declare(name: str, into: Declarations) -> SymbolicText:
        into.sorts[name] = "Int"
        if words and not other:
            codes = range(len(words))
            one = [compare("=", variable(name), constant(code), into.sorts) for code in codes]
            into.hypotheses.append((f"{name} is one of {', '.join(words)}", disjunction(*one)))
        return SymbolicText(variable(name), words)

    return declare


def subset(*universe: str) -> Domain:
    """Range over the subsets (frozenset) of a finite universe of names."""

    def declare(name: str, into: Declarations) -> SymbolicSet:
        members: dict[str, Term] = {}
        for place, element in enumerate(universe):
            constant_name = f"{name}_{place}"
            into.sorts[constant_name] = "Bool"
            members[element] = constant_name
        return SymbolicSet(members)

    return declare


def several(domain: Domain, count: int) -> Domain:
    """Range over lists of `count` values of a domain."""
    return lambda name, into: [domain(f"{name}_{place}", into) for place in range(count)]


def record(kind: type, /, **fields: Domain | Any) -> Domain:
    """Range over instances of a dataclass or named tuple; a field is a domain or a fixed value.

    The instance is made without running its constructor's checks: what they hold must be hypotheses.
    """

    def declare(name: str, into: Declarations) -> Any:
        values = {
            key: domain(f"{name}_{key}", into) if callable(domain) else domain
            for key, domain in fields.items()
        }
        if not is_dataclass(kind):
            return kind(**values)
        instance = object.__new__(kind)
        for key, value in values.items():
            object.__setattr__(instance, key, value)
        return instance

    return declare
