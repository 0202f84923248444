"""Encoded values are exact, read back as what they were, and never depend on the order of a set."""

import dataclasses
import enum
import math
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, NamedTuple

import gmpy2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from proofbook.autopsy.canonical import canonical_bytes, parse_json
from proofbook.autopsy.encoding import decode, encode, exact_number, read_exact_number


class Effect(enum.Enum):
    PERMIT = "permit"
    DENY = "deny"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass(frozen=True)
class Bound:
    low: Fraction
    high: Fraction


class Vote(NamedTuple):
    voter: str
    effect: Effect


HERE = SimpleNamespace(Effect=Effect, Level=Level, Bound=Bound, Vote=Vote)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
FRACTIONS = st.fractions()
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    TEXT,
    st.binary(max_size=8),
    FRACTIONS,
    st.sampled_from(Effect),
    st.sampled_from(Level),
    st.builds(Bound, FRACTIONS, FRACTIONS),
    st.builds(Vote, TEXT, st.sampled_from(Effect)),
)
HASHABLE = st.one_of(st.integers(), TEXT, FRACTIONS, st.tuples(st.integers(), TEXT))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.frozensets(HASHABLE, max_size=4),
        st.dictionaries(HASHABLE, inner, max_size=4),
    ),
    max_leaves=12,
)


def same(left: Any, right: Any) -> bool:
    """Equal in type and value, all the way down: 1, 1.0 and True are three things here."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return left.hex() == right.hex()
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


@given(VALUES)
def test_every_value_is_read_back_through_its_canonical_bytes(value: Any) -> None:
    data = canonical_bytes(encode(value))
    assert same(decode(parse_json(data, "x"), HERE), value)


@given(st.floats())
def test_every_double_keeps_its_bits(x: float) -> None:
    back = decode(encode(x), HERE)
    assert math.isnan(back) if math.isnan(x) else back.hex() == x.hex()


ARRAYS = st.one_of(
    hnp.arrays("float64", hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)),
    hnp.arrays("int64", hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)),
    hnp.arrays("bool", hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)),
)


@given(ARRAYS)
def test_every_array_keeps_its_shape_type_and_bits(array: Any) -> None:
    back = decode(parse_json(canonical_bytes(encode(array)), "x"), HERE)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert np.array_equal(back, array, equal_nan=array.dtype == "float64")
    if back.dtype == "float64":  # a NaN's sign means nothing and is not kept
        numbers = ~np.isnan(array)
        assert np.array_equal(np.signbit(back[numbers]), np.signbit(array[numbers]))


@given(st.lists(HASHABLE, unique=True, max_size=6), st.randoms(use_true_random=False))
def test_sets_and_dicts_do_not_depend_on_their_order(items: list[Any], draw: Any) -> None:
    shuffled = list(items)
    draw.shuffle(shuffled)
    assert encode(set(items)) == encode(frozenset(shuffled))
    assert encode(dict.fromkeys(items)) == encode(dict.fromkeys(shuffled))


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, {"int": "9007199254740992"}),
        (0.1, {"f64": "0x1.999999999999ap-4"}),
        (-0.0, {"f64": "-0x0.0p+0"}),
        (float("inf"), {"f64": "inf"}),
        (Fraction(-3, 6), {"q": "-1/2"}),
        (b"\x00\xff", {"bytes": "00ff"}),
        ((1, "a"), {"tuple": [1, "a"]}),
        ({"b", "a"}, {"set": ["a", "b"]}),
        ({2: "x", 1: "y"}, {"map": [[1, "y"], [2, "x"]]}),
        (Effect.DENY, {"enum": "Effect", "name": "DENY"}),
        (Level.HIGH, {"enum": "Level", "name": "HIGH"}),
        (Vote("v", Effect.PERMIT), None),
        (np.float64(0.5), {"f64": "0x1.0000000000000p-1"}),
        (np.bool_(True), True),
        (np.int64(7), 7),
        (gmpy2.mpz(2) ** 60, {"int": str(2**60)}),
        (np.array([[1, 2]]), {"array": [1, 2], "dtype": "int64", "shape": [1, 2]}),
    ],
)
def test_the_form_of_each_kind_is_fixed(value: Any, json: Any) -> None:
    if json is not None:
        assert encode(value) == json
    assert canonical_bytes(encode(value))


def test_integers_of_arrays_beyond_2_to_53_are_written_exactly() -> None:
    array = np.array([2**53, -(2**63), 5])
    data = canonical_bytes(encode(array))
    assert decode(parse_json(data, "x"), HERE).tolist() == array.tolist()


@pytest.mark.parametrize(
    "value",
    [
        *(1j, Decimal("0.1"), object(), Effect, bytearray(b"x"), range(3), iter([])),
        *(np.float32(1.0), np.array([1], dtype="int32"), np.array(["a"]), [1, {2: 3j}]),
    ],
)
def test_kinds_without_an_exact_form_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no exact JSON form"):
        encode(value)


@pytest.mark.parametrize("json", [{}, {"unknown": 1}, 0.5, {"returns": 1}])
def test_json_that_encode_does_not_write_is_refused(json: Any) -> None:
    with pytest.raises(ValueError, match="not an encoded value"):
        decode(json, HERE)


def test_a_record_of_an_unknown_class_is_refused() -> None:
    with pytest.raises(AttributeError, match="Stranger"):
        decode({"record": "Stranger", "fields": {}}, HERE)


@given(st.integers() | FRACTIONS | st.floats(allow_nan=False, allow_infinity=False))
def test_exact_numbers_are_read_back_as_the_rational_they_are(number: Any) -> None:
    written = exact_number(number)
    assert isinstance(written, int | str)
    assert canonical_bytes(written)
    assert read_exact_number(written) == Fraction(number)


@pytest.mark.parametrize("number", [True, "1", None, 1j, Decimal(1)])
def test_what_is_no_number_is_refused(number: Any) -> None:
    with pytest.raises(TypeError, match="not"):
        exact_number(number)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_not_finite_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        exact_number(number)
