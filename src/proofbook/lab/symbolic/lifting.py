"""Functions of a notebook, made to run on symbolic values: the same code, other builtins."""

import builtins
import math
import types
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any

from proofbook.lab.symbolic.arrays import Numpy
from proofbook.lab.symbolic.lookups import LOOKUPS
from proofbook.lab.symbolic.paths import here
from proofbook.lab.symbolic.polynomial import Refused, multiply
from proofbook.lab.symbolic.source import IDENTITY, code_for_symbols
from proofbook.lab.symbolic.values import (
    Symbolic,
    SymbolicBool,
    SymbolicExponent,
    SymbolicNumber,
    as_number,
    exact_sum,
    mantissa_and_exponent,
    result,
    square_root,
)

_KERNELS = "proofbook.lab.kernels."


class _StandIn(type):
    """A number type as lifted code sees it: same name and instances, a conversion that knows symbols."""

    original: type
    convert: Callable[..., Any]

    def __call__(cls, *args: Any, **named: Any) -> Any:
        return cls.convert(*args, **named)

    def __instancecheck__(cls, value: Any) -> bool:
        return is_instance(value, cls.original)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.original, name)


def _stand_in(original: type, convert: Callable[..., Any]) -> _StandIn:
    space = {"original": original, "convert": staticmethod(convert)}
    return _StandIn(original.__name__, (), space)


def _type(value: Any, *rest: Any) -> Any:
    if rest:
        return type(value, *rest)
    kind = value.stands_for() if isinstance(value, Symbolic) else type(value)
    return _STAND_INS.get(kind, kind)


def _is(left: Any, right: Any) -> bool:
    """Say whether two objects are one, for symbols as for what they stand for."""
    left, right = original_of(left), original_of(right)
    if left is right or not (isinstance(left, Symbolic) or isinstance(right, Symbolic)):
        return left is right
    if not isinstance(left, Symbolic):
        left, right = right, left
    if isinstance(left, SymbolicBool) and isinstance(right, bool):
        return bool(left) is right
    if right is None or isinstance(right, type):
        return False
    if issubclass(type(right), left.stands_for()) or isinstance(right, Symbolic):
        raise Refused("identity of a symbol with a value of its kind")
    return False


def original_of(value: Any) -> Any:
    """Return the type for which a stand-in stands; everything else as it is."""
    return value.original if type(value) is _StandIn else value


def is_instance(value: Any, kinds: Any) -> bool:
    """Say what `isinstance` says of the values that a symbol stands for."""
    if not isinstance(value, Symbolic):
        return isinstance(value, kinds)
    if isinstance(kinds, tuple):
        return any(is_instance(value, kind) for kind in kinds)
    if isinstance(kinds, types.UnionType):
        return any(is_instance(value, kind) for kind in kinds.__args__)
    original = kinds.original if isinstance(kinds, _StandIn) else kinds
    return issubclass(value.stands_for(), original)


def _float(value: Any = 0.0) -> Any:
    number = as_number(value) if isinstance(value, SymbolicNumber) else None
    return float(value) if number is None else result(number.polynomial, "float")


def _int(value: Any = 0, *rest: Any) -> Any:
    if isinstance(value, SymbolicBool):
        return 1 if value else 0
    if not isinstance(value, SymbolicNumber):
        return int(value, *rest)
    return math.floor(value) if value >= 0 else math.ceil(value)


def _fraction(above: Any = 0, below: Any = None) -> Any:
    if not isinstance(above, Symbolic) and not isinstance(below, Symbolic):
        return Fraction(above, below)
    number = as_number(above)
    if number is None:
        raise Refused(f"Fraction({above!r:.40}, {below!r:.40})")
    exact = SymbolicNumber(number.polynomial, "fraction")
    return exact if below is None else exact / below


def _finite(value: Any) -> bool:
    return True if isinstance(value, Symbolic) else math.isfinite(value)


