"""An edit made in the verified package goes back to the notebook cell it came from, or nowhere."""

import json
from pathlib import Path

import pytest
from tampering import cell_source, edit_cell, edit_source, edit_text

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.gates.extraction import check_extraction
from proofbook.autopsy.project import Project
from proofbook.autopsy.regeneration import extract
from proofbook.autopsy.sync import sync

NOTEBOOK = "notebooks/math/verify_tally_least.ipynb"
MODULE = "src/own/verified/tally_least.py"


def sync_and_extract(root: Path) -> list[str]:
    """Do what the command `proofbook sync` does; return the cells that were changed."""
    cells = [cell for synced in sync(Project.open(root)) for cell in synced.cells]
    extract(Project.open(root), discard_edits=True)
    return cells


def test_nothing_is_carried_back_from_modules_that_nobody_edited(project_copy: Path) -> None:
    before = (project_copy / NOTEBOOK).read_bytes()
    assert sync_and_extract(project_copy) == []
    assert (project_copy / NOTEBOOK).read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return min(tally(x), tally(y))", "return min(tally(y), tally(x))"),
        ('"""Return the lesser tally of two finite numbers."""', '"""Return the lesser of two."""'),
        ("    return min(", "    # the order does not matter\n    return min("),
        ("def tally_least(x: float", "LIMIT = 1\n\n\ndef tally_least(x: float"),
    ],
)
def test_an_edit_arrives_in_its_cell_and_extraction_agrees(
    project_copy: Path, old: str, new: str
) -> None:
    edit_text(project_copy / MODULE, old, new)
    assert sync_and_extract(project_copy) == ["kernel"]
    source = cell_source(project_copy / NOTEBOOK, "kernel")
    assert source.startswith("#| export\n")
    assert new in source
    assert "from proofbook.lab.kernels.tally import tally" in source
    assert new in (project_copy / MODULE).read_text()
    assert check_extraction(Project.open(project_copy)) == []


def test_an_edit_and_its_undoing_leave_the_code_as_it_was(project_copy: Path) -> None:
    before = cell_source(project_copy / NOTEBOOK, "kernel")
    module = (project_copy / MODULE).read_bytes()
    for old, new in (("tally(x), tally(y)", "0.0, 1.0"), ("0.0, 1.0", "tally(x), tally(y)")):
        edit_text(project_copy / MODULE, old, new)
        sync_and_extract(project_copy)
    assert cell_source(project_copy / NOTEBOOK, "kernel") == before.rstrip("\n")
    assert (project_copy / MODULE).read_bytes() == module


