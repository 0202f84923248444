"""Symbolic values: numbers, truths, texts and sets that stand for all values of their kind."""

import operator
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import FrameType
from typing import Any, Literal, NoReturn

from proofbook.autopsy.proofs.statement import FALSE, TRUE, Term
from proofbook.lab.symbolic.paths import here, negation
from proofbook.lab.symbolic.polynomial import (
    Polynomial,
    Refused,
    add,
    compare,
    constant,
    divide_by_monomial,
    is_integral,
    multiply,
    reduce_by_monomial,
    value_of,
    variable,
)
from proofbook.lab.symbolic.rounding import note_float, rounded
from proofbook.lab.symbolic.scales import (
    note_positive,
    note_product,
    positive_factor,
    simplified,
    square_root_of,
)
from proofbook.lab.symbolic.source import is_message

Kind = Literal["int", "float", "fraction"]
FARTHEST = 64  # an index that is surely from 0 to this is known by forking
_TYPES: dict[str, type] = {"int": int, "float": float, "fraction": Fraction}


def conjunction(*truths: Term) -> Term:
    """Return the formula that all of these hold."""
    kept = [truth for truth in dict.fromkeys(truths) if truth != TRUE]
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else ("and", *kept) if kept else TRUE


def disjunction(*truths: Term) -> Term:
    """Return the formula that one of these holds."""
    kept = [truth for truth in dict.fromkeys(truths) if truth != FALSE]
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else ("or", *kept) if kept else FALSE


class Symbolic:
    """What all symbolic values have in common: they refuse what they cannot answer for all values."""

    def stands_for(self) -> type:
        """Return the type of the values it stands for."""
        raise NotImplementedError

    def _refuse(self, what: str) -> NoReturn:
        raise Refused(f"{what} of a symbolic {self.stands_for().__name__} cannot be carried")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse(f"the attribute .{name}")

    def __hash__(self) -> int:  # noqa: PLE0309
        self._refuse("the hash (as of a dictionary's key)")

    def __index__(self) -> int:  # noqa: PLE0305
        self._refuse("a range, index or length")

    def __float__(self) -> float:
        self._refuse("the double")

    def __int__(self) -> int:
        self._refuse("the int")

    def __str__(self) -> str:
        return self._in_words(sys._getframe(1))

    def __repr__(self) -> str:
        return self._in_words(sys._getframe(1))

    def __format__(self, spec: str) -> str:
        return self._in_words(sys._getframe(1))

    def _in_words(self, frame: FrameType) -> str:
        if not is_message(frame):
            self._refuse("the text (other than in the message of an error)")
        return f"‹{self.stands_for().__name__}›"


class SymbolicBool(Symbolic):
    """A truth value; asking for it forks the run."""

    def __init__(self, term: Term) -> None:
        self.term = term

    def stands_for(self) -> type:
        """Return bool."""
        return bool

    def __bool__(self) -> bool:
        return here().decide(self.term)

    def __and__(self, other: Any) -> "SymbolicBool":
        return SymbolicBool(conjunction(self.term, truth_of(other)))

    def __or__(self, other: Any) -> "SymbolicBool":
        return SymbolicBool(disjunction(self.term, truth_of(other)))

    def __invert__(self) -> "SymbolicBool":
        return SymbolicBool(negation(self.term))

    def __eq__(self, other: object) -> Any:
        mine, theirs = self.term, truth_of(other)
        both, none = conjunction(mine, theirs), conjunction(negation(mine), negation(theirs))
        return SymbolicBool(disjunction(both, none))

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    def __le__(self, other: Any) -> "SymbolicBool":
        return SymbolicBool(disjunction(negation(self.term), truth_of(other)))

    def __ge__(self, other: Any) -> "SymbolicBool":
        return SymbolicBool(disjunction(self.term, negation(truth_of(other))))

    def __add__(self, other: Any) -> Any:
        return int(bool(self)) + other

    def __sub__(self, other: Any) -> Any:
        return int(bool(self)) - other

    def __rsub__(self, other: Any) -> Any:
        return other - int(bool(self))

    def __mul__(self, other: Any) -> Any:
        return int(bool(self)) * other

    __radd__, __rmul__ = __add__, __mul__
    __rand__, __ror__ = __and__, __or__
    __hash__ = Symbolic.__hash__


