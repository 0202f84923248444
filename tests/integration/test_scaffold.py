"""Starting a kernel: a small worked one that verifies, or one line that says why not."""

from pathlib import Path

import pytest
from tampering import judged

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import Invariant
from proofbook.autopsy.project import Project
from proofbook.autopsy.regeneration import regenerate
from proofbook.autopsy.run_record import RunRecord
from proofbook.autopsy.scaffold import scaffold
from proofbook.autopsy.strict_yaml import read_yaml
from proofbook.autopsy.validation import Listeners


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A project that has nothing but its settings."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.proofbook]\nsystems = ["DEMO", "TWO"]\n'
        'verified = "src/own/verified"\nverified_package = "own.verified"\n'
    )
    (tmp_path / "src/own").mkdir(parents=True)
    (tmp_path / "src/own/__init__.py").touch()
    return tmp_path


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_everything_a_kernel_needs_is_written_and_named(empty: Path) -> None:
    before = files(empty)
    written = scaffold(Project.open(empty), "mean", None, None)
    assert files(empty) - before == set(written)
    assert {
        "invariants/INV-DEMO-0001.yaml",
        "invariants/INDEX.yaml",
        "notebooks/math/verify_mean.ipynb",
        "notebooks/math/mean_implementation_verification.ipynb",
        "docs/math/DEMO_LEMMAS_APPENDIX.md",
        "docs/math/DEMO_MASTER_CALCULUS.md",
        "docs/math/README.md",
        "docs/adr/0001-mean.md",
        "tests/verified/test_mean.py",
        "configs/generated/notebook_plan.json",
    } <= set(written)


def test_a_second_and_third_kernel_stand_beside_the_first(empty: Path) -> None:
    scaffold(Project.open(empty), "mean", None, None)
    scaffold(Project.open(empty), "mean_of_two", None, None)
    written = scaffold(Project.open(empty), "other", "TWO", "Another one")
    assert "invariants/INV-TWO-0001.yaml" in written
    assert "docs/adr/0003-other.md" in written
    assert set(Project.open(empty).invariants) == {
        "INV-DEMO-0001",
        "INV-DEMO-0002",
        "INV-TWO-0001",
    }
    for gate in ("hygiene", "notebooks"):
        findings = judged(empty, gate, RunRecord(empty / "none", "", {})).findings
        assert all("was not run" in item.what for item in findings)


def test_a_fresh_kernel_verifies_without_a_finding(empty: Path) -> None:
    scaffold(Project.open(empty), "a1_b2", None, None)
    done = regenerate(Project.open(empty), Listeners())
    assert done.outcome
    assert [f for r in done.outcome.results for f in r.findings] == []
    assert done.outcome.decision == "green"


@pytest.mark.parametrize(
    "title",
    [
        "Score: the blend",
        "# not a comment",
        "it's - [odd] {title}",
        "yes",
        "1.0",
        "Ω → ℝ",
        "&a *b",
        "a, b",
    ],
)
def test_any_printable_title_arrives_whole(empty: Path, title: str) -> None:
    scaffold(Project.open(empty), "mean", None, title)
    path = empty / "invariants/INV-DEMO-0001.yaml"
    assert Invariant.model_validate(read_yaml(path)).title == title
    project = Project.open(empty)
    assert project.index
    assert [entry.title for entry in project.index.invariants] == [title]
    assert project.kernel_notebooks["mean"].title == title


REFUSED = [
    *("Mean", "1mean", "_mean", "me-an", "me an", "mean.x", "../mean", "méan", "a" * 62),
    *("class", "import", "None"),  # keywords
    *("min", "max", "print", "sum"),  # builtins that the kernel calls, or readers expect
    *(
        "math",
        "lemma",
        "finite",
        "nearest",
        "st",
        "v",
        "x",
        "artifact",
        "kernel",
    ),  # the templates' own
    *("mean_implementation_verification", "implementation_verification", "verify_mean"),
]


@pytest.mark.parametrize("kernel", REFUSED)
def test_a_name_that_cannot_be_used_is_refused_and_nothing_is_written(
    empty: Path, kernel: str
) -> None:
    before = files(empty)
    with pytest.raises(ProofbookError, match="cannot name a kernel") as refused:
        scaffold(Project.open(empty), kernel, None, None)
    assert refused.value.remedy
    assert files(empty) == before


@pytest.mark.parametrize("title", ["  ", "two\nlines", 'with "quotes"', "a | b", "a\\b", "@title@"])
def test_a_title_that_would_break_a_file_is_refused(empty: Path, title: str) -> None:
    before = files(empty)
    with pytest.raises(ProofbookError, match="cannot be a title"):
        scaffold(Project.open(empty), "mean", None, title)
    assert files(empty) == before


def test_an_unknown_system_is_refused(empty: Path) -> None:
    with pytest.raises(ProofbookError, match="unknown system 'THREE'") as refused:
        scaffold(Project.open(empty), "mean", "THREE", None)
    assert refused.value.remedy
    assert "DEMO, TWO" in refused.value.remedy


@pytest.mark.parametrize(
    "taken",
    [
        "notebooks/math/verify_mean.ipynb",
        "notebooks/math/mean_implementation_verification.ipynb",
        "tests/verified/test_mean.py",
    ],
)
def test_nothing_that_is_there_is_overwritten(project_copy: Path, taken: str) -> None:
    path = project_copy / taken
    path.write_text("mine")
    before = files(project_copy)
    with pytest.raises(ProofbookError, match="is already there") as refused:
        scaffold(Project.open(project_copy), "mean", None, None)
    assert refused.value.path == taken
    assert files(project_copy) == before
    assert path.read_text() == "mine"


def test_a_template_of_the_project_is_used(empty: Path) -> None:
    own = empty / "invariants/INV_TEMPLATE.yaml"
    scaffold(Project.open(empty), "mean", None, None)
    own.write_text(
        (empty / "invariants/INV-DEMO-0001.yaml")
        .read_text()
        .replace("mean", "@kernel@")
        .replace("INV-DEMO-0001", "@id@")
        .replace("Maintainers", "Us")
    )
    scaffold(Project.open(empty), "median", None, None)
    invariant = Project.open(empty).invariants["INV-DEMO-0002"]
    assert (invariant.owner, invariant.kernel.functions) == ("Us", ["median"])
