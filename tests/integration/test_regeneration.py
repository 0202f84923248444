"""Regenerating writes what follows from the notebooks, and does not launder what is refused."""

from pathlib import Path

import pytest
from tampering import edit_cell, edit_source, edit_text, judged, refusal

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import PlannedNotebook
from proofbook.autopsy.project import Project
from proofbook.autopsy.regeneration import Regenerated, regenerate, write_plan
from proofbook.autopsy.validation import Listeners

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
LEAST = "notebooks/math/verify_tally_least.ipynb"
ARTIFACT = "configs/generated/tally_verification.json"


def run(root: Path, *only: str) -> Regenerated:
    return regenerate(Project.open(root), Listeners(), list(only) or None)


def tracked(root: Path) -> dict[Path, bytes]:
    """All files but logs and caches."""
    return {
        path.relative_to(root): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {"logs", "__pycache__"} & set(path.relative_to(root).parts)
    }


def test_regenerating_again_changes_nothing(project_copy: Path) -> None:
    before = tracked(project_copy)
    done = run(project_copy)
    assert done.outcome
    assert done.written == []
    assert done.outcome.decision == "green"
    assert tracked(project_copy) == before


@pytest.mark.parametrize(
    "weak", ["assert True", 'assert (tally_least(0.5, 2.0) == 0.5, "the lesser")']
)
def test_a_weakened_assertion_is_refused_after_regenerating_too(
    project_copy: Path, weak: str
) -> None:
    strong = "assert tally_least(0.5, 2.0) == 0.5"
    edit_source(project_copy / LEAST, "l2", strong, weak)
    done = run(project_copy)
    assert done.outcome
    assert done.outcome.decision == "red"
    assert [r.name for r in done.outcome.results if r.verdict == "failed"] == ["hygiene"]
    assert judged(project_copy, "freshness").verdict == "passed"  # the artifact is of this notebook
    refusal(judged(project_copy, "hygiene"), path=LEAST, where="(l2)", what="cannot fail")


def test_a_failed_notebook_keeps_its_artifact_as_it_was(project_copy: Path) -> None:
    before = (project_copy / ARTIFACT).read_bytes()
    edit_source(project_copy / NOTEBOOK, "l1", "0 <= tally(x) <= 1", "0 <= tally(x) < 1")
    run(project_copy, "verify_tally")
    assert (project_copy / ARTIFACT).read_bytes() == before
    refusal(judged(project_copy, "freshness"), path=ARTIFACT, where="notebook.sha256")


def test_a_partial_run_decides_nothing_and_leaves_the_scorecard_alone(project_copy: Path) -> None:
    path = project_copy / "configs/generated/scorecard.json"
    before = path.read_bytes()
    done = run(project_copy, "verify_tally")
    assert done.outcome is None
    assert done.planned == 3
    assert [item.path for item in done.record.notebooks] == [NOTEBOOK]
    assert path.read_bytes() == before


def test_a_changed_kernel_is_carried_through(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "max(min(x, 1.0), 0.0)")
    # -0.0 comes out with the other sign: the vectors change, and with them the artifact.
    done = run(project_copy)
    assert done.outcome
    assert done.outcome.decision == "green", [f for r in done.outcome.results for f in r.findings]
    for path in (ARTIFACT, "src/own/verified/tally.py", "configs/generated/scorecard.json"):
        assert path in done.written


def test_hand_edits_are_refused_before_anything_runs(project_copy: Path) -> None:
    edit_text(project_copy / "src/own/verified/tally.py", "return min(", "return +min(")
    runs = sorted((project_copy / "logs/quality/runs").iterdir())
    with pytest.raises(ProofbookError, match="was edited by hand"):
        run(project_copy)
    assert sorted((project_copy / "logs/quality/runs").iterdir()) == runs


@pytest.mark.parametrize("name", ["tally", "verify_tally", "verify_tally.ipynb", NOTEBOOK])
def test_a_notebook_is_chosen_by_any_of_its_names(project_copy: Path, name: str) -> None:
    from proofbook.autopsy.regeneration import _chosen

    chosen: list[PlannedNotebook] = _chosen(Project.open(project_copy), [name])
    assert [item.path for item in chosen] == [NOTEBOOK]


def test_an_unknown_notebook_is_refused(project_copy: Path) -> None:
    with pytest.raises(ProofbookError, match="no planned notebook or kernel is called 'nothing'"):
        run(project_copy, "nothing")


def test_the_plan_follows_the_notebooks(project_copy: Path) -> None:
    (project_copy / LEAST).unlink()
    written = write_plan(Project.open(project_copy))
    assert written == ["configs/generated/notebook_plan.json"]
    plan = Project.open(project_copy).plan
    assert plan
    assert [item.kernels for item in plan.notebooks] == [["tally"], ["tally"]]


def test_an_export_that_cannot_be_extracted_stops_early(project_copy: Path) -> None:
    edit_cell(project_copy / NOTEBOOK, "kernel", "#| export\n%time x = 1\n")
    with pytest.raises(ProofbookError, match="must be plain Python"):
        run(project_copy)
