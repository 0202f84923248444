"""From evidence to artifact: digests and rungs are added by the framework, and forged evidence makes none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tampering import Green, edit_json, edit_source, edit_text, judged

from proofbook.autopsy.assembly import NotAssembled, assemble, locked_versions
from proofbook.autopsy.discharge import committed_proofs
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import last_run

ARTIFACT = "configs/generated/tally_verification.json"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"

Change = Callable[[Any], Any]


def assembled(project: Project, kernel: str, path: Path) -> bytes:
    """Assemble with what is proved of the committed statements."""
    return assemble(project, kernel, path, [committed_proofs(project)])


def evidence_of(root: Path) -> Path:
    """Return the evidence file that the kernel's notebook left in the last run."""
    return last_run(root / "logs/quality").folder / "evidence/verify_tally.json"


def test_the_evidence_of_the_run_makes_the_committed_artifact(green_project: Green) -> None:
    made = assembled(Project.open(green_project.root), "tally", evidence_of(green_project.root))
    assert made == (green_project.root / ARTIFACT).read_bytes()


def test_an_artifact_names_no_clock_host_path_or_python(green_project: Green) -> None:
    text = (green_project.root / ARTIFACT).read_text()
    for word in (str(green_project.root), "python", "202", "Linux", "/tmp"):
        assert word not in text.replace("proofbook", "")
    assert set(json.loads(text)["toolchain"]) == {"hypothesis"}


FORGED: dict[str, tuple[Change, str]] = {
    "another kernel": (lambda e: e.update(kernel="tally_least"), "verifies kernel 'tally_least'"),
    "another invariant": (lambda e: e.update(invariants=["INV-DEMO-0009"]), "cannot be read"),
    "a lemma without a cell": (lambda e: e["lemmas"][0].update(id="INV-DEMO-0001#L9"), "outside a"),
    "a rung of its own": (lambda e: e["lemmas"][0].update(rung="certified"), "Extra inputs"),
    "a kind of its own": (lambda e: e["lemmas"][0]["evidence"][0].update(kind="proved"), "proved"),
    "no examples": (lambda e: e["lemmas"][0]["evidence"][0].update(examples=0), "greater than"),
    "digests of its own": (lambda e: e.update(exports=[]), "Extra inputs"),
    "no vectors": (lambda e: e.pop("vectors"), "Field required"),
    "another schema": (lambda e: e.update(schema="proofbook/evidence@2"), "proofbook/evidence@1"),
    "a path outside": (lambda e: e.update(inputs=["/etc/passwd"]), "should match pattern"),
    "a measure that is no number": (
        lambda e: e["measures"].append(
            {
                "lemma": "INV-DEMO-0001#L1",
                "name": "m",
                "value": "small",
                "op": "<=",
                "bound": 1,
                "unit": "1",
            }
        ),
        "measures.0.value",
    ),
    "no evidence": (lambda e: e["lemmas"][0]["evidence"].clear(), "checks nothing"),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_evidence_makes_no_artifact(project_copy: Path, name: str) -> None:
    change, said = FORGED[name]
    path = evidence_of(project_copy)
    edit_json(path, change)
    with pytest.raises(NotAssembled) as refused:
        assembled(Project.open(project_copy), "tally", path)
    assert said in f"{refused.value.where}: {refused.value.what}"
    assert refused.value.remedy


@pytest.mark.parametrize("data", [b"", b"{}{}", b'{"kernel": 1, "kernel": 1}', b"\xff"])
def test_evidence_that_is_not_strict_json_is_refused(project_copy: Path, data: bytes) -> None:
    path = evidence_of(project_copy)
    path.write_bytes(data)
    with pytest.raises((NotAssembled, ProofbookError), match=r"verify_tally\.json|evidence"):
        assembled(Project.open(project_copy), "tally", path)


def test_missing_evidence_is_said(project_copy: Path) -> None:
    with pytest.raises(NotAssembled, match="emitted nothing"):
        assembled(Project.open(project_copy), "tally", project_copy / "gone.json")


def test_a_lemma_that_did_not_pass_is_not_in_the_artifact(project_copy: Path) -> None:
    path = evidence_of(project_copy)
    edit_json(path, lambda e: e["lemmas"][0].update(passed=False))
    content = json.loads(assembled(Project.open(project_copy), "tally", path))
    assert [lemma["id"] for lemma in content["lemmas"]] == ["INV-DEMO-0001#L2"]


@pytest.mark.parametrize(
    ("evidence", "rung"),
    [
        ([{"kind": "asserted", "claim": "c"}], "asserted"),
        ([{"kind": "control", "property": "p", "domain": "d"}], "asserted"),
        ([{"kind": "measured", "measure": "m"}], "asserted"),
    ],
)
def test_the_rung_is_recomputed_from_the_evidence(
    project_copy: Path, evidence: list[dict[str, str]], rung: str
) -> None:
    path = evidence_of(project_copy)
    edit_json(path, lambda e: e["lemmas"][0].update(evidence=evidence))
    content = json.loads(assembled(Project.open(project_copy), "tally", path))
    assert content["lemmas"][0]["rung"] == rung


def test_plain_assertions_of_the_cell_count_as_asserted(green_project: Green) -> None:
    path = green_project.root / "configs/generated/tally_least_verification.json"
    (_, nearest) = json.loads(path.read_bytes())["lemmas"]
    assert nearest["evidence"][-1] == {
        "kind": "asserted",
        "claim": "1 assertions of the VERIFY cell",
    }


def test_assertions_inside_functions_do_not_count(project_copy: Path) -> None:
    edit_source(
        project_copy / NOTEBOOK, "l1", "finite = st", "def f():\n    assert x\n\n\nfinite = st"
    )
    content = json.loads(assembled(Project.open(project_copy), "tally", evidence_of(project_copy)))
    assert [item["kind"] for item in content["lemmas"][0]["evidence"]] == ["tested"]


@pytest.mark.parametrize(
    "source",
    [
        "if False:\n    assert tally(2.0) == 3\n",
        "assert True\n",
        "while 0:\n    assert tally(2.0) == 3\n",
    ],
)
def test_assertions_that_never_run_or_never_fail_do_not_count(
    project_copy: Path, source: str
) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "finite = st", f"{source}finite = st")
    content = json.loads(assembled(Project.open(project_copy), "tally", evidence_of(project_copy)))
    assert [item["kind"] for item in content["lemmas"][0]["evidence"]] == ["tested"]


