"""Exact evaluation of a statement's formulas at given numbers: how a witness of `sat` is checked."""

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from proofbook.autopsy.proofs.statement import Sort, Term

Value: TypeAlias = bool | Fraction


def holds(term: Term, at: Mapping[str, Value]) -> bool:
    """Say whether a formula is true where the constants have these values.

    Raises:
        KeyError: a constant has no value.
    """
    if isinstance(term, str):
        return term == "true" or (term != "false" and bool(at[term]))
    head, *parts = term
    if head == "and":
        return all(holds(part, at) for part in parts)
    if head == "or":
        return any(holds(part, at) for part in parts)
    if head == "not":
        return not holds(parts[0], at)
    if head == "=>":
        return not holds(parts[0], at) or holds(parts[1], at)
    left, right = number(parts[0], at), number(parts[1], at)
    return left <= right if head == "<=" else left < right if head == "<" else left == right


def number(term: Term, at: Mapping[str, Value]) -> Fraction:
    """Return the value of a number term.

    Raises:
        KeyError: a constant has no value.
    """
    if isinstance(term, str):
        return Fraction(term) if term[0].isdigit() else Fraction(at[term])
    head, *parts = term
    values = [number(part, at) for part in parts]
    if head == "+":
        return sum(values, Fraction(0))
    if head == "*":
        return reduce(lambda product, value: product * value, values, Fraction(1))
    if head == "/":
        return values[0] / values[1]
    if head == "-":
        return -values[0] if len(values) == 1 else values[0] - sum(values[1:], Fraction(0))
    return values[0]  # to_real


def fits(sorts: Mapping[str, Sort], at: Mapping[str, Value]) -> bool:
    """Say whether every declared constant has a value of its sort, and nothing else has one."""
    return sorts.keys() == at.keys() and all(
        isinstance(value, bool) == (sorts[name] == "Bool")
        and (sorts[name] != "Int" or Fraction(value).denominator == 1)
        for name, value in at.items()
    )
