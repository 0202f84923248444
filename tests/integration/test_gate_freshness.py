"""Gate 4, freshness: an artifact speaks of the tree as it is now, or is called stale part by part."""

from pathlib import Path

import pytest
from tampering import drop_cell, edit_json, edit_source, edit_text, judged, new_cell, refusal

ARTIFACT = "configs/generated/tally_verification.json"
LEAST = "configs/generated/tally_least_verification.json"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"
INVARIANT = "invariants/INV-DEMO-0001.yaml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lambda x: 0 <= tally(x) <= 1", "lambda x: 0 <= tally(x)"),
        ('domain="all finite doubles"', 'domain="some doubles"'),
        ("allow_infinity=False", "allow_infinity=True"),
        (", x=finite)", ", x=finite)\n    assert tally(2.0) == 1"),
    ],
)
def test_a_changed_verify_cell_makes_the_artifact_stale(
    project_copy: Path, old: str, new: str
) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", old, new)
    finding = refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="notebook.sha256")
    assert "the notebook's code was changed (VERIFY cell 6 (l1))" in finding.what
    assert "proofbook run" in finding.remedy


def test_a_deleted_verify_cell_makes_the_artifact_stale(project_copy: Path) -> None:
    drop_cell(project_copy / NOTEBOOK, "l2")
    finding = refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="notebook.sha256")
    assert "(VERIFY l2)" in finding.what


def test_a_changed_kernel_makes_its_artifact_and_those_that_require_it_stale(
    project_copy: Path,
) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "max(min(x, 1.0), 0.0)")
    result = judged(project_copy, "freshness")
    refusal(result, path=ARTIFACT, where="exports tally", what="exported tally was changed")
    refusal(result, path=LEAST, where="requires tally", what="the kernel tally was changed")


@pytest.mark.parametrize(
    "change",
    [
        ("# VERIFY:L1 — Bounded", "# VERIFY:L1 — Bounded by one"),
        ("finite = st", "# every double that is a number\n\n\nfinite = st"),
        ('domain="all finite doubles"', "domain='all finite doubles'"),
    ],
)
def test_comments_and_layout_make_nothing_stale(
    project_copy: Path, change: tuple[str, str]
) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", *change)
    assert judged(project_copy, "freshness").verdict == "passed"


def test_an_added_cell_makes_the_artifact_stale(project_copy: Path) -> None:
    new_cell(project_copy / NOTEBOOK, "more", "y = 1", before="l1")
    refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="notebook.sha256")


def test_a_cell_that_is_no_longer_exported_makes_the_artifact_stale(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "#| export\n", "")
    result = judged(project_copy, "freshness")
    refusal(result, path=ARTIFACT, where="notebook.sha256")
    refusal(result, path=ARTIFACT, where="exports tally")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title: "Tally"', "title: Other"),
        ("requires: tested", "requires: asserted"),
        ("  nearest to the argument.", "  nearest to it."),
        ("status: accepted", "status: draft"),
        (
            "    semantics: ieee754\n    uses: []\n  - id: L2",
            "    semantics: real\n    uses: []\n  - id: L2",
        ),
    ],
)
def test_a_changed_invariant_makes_the_artifact_stale(
    project_copy: Path, old: str, new: str
) -> None:
    path = project_copy / INVARIANT
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    result = judged(project_copy, "freshness")
    where = "invariants INV-DEMO-0001"
    refusal(result, path=ARTIFACT, where=where, what="INV-DEMO-0001 was changed")


def test_a_comment_in_an_invariant_makes_nothing_stale(project_copy: Path) -> None:
    path = project_copy / INVARIANT
    path.write_text("# A comment.\n" + path.read_text())
    assert judged(project_copy, "freshness").verdict == "passed"


def test_an_invariant_that_is_gone_makes_the_artifact_stale(project_copy: Path) -> None:
    (project_copy / INVARIANT).unlink()
    refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="invariants INV-DEMO-0001")


def test_a_changed_input_makes_the_artifact_stale(project_copy: Path) -> None:
    edit_text(project_copy / "data/readings.csv", "0.75", "0.5")
    result = judged(project_copy, "freshness")
    where = "inputs data/readings.csv"
    refusal(result, path=LEAST, where=where, what="input data/readings.csv was changed")
    assert [item.path for item in result.findings] == [LEAST]


def test_a_missing_input_makes_the_artifact_stale(project_copy: Path) -> None:
    (project_copy / "data/readings.csv").unlink()
    refusal(judged(project_copy, "freshness"), path=LEAST, what="input data/readings.csv is gone")


def test_another_locked_version_makes_every_artifact_stale(project_copy: Path) -> None:
    (project_copy / "requirements.lock").write_text("hypothesis==6.0.0\n")
    result = judged(project_copy, "freshness")
    for path in (ARTIFACT, LEAST):
        finding = refusal(result, path=path, where="toolchain")
        assert "6.0.0" in finding.what


def test_a_new_package_in_the_evidence_makes_the_artifact_stale(project_copy: Path) -> None:
    new_cell(project_copy / NOTEBOOK, "more", "import numpy as np", before="l1")
    refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="toolchain", what="numpy")


def test_an_artifact_that_names_another_notebook_is_stale(project_copy: Path) -> None:
    edit_json(
        project_copy / ARTIFACT, lambda a: a["notebook"].update(path="notebooks/math/x.ipynb")
    )
    refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="notebook.path")


def test_an_artifact_made_of_other_exports_is_stale(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["exports"].clear())
    refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="exports tally")
