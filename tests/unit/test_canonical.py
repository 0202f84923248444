"""Canonical bytes are the same for the same value, and hold nothing that a reader could see otherwise."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.autopsy.canonical import canonical_bytes, digest, parse_json, read_json, sha256_hex
from proofbook.autopsy.errors import ProofbookError

INTEGERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=15,
)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert (
        canonical_bytes({"b": [1, True, None], "a": "é"}) == '{"a":"é","b":[1,true,null]}'.encode()
    )


def test_keys_are_sorted_by_utf16_units_as_rfc_8785_wants() -> None:
    # U+1F600 is written as D83D DE00 in UTF-16, before U+FB33, though its code point is larger.
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@given(JSON_VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert parse_json(canonical_bytes(value), "x") == value


@given(st.dictionaries(TEXT, JSON_VALUES))
def test_the_order_of_insertion_does_not_count(value: dict[str, Any]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical_bytes(turned) == canonical_bytes(value)
    assert digest(turned) == sha256_hex(canonical_bytes(value))


@pytest.mark.parametrize("value", [1.0, float("nan"), [0.5], {"a": {"b": (1, -0.0)}}])
def test_floats_are_refused_wherever_they_stand(value: Any) -> None:
    with pytest.raises(ValueError, match="floats are not allowed"):
        canonical_bytes(value)


def test_a_refused_float_is_named_by_its_place() -> None:
    with pytest.raises(ValueError, match=r"\$\.a\.b\[1\]"):
        canonical_bytes({"a": {"b": [1, 2.5]}})


@pytest.mark.parametrize("value", [2**53, -(2**53), [10**30]])
def test_integers_that_readers_would_round_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes(value)


@pytest.mark.parametrize("value", [{1: 2}, {1, 2}, b"x", object(), "\ud800"])
def test_what_is_not_json_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes(value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1, "a": 1}', "duplicate key 'a'"),
        (b'{"x": {"a": 1, "b": 2, "a": 3}}', "duplicate key 'a'"),
        (b"NaN", "NaN is not a JSON number"),
        (b"[1, -Infinity]", "-Infinity is not a JSON number"),
        (b'{"a": 1,}', "is not JSON"),
        (b"", "is not JSON"),
        (b'"\xff"', "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "digits"),
    ],
)
def test_json_that_is_not_strict_is_refused_by_file_and_reason(data: bytes, said: str) -> None:
    with pytest.raises(ProofbookError, match=said) as refused:
        parse_json(data, "some.json")
    assert refused.value.path == "some.json"
    assert refused.value.remedy


def test_the_place_of_broken_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{\n "a": \n}')
    with pytest.raises(ProofbookError, match="line 3 column 1"):
        read_json(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProofbookError, match="no such file"):
        read_json(tmp_path / "gone.json")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ProofbookError, match="cannot be read"):
        read_json(tmp_path)


def test_the_digest_is_that_of_the_canonical_bytes() -> None:
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert json.loads(canonical_bytes({})) == {}
