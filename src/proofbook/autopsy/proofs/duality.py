"""Exact checkers of two witnesses: the dual of a linear program, and Hall's for a missing assignment."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction


def check_dual(
    costs: Sequence[Number],
    rows: Sequence[Sequence[Number]],
    bounds: Sequence[Number],
    primal: Sequence[Number],
    dual: Sequence[Number],
) -> str | None:
    """Return None if `primal` is optimal for min c·x with Ax >= b and x >= 0, by `dual`; else a reason.

    Weak duality makes it so: any x that is feasible costs at least y·b where y >= 0 and yA <= c.

    Args:
        costs: c, one number a variable.
        rows: A, one row a constraint.
        bounds: b, one number a constraint.
        primal: x, one number a variable.
        dual: y, one number a constraint.

    Raises:
        TypeError: a number is neither an integer nor a Fraction.
    """
    for numbers in (costs, bounds, primal, dual, *rows):
        _require_exact(numbers)
    if len(primal) != len(costs) or any(len(row) != len(costs) for row in rows):
        return "the primal, the costs and the rows differ in length"
    if not len(dual) == len(rows) == len(bounds):
        return "the dual, the bounds and the rows differ in number"
    for place, value in enumerate(primal):
        if value < 0:
            return f"primal {place} is negative"
    for place, (row, bound) in enumerate(zip(rows, bounds, strict=True)):
        if _dot(row, primal) < bound:
            return f"the primal violates constraint {place}"
    for place, value in enumerate(dual):
        if value < 0:
            return f"dual {place} is negative"
    for place, cost in enumerate(costs):
        if _dot([row[place] for row in rows], dual) > cost:
            return f"the dual violates the cost of variable {place}"
    if _dot(costs, primal) != _dot(bounds, dual):
        return f"the objectives differ: {_dot(costs, primal)} and {_dot(bounds, dual)}"
    return None


def check_hall(
    options: Mapping[str, Collection[str]],
    capacities: Mapping[str, int],
    witness: Collection[str],
) -> str | None:
    """Return None if `witness` shows that no assignment serves all requests; else a reason.

    It does if its requests together have fewer places than they are many (Hall 1935).

    Args:
        options: the services that each request may be given.
        capacities: how many requests each service takes.
        witness: the requests that are too many, each once.

    Raises:
        TypeError: a capacity is not an integer.
    """
    _require_exact(list(capacities.values()))
    if len(set(witness)) != len(witness):
        return "a request is named twice"
    for request in witness:
        if request not in options:
            return f"there is no request {request}"
    services = {service for request in witness for service in options[request]}
    for service in sorted(services):
        if service not in capacities:
            return f"the service {service} has no capacity"
        if capacities[service] < 0:
            return f"the capacity of {service} is negative"
    places = sum(capacities[service] for service in services)
    if len(witness) <= places:
        return f"the {len(witness)} requests have {places} places"
    return None


def _dot(left: Sequence[Number], right: Sequence[Number]) -> Number:
    return sum((one * other for one, other in zip(left, right, strict=True)), Fraction(0))


def _require_exact(numbers: Sequence[Number]) -> None:
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | Fraction):
            raise TypeError(f"{number!r} is neither an integer nor a Fraction")
