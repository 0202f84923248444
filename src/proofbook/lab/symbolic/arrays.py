"""As much of numpy as one-dimensional kernels of float64 use, for symbolic coordinates."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from proofbook.lab.symbolic.paths import here
from proofbook.lab.symbolic.polynomial import Refused
from proofbook.lab.symbolic.values import Symbolic, SymbolicBool, SymbolicNumber, as_number


class _DType:
    kind = "f"

    def __str__(self) -> str:
        return "float64"


class SymbolicArray:
    """A one-dimensional float64 array with symbolic coordinates."""

    ndim, dtype = 1, _DType()

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    @property
    def shape(self) -> tuple[int]:
        """The shape, (D,)."""
        return (len(self.items),)

    @property
    def size(self) -> int:
        """The number of coordinates, D."""
        return len(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, place: Any) -> Any:
        found = self.items[place]
        return SymbolicArray(found) if isinstance(place, slice) else found

    def _each(self, other: Any, operation: Callable[[Any, Any], Any]) -> "SymbolicArray":
        theirs = list(other) if hasattr(other, "__iter__") else [other] * len(self.items)
        if len(theirs) != len(self.items):
            raise ValueError("operands could not be broadcast together")
        pairs = zip(self.items, theirs, strict=True)
        return SymbolicArray([_elementwise(operation, a, b) for a, b in pairs])

    def __add__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a - b)

    def __mul__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a * b)

    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a < b)

    def __gt__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a > b)

    def __le__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a <= b)

    def __ge__(self, other: Any) -> "SymbolicArray":
        return self._each(other, lambda a, b: a >= b)

    def any(self) -> bool:
        """Say whether a coordinate is true."""
        return any(bool(item) for item in self.items)

    def all(self) -> bool:
        """Say whether every coordinate is true."""
        return all(bool(item) for item in self.items)

    def tolist(self) -> list[Any]:
        """Return the coordinates."""
        return list(self.items)

    def copy(self) -> "SymbolicArray":
        """Return a copy."""
        return SymbolicArray(list(self.items))

    def astype(self, kind: Any) -> "SymbolicArray":
        """Return the array as float64."""
        return SymbolicArray([_as_float(item) for item in self.items])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Refused(f"the attribute .{name} of a symbolic array cannot be carried")


def _as_float(item: Any) -> Any:
    number = as_number(item)
    if number is not None:
        return SymbolicNumber(number.polynomial, "float")
    if isinstance(item, float):  # infinite or NaN
        return item
    raise Refused("an array of something else than numbers")


def _elementwise(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Return what numpy gives for a pair; past the largest double it rounds to that or to infinity."""
    try:
        return operation(left, right)
    except OverflowError:
        exact = operation(_exact(left), _exact(right))
        size = math.inf if SymbolicBool(here().truth("overflow")) else sys.float_info.max
        return size if exact > 0 else -size


def _exact(item: Any) -> Any:
    number = as_number(item)
    return item if number is None else SymbolicNumber(number.polynomial, "fraction")


class Numpy:
    """The functions of numpy that take symbolic arrays; all else is numpy's own."""

    def __init__(self, numpy: Any) -> None:
        self._numpy = numpy

    def __getattr__(self, name: str) -> Any:
        return getattr(self._numpy, name)

    def asarray(self, values: Any, *rest: Any, **named: Any) -> Any:
        """Return values as an array."""
        if isinstance(values, SymbolicArray):
            return values
        if isinstance(values, list | tuple) and any(isinstance(v, Symbolic) for v in values):
            return SymbolicArray(list(values))
        return self._numpy.asarray(values, *rest, **named)

    array = asarray

    def isfinite(self, values: Any) -> Any:
        """Say where coordinates are finite; symbolic ones are."""
        if isinstance(values, SymbolicArray):
            known = [isinstance(item, Symbolic) or math.isfinite(item) for item in values]
            return SymbolicArray(known)
        return True if isinstance(values, Symbolic) else self._numpy.isfinite(values)

    def concatenate(self, parts: Any, *rest: Any, **named: Any) -> Any:
        """Return arrays one after the other."""
        if any(isinstance(part, SymbolicArray) for part in parts):
            return SymbolicArray([item for part in parts for item in list(part)])
        return self._numpy.concatenate(parts, *rest, **named)

    def minimum(self, left: Any, right: Any) -> Any:
        """Return the smaller of each pair of coordinates."""
        if isinstance(left, SymbolicArray):
            return left._each(right, min)
        return self._numpy.minimum(left, right)

    def maximum(self, left: Any, right: Any) -> Any:
        """Return the greater of each pair of coordinates."""
        if isinstance(left, SymbolicArray):
            return left._each(right, max)
        return self._numpy.maximum(left, right)

    def errstate(self, **named: Any) -> AbstractContextManager[Any]:
        """Return a context that does nothing: symbolic arithmetic has no error state."""
        return nullcontext()
