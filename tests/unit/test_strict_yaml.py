"""YAML that means what it shows: no key twice, no anchors or tags, scalars of YAML 1.2."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.strict_yaml import MAX_BYTES, NotStrict, parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        *[(word, word) for word in ("no", "No", "NO", "yes", "on", "off", "y", "n", "nULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        ("1e9", 1e9),
        ("1E-9", 1e-9),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.inf", float("-inf")),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("014", 14),
        ("0o14", 12),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("0o8", "0o8"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2001-12-14", "2001-12-14"),
        ("3/4", "3/4"),
        ("1.0.0", "1.0.0"),
        ("'1.0'", "1.0"),
        ('"no"', "no"),
        ("=", "="),
        ("-", [None]),
    ],
)
def test_scalars_are_read_as_yaml_1_2_reads_them(scalar: str, value: Any) -> None:
    found = parse_yaml(f"key: {scalar}" if scalar != "-" else "key:\n- ")["key"]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate key 'a'", 3),
        ("a: 1\n'a': 2\n", "duplicate key 'a'", 2),
        ("{a: 1, b: 2, a: 3}", "duplicate key 'a'", 1),
        ("list:\n- x: 1\n  y: 2\n  x: 3\n", "duplicate key 'x'", 4),
        ("a: &x 1\n", "anchor &x", 1),
        ("a: 1\nb: &x {c: d}\n", "anchor &x", 2),
        ("a: [1]\nb: *x\n", "alias *x", 2),
        ("a: !!str 1\n", "tag tag:yaml.org,2002:str", 1),
        ("a: ! 1\n", "tag !", 1),
        ("a: !!python/object/apply:os.system [ls]\n", "tag", 1),
        ("--- !!map\na: 1\n", "tag", 1),
        ("1: a\n", "a key must be text", 1),
        ("a: 1\nnull: 2\n", "a key must be text", 2),
        ("true: 2\n", "a key must be text", 1),
        ("? [a, b]\n: c\n", "a key must be text", 1),
        ("? {a: b}\n: c\n", "a key must be text", 1),
        ("a: 1\nb: " + "9" * 5000, "an integer of too many digits", 2),
    ],
)
def test_what_shows_one_thing_and_means_another_is_refused(text: str, said: str, line: int) -> None:
    with pytest.raises(NotStrict, match=r"line \d+") as refused:
        parse_yaml(text)
    assert said in refused.value.what
    assert refused.value.line == line


def test_merge_keys_merge_nothing() -> None:
    assert parse_yaml("a: {<<: {b: 1}, c: 2}") == {"a": {"<<": {"b": 1}, "c": 2}}


@pytest.mark.parametrize("key", ["no", "on", "yes"])
def test_words_that_yaml_1_1_took_for_truth_are_keys_like_others(key: str) -> None:
    assert parse_yaml(f"{key}: 1") == {key: 1}


@given(st.dictionaries(st.text(st.characters(categories=["L", "N"]), min_size=1), st.integers()))
def test_quoted_keys_and_integers_are_read_back(value: dict[str, int]) -> None:
    text = "\n".join(f'"{key}": {number}' for key, number in value.items())
    assert parse_yaml(text or "{}") == value


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a: [1,\n", "is not YAML"),
        (b"a: b: c\n", "is not YAML"),
        (b"a: 1\n---\nb: 2\n", "is not YAML"),
        (b"a: \x01\n", "is not YAML"),
        (b"a: \xff\n", "is not UTF-8"),
        (b"a: " + b"[" * 5000, "is not YAML"),
        (b"#" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_not_yaml_is_refused_by_file(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(data)
    with pytest.raises(ProofbookError, match=said) as refused:
        read_yaml(path)
    assert refused.value.path == str(path)


def test_the_place_of_what_is_not_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("a: 1\nb: c: d\n")
    with pytest.raises(ProofbookError, match="line 2 column 5"):
        read_yaml(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProofbookError, match="no such file"):
        read_yaml(tmp_path / "gone.yaml")


def test_the_looser_reader_would_have_been_fooled() -> None:
    # Why this module exists: PyYAML's own reader takes all of these.
    assert yaml.safe_load("a: 1\na: 2\nb: no\nc: 1e9") == {"a": 2, "b": False, "c": "1e9"}
