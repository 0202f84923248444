"""Where a project stands and what surrounds it changes nothing: folders, names, terminals, environments."""

import json
import shutil
import subprocess
from pathlib import Path

from command import last_run, proofbook, tree, validated, write_bare_project
from tampering import Green, edit_source, edit_text

TRACKED = ("notebooks", "configs", "invariants", "docs", "src", "tests", "data")
IGNORED = "logs/\n__pycache__/\n.hypothesis/\n"


def _git(root: Path, *arguments: str) -> str:
    own = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *own, *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout


def _commit(root: Path) -> None:
    (root / ".gitignore").write_text(IGNORED)
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "Everything")


def test_a_green_project_is_accepted_and_git_sees_no_change(project_copy: Path) -> None:
    _commit(project_copy)
    said = proofbook("validate", cwd=project_copy)
    assert said.code == 0, said
    assert "green: 11 of 11 gates passed, 2 invariants, 4 lemmas" in said.out
    assert _git(project_copy, "status", "--porcelain") == ""


def test_a_refused_project_is_not_touched_either(project_copy: Path) -> None:
    edit_source(
        project_copy / "notebooks/math/verify_tally.ipynb", "kernel", "min(max(x, 0.0), 1.0)", "x"
    )
    edit_text(project_copy / "src/own/verified/tally.py", "1.0)", "1.5)")
    _commit(project_copy)
    before = tree(project_copy, *TRACKED)
    said = proofbook("validate", cwd=project_copy)
    assert said.code == 1, said
    assert _git(project_copy, "status", "--porcelain") == ""
    assert tree(project_copy, *TRACKED) == before


def test_from_a_folder_below_with_spaces_and_umlauts_without_git(
    green_project: Green, tmp_path: Path
) -> None:
    root = tmp_path / "a b" / "größe ∞ 'q' $x [1]"
    shutil.copytree(green_project.root, root)
    said = proofbook("validate", "--quiet", cwd=root / "notebooks/math", PATH="/nowhere")
    assert said.code == 0, said
    (line,) = said.out.splitlines()
    assert line.startswith("green: 11 of 11 gates passed, 2 invariants, 4 lemmas")
    said = proofbook("status", cwd=root / "src/own")
    assert said.code == 0, said


def test_a_branch_decides_whether_yellow_is_accepted(project_copy: Path) -> None:
    invariant = project_copy / "invariants/INV-DEMO-0002.yaml"
    edit_text(invariant, "requires: tested", "requires: solved", count=2)
    edit_text(invariant, "status: accepted", "status: draft")
    index = project_copy / "invariants/INDEX.yaml"
    index.write_text(index.read_text()[::-1].replace("accepted"[::-1], "draft"[::-1], 1)[::-1])
    appendix = project_copy / "docs/math/DEMO_LEMMAS_APPENDIX.md"
    lines = appendix.read_text().splitlines(keepends=True)
    second = max(i for i, line in enumerate(lines) if line.startswith("## INV-DEMO-0002"))
    for number, line in enumerate(lines):
        if "INV-DEMO-0002#" in line and "| Rev 1.0 |" in line:
            lines[number] = line.replace("| Rev 1.0 |", "| Draft |")
        if number > second:
            lines[number] = lines[number].replace("**Status:** Rev 1.0", "**Status:** Draft")
    appendix.write_text("".join(lines))
    _git(project_copy, "init", "-q", "-b", "main")
    said = proofbook("run", cwd=project_copy)
    assert (said.code, "yellow:" in said.out) == (1, True), said
    _commit(project_copy)
    _git(project_copy, "checkout", "-qb", "development")
    said = proofbook("validate", cwd=project_copy)
    assert (said.code, "yellow:" in said.out) == (0, True), said


def test_a_long_folder_for_temporary_files(tmp_path: Path) -> None:
    root = write_bare_project(tmp_path / "own", {"good": ("assert 1 < 2",)})
    long = tmp_path / ("x" * 120)
    long.mkdir()
    proofbook("validate", cwd=root, TMPDIR=str(long))
    assert last_run(root)["good"]["status"] == "passed"
    assert list(long.iterdir()) == []


def test_a_poor_environment_is_good_enough(project_copy: Path) -> None:
    notebook = project_copy / "notebooks/math/verify_tally.ipynb"
    edit_source(notebook, "kernel", "a finite number", "a finite number α → β")
    ascii_locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    said = proofbook("run", cwd=project_copy, **ascii_locale)
    assert (said.code, said.err) == (0, ""), said
    said = proofbook("validate", cwd=project_copy, PYTHONIOENCODING="ascii", HOME="/dev/null")
    assert (said.code, said.err) == (0, ""), said
    assert "green: 11 of 11" in said.out


def test_the_shell_cannot_strip_assertions_or_define_names(tmp_path: Path) -> None:
    startup = tmp_path / "startup.py"
    startup.write_text("smuggled = 1\n")
    root = write_bare_project(
        tmp_path / "own", {"false": ("assert 1 > 2",), "named": ("smuggled",), "good": ("1",)}
    )
    proofbook(
        "validate",
        cwd=root,
        PYTHONOPTIMIZE="2",
        PYTHONSTARTUP=str(startup),
        PYTHONINSPECT="1",
        PYTHONWARNINGS="error",
    )
    statuses = {name: item["status"] for name, item in last_run(root).items()}
    assert statuses == {"false": "failed", "named": "failed", "good": "passed"}


def test_assertions_of_the_tests_hold_under_an_optimising_shell(project_copy: Path) -> None:
    test = project_copy / "tests/verified/test_tally.py"
    test.write_text(
        test.read_text() + "\n\ndef test_false():\n    holds = False\n    assert holds\n"
    )
    card = validated(project_copy, PYTHONOPTIMIZE="1", PYTEST_ADDOPTS="--deselect tests")
    (gate,) = [gate for gate in card["gates"] if gate["name"] == "implementation"]
    (found,) = gate["findings"]
    assert "test_tally" in found["path"]
    assert "test_false" in json.dumps(found)


def test_notebooks_of_an_older_format_run(project_copy: Path) -> None:
    notebook = project_copy / "notebooks/math/tally_implementation_verification.ipynb"
    content = json.loads(notebook.read_text())
    content["nbformat_minor"] = 4
    for cell in content["cells"]:
        del cell["id"]
    notebook.write_text(json.dumps(content))
    said = proofbook("validate", cwd=project_copy)
    assert (said.code, said.err) == (0, ""), said
