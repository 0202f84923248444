"""Gate 1, notebooks: what is planned is there and ran whole; what failed is named by cell and lemma."""

from dataclasses import replace
from pathlib import Path

import pytest
from tampering import drop_cell, edit_json, edit_source, edit_text, judged, new_cell, refusal

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import GateResult
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import RunRecord, last_run, new_run_folder
from proofbook.autopsy.validation import VALIDATING, Listeners, run_plan, runnable

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
PLAN = "configs/generated/notebook_plan.json"


def run(root: Path, kernel: str = "tally") -> GateResult:
    """Run one kernel's notebook as it is now, and let the gate judge; the others keep their record."""
    project = Project.open(root).load()
    plan = [
        item for item in runnable(project) if item.kernels == [kernel] and item.kind == "kernel"
    ]
    before = last_run(project.logs)
    record = run_plan(project, new_run_folder(project.logs), plan, VALIDATING, Listeners())
    done = {result.path for result in record.notebooks}
    record.notebooks += [result for result in before.notebooks if result.path not in done]
    return judged(root, "notebooks", record)


# --- the plan


def test_a_notebook_that_is_not_planned_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / PLAN, lambda plan: plan["notebooks"].pop(1))
    refusal(judged(project_copy, "notebooks"), path=NOTEBOOK, what="is not in the plan")


def test_a_planned_notebook_that_is_gone_is_refused(project_copy: Path) -> None:
    (project_copy / NOTEBOOK).unlink()
    result = judged(project_copy, "notebooks")
    refusal(result, path=PLAN, what=f"does not exist: {NOTEBOOK}")


def test_a_missing_plan_is_refused(project_copy: Path) -> None:
    (project_copy / PLAN).unlink()
    refusal(judged(project_copy, "notebooks"), path=PLAN, what="there is no plan")


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "implementation"), ("kernels", ["tally_least"]), ("kernels", [])]
)
def test_a_plan_edited_by_hand_is_refused(project_copy: Path, field: str, value: object) -> None:
    edit_json(project_copy / PLAN, lambda plan: plan["notebooks"][1].update({field: value}))
    refusal(judged(project_copy, "notebooks"), path=PLAN, where=NOTEBOOK, what="differs")


def test_longer_time_limits_in_the_plan_are_allowed(project_copy: Path) -> None:
    edit_json(project_copy / PLAN, lambda plan: plan["notebooks"][1].update(cell_timeout_s=600))
    assert judged(project_copy, "notebooks").verdict == "passed"


def test_a_plan_that_is_none_cannot_be_judged(project_copy: Path) -> None:
    edit_json(project_copy / PLAN, lambda plan: plan["notebooks"][1].update(kind="other"))
    with pytest.raises(ProofbookError, match="is not a notebook plan"):
        judged(project_copy, "notebooks")


def test_a_notebook_by_another_name_is_refused(project_copy: Path) -> None:
    (project_copy / NOTEBOOK).rename(project_copy / "notebooks/math/scratch.ipynb")
    result = judged(project_copy, "notebooks")
    refusal(result, path="notebooks/math/scratch.ipynb", where="file name", what="is neither")


# --- the run


def test_a_notebook_that_was_not_run_is_refused(project_copy: Path) -> None:
    record = last_run(project_copy / "logs/quality")
    record.notebooks = [item for item in record.notebooks if item.path != NOTEBOOK]
    refusal(judged(project_copy, "notebooks", record), path=NOTEBOOK, what="was not run")


def test_a_notebook_changed_since_its_run_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "0 <= tally(x) <= 1", "0 <= tally(x)")
    refusal(judged(project_copy, "notebooks"), path=NOTEBOOK, what="was changed since it ran")


def test_a_changed_comment_is_no_change_of_the_code(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "finite =", "# all of them\nfinite =")
    assert judged(project_copy, "notebooks").verdict == "passed"


