"""Gate 8 refuses records that are missing, stale, edited, short of the floor, or contradicted by a new run."""

import json
from pathlib import Path

import pytest
from tampering import Green, edit_cell, edit_json, edit_source, edit_text, judged, refusal

from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.models import Finding
from proofbook.autopsy.progress import MEASURED, Listeners, Progress
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import last_run
from proofbook.autopsy.strength.measuring import Measuring, refresh, write_record
from proofbook.autopsy.strength.recheck import recheck

RECORD = "configs/generated/strength/tally.json"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"
INVARIANT = "invariants/INV-DEMO-0001.yaml"


def refused(root: Path, where: str = "", what: str = "") -> Finding:
    return refusal(judged(root, "strength"), path=RECORD, where=where, what=what)


def measured(root: Path, kernel: str = "tally", budget: int | None = None) -> int:
    """Measure a kernel, write its record, and return how many verdicts were sought."""
    moments: list[Progress] = []
    project = Project.open(root).load()
    write_record(project, Measuring(project, budget, progress=moments.append).record(kernel))
    return max(
        0,
        len([x for x in moments if not x.status])
        - len([x for x in moments if x.status == MEASURED]),
    )


def recorded(root: Path) -> dict:
    return json.loads((root / RECORD).read_bytes())


def test_a_missing_record_is_refused(project_copy: Path) -> None:
    (project_copy / RECORD).unlink()
    assert "proofbook strength tally" in refused(project_copy, what="no such record").remedy


def test_a_record_without_a_notebook_is_refused(project_copy: Path) -> None:
    (project_copy / RECORD).with_name("gone.json").write_bytes(b"{}")
    path = "configs/generated/strength/gone.json"
    refusal(judged(project_copy, "strength"), path=path, what="no notebook")


@pytest.mark.parametrize(
    ("cell", "old", "new", "field"),
    [
        ("kernel", "0.0)", "0.00 + 0.0)", "exports"),
        ("l1", "0 <= tally(x)", "-1 <= tally(x)", "checks"),
    ],
)
def test_a_record_of_other_code_is_stale(
    project_copy: Path, cell: str, old: str, new: str, field: str
) -> None:
    edit_source(project_copy / NOTEBOOK, cell, old, new)
    assert "stale" in refused(project_copy, where=field).what


def test_a_changed_kernel_makes_records_stale_that_rest_on_it(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "0.0)", "0.00 + 0.0)")
    path = "configs/generated/strength/tally_least.json"
    refusal(judged(project_copy, "strength"), path=path, where="requires", what="stale")


def test_a_changed_input_makes_a_record_stale(project_copy: Path) -> None:
    (project_copy / "data/readings.csv").write_text("0.5\n")
    path = "configs/generated/strength/tally_least.json"
    refusal(judged(project_copy, "strength"), path=path, where="inputs", what="stale")


def test_comments_and_prose_do_not_make_a_record_stale(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "finite =", "# Every finite double.\nfinite =")
    assert judged(project_copy, "strength").verdict == "passed"


def test_other_bytes_of_the_same_content_are_refused(project_copy: Path) -> None:
    edit_json(project_copy / RECORD, lambda content: None, canonical=False)
    refused(project_copy, what="not canonical")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda c: c.update(score=100), "score"),
        (lambda c: c.update(population=9), "population"),
        (lambda c: c["sample"].pop(), "sample"),
        (lambda c: c["asserts"]["killed"].pop(), "asserts"),
        (lambda c: c["asserts"]["killed"].append(c["asserts"]["killed"][0]), "asserts"),
        (lambda c: c["asserts"]["killed"][0].update(by="gone"), "asserts.killed"),
        (lambda c: c.update(proofs={"killed": [], "survivors": []}), "proofs"),
        (lambda c: c.update(kernel="tally_least"), "kernel"),
        (lambda c: c.update(operators=99), "operators"),
    ],
)
def test_an_edited_record_is_refused(project_copy: Path, change: object, where: str) -> None:
    edit_json(project_copy / RECORD, change)  # type: ignore[arg-type]
    refused(project_copy, where=where)


def test_mutants_set_aside_without_proof_are_refused(project_copy: Path) -> None:
    weaken(project_copy)
    measured(project_copy)

    def set_aside(content: dict) -> None:
        survivor = content["asserts"]["survivors"].pop()
        content["equivalent"] = [{**survivor, "reason": "it looks the same"}]

    edit_json(project_copy / RECORD, set_aside)
    refused(project_copy, where="equivalent", what="proved")


def test_a_survivor_is_shown_as_it_is(project_copy: Path) -> None:
    weaken(project_copy)
    measured(project_copy)
    edit_json(project_copy / RECORD, lambda c: c["asserts"]["survivors"][0].update(diff="harmless"))
    refused(project_copy, where="asserts.survivors", what="not shown as it is")


