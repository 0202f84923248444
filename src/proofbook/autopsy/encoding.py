"""Typed JSON for the arguments and results of kernels: exact, without floats, readable back.

| value | JSON |
|---|---|
| None, bool, str, int within 2^53 - 1 | itself |
| other int | `{"int": "123…"}` |
| float | `{"f64": float.hex()}`; NaN and infinities by name |
| Fraction | `{"q": "p/q"}` |
| bytes | `{"bytes": hex}` |
| list / tuple | `[…]` / `{"tuple": […]}` |
| set, frozenset | `{"set": […]}`, in canonical order |
| dict | `{"map": [[key, value], …]}`, in canonical order |
| float64 / int64 / bool array | `{"array": […], "dtype": …, "shape": […]}` |
| Enum member | `{"enum": class, "name": member}` |
| dataclass, named tuple | `{"record": class, "fields": {…}}` |
"""

import dataclasses
import enum
import math
from fractions import Fraction
from typing import Any

from proofbook.autopsy.canonical import canonical_bytes

SAFE_INTEGER = 2**53 - 1


def encode(value: Any) -> Any:
    """Return the typed JSON of a value.

    Raises:
        TypeError: the value is of a kind that has no exact form here.
    """
    for matches, write in _WRITERS:
        if matches(value):
            return write(value)
    raise TypeError(f"no exact JSON form for {type(value).__name__}")


def decode(value: Any, namespace: Any) -> Any:
    """Return the value that `encode` wrote; records and enums are looked up in `namespace`.

    Raises:
        ValueError: the JSON is not what `encode` writes.
        AttributeError: the namespace has no class of the recorded name.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list):
        return [decode(item, namespace) for item in value]
    if isinstance(value, dict):
        for key, read in _READERS.items():
            if key in value:
                return read(value, namespace)
    raise ValueError(f"not an encoded value: {value!r:.60}")


def exact_number(value: Any) -> int | str:
    """Return a number for a report field: small integer, `p/q`, or `float.hex()`.

    Raises:
        TypeError: not an int, a Fraction or a float.
        ValueError: NaN or an infinity.
    """
    if isinstance(value, bool):
        raise TypeError("a truth value is not a number")
    if _is_integer(value):
        number = int(value)
        return number if abs(number) <= SAFE_INTEGER else f"{number}/1"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number")
        return float(value).hex()
    raise TypeError(f"{type(value).__name__} is not an int, a Fraction or a float")


def read_exact_number(text: int | str) -> Fraction:
    """Return the rational that `exact_number` wrote.

    Raises:
        ValueError: not of that form.
    """
    if isinstance(text, int):
        return Fraction(text)
    if "/" in text:
        return Fraction(text)
    return Fraction(float.fromhex(text))


def _is_integer(value: Any) -> bool:
    if isinstance(value, bool | enum.Enum):
        return False
    return isinstance(value, int) or (
        type(value).__name__ in {"int64", "int32", "uint64", "mpz"} and hasattr(value, "__index__")
    )


def _is_array(value: Any) -> bool:
    return type(value).__name__ == "ndarray"


def _is_named_tuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _write_integer(value: Any) -> Any:
    number = int(value)
    return number if abs(number) <= SAFE_INTEGER else {"int": str(number)}


def _write_float(value: float) -> Any:
    return {"f64": float(value).hex()}


def _write_array(value: Any) -> Any:
    kind = str(value.dtype)
    if kind not in {"float64", "int64", "bool"}:
        raise TypeError(f"no exact JSON form for arrays of {kind}")
    items = [item.hex() if kind == "float64" else encode(item) for item in value.ravel().tolist()]
    return {"array": items, "dtype": kind, "shape": list(value.shape)}


def _write_record(value: Any) -> Any:
    names = [field.name for field in dataclasses.fields(value)]
    return {
        "record": type(value).__name__,
        "fields": {name: encode(getattr(value, name)) for name in names},
    }


def _write_named_tuple(value: Any) -> Any:
    fields = {name: encode(item) for name, item in zip(value._fields, value, strict=True)}
    return {"record": type(value).__name__, "fields": fields}


def _in_order(items: list[Any]) -> list[Any]:
    return sorted(items, key=canonical_bytes)


_WRITERS: list[tuple[Any, Any]] = [
    (lambda v: v is None or isinstance(v, bool), lambda v: v),
    (lambda v: type(v).__name__ in {"bool_", "bool"}, bool),
    (
        lambda v: isinstance(v, enum.Enum),
        lambda v: {"enum": type(v).__name__, "name": v.name},
    ),
    (lambda v: isinstance(v, str), str),
    (_is_integer, _write_integer),
    (lambda v: isinstance(v, float), _write_float),
    (
        lambda v: isinstance(v, Fraction),
        lambda v: {"q": f"{v.numerator}/{v.denominator}"},
    ),
    (lambda v: isinstance(v, bytes), lambda v: {"bytes": v.hex()}),
    (_is_array, _write_array),
    (_is_record, _write_record),
    (_is_named_tuple, _write_named_tuple),
    (lambda v: isinstance(v, list), lambda v: [encode(item) for item in v]),
    (lambda v: isinstance(v, tuple), lambda v: {"tuple": [encode(item) for item in v]}),
    (
        lambda v: isinstance(v, set | frozenset),
        lambda v: {"set": _in_order([encode(item) for item in v])},
    ),
    (
        lambda v: isinstance(v, dict),
        lambda v: {"map": _in_order([[encode(key), encode(item)] for key, item in v.items()])},
    ),
]


def _read_array(value: Any, namespace: Any) -> Any:
    import numpy as np

    hexadecimal = value["dtype"] == "float64"
    items = [
        float.fromhex(item) if hexadecimal else decode(item, namespace) for item in value["array"]
    ]
    return np.array(items, dtype=value["dtype"]).reshape(value["shape"])


def _read_record(value: Any, namespace: Any) -> Any:
    fields = {name: decode(item, namespace) for name, item in value["fields"].items()}
    return getattr(namespace, value["record"])(**fields)


_READERS: dict[str, Any] = {
    "int": lambda v, _: int(v["int"]),
    "f64": lambda v, _: float.fromhex(v["f64"]),
    "q": lambda v, _: Fraction(v["q"]),
    "bytes": lambda v, _: bytes.fromhex(v["bytes"]),
    "tuple": lambda v, n: tuple(decode(item, n) for item in v["tuple"]),
    "set": lambda v, n: frozenset(decode(item, n) for item in v["set"]),
    "map": lambda v, n: {decode(key, n): decode(item, n) for key, item in v["map"]},
    "array": _read_array,
    "enum": lambda v, n: getattr(n, v["enum"])[v["name"]],
    "record": _read_record,
}
