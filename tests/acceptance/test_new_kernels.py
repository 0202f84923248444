"""A kernel is begun, proved and shipped by the command alone; the framework's code never changes."""

from pathlib import Path

import pytest
from command import proofbook, tree
from tampering import edit_cell, edit_source, edit_text

SETTINGS = """\
[tool.proofbook]
systems = ["DEMO", "MHE2"]
verified = "src/own/verified"
verified_package = "own.verified"
"""


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A project with settings and nothing else."""
    root = tmp_path / "own"
    root.mkdir()
    (root / "pyproject.toml").write_text(SETTINGS)
    return root


def _new(root: Path, *arguments: str) -> None:
    said = proofbook("new", *arguments, cwd=root)
    assert said.code == 0, said
    assert "next: edit the notebook" in said.out


def test_three_kernels_by_new_run_and_validate_alone(empty: Path) -> None:
    _new(empty, "discount")
    _new(empty, "share_of_voice", "--system", "MHE2", "--title", "Share of voice: 50% & <more>")
    _new(empty, "fee")
    # The third builds on the first; extraction rewrites the import to the verified package.
    edit_source(
        empty / "notebooks/math/verify_fee.ipynb",
        "kernel",
        "import math\n",
        "import math\n\nfrom proofbook.lab.kernels.discount import discount\n",
    )
    edit_source(
        empty / "notebooks/math/verify_fee.ipynb",
        "kernel",
        '    if not math.isfinite(x):\n        raise ValueError(f"{x} is not finite")\n'
        "    return min(max(x, 0.0), 1.0)",
        "    return discount(x)",  # which refuses what is not finite; to do so twice is never noticed
    )
    said = proofbook("run", cwd=empty)
    assert said.code == 0, said
    said = proofbook("validate", "--quiet", cwd=empty)
    assert said.code == 0, said
    assert said.out.startswith("green: 11 of 11 gates passed, 3 invariants, 6 lemmas")
    invariants = sorted(path.name for path in (empty / "invariants").glob("INV-*"))
    assert invariants == ["INV-DEMO-0001.yaml", "INV-DEMO-0002.yaml", "INV-MHE2-0001.yaml"]
    fee = (empty / "src/own/verified/fee.py").read_text()
    assert "\nfrom own.verified.discount import discount\n" in fee
    assert "proofbook" not in fee.split('"""', 1)[1]


def test_a_kernel_cannot_be_begun_twice(empty: Path) -> None:
    _new(empty, "discount")
    before = tree(empty, ".")
    line = proofbook("new", "discount", cwd=empty).refusal()
    assert "notebooks/math/verify_discount.ipynb" in line
    assert "already there" in line
    assert tree(empty, ".") == before


@pytest.mark.parametrize(
    "name", ["Discount", "9lives", "two words", "a-b", "../up", "class", "ünder", "a" * 80]
)
def test_a_name_that_cannot_be_a_module_is_refused(empty: Path, name: str) -> None:
    assert "cannot name a kernel" in proofbook("new", name, cwd=empty).refusal()
    assert sorted(path.name for path in empty.iterdir()) == ["pyproject.toml"]


def test_an_unknown_system_or_a_title_that_breaks_files_is_refused(empty: Path) -> None:
    line = proofbook("new", "discount", "--system", "NOPE", cwd=empty).refusal()
    assert "tool.proofbook.systems" in line
    assert "DEMO, MHE2" in line
    assert "title" in proofbook("new", "discount", "--title", 'a "b"', cwd=empty).refusal()
    assert sorted(path.name for path in empty.iterdir()) == ["pyproject.toml"]


def test_a_stale_dependent_is_named_when_the_kernel_below_changes(project_copy: Path) -> None:
    notebook = project_copy / "notebooks/math/verify_tally.ipynb"
    edit_source(notebook, "kernel", "min(max(x, 0.0), 1.0)", "max(min(x, 1.0), 0.0)")
    said = proofbook("run", "tally", cwd=project_copy)  # a part of the plan is run and not scored
    assert said.code == 0, said
    assert "green" not in said.out
    assert "wrote configs/generated/tally_verification.json" in said.out
    said = proofbook("validate", "--quiet", cwd=project_copy)
    assert said.code == 1
    assert "freshness configs/generated/tally_least_verification.json requires tally" in said.out
    assert proofbook("run", cwd=project_copy).code == 0


def test_a_lemma_that_fails_keeps_the_old_artifact(project_copy: Path) -> None:
    before = tree(project_copy, "configs/generated")
    notebook = project_copy / "notebooks/math/verify_tally.ipynb"
    edit_cell(
        notebook, "l1", '# VERIFY:L1 — Bounded\nwith v.lemma("L1") as lemma:\n    assert 2 < 1'
    )
    said = proofbook("run", cwd=project_copy)
    assert said.code == 1
    after = tree(project_copy, "configs/generated")
    artifact = "configs/generated/tally_verification.json"
    assert after[artifact] == before[artifact]
    assert "VERIFY:L1 failed: AssertionError" in said.out


def test_a_vanished_notebook_takes_its_artifact_and_module_along(project_copy: Path) -> None:
    (project_copy / "notebooks/math/verify_tally_least.ipynb").unlink()
    edit_text(
        project_copy / "notebooks/math/tally_implementation_verification.ipynb",
        "tally, tally_least\\n",
        "tally\\n",
    )
    said = proofbook("run", cwd=project_copy)
    assert not (project_copy / "configs/generated/tally_least_verification.json").exists()
    assert not (project_copy / "src/own/verified/tally_least.py").exists()
    assert said.code == 1
    assert "verify_tally_least.ipynb does not exist" in said.out