def _never(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: False if isinstance(value, Symbolic) else test(value)


def _sqrt(value: Any) -> Any:
    return square_root(value) if isinstance(value, Symbolic) else math.sqrt(value)


def _frexp(value: Any) -> Any:
    return mantissa_and_exponent(value) if isinstance(value, SymbolicNumber) else math.frexp(value)


def _ldexp(value: Any, exponent: Any) -> Any:
    if not isinstance(exponent, SymbolicExponent):
        if isinstance(value, Symbolic):
            raise Refused("math.ldexp of a symbolic number by a number of places")
        return math.ldexp(value, exponent)
    number = as_number(value)
    if number is None:
        raise Refused(f"math.ldexp of {value}")
    return result(multiply(number.polynomial, exponent.power()), "float")


def _fsum(values: Any) -> Any:
    items = list(values)
    symbolic = any(isinstance(item, Symbolic) for item in items)
    return exact_sum(iter(items)) if symbolic else math.fsum(items)


def _refusing(name: str, original: Any) -> Any:
    def refuse(*args: Any, **named: Any) -> Any:
        if any(isinstance(arg, Symbolic) for arg in (*args, *named.values())):
            raise Refused(f"math.{name} of a symbolic number: it is no polynomial")
        return original(*args, **named)

    return refuse


_STAND_INS = {
    int: _stand_in(int, _int),
    float: _stand_in(float, _float),
    Fraction: _stand_in(Fraction, _fraction),
}
_EXACT = {"floor", "ceil", "prod", "inf", "pi", "nan", "e"}
_OWN: dict[str, Any] = {
    "isfinite": _finite,
    "isnan": _never(math.isnan),
    "isinf": _never(math.isinf),
    "sqrt": _sqrt,
    "fsum": _fsum,
    "frexp": _frexp,
    "ldexp": _ldexp,
}
_MATH = types.SimpleNamespace(
    **{
        name: _OWN.get(name, value if name in _EXACT else _refusing(name, value))
        for name, value in vars(math).items()
        if not name.startswith("__")
    }
)
_REPLACED: dict[Any, Any] = {
    type: _type,
    isinstance: is_instance,
    **_STAND_INS,
    math: _MATH,
    **{getattr(math, name): value for name, value in vars(_MATH).items() if name not in _EXACT},
}
_BUILTINS = {
    **vars(builtins),
    "type": _type,
    "isinstance": is_instance,
    "float": _STAND_INS[float],
    "int": _STAND_INS[int],
}


class Lifting:
    """Lifts functions of one notebook and of the kernels it uses; notes what is called.

    A function keeps its code; its globals are copied, with builtins that know symbolic values.
    """

    def __init__(self) -> None:
        self._globals: dict[int, dict[str, Any]] = {}
        self._functions: dict[int, Any] = {}
        self._kept: list[Any] = []

    def lift(self, value: Any) -> Any:
        """Return a function, module or value as it is to be seen by lifted code."""
        if isinstance(value, types.FunctionType) and self._is_of_a_notebook(value):
            if id(value) not in self._functions:
                self._functions[id(value)] = self._function(value)
                self._kept.append(value)
            return self._functions[id(value)]
        if isinstance(value, types.ModuleType) and value.__name__ == "numpy":
            return Numpy(value)
        if type(value) in LOOKUPS and any(isinstance(key, str) for key in value):
            return LOOKUPS[type(value)](value)
        try:
            return _REPLACED.get(value, value)
        except TypeError:
            return value

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return the functions that were lifted, by name."""
        return {name_in_kernel(function): function for function in self._kept}

    @staticmethod
    def _is_of_a_notebook(function: types.FunctionType) -> bool:
        module = function.__globals__.get("__name__", "")
        return (
            module == "__main__"
            or module.startswith(_KERNELS)
            or "get_ipython" in (function.__globals__)
        )

    def _function(self, function: types.FunctionType) -> Callable[..., Any]:
        name = name_in_kernel(function)

        @wraps(function)
        def lifted(*args: Any, **named: Any) -> Any:
            here().called.add(name)
            return self._made(function)(*args, **named)

        return lifted

    def _made(self, function: types.FunctionType) -> Callable[..., Any]:
        key = -id(function)
        if key not in self._functions:
            cells = tuple(
                types.CellType(self.lift(c.cell_contents)) for c in function.__closure__ or ()
            )
            shadow = self._shadow(function.__globals__)
            made = types.FunctionType(
                code_for_symbols(function, shadow),
                shadow,
                function.__name__,
                tuple(map(self.lift, function.__defaults__ or ())) or None,
                cells or None,
            )
            named = function.__kwdefaults__ or {}
            made.__kwdefaults__ = {name: self.lift(value) for name, value in named.items()}
            self._functions[key] = made
        made_before: Callable[..., Any] = self._functions[key]
        return made_before

    def _shadow(self, names: dict[str, Any]) -> dict[str, Any]:
        if id(names) not in self._globals:
            shadow: dict[str, Any] = {}
            self._globals[id(names)] = shadow
            shadow.update({name: self.lift(value) for name, value in names.items()})
            shadow["__builtins__"] = _BUILTINS
            shadow[IDENTITY] = _is
        return self._globals[id(names)]


def name_in_kernel(function: Callable[..., Any]) -> str:
    """Return `name` for a function of this notebook, `kernel.name` for one of another kernel."""
    module = getattr(function, "__module__", "") or ""
    prefix = f"{module.removeprefix(_KERNELS)}." if module.startswith(_KERNELS) else ""
    return f"{prefix}{getattr(function, '__qualname__', repr(function))}"