def _refusing(operation: str) -> Callable[..., NoReturn]:
    def refuse(self: Symbolic, *_: Any) -> NoReturn:
        self._refuse(f"the operation {operation}")

    return refuse


_UNARY = (
    *(
        "len",
        "iter",
        "getitem",
        "contains",
        "call",
        "reversed",
        "complex",
        "trunc",
        "floor",
        "ceil",
    ),
    *("round", "neg", "pos", "abs", "invert", "lt", "le", "gt", "ge"),
)
_BINARY = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul"),
    *("lshift", "rshift", "and", "or", "xor"),
)
# What a kind of symbol does not define must not end in a TypeError, which the code might catch.
for _operation in (*_UNARY, *_BINARY, *(f"r{name}" for name in _BINARY)):
    setattr(Symbolic, f"__{_operation}__", _refusing(_operation))


def truth_of(value: Any) -> Term:
    """Return the formula of a truth value.

    Raises:
        Refused: it is none.
    """
    if isinstance(value, SymbolicBool):
        return value.term
    if type(value).__name__ in {"bool", "bool_"}:
        return TRUE if value else FALSE
    raise Refused(f"{value!r:.60} is no truth value")


def as_number(value: Any) -> "SymbolicNumber | None":
    """Return a number as a symbolic one, None for what is no finite number."""
    if isinstance(value, SymbolicNumber):
        return value
    if isinstance(value, SymbolicBool):  # as Python counts truths
        return SymbolicNumber(constant(int(bool(value))), "int")
    if isinstance(value, int):
        return SymbolicNumber(constant(int(value)), "int")
    if isinstance(value, Fraction):
        return SymbolicNumber(constant(value), "fraction")
    if isinstance(value, float) and value - value == 0.0:
        return SymbolicNumber(constant(Fraction(value)), "float")
    return None


def _joint(left: Kind, right: Kind) -> Kind:
    if "float" in (left, right):
        return "float"
    return "fraction" if "fraction" in (left, right) else "int"


def _operand(number: "SymbolicNumber", kind: Kind) -> Polynomial:
    """Return a number as Python takes it into an operation: beside a float, ints and Fractions are rounded."""
    if kind == "float" and number.kind != "float":
        return result(number.polynomial, "float").polynomial
    return number.polynomial