def with_cell(record: RunRecord, status: str) -> RunRecord:
    """Return the record with one cell of a passed notebook marked otherwise."""
    found = record.result(NOTEBOOK)
    assert found is not None
    cells = [replace(cell, status=status) if cell.id == "l2" else cell for cell in found.cells]
    record.notebooks = [
        replace(item, cells=cells) if item.path == NOTEBOOK else item for item in record.notebooks
    ]
    return record


def test_a_cell_that_did_not_run_is_refused(project_copy: Path) -> None:
    record = with_cell(last_run(project_copy / "logs/quality"), "not run")
    refusal(judged(project_copy, "notebooks", record), path=NOTEBOOK, what="not every cell ran")


@pytest.mark.parametrize("status", ["failed", "timed out", "died"])
def test_a_cell_that_did_not_pass_is_named_with_its_lemma(project_copy: Path, status: str) -> None:
    record = with_cell(last_run(project_copy / "logs/quality"), status)
    result = judged(project_copy, "notebooks", record)
    refusal(result, path=NOTEBOOK, where="(l2)", what=f"VERIFY:L2 {status}")


# --- notebooks that fail when they are really run


def test_a_lemma_that_does_not_hold_is_named_with_its_counterexample(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "0 <= tally(x) <= 1", "0 <= tally(x) < 1")
    result = run(project_copy)
    finding = refusal(result, path=NOTEBOOK, where="(l1)", what="VERIFY:L1 failed: LemmaFailed")
    assert "false for (1.0)" in finding.what  # shrunk to the least double that breaks it
    assert len(result.findings) == 1  # the next lemma was tried, and holds


def test_an_error_outside_the_lemmas_stops_the_notebook(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "import math", "import maths")
    result = run(project_copy)
    finding = refusal(result, path=NOTEBOOK, where="(kernel)", what="failed: ModuleNotFoundError")
    assert "maths" in finding.what
    assert len(result.findings) == 1


def test_a_notebook_that_emits_nothing_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "vectors", "v.emit()", "")
    refusal(run(project_copy), path=NOTEBOOK, what="ran to its end and emitted nothing")


def test_a_notebook_that_verifies_another_kernel_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "setup", 'Verification("tally"', 'Verification("other"')
    refusal(run(project_copy), path=NOTEBOOK, what="verifies kernel 'other'")


def test_a_lemma_without_a_check_is_refused(project_copy: Path) -> None:
    edit_source(
        project_copy / NOTEBOOK,
        "l1",
        'lemma.check(lambda x: 0 <= tally(x) <= 1, domain="all finite doubles", x=finite)',
        "pass",
    )
    refusal(run(project_copy), path=NOTEBOOK, what="(l1): checks nothing")


def test_a_lemma_outside_its_verify_cell_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "# VERIFY:L1 — Bounded\n", "")
    refusal(run(project_copy), path=NOTEBOOK, what="was verified outside a VERIFY cell")


def test_a_property_that_cannot_fail_fails(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "0 <= tally(x) <= 1", "tally(x)")
    refusal(run(project_copy), path=NOTEBOOK, where="(l1)", what="cannot fail")


def test_an_unknown_lemma_and_an_unknown_input_fail(project_copy: Path) -> None:
    new_cell(project_copy / NOTEBOOK, "more", 'v.input("data/gone.csv")', before="l1")
    refusal(run(project_copy), path=NOTEBOOK, where="(more)", what="no such input")


@pytest.mark.parametrize(
    "reading",
    [
        'open("../../data/readings.csv").read()',
        'from pathlib import Path\nPath("../../data/readings.csv").read_bytes()',
        'import numpy as np\nnp.loadtxt("../../data/readings.csv")',
        'open("../../configs/generated/tally_verification.json").read()',
    ],
)
def test_a_file_that_is_read_and_not_declared_is_refused(project_copy: Path, reading: str) -> None:
    new_cell(project_copy / NOTEBOOK, "reading", reading, before="l1")
    finding = refusal(run(project_copy), path=NOTEBOOK, where="(vectors)", what="not declared")
    assert "v.input(" in finding.what


