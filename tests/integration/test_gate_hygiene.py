"""Gate 2, hygiene: notebooks stand on their own, repeat, and check what they say they check."""

from pathlib import Path

import pytest
from tampering import drop_cell, edit_cell, edit_source, edit_text, judged, new_cell, refusal

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
LEAST = "notebooks/math/verify_tally_least.ipynb"
FAMILY = "notebooks/math/tally_implementation_verification.ipynb"
CHECK = 'lemma.check(lambda x: 0 <= tally(x) <= 1, domain="all finite doubles", x=finite)'


# --- lemmas and their cells


def test_a_deleted_verify_cell_is_refused(project_copy: Path) -> None:
    drop_cell(project_copy / NOTEBOOK, "l2")
    result = judged(project_copy, "hygiene")
    finding = refusal(result, path=NOTEBOOK, what="lemma INV-DEMO-0001#L2 has no VERIFY cell")
    assert "# VERIFY:L2" in finding.remedy


def test_a_verify_cell_turned_into_prose_is_refused(project_copy: Path) -> None:
    edit_cell(project_copy / NOTEBOOK, "l1", cell_type="raw", outputs=..., execution_count=...)
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, what="lemma INV-DEMO-0001#L1 has no VERIFY cell")


def test_a_verify_cell_of_no_lemma_is_refused(project_copy: Path) -> None:
    source = (
        '# VERIFY:L9 — More\nwith v.lemma("L9") as lemma:\n    lemma.holds("one", tally(2) == 1)'
    )
    new_cell(project_copy / NOTEBOOK, "l9", source, before="vectors")
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, where="(l9)", what="which no invariant of this notebook states")


def test_a_lemma_with_two_verify_cells_is_refused(project_copy: Path) -> None:
    source = (
        '# VERIFY:L1 — Again\nwith v.lemma("L1") as lemma:\n    lemma.holds("one", tally(2) == 1)'
    )
    new_cell(project_copy / NOTEBOOK, "again", source, before="vectors")
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, where="(again)", what="2 VERIFY cells")


def test_evidence_from_another_cell_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", 'v.lemma("L1")', 'v.lemma("L2")')
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, where="(l1)", what="verifies L2 and is not marked for it")
    refusal(result, path=NOTEBOOK, where="(l1)", what="marked VERIFY:L1 and states no such lemma")


def test_a_computed_lemma_name_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", 'v.lemma("L1")', 'v.lemma("L" + "1")')
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, where="(l1)", what="verifies ?")


@pytest.mark.parametrize("mark", ["# VERIFY: L1 — Bounded", "# verify:L1", "# Bounded"])
def test_a_mark_that_cannot_be_read_is_no_mark(project_copy: Path, mark: str) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "# VERIFY:L1 — Bounded", mark)
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, what="lemma INV-DEMO-0001#L1 has no VERIFY cell")


@pytest.mark.parametrize(
    "body", ["pass", "tally(0.5)", "pass  # we assert that it is bounded", "assert True"]
)
def test_a_verify_cell_that_checks_nothing_is_refused(project_copy: Path, body: str) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", CHECK, body)
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, where="cell 6 (l1)", what="L1 checks nothing")


# --- assertions and properties that cannot fail


@pytest.mark.parametrize(
    "weak",
    [
        "assert True",
        "assert 1 == 1",
        'assert (tally_least(0.5, 2.0) == 0.5, "wrong")',
        "assert tally_least(0.5, 2.0) == 0.5 or True",
        "assert 'tally_least(0.5, 2.0) == 0.5'",
        "assert lambda: tally_least(0.5, 2.0) == 0.5",
        "assert [tally_least(0.5, 2.0) == 0.25]",
        "assert finite == finite",
        "assert nearest",
        "assert not False",
        "assert bool(1)",
    ],
)
def test_a_weakened_assertion_is_refused(project_copy: Path, weak: str) -> None:
    edit_source(project_copy / LEAST, "l2", "assert tally_least(0.5, 2.0) == 0.5", weak)
    result = judged(project_copy, "hygiene")
    refusal(result, path=LEAST, where="(l2) line 17", what="this assertion cannot fail")


@pytest.mark.parametrize(
    "weak",
    [
        "lambda x: True",
        "lambda x: x == x",
        "lambda x: tally(x) <= 1 or True",
        "lambda x: not False",
        "lambda x: 1 == 1",
    ],
)
def test_a_weakened_property_is_refused(project_copy: Path, weak: str) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "lambda x: 0 <= tally(x) <= 1", weak)
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, where="(l1)", what="cannot fail")


def test_a_property_that_only_returns_true_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l2", "    p = Fraction(tally(x))\n", "")
    edit_source(
        project_copy / NOTEBOOK,
        "l2",
        "return abs(Fraction(x) - p) <= abs(Fraction(x) - Fraction(y))",
        "return True",
    )
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, where="(l2)", what="cannot fail")


@pytest.mark.parametrize(
    ("weak", "said"),
    [
        ('lemma.holds("bounded", True)', "this fact cannot be false"),
        ('lemma.measure("worst", 0, bound=1)', "this measure is not computed"),
        ('lemma.refute(lambda x: False, [1], domain="1")', "this property cannot fail"),
    ],
)
def test_a_hard_coded_verdict_is_refused(project_copy: Path, weak: str, said: str) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", CHECK, f"{CHECK}\n    {weak}")
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, where="(l1)", what=said)


def test_a_caught_failure_is_refused(project_copy: Path) -> None:
    caught = f"try:\n        {CHECK}\n    except AssertionError:\n        pass"
    edit_source(project_copy / NOTEBOOK, "l1", CHECK, caught)
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, where="(l1)", what="a failure here would be caught")


