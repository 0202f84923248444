"""The verification of a notebook: lemmas by name, vectors, inputs, and evidence handed over."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import strategies as st

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import EmittedEvidence
from proofbook.lab import LemmaFailed, Verification

INVARIANT = "INV-DEMO-0001"
SMALL = st.integers(min_value=0, max_value=10**6)


@pytest.fixture
def v() -> Verification:
    return Verification("tally", invariants=[INVARIANT])


def halved(x: int) -> Fraction:
    if x < 0:
        raise ValueError("negative")
    return Fraction(x, 2)


def test_a_lemma_that_raised_has_not_passed(v: Verification) -> None:
    lemma = v.lemma("L1")
    with lemma:
        lemma.holds("first", halved(2) == 1)
    assert lemma.passed
    with pytest.raises(LemmaFailed), lemma:
        lemma.holds("second", halved(2) == 3)
    (emitted,) = v.evidence()["lemmas"]
    assert emitted["passed"] is False


def test_a_lemma_stated_again_starts_afresh(v: Verification) -> None:
    for _ in range(2):
        with v.lemma("L1") as lemma:
            lemma.holds("fact", halved(2) == 1)
    (emitted,) = v.evidence()["lemmas"]
    assert len(emitted["evidence"]) == 1


def test_evidence_names_lemmas_in_full(v: Verification) -> None:
    with v.lemma("L2"), v.lemma(f"{INVARIANT}#L1"):
        pass
    assert [item["id"] for item in v.evidence()["lemmas"]] == [f"{INVARIANT}#L2", f"{INVARIANT}#L1"]


def test_a_lemma_of_another_invariant_is_refused(v: Verification) -> None:
    with pytest.raises(ProofbookError, match="is of no invariant of this notebook"):
        v.lemma("INV-OTHER-0001#L1")


def test_a_short_name_is_refused_where_there_are_two_invariants() -> None:
    both = Verification("tally", invariants=[INVARIANT, "INV-DEMO-0002"])
    with pytest.raises(ProofbookError, match="ambiguous"):
        both.lemma("L1")
    assert both.lemma("INV-DEMO-0002#L1").id == "INV-DEMO-0002#L1"


def test_a_verification_needs_an_invariant() -> None:
    with pytest.raises(ProofbookError, match="names no invariant"):
        Verification("tally", invariants=[])


def test_vectors_record_arguments_results_and_exceptions(v: Verification) -> None:
    v.vectors(halved, [(4,), (-1,), ("x",)])
    assert v.evidence()["vectors"] == [
        {
            "symbol": "halved",
            "cases": [
                {"args": [4], "outcome": {"returns": {"q": "2/1"}}},
                {"args": [-1], "outcome": {"raises": "ValueError"}},
                {"args": ["x"], "outcome": {"raises": "TypeError"}},
            ],
        }
    ]


def test_vectors_hold_the_arguments_as_they_were_before_the_call(v: Verification) -> None:
    def emptied(items: list[int]) -> int:
        items.clear()
        return len(items)

    v.vectors(emptied, [([1, 2],)])
    (vector,) = v.evidence()["vectors"]
    assert vector["cases"] == [{"args": [[1, 2]], "outcome": {"returns": 0}}]


def test_an_exception_that_is_a_bug_is_no_outcome(v: Verification) -> None:
    def buggy(x: int) -> int:
        return x.missing  # type: ignore[attr-defined,no-any-return]

    with pytest.raises(AttributeError):
        v.vectors(buggy, [(1,)])


def test_a_result_without_an_exact_form_is_no_outcome(v: Verification) -> None:
    # Recorded as "raises TypeError", it would be reproduced by any function that returns nonsense.
    with pytest.raises(TypeError, match="no exact JSON form for complex"):
        v.vectors(complex, [(1,)])
    with pytest.raises(TypeError, match="no exact JSON form"):
        v.vectors(halved, [(1j,)])


def test_vectors_need_a_case(v: Verification) -> None:
    with pytest.raises(ValueError, match="no vectors for halved"):
        v.vectors(halved, [])


def test_evidence_is_what_its_schema_says(v: Verification) -> None:
    with v.lemma("L1") as lemma:
        lemma.check(lambda x: x >= 0, domain="d", x=SMALL, examples=10)
        lemma.exhaust(lambda x: x > 0, [1, 2], domain="d")
        lemma.refute(lambda x: x > 1, [1], domain="d")
        lemma.holds("fact", halved(2) == 1)
        lemma.measure("worst", 1, bound=2)
    v.vectors(halved, [(1,)])
    model = EmittedEvidence.model_validate(json.loads(json.dumps(v.evidence())))
    assert [item.kind for item in model.lemmas[0].evidence] == [
        "tested",
        "tested",
        "control",
        "asserted",
        "measured",
    ]


def test_emitting_by_hand_writes_nothing(
    v: Verification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROOFBOOK_EVIDENCE", raising=False)
    monkeypatch.chdir(tmp_path)
    with v.lemma("L1") as lemma:
        lemma.holds("fact", halved(2) == 1)
    shown = v.emit()
    assert list(tmp_path.iterdir()) == []
    assert "passed" in repr(shown)
    assert "<td" in shown._repr_html_()


def test_emitting_in_a_run_writes_the_evidence(
    v: Verification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "evidence.json"
    monkeypatch.setenv("PROOFBOOK_EVIDENCE", str(target))
    with v.lemma("L1") as lemma:
        lemma.holds("fact", halved(2) == 1)
    v.emit()
    assert json.loads(target.read_bytes()) == v.evidence()


def test_the_table_of_verdicts_escapes_what_it_shows(v: Verification) -> None:
    with v.lemma("L1") as lemma:
        lemma.holds("<b>bold</b>", halved(2) == 1)
    assert "<b>bold" not in v._repr_html_()
    assert "&lt;b&gt;bold" in v._repr_html_()


def test_an_input_must_exist_and_is_recorded(
    v: Verification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_ROOT", str(tmp_path))
    (tmp_path / "data.csv").write_text("1\n")
    assert v.input("data.csv").read_text() == "1\n"
    assert v.evidence()["inputs"] == ["data.csv"]
    with pytest.raises(ProofbookError, match="no such input"):
        v.input("gone.csv")


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/hostname", "data/../../secret.csv"])
def test_an_input_outside_the_project_is_refused(
    v: Verification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "secret.csv").write_text("1\n")
    monkeypatch.setenv("PROOFBOOK_ROOT", str(tmp_path / "project"))
    with pytest.raises(ProofbookError, match="is outside the project"):
        v.input(path)


def test_an_input_is_recorded_by_one_name(
    v: Verification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_ROOT", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x.csv").write_text("1\n")
    for path in ("data/x.csv", "./data/x.csv", "data/../data/x.csv"):
        v.input(path)
    assert v.evidence()["inputs"] == ["data/x.csv"]
