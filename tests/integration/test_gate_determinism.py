"""Gate 5, determinism: evidence that another run does not reproduce is found out, where it differs."""

from pathlib import Path

import pytest
from tampering import edit_json, edit_source, judged, refusal

from proofbook.autopsy.gates import GateInput
from proofbook.autopsy.gates.determinism import DeterminismGate
from proofbook.autopsy.models import GateResult
from proofbook.autopsy.project import Project
from proofbook.autopsy.regeneration import _write_artifacts
from proofbook.autopsy.run_record import RunRecord, last_run, new_run_folder
from proofbook.autopsy.validation import (
    REGENERATING,
    VALIDATING,
    Conditions,
    Listeners,
    run_again,
    run_plan,
)

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
ARTIFACT = "configs/generated/tally_verification.json"
# Six names are in two orders under two seeds; these two change places between seeds 0 and 1, not 1 and 3.
MANY = '{"ada", "emmy", "sofia", "hypatia", "maryam", "sophie"}'
TWO = '{"ada", "emmy"}'


def run(root: Path, conditions: Conditions) -> RunRecord:
    """Run the kernel's notebook under these conditions."""
    project = Project.open(root).load()
    assert project.plan
    plan = [item for item in project.plan.notebooks if item.path == NOTEBOOK]
    return run_plan(project, new_run_folder(project.logs), plan, conditions, Listeners())


def commit_and_validate(root: Path) -> RunRecord:
    """Do for one notebook what `proofbook run` does, then what `proofbook validate` does."""
    _write_artifacts(Project.open(root), run(root, REGENERATING))
    record = run(root, VALIDATING)
    project = Project.open(root).load()
    run_again(project, record, Listeners(), full=False)
    return record


@pytest.mark.parametrize(
    ("unstable", "where"),
    [
        (f"v.vectors(tally, [(len(name),) for name in {MANY}])", "/vectors/0/cases/"),
        (f"v.vectors(tally, [(float(len(name)),) for name in {TWO}])", "/vectors/0/cases/0/"),
        ("v.vectors(tally, [(id(object()) % 2**40,)])", "/vectors/0/cases/0/args/0"),
    ],
)
def test_evidence_that_rests_on_the_process_is_found(
    project_copy: Path, unstable: str, where: str
) -> None:
    edit_source(project_copy / NOTEBOOK, "vectors", "v.emit()", f"{unstable}\nv.emit()")
    record = commit_and_validate(project_copy)
    found = refusal(
        judged(project_copy, "determinism", record), path=NOTEBOOK, what="two runs give different"
    )
    assert found.where.startswith(where)
    assert "seed what is drawn, sort what is iterated" in found.remedy
    # It is not laid at somebody's door as an edit.
    assert [
        f.what for f in judged(project_copy, "artifacts", record).findings if "hand" in f.what
    ] == []


def test_a_stable_notebook_is_not_run_twice(project_copy: Path) -> None:
    project = Project.open(project_copy).load()
    record = last_run(project.logs)
    run_again(project, record, Listeners(), full=False)
    assert record.artifact_bytes("tally") == (project_copy / ARTIFACT).read_bytes()
    assert record.artifact_bytes("tally", again=True) is None


def test_an_edited_artifact_is_told_from_an_unstable_notebook(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"][0]["evidence"][0].update(examples=9))
    project = Project.open(project_copy).load()
    record = last_run(project.logs)
    run_again(project, record, Listeners(), full=False)
    assert record.artifact_bytes("tally", again=True) is not None  # it was worth a second look
    assert judged(project_copy, "determinism", record).verdict == "passed"
    refusal(judged(project_copy, "artifacts", record), path=ARTIFACT, what="by hand")


def test_a_full_validation_runs_everything_twice(project_copy: Path) -> None:
    project = Project.open(project_copy).load()
    record = last_run(project.logs)
    run_again(project, record, Listeners(), full=True)
    for kernel in ("tally", "tally_least"):
        assert record.artifact_bytes(kernel, again=True) == record.artifact_bytes(kernel)
    assert judged(project_copy, "determinism", record).verdict == "passed"


def test_the_first_difference_is_shown(project_copy: Path) -> None:
    record = last_run(project_copy / "logs/quality")
    again = record.artifact_folder(again=True) / "tally_verification.json"
    again.parent.mkdir()
    again.write_bytes((project_copy / ARTIFACT).read_bytes())
    edit_json(again, lambda a: a["vectors"][0]["cases"][1].update(outcome={"raises": "ValueError"}))
    result: GateResult = judged(project_copy, "determinism", record)
    found = refusal(result, path=NOTEBOOK, where="/vectors/0/cases/1/outcome/raises")
    assert "ValueError" in found.what


def test_a_gate_looks_at_no_more_than_it_is_given(project_copy: Path) -> None:
    project = Project.open(project_copy)
    empty = RunRecord(project_copy / "logs/quality/runs/none", "", {})
    assert DeterminismGate().check(GateInput(project, empty)) == []