def test_weak_assertions_of_implementation_notebooks_are_refused_too(project_copy: Path) -> None:
    edit_cell(project_copy / FAMILY, "closing", "assert True")
    refusal(judged(project_copy, "hygiene"), path=FAMILY, where="(closing)", what="cannot fail")


# --- what notebooks may not do


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("from own.verified.tally import tally", "imports project code: own.verified.tally"),
        ("import own.verified as w", "imports project code: own.verified"),
        ("from proofbook.autopsy import canonical", "imports the framework's own code"),
        ("import random\nx = random.random()", "shared generator: random.random"),
        ("import numpy.random as r\nx = r.default_rng()", "has no seed"),
        ("import time\nx = time.time()", "reads the clock: time.time"),
        ("import urllib.request", "reaches for the network: urllib.request"),
        ("import subprocess", "starts processes: subprocess"),
        ("import os\nhome = os.environ", "reads the machine"),
        ("exec('x = 1')", "runs code that cannot be read: exec"),
        ("%matplotlib inline", "is not plain Python"),
        ("get_ipython()", "runs IPython magics"),
    ],
)
def test_impure_code_is_refused_by_cell_and_line(
    project_copy: Path, source: str, said: str
) -> None:
    new_cell(project_copy / NOTEBOOK, "impure", source, before="vectors")
    result = judged(project_copy, "hygiene")
    found = [item for item in result.findings if said in item.what]
    assert found
    assert all(item.path == NOTEBOOK and "(impure) line " in item.where for item in found)
    assert result.verdict == "failed"


@pytest.mark.parametrize(
    "path", ["notebooks/math/shortcut.py", "src/shortcut.py", "src/shortcut/core.py", "shortcut.py"]
)
def test_a_module_in_reach_of_the_notebook_is_project_code(project_copy: Path, path: str) -> None:
    (project_copy / path).parent.mkdir(exist_ok=True)
    (project_copy / path).write_text("def tally(x): return 0.5\n")
    new_cell(project_copy / NOTEBOOK, "impure", "import shortcut", before="vectors")
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, what="project code: shortcut")


def test_implementation_notebooks_may_import_the_verified_package(project_copy: Path) -> None:
    new_cell(project_copy / FAMILY, "more", "from own.verified.tally import tally\ntally(1.0)")
    result = judged(project_copy, "hygiene")
    assert not [item for item in result.findings if "project code" in item.what]


# --- what is verified is what is exported


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def tally(x):\n    return 0.5", "binds tally anew, which is exported"),
        ("tally = abs", "binds tally anew, which is exported"),
        ("from math import floor as tally", "binds tally anew, which is exported"),
        ("#| export\ndef tally(x):\n    return 0.5", "exports tally a second time"),
        ("import cmath as math", "binds math anew, which exported code imports"),
        ("def all(x):\n    return True", "binds all anew, which Python has built in"),
        ("tally.limit = 2", "changes tally, which is exported"),
    ],
)
def test_a_name_that_hides_the_exported_code_is_refused(
    project_copy: Path, source: str, said: str
) -> None:
    new_cell(project_copy / NOTEBOOK, "hiding", source, before="l1")
    finding = refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, where="(hiding)", what=said)
    assert "what is verified must be what is exported" in finding.remedy


# --- hidden state


@pytest.mark.parametrize("counts", [[2, 1], [1, 3], [1, None], [7, 8]])
def test_execution_counts_out_of_order_are_refused(
    project_copy: Path, counts: list[int | None]
) -> None:
    for cell, count in zip(("setup", "kernel"), counts, strict=True):
        edit_cell(project_copy / NOTEBOOK, cell, execution_count=count)
    result = judged(project_copy, "hygiene")
    refusal(result, path=NOTEBOOK, where="execution counts", what="not from top to bottom")


def test_a_notebook_with_its_outputs_cleared_is_clean(project_copy: Path) -> None:
    for cell in ("setup", "kernel", "l1", "l2", "vectors"):
        edit_cell(project_copy / NOTEBOOK, cell, execution_count=None, outputs=[])
    assert judged(project_copy, "hygiene").verdict == "passed"


@pytest.mark.parametrize("tag", ["skip-execution", "raises-exception"])
@pytest.mark.parametrize("path", [NOTEBOOK, FAMILY])
def test_a_tag_that_hides_failures_is_refused(project_copy: Path, tag: str, path: str) -> None:
    cell = "l1" if path == NOTEBOOK else "replay"
    edit_cell(project_copy / path, cell, metadata={"tags": [tag]})
    result = judged(project_copy, "hygiene")
    refusal(result, path=path, where=f"({cell})", what=f"the tag {tag} would hide a failure")


def test_other_tags_are_for_the_reader(project_copy: Path) -> None:
    edit_cell(project_copy / NOTEBOOK, "l1", metadata={"tags": ["important"]})
    assert judged(project_copy, "hygiene").verdict == "passed"


# --- drafts


def test_a_missing_cell_of_a_draft_is_no_more_than_yellow(project_copy: Path) -> None:
    edit_text(project_copy / "invariants/INV-DEMO-0001.yaml", "status: accepted", "status: draft")
    drop_cell(project_copy / NOTEBOOK, "l2")
    edit_cell(project_copy / NOTEBOOK, "vectors", execution_count=4)
    assert judged(project_copy, "hygiene").verdict == "draft only"


def test_impure_code_is_red_even_in_a_draft(project_copy: Path) -> None:
    edit_text(project_copy / "invariants/INV-DEMO-0001.yaml", "status: accepted", "status: draft")
    new_cell(project_copy / NOTEBOOK, "impure", "import time", before="vectors")
    assert judged(project_copy, "hygiene").verdict == "failed"