def test_a_proving_notebook_is_kept_from_what_evidence_may_not_rest_on(project_copy: Path) -> None:
    """Whatever its code looks like: here it is hidden from a reading, and the interpreter refuses it."""
    attempts = """\
import socket, sys
sys.path.insert(0, "../../src")
hidden = __import__
attempts = [
    lambda: hidden("own.verified.tally"),
    lambda: open("../../src/own/verified/tally.py"),
    lambda: open("/dev/urandom", "rb"),
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=0.01),
    lambda: socket.getaddrinfo("example.org", 80),
]
said = []
for attempt in attempts:
    try:
        attempt()
    except (ImportError, PermissionError) as error:
        said.append("a kernel's notebook may not" in str(error))
assert said == [True] * len(attempts), said
"""
    new_cell(project_copy / NOTEBOOK, "attempts", attempts, before="l1")
    assert run(project_copy).findings == []


def test_a_file_that_is_declared_may_be_read_any_way(project_copy: Path) -> None:
    reading = 'v.input("data/readings.csv")\nopen("../../data/readings.csv").read()'
    new_cell(project_copy / NOTEBOOK, "reading", reading, before="l1")
    assert run(project_copy).verdict == "passed"


def test_an_invariant_that_does_not_exist_makes_no_artifact(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "setup", "INV-DEMO-0001", "INV-DEMO-0009")
    refusal(run(project_copy), path=NOTEBOOK, what="cannot be read: INV-DEMO-0009")


def test_a_cell_beyond_its_time_limit_is_stopped_and_named(project_copy: Path) -> None:
    edit_json(project_copy / PLAN, lambda plan: plan["notebooks"][1].update(cell_timeout_s=1))
    new_cell(project_copy / NOTEBOOK, "endless", "while True:\n    pass", before="kernel")
    result = run(project_copy)
    finding = refusal(result, path=NOTEBOOK, where="(endless)", what="timed out")
    assert "cell_timeout_s" in finding.remedy


def test_a_kernel_that_dies_is_named(project_copy: Path) -> None:
    new_cell(project_copy / NOTEBOOK, "fatal", "import os\nos.abort()", before="kernel")
    refusal(run(project_copy), path=NOTEBOOK, where="(fatal)", what="died")


def test_an_assertion_of_the_verify_cell_counts_when_it_fails(project_copy: Path) -> None:
    edit_source(
        project_copy / "notebooks/math/verify_tally_least.ipynb",
        "l2",
        "assert tally_least(0.5, 2.0) == 0.5",
        "assert tally_least(0.5, 2.0) == 0.25",
    )
    result = run(project_copy, "tally_least")
    path = "notebooks/math/verify_tally_least.ipynb"
    refusal(result, path=path, where="(l2)", what="VERIFY:L2 failed: AssertionError")


def test_a_kernel_that_another_notebook_broke_fails_there_too(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "max(x, 0.0)")
    result = run(project_copy, "tally_least")
    path = "notebooks/math/verify_tally_least.ipynb"
    refusal(result, path=path, where="(l1)", what="VERIFY:L1 failed")


def test_a_deleted_cell_is_a_change(project_copy: Path) -> None:
    drop_cell(project_copy / NOTEBOOK, "l2")
    refusal(judged(project_copy, "notebooks"), path=NOTEBOOK, what="was changed since it ran")


def test_limits_come_from_the_settings(project_copy: Path) -> None:
    edit_text(project_copy / "pyproject.toml", "keep_runs = 3", "keep_runs = 3\ncell_timeout_s = 7")
    plan = runnable(Project.open(project_copy))
    assert {item.cell_timeout_s for item in plan} == {
        60
    }  # the committed plan holds until it is rewritten
