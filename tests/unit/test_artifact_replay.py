"""Artifacts read back: rungs, measures, and vectors replayed bit for bit."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from proofbook.autopsy.errors import ProofbookError
from proofbook.lab import load_artifact
from proofbook.lab.artifact import Artifact, outcome_of


def halved(x: int) -> Fraction:
    if x < 0:
        raise ValueError("negative")
    return Fraction(x, 2)


ARTIFACT = {
    "lemmas": [
        {"id": "INV-A-0001#L1", "rung": "tested"},
        {"id": "INV-A-0001#L11", "rung": "asserted"},
        {"id": "INV-B-0001#L2", "rung": "tested"},
        {"id": "INV-A-0001#L2", "rung": "asserted"},
    ],
    "measures": [{"name": "worst", "value": "1/3", "bound": 1}],
    "vectors": [
        {
            "symbol": "halved",
            "cases": [
                {"args": [4], "outcome": {"returns": {"q": "2/1"}}},
                {"args": [-1], "outcome": {"raises": "ValueError"}},
            ],
        }
    ],
}
READ = Artifact(Path("tally_verification.json"), ARTIFACT)


def test_a_rung_is_found_by_either_name() -> None:
    assert READ.rung("L1") == READ.rung("INV-A-0001#L1") == "tested"
    assert READ.rung("INV-B-0001#L2") == "tested"
    for name in ("L2", "L3"):
        with pytest.raises(KeyError, match="lemmas"):
            READ.rung(name)


def test_a_measure_comes_back_exact() -> None:
    assert READ.measure("worst") == (Fraction(1, 3), Fraction(1))
    with pytest.raises(KeyError, match="0 measures"):
        READ.measure("best")


def test_replay_counts_the_vectors_that_agree() -> None:
    assert READ.replay(SimpleNamespace(halved=halved)) == 2
    assert READ.replay(SimpleNamespace(halved=halved), "halved") == 2


@pytest.mark.parametrize(
    "changed",
    [lambda x: Fraction(2), lambda x: 2, lambda x: Fraction(abs(x), 2), lambda x: x / "y"],
)
def test_replay_names_the_first_vector_that_differs(changed: Any) -> None:
    with pytest.raises(AssertionError, match=r"tally_verification\.json: halved case \d: recorded"):
        READ.replay(SimpleNamespace(halved=changed))


def test_replaying_nothing_is_refused() -> None:
    with pytest.raises(LookupError, match="no vectors for other"):
        READ.replay(SimpleNamespace(halved=halved), "other")
    with pytest.raises(LookupError, match="no vectors for any symbol"):
        Artifact(Path("x"), {"vectors": []}).replay(SimpleNamespace())


def test_outcomes_tell_values_from_exceptions() -> None:
    assert outcome_of(divmod, [7, 2]) == {"returns": {"tuple": [3, 1]}}
    assert outcome_of(divmod, [7, 0]) == {"raises": "ZeroDivisionError"}
    assert outcome_of({}.__getitem__, [7]) == {"raises": "KeyError"}


def test_a_file_that_is_no_artifact_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_ROOT", str(tmp_path))
    (tmp_path / "pyproject.toml").write_text("[tool.proofbook]\n")
    (tmp_path / "configs/generated").mkdir(parents=True)
    path = tmp_path / "configs/generated/tally_verification.json"
    with pytest.raises(ProofbookError, match="no such file"):
        load_artifact("tally")
    path.write_text("[]")
    with pytest.raises(ProofbookError, match="is not a verification artifact"):
        load_artifact("tally")
    path.write_text('{"vectors": [], "lemmas": []}')
    assert load_artifact("tally").symbols() == []