class SymbolicNumber(Symbolic):
    """An int, Fraction or float: a polynomial in the constants of the statement.

    In the semantics `real` floats are real numbers; in `rounded` each operation on floats is rounded.
    """

    def __init__(self, polynomial: Polynomial, kind: Kind) -> None:
        self.polynomial, self.kind = polynomial, kind

    def stands_for(self) -> type:
        """Return int, float or Fraction."""
        return _TYPES[self.kind]

    @property
    def numerator(self) -> "SymbolicNumber":
        """The integer itself; of a fraction it is refused."""
        if self.kind != "int":
            self._refuse("the numerator")
        return self

    def _with(self, other: Any, operation: Callable[[Polynomial, Polynomial], Polynomial]) -> Any:
        number = as_number(other)
        if number is None:
            if isinstance(other, float):
                self._refuse(f"arithmetic with {other}")
            return NotImplemented
        kind = _joint(self.kind, number.kind)
        left, right = _operand(self, kind), _operand(number, kind)
        return result(operation(left, right), kind)

    def __add__(self, other: Any) -> Any:
        return self._with(other, add)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda p, q: add(p, q, -1))

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda p, q: add(q, p, -1))

    def __mul__(self, other: Any) -> Any:
        return self._with(other, multiply)

    def __truediv__(self, other: Any) -> Any:
        return _divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _divide(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _floor_divide(other, self)

    def __mod__(self, other: Any) -> Any:
        return self - other * (self // other)

    def __rmod__(self, other: Any) -> Any:
        return other - self * (other // self)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __pow__(self, exponent: Any) -> Any:
        inexact = self.kind == "float" and here().rounded
        if type(exponent) is not int or not 0 <= exponent <= 8 or inexact:
            self._refuse("a power that is no small whole number")
        power = as_number(1)
        assert power is not None
        for _ in range(exponent):
            power = power * self
        return power

    def __index__(self) -> int:
        if self.kind != "int" or not self >= 0:
            self._refuse("a range, index or length")
        low, high = 0, 1
        while not self <= high:
            low, high = high + 1, 2 * high
            if low > FARTHEST:
                self._refuse("a range, index or length")
        while low < high:  # each step forks where both halves are possible
            middle = (low + high) // 2
            low, high = (low, middle) if self <= middle else (middle + 1, high)
        return low

    def __lshift__(self, places: Any) -> Any:
        if self.kind != "int":
            self._refuse("a shift")
        return self * 2 ** operator.index(places)

    def __rlshift__(self, other: Any) -> Any:
        return other << operator.index(self)

    def __neg__(self) -> "SymbolicNumber":
        return SymbolicNumber(multiply(constant(-1), self.polynomial), self.kind)

    def __pos__(self) -> "SymbolicNumber":
        return self

    def __abs__(self) -> Any:
        return self if self >= 0 else -self

    def __floor__(self) -> Any:
        return floor(self)

    def __ceil__(self) -> Any:
        return -floor(-self)

    def __round__(self, digits: Any = None) -> "SymbolicNumber":
        if digits is not None:
            self._refuse("rounding to digits")
        return round_to_even(self)

    def __bool__(self) -> bool:
        return not bool(self == 0)

    def as_integer_ratio(self) -> "tuple[SymbolicNumber, SymbolicNumber]":
        """Return numerator and denominator for *any* denominator d ≥ 1 that makes both integers.

        Denominators of floats are powers of two: of two of them the greater is a multiple of the other.
        """
        if self.kind == "int":
            return self, SymbolicNumber(constant(1), "int")
        path, key = here(), ("ratio", tuple(sorted(self.polynomial.items())))
        if key not in path.memo:
            below = path.name("denominator", "Int")
            path.assume(compare("<=", constant(1), below, path.sorts))
            path.memo[key] = below
            if self.kind == "float":
                path.memo.setdefault("powers of two", []).append(below)
                note_positive(below, path)
        below = path.memo[key]
        return SymbolicNumber(multiply(self.polynomial, below), "int"), SymbolicNumber(below, "int")

    def _compare(self, relation: str, other: Any, *, swap: bool = False) -> Any:
        number = as_number(other)
        if number is None:
            if isinstance(other, float):  # infinite or NaN: no symbolic number is either
                return getattr(0.0, _METHODS[relation, swap])(other)
            return NotImplemented
        left, right = self.polynomial, number.polynomial
        if swap:
            left, right = right, left
        difference, path = add(right, left, -1), here()
        common = positive_factor(difference, path)
        if value_of(common) is None:
            left, right = {}, divide_by_monomial(difference, common) or {}
        return SymbolicBool(compare(relation, left, right, path.sorts))

    def __le__(self, other: Any) -> Any:
        return self._compare("<=", other)

    def __lt__(self, other: Any) -> Any:
        return self._compare("<", other)

    def __ge__(self, other: Any) -> Any:
        return self._compare("<=", other, swap=True)

    def __gt__(self, other: Any) -> Any:
        return self._compare("<", other, swap=True)

    def __eq__(self, other: object) -> Any:
        return self._compare("=", other)

    def __ne__(self, other: object) -> Any:
        same = self._compare("=", other)
        return same if same is NotImplemented else ~same if same is not False else True

    __radd__, __rmul__ = __add__, __mul__
    __hash__ = Symbolic.__hash__


_METHODS = {
    ("<=", False): "__le__",
    ("<=", True): "__ge__",
    ("<", False): "__lt__",
    ("<", True): "__gt__",
    ("=", False): "__eq__",
}


def result(exact: Polynomial, kind: Kind) -> SymbolicNumber:
    """Return what an operation gives whose exact result is known: floats are rounded if asked for."""
    path = here()
    exact = simplified(exact, path)
    if kind == "float" and path.rounded:
        exact = rounded(exact, path)
    return SymbolicNumber(exact, kind)


def _divide(left: Any, right: Any) -> Any:
    above, below = as_number(left), as_number(right)
    if above is None or below is None:
        return NotImplemented
    if _is_zero(below):
        raise ZeroDivisionError("division by zero")
    kind = _joint(above.kind, below.kind)
    quotient = exact_quotient(_operand(above, kind), _operand(below, kind))
    return result(quotient, "float" if kind == "int" else kind)


def _is_zero(number: SymbolicNumber) -> bool:
    """Decide whether a number is zero; of a product, factor by factor (each is the easier question)."""
    names = [name for monomial in number.polynomial for name, _ in monomial]
    if len(number.polynomial) != 1 or len(names) < 2:
        return bool(number == 0)
    path = here()
    return any(path.decide(compare("=", variable(n), constant(0), path.sorts)) for n in names)


def exact_quotient(above: Polynomial, below: Polynomial) -> Polynomial:
    """Return above/below, a fresh constant where it is no polynomial; `below` is not zero."""
    above, below = reduce_by_monomial(above, below)
    path = here()
    for left, right, product in path.memo.get("products", []):  # without a known inverse below
        for inside, there in ((left, right), (right, left)):
            if value_of(product) == 1 and all(inside in dict(monomial) for monomial in below):
                below = simplified(multiply(below, variable(there)), path)
                above = simplified(multiply(above, variable(there)), path)
    known = divide_by_monomial(above, below)
    if known is not None:
        return known
    outside = positive_factor(above, path)
    above = divide_by_monomial(above, outside) or {}
    key = ("/", tuple(sorted(above.items())), tuple(sorted(below.items())))
    if key not in path.memo:
        quotient = path.name("quotient", "Real")
        path.assume(compare("=", multiply(quotient, below), above, path.sorts))
        path.memo[key] = quotient
    return simplified(multiply(outside, path.memo[key]), path)


def _floor_divide(left: Any, right: Any) -> Any:
    above, below = as_number(left), as_number(right)
    if above is None or below is None:
        return NotImplemented
    if below == 0:
        raise ZeroDivisionError("integer division or modulo by zero")
    path = here()
    if path.rounded and "float" in (above.kind, below.kind):
        raise Refused("the floor of a quotient of floats, whose rounding is not that of a quotient")
    exact = divide_by_monomial(above.polynomial, below.polynomial)
    if exact is not None and is_integral(exact, path.sorts):
        return SymbolicNumber(exact, "int")
    if below < 0:
        above, below = -above, -below
    powers = path.memo.get("powers of two", [])
    divides = above.polynomial in powers and below.polynomial in powers
    if divides and above < below:
        return 0
    key = ("//", tuple(sorted(above.polynomial.items())), tuple(sorted(below.polynomial.items())))
    if key not in path.memo and divides:
        quotient = path.name("ratio", "Int")
        path.assume(
            compare("=", multiply(quotient, below.polynomial), above.polynomial, path.sorts),
            compare("<", constant(0), quotient, path.sorts),
        )
        note_product(quotient, below.polynomial, above.polynomial, path)
        path.memo[key] = quotient
    if key not in path.memo:
        quotient = path.name("floor", "Int")
        low = multiply(quotient, below.polynomial)
        path.assume(
            compare("<=", low, above.polynomial, path.sorts),
            compare("<", above.polynomial, add(low, below.polynomial), path.sorts),
        )
        path.memo[key] = quotient
    return SymbolicNumber(path.memo[key], "int")


def floor(number: SymbolicNumber) -> Any:
    """Return the greatest integer that is not above a number."""
    if number.kind == "int":
        return number
    one = SymbolicNumber(constant(1), "int")
    return _floor_divide(SymbolicNumber(number.polynomial, "fraction"), one)


def round_to_even(number: SymbolicNumber) -> SymbolicNumber:
    """Return the nearest integer, the even one of two."""
    if number.kind == "int":
        return number
    path, key = here(), ("round", tuple(sorted(number.polynomial.items())))
    if key not in path.memo:
        p, k, half = number.polynomial, path.name("round", "Int"), path.name("half", "Int")
        left = add(multiply(constant(2), add(p, k, -1)), {})  # 2(p - k), in [-1, 1]
        even = compare("=", k, multiply(constant(2), half), path.sorts)
        path.assume(
            disjunction(compare("<", constant(-1), left, path.sorts), even),
            disjunction(compare("<", left, constant(1), path.sorts), even),
            compare("<=", constant(-1), left, path.sorts),
            compare("<=", left, constant(1), path.sorts),
        )
        path.memo[key] = k
    return SymbolicNumber(path.memo[key], "int")


def square_root(number: Any) -> SymbolicNumber:
    """Return the root that is not negative."""
    exact = as_number(number)
    if exact is None:
        raise Refused(f"the root of {number!r:.40}")
    if exact < 0:
        raise ValueError("math domain error")
    path = here()
    outside = positive_factor(exact.polynomial, path, step=2)
    inside = divide_by_monomial(exact.polynomial, outside) or {}
    key = ("sqrt", tuple(sorted(inside.items())))
    if key not in path.memo:
        root = path.name("root", "Real")
        path.assume(
            compare("<=", constant(0), root, path.sorts),
            compare("=", multiply(root, root), inside, path.sorts),
        )
        path.memo[key] = root
    return result(multiply(square_root_of(outside), path.memo[key]), "float")


class SymbolicExponent(Symbolic):
    """The integer offset ± log₂(scale), for a power of two that is known by `scale` alone."""

    def __init__(self, scale: Polynomial, offset: int, *, opposite: bool = False) -> None:
        self.scale, self.offset, self.opposite = scale, offset, opposite

    def stands_for(self) -> type:
        """Return int."""
        return int

    def __add__(self, other: Any) -> "SymbolicExponent":
        if type(other) is not int:
            self._refuse("the sum with anything but an int")
        return SymbolicExponent(self.scale, self.offset + other, opposite=self.opposite)

    def __sub__(self, other: Any) -> "SymbolicExponent":
        if type(other) is not int:
            self._refuse("the difference with anything but an int")
        return SymbolicExponent(self.scale, self.offset - other, opposite=self.opposite)

    def __neg__(self) -> "SymbolicExponent":
        return SymbolicExponent(self.scale, -self.offset, opposite=not self.opposite)

    def power(self) -> Polynomial:
        """Return two to this power."""
        factor = constant(Fraction(2) ** self.offset)
        if not self.opposite:
            return multiply(factor, self.scale)
        return multiply(factor, inverse(self.scale))


def inverse(scale: Polynomial) -> Polynomial:
    """Return the inverse of a positive constant."""
    path, key = here(), ("inverse", tuple(sorted(scale.items())))
    if key not in path.memo:
        below, one = path.name("inverse", "Real"), constant(1)
        path.assume(
            compare("<", constant(0), below, path.sorts),
            compare("=", multiply(below, scale), one, path.sorts),
        )
        note_product(below, scale, one, path)
        path.memo[key] = below
    found: Polynomial = path.memo[key]
    return found


def mantissa_and_exponent(number: SymbolicNumber) -> tuple[Any, Any]:
    """Return (m, e) with number = m·2^e and m in [1/2, 1), as math.frexp does for a positive number."""
    if number <= 0:
        raise Refused("math.frexp of a number that may be zero or negative")
    path, key = here(), ("frexp", tuple(sorted(number.polynomial.items())))
    if key not in path.memo:
        scale, twice = path.name("scale", "Real"), constant(2)  # 2^(e - 1), a double
        note_float(scale, path)
        path.assume(
            compare("<", constant(0), scale, path.sorts),
            compare("<=", scale, number.polynomial, path.sorts),
            compare("<", number.polynomial, multiply(twice, scale), path.sorts),
        )
        path.memo[key] = scale
    scale = path.memo[key]
    half = exact_quotient(multiply(constant(Fraction(1, 2)), number.polynomial), scale)
    return SymbolicNumber(half, "float"), SymbolicExponent(scale, 1)


def exact_sum(numbers: Iterator[Any]) -> SymbolicNumber:
    """Return the exact sum, rounded once where floats are (math.fsum)."""
    total: Polynomial = {}
    for number in numbers:
        exact = as_number(number)
        if exact is None:
            raise Refused(f"the sum with {number!r:.40}")
        total = add(total, exact.polynomial)
    return result(total, "float")
