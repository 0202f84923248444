"""Gate 9, extraction: the verified package is what the notebooks export, and nothing else."""

from pathlib import Path

import pytest
from tampering import edit_cell, edit_source, edit_text, judged, new_cell, refusal

from proofbook.autopsy.canonical import sha256_hex

GATE = "extraction"
MODULE = "src/own/verified/tally.py"
PACKAGE = "src/own/verified/__init__.py"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("min(max(x, 0.0), 1.0)", "min(max(x, 0.0), 2.0)"),
        ("return min(", "return 0.0 + min("),
        ('raise ValueError(f"{x} is not finite")', "pass"),
        ("Return the number", "Returns the number"),
    ],
)
def test_an_edit_by_hand_is_named_by_the_cell_it_belongs_in(
    project_copy: Path, old: str, new: str
) -> None:
    edit_text(project_copy / MODULE, old, new)
    found = refusal(judged(project_copy, GATE), path=MODULE, what="was edited by hand")
    assert found.where == f"{NOTEBOOK} cell 4 (kernel)"
    assert "proofbook sync" in found.remedy


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("import math\n", "import math\nimport re\n", "imports"),
        ('    "tally",\n', "", "imports"),
        ("    if not math", "    # checked first\n    if not math", "comments or layout"),
    ],
)
def test_other_edits_by_hand_are_refused(
    project_copy: Path, old: str, new: str, where: str
) -> None:
    edit_text(project_copy / MODULE, old, new)
    found = refusal(judged(project_copy, GATE), path=MODULE, what="was edited by hand")
    assert found.where == f"{NOTEBOOK} {where}"


def test_an_edit_with_a_forged_digest_is_refused_all_the_same(project_copy: Path) -> None:
    path = project_copy / MODULE
    head, mark, rest = path.read_text().partition("# Digest of the text below: ")
    below = rest.partition("\n")[2].replace("1.0)", "2.0)")
    path.write_text(f"{head}{mark}{sha256_hex(below.encode())}\n{below}")
    found = refusal(judged(project_copy, GATE), path=MODULE, what="is behind its notebook")
    assert found.where == f"{NOTEBOOK} cell 4 (kernel)"


def test_a_section_that_was_added_is_refused(project_copy: Path) -> None:
    path = project_copy / MODULE
    path.write_text(path.read_text() + "\n\n# %% extra\ndef free(x):\n    return x\n")
    found = refusal(judged(project_copy, GATE), path=MODULE, what="was edited by hand")
    assert found.where == f"{NOTEBOOK} extra"


def test_a_module_behind_its_notebook_is_told_from_an_edited_one(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "max(min(x, 1.0), 0.0)")
    found = refusal(judged(project_copy, GATE), path=MODULE, what="is behind its notebook")
    assert found.remedy == "run `proofbook extract`"


def test_a_new_export_cell_is_missed(project_copy: Path) -> None:
    new_cell(project_copy / NOTEBOOK, "more", "#| export\nLIMIT = 1\n", before="l1")
    result = judged(project_copy, GATE)
    assert {item.where for item in result.findings} == {
        f"{NOTEBOOK} imports",
        f"{NOTEBOOK} cell 6 (more)",
    }


def test_a_module_that_is_not_there_is_missed(project_copy: Path) -> None:
    (project_copy / MODULE).unlink()
    refusal(judged(project_copy, GATE), path=MODULE, what="exports code that is not extracted")


@pytest.mark.parametrize("text", ["x = 1\n", "", "# Extracted from somewhere\nx = 1\n"])
def test_a_module_written_by_hand_is_refused(project_copy: Path, text: str) -> None:
    (project_copy / MODULE).write_text(text)
    refusal(judged(project_copy, GATE), path=MODULE, what="was not extracted from a notebook")


@pytest.mark.parametrize(("old", "new"), [("import math\n", "import math,,\n"), ("1.0)", "1.0))")])
def test_an_edit_that_is_not_python_is_an_edit_too(project_copy: Path, old: str, new: str) -> None:
    edit_text(project_copy / MODULE, old, new)
    refusal(judged(project_copy, GATE), path=MODULE, what="was edited by hand")


@pytest.mark.parametrize(
    "path",
    [
        "stray.py",
        "tally.pyi",
        "tally.so",
        "notes.txt",
        "deep/tally.py",
        ".hidden",
        "tally.pyc",
        "tally_2.py",
    ],
)
def test_a_stray_file_is_refused(project_copy: Path, path: str) -> None:
    stray = project_copy / "src/own/verified" / path
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("x = 1\n")
    result = judged(project_copy, GATE)
    refusal(result, path=f"src/own/verified/{path}", what="comes from no notebook")


def test_caches_of_the_interpreter_are_no_strays(project_copy: Path) -> None:
    cache = project_copy / "src/own/verified/__pycache__/tally.cpython-312.pyc"
    cache.parent.mkdir(exist_ok=True)
    cache.write_bytes(b"")
    assert judged(project_copy, GATE).verdict == "passed"


@pytest.mark.parametrize("text", ["from own.verified.tally import tally\n", ""])
def test_the_package_file_is_generated_too(project_copy: Path, text: str) -> None:
    (project_copy / PACKAGE).write_text(text)
    refusal(judged(project_copy, GATE), path=PACKAGE, what="comes from no notebook")


def test_a_missing_package_file_is_refused(project_copy: Path) -> None:
    (project_copy / PACKAGE).unlink()
    refusal(judged(project_copy, GATE), path=PACKAGE, what="is not there")


@pytest.mark.parametrize(
    "statement",
    [
        "import yaml",
        "from pydantic import BaseModel",
        "import own.helpers",
        "from proofbook.autopsy import canonical",
        "from proofbook.lab import kernels",
        "from .tally_least import tally_least",
    ],
)
def test_an_import_that_verified_code_may_not_make_is_refused(
    project_copy: Path, statement: str
) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "import math\n", f"import math\n{statement}\n")
    result = judged(project_copy, GATE)
    refusal(result, path=MODULE, where="line ", what="which verified code may not")


@pytest.mark.parametrize(
    "statement", ["import json", "import numpy as np", "from fractions import Fraction"]
)
def test_the_standard_library_and_named_packages_may_be_imported(
    project_copy: Path, statement: str
) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "import math\n", f"import math\n{statement}\n")
    result = judged(project_copy, GATE)
    assert not [item for item in result.findings if "may not" in item.what]


def test_an_import_inside_a_function_is_seen(project_copy: Path) -> None:
    edit_source(
        project_copy / NOTEBOOK, "kernel", "    if not math", "    import yaml\n\n    if not math"
    )
    refusal(judged(project_copy, GATE), path=MODULE, what="imports yaml")


def test_an_export_cell_that_cannot_be_extracted_is_refused(project_copy: Path) -> None:
    edit_cell(project_copy / NOTEBOOK, "kernel", "#| export\n%time x = 1")
    result = judged(project_copy, GATE)
    refusal(result, path=NOTEBOOK, where="cell 4 (kernel)", what="must be plain Python")


def test_exported_code_that_rests_on_a_cell_that_stays_behind_is_refused(
    project_copy: Path,
) -> None:
    new_cell(project_copy / NOTEBOOK, "limit", "LIMIT = 1.0", before="kernel")
    edit_source(
        project_copy / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "min(max(x, 0.0), LIMIT)"
    )
    found = refusal(judged(project_copy, GATE), path=MODULE, where="line ", what="LIMIT")
    assert "export its definition" in found.remedy