def weaken(root: Path) -> None:
    """Leave out the check that what is not finite is refused."""
    cases = "[math.nan, math.inf, -math.inf]"
    check = f'\n    lemma.exhaust(refused, {cases}, domain="NaN and both infinities")'
    edit_source(root / NOTEBOOK, "l2", check, "")


def test_weak_cells_are_below_the_floor(project_copy: Path) -> None:
    weaken(project_copy)
    measured(project_copy)
    assert "90.0 % (9 of 10); the floor is 95 %" in refused(project_copy, "asserts").what
    (survivor,) = recorded(project_copy)["asserts"]["survivors"]
    assert survivor["operator"] == "statement"
    assert "-    if not math.isfinite(x):" in survivor["diff"]


def test_an_invariant_may_state_its_own_floor(project_copy: Path) -> None:
    weaken(project_copy)
    measured(project_copy)
    edit_text(project_copy / INVARIANT, "telemetry: []", "telemetry: []\nstrength: {asserts: 90}")
    assert judged(project_copy, "strength").verdict == "passed"
    edit_text(project_copy / INVARIANT, "asserts: 90", "asserts: 91")
    assert "the floor is 91 %" in refused(project_copy, "asserts").what


def test_a_draft_that_falls_short_is_draft_only(project_copy: Path) -> None:
    weaken(project_copy)
    measured(project_copy)
    edit_text(project_copy / INVARIANT, "status: accepted", "status: draft")
    assert judged(project_copy, "strength").verdict == "draft only"


def test_a_forged_verdict_is_refused_when_it_is_sought_again(project_copy: Path) -> None:
    weaken(project_copy)
    measured(project_copy)

    def forge(content: dict) -> None:
        survivor = content["asserts"]["survivors"].pop()
        forged = {"id": survivor["id"], "how": "failed", "by": "l2"}
        # Among the first three by id, so that a second look is sure to fall on it.
        content["asserts"]["killed"] = [forged, *content["asserts"]["killed"]]

    edit_json(project_copy / RECORD, forge)
    assert judged(project_copy, "strength").verdict == "passed"
    record = last_run(project_copy / "logs/quality")
    recheck(Project.open(project_copy).load(), record, Listeners())
    finding = refused(project_copy, what="recorded as killed, and now it survives")
    assert "--fresh" in finding.remedy


def test_true_verdicts_come_out_again(project_copy: Path) -> None:
    record = last_run(project_copy / "logs/quality")
    recheck(Project.open(project_copy).load(), record, Listeners())
    again = json.loads((record.folder / "strength.json").read_text())
    assert {len(kinds["asserts"]) for kinds in again.values()} == {1}
    assert judged(project_copy, "strength", record).verdict == "passed"


def test_known_verdicts_are_not_sought_again(project_copy: Path) -> None:
    assert measured(project_copy) == 0
    edit_cell(project_copy / NOTEBOOK, "vectors", "v.vectors(tally, [(0.5,)])\nv.emit()")
    assert measured(project_copy) == 10
    assert measured(project_copy) == 0


def test_a_larger_budget_seeks_only_what_is_missing(project_copy: Path) -> None:
    (project_copy / "logs/quality/strength/tally-asserts.json").unlink()
    assert measured(project_copy, budget=4) == 4
    assert refused(project_copy, where="sample", what="holds 4 mutants, fewer than the 10").remedy
    assert measured(project_copy, budget=10) == 6
    assert judged(project_copy, "strength").verdict == "passed"


def test_a_broken_cache_is_an_empty_one(project_copy: Path) -> None:
    (project_copy / "logs/quality/strength/tally-asserts.json").write_text("{")
    assert measured(project_copy) == 10


def test_a_record_is_the_same_whatever_was_known(green_project: Green, project_copy: Path) -> None:
    before = (project_copy / RECORD).read_bytes()
    project = Project.open(project_copy).load()
    again = Measuring(project, None, fresh=True).record("tally")
    assert canonical_bytes(again.model_dump(by_alias=True)) == before


def test_a_refresh_measures_what_is_stale_and_removes_what_is_gone(project_copy: Path) -> None:
    gone = (project_copy / RECORD).with_name("gone.json")
    gone.write_bytes(b"{}")
    weaken(project_copy)
    project = Project.open(project_copy).load()
    written = refresh(project, ["tally", "tally_least"], Listeners())
    assert written == [f"configs/generated/strength/{name}.json" for name in ("gone", "tally")]
    assert not gone.exists()
    assert refresh(Project.open(project_copy).load(), ["tally", "tally_least"], Listeners()) == []