def test_evidence_forged_after_the_run_changes_nothing(project_copy: Path) -> None:
    edit_json(evidence_of(project_copy), lambda e: e["lemmas"].clear())
    for gate in ("notebooks", "artifacts", "determinism"):
        assert judged(project_copy, gate).verdict == "passed"


# --- the toolchain


def test_versions_come_from_the_lock(project_copy: Path) -> None:
    (project_copy / "requirements.lock").write_text(
        "# comment\nhypothesis==6.1.2 \\\n    --hash=sha256:abc\nnumpy==2.0 ; python_version < '3.12'\n"
    )
    assert locked_versions(Project.open(project_copy)) == {"hypothesis": "6.1.2", "numpy": "2.0"}


def test_two_versions_of_one_package_are_refused(project_copy: Path) -> None:
    (project_copy / "requirements.lock").write_text(
        "numpy==2.0 ; python_version < '3.12'\nnumpy==2.1 ; python_version >= '3.12'\n"
    )
    with pytest.raises(ProofbookError, match=r"fixes numpy at 2\.0 and 2\.1"):
        locked_versions(Project.open(project_copy))


def test_a_missing_lock_is_named(project_copy: Path) -> None:
    (project_copy / "requirements.lock").unlink()
    with pytest.raises(ProofbookError, match=r"requirements\.lock"):
        locked_versions(Project.open(project_copy))


def test_a_project_without_a_lock_uses_what_is_installed(project_copy: Path) -> None:
    edit_text(project_copy / "pyproject.toml", 'lock = "requirements.lock"\n', "")
    assert locked_versions(Project.open(project_copy)) == {}