def test_only_the_edited_cell_changes_and_outputs_are_cleared(project_copy: Path) -> None:
    before = json.loads((project_copy / NOTEBOOK).read_text())["cells"]
    edit_text(project_copy / MODULE, "return min(", "return +min(")
    sync(Project.open(project_copy))
    after = json.loads((project_copy / NOTEBOOK).read_text())["cells"]
    changed = [
        new["id"]
        for old, new in zip(before, after, strict=True)
        if "".join(old["source"]) != "".join(new["source"])
    ]
    assert changed == ["kernel"]
    code = [cell for cell in after if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_a_new_import_arrives_in_the_cell(project_copy: Path) -> None:
    edit_text(
        project_copy / MODULE,
        "from own.verified.tally import tally\n",
        "import math\n\nfrom own.verified.tally import tally\n",
    )
    edit_text(project_copy / MODULE, "return min(", "return math.fsum([0.0]) + min(")
    assert sync_and_extract(project_copy) == ["kernel"]
    source = cell_source(project_copy / NOTEBOOK, "kernel")
    assert "import math" in source
    assert "from proofbook.lab.kernels.tally import tally" in source
    assert check_extraction(Project.open(project_copy)) == []


def test_a_dropped_import_leaves_the_cell(project_copy: Path) -> None:
    edit_text(project_copy / "src/own/verified/tally.py", "import math\n", "")
    edit_text(project_copy / "src/own/verified/tally.py", "math.isfinite(x)", "abs(x) < 2.0**1023")
    assert sync_and_extract(project_copy) == ["kernel"]
    source = cell_source(project_copy / "notebooks/math/verify_tally.ipynb", "kernel")
    assert "import math" not in source
    assert check_extraction(Project.open(project_copy)) == []


def test_an_edit_in_two_modules_arrives_in_two_notebooks(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "return min(", "return +min(")
    edit_text(project_copy / "src/own/verified/tally.py", "return min(", "return +min(")
    synced = sync(Project.open(project_copy))
    assert [item.kernel for item in synced] == ["tally", "tally_least"]


def refused_without_a_change(root: Path, said: str) -> ProofbookError:
    before = {path: path.read_bytes() for path in root.rglob("*.ipynb")}
    with pytest.raises(ProofbookError, match=said) as refused:
        sync(Project.open(root))
    assert {path: path.read_bytes() for path in root.rglob("*.ipynb")} == before
    assert refused.value.path
    assert refused.value.remedy
    return refused.value


def test_two_edits_of_one_kernel_are_refused(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "return min(", "return +min(")
    edit_source(project_copy / NOTEBOOK, "kernel", "tally(x), tally(y)", "tally(y), tally(x)")
    error = refused_without_a_change(project_copy, "so were the export cells of its notebook")
    assert (error.path, error.field) == (MODULE, NOTEBOOK)


def test_a_section_of_no_cell_is_refused(project_copy: Path) -> None:
    path = project_copy / MODULE
    path.write_text(path.read_text() + "\n\n# %% stranger\nX = 1\n")
    refused_without_a_change(project_copy, "a section for the unknown cell stranger")


def test_an_edit_that_is_not_python_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "return min(", "return min((")
    error = refused_without_a_change(project_copy, "is not Python")
    assert error.field
    assert error.field.startswith("line ")


def test_an_edit_of_broken_imports_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "import tally\n", "import tally,,\n")
    refused_without_a_change(project_copy, "is not Python")


def test_an_edit_that_is_not_text_is_refused(project_copy: Path) -> None:
    (project_copy / MODULE).write_bytes((project_copy / MODULE).read_bytes() + b"# \xff\n")
    refused_without_a_change(project_copy, "is not UTF-8")


def test_a_module_that_was_not_extracted_is_refused(project_copy: Path) -> None:
    (project_copy / MODULE).write_text("x = 1\n")
    refused_without_a_change(project_copy, "was not extracted from a notebook")


def test_one_bad_module_holds_back_all_edits(project_copy: Path) -> None:
    edit_text(project_copy / "src/own/verified/tally.py", "return min(", "return +min(")
    edit_text(project_copy / MODULE, "return min(", "return min((")
    refused_without_a_change(project_copy, "is not Python")


# --- extraction over a project


def test_extraction_refuses_to_overwrite_an_edit(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "return min(", "return +min(")
    with pytest.raises(ProofbookError, match="was edited by hand") as refused:
        extract(Project.open(project_copy))
    assert refused.value.path == MODULE
    assert "return +min(" in (project_copy / MODULE).read_text()
    assert extract(Project.open(project_copy), discard_edits=True) == [MODULE]
    assert "return min(" in (project_copy / MODULE).read_text()


def test_extraction_follows_a_changed_notebook(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "kernel", "lesser tally", "smaller tally")
    assert extract(Project.open(project_copy)) == [MODULE]
    assert "smaller tally" in (project_copy / MODULE).read_text()


def test_the_module_of_a_notebook_that_is_gone_is_removed(project_copy: Path) -> None:
    (project_copy / NOTEBOOK).unlink()
    assert extract(Project.open(project_copy)) == [MODULE]
    assert not (project_copy / MODULE).exists()


def test_a_written_export_cell_with_magic_is_refused(project_copy: Path) -> None:
    edit_cell(project_copy / NOTEBOOK, "kernel", "#| export\n%time x = 1\n")
    with pytest.raises(ProofbookError, match="must be plain Python") as refused:
        extract(Project.open(project_copy))
    assert refused.value.path == NOTEBOOK
