"""Gate 10, implementation: extracted code, its notebooks and its tests agree with the artifacts.

The gate runs the tests and replays the vectors in processes of their own, so each case costs two seconds.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from tampering import edit_cell, edit_json, edit_source, edit_text, refusal
from tampering import judged as judge

from proofbook.autopsy.gates.implementation import ImplementationGate, run_tests
from proofbook.autopsy.models import GateResult
from proofbook.autopsy.project import Project
from proofbook.autopsy.replay import replay_all
from proofbook.autopsy.run_record import last_run, new_run_folder
from proofbook.autopsy.validation import VALIDATING, Listeners, run_plan, runnable

ARTIFACT = "configs/generated/tally_verification.json"
MODULE = "src/own/verified/tally.py"
FAMILY = "notebooks/math/tally_implementation_verification.ipynb"
TESTS = "tests/verified"


def judged(root: Path) -> GateResult:
    return judge(root, ImplementationGate.name)


def run_and_judge(root: Path) -> GateResult:
    """Run the implementation notebook as it is now, and let the gate judge."""
    project = Project.open(root).load()
    plan = [item for item in runnable(project) if item.path == FAMILY]
    record = run_plan(project, new_run_folder(project.logs), plan, VALIDATING, Listeners())
    return judge(root, ImplementationGate.name, record)


# --- vectors


def test_code_that_gives_other_results_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "min(max(x, 0.0), 1.0)", "min(max(x, 0.125), 1.0)")
    result = judged(project_copy)
    found = refusal(result, path=ARTIFACT, where="vectors", what="does not replay")
    assert "tally case 0: recorded" in found.what
    # The kernel that builds on it is held to its own record too.
    refusal(result, path="configs/generated/tally_least_verification.json", what="does not replay")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    if not math", "    raise RuntimeError\n    if not math", "RuntimeError"),
        ("import math\n", "import maths\n", "ModuleNotFoundError"),
        ("def tally(", "def tell(", "AttributeError"),
        ("import math\n", "import math\nimport os\n\nos._exit(3)\n", "ended early"),
        ('"""Tally (', 'print("noise")\n"""Tally (', ""),
    ],
)
def test_code_that_breaks_is_a_finding_and_no_traceback(
    project_copy: Path, old: str, new: str, said: str
) -> None:
    edit_text(project_copy / MODULE, old, new)
    problems = {item.kernel: item.problem for item in replay_all(Project.open(project_copy))}
    assert set(problems) == {"tally", "tally_least"}
    assert (said in problems["tally"]) if said else problems == {"tally": "", "tally_least": ""}


def test_vectors_of_one_changed_digit_do_not_replay(project_copy: Path) -> None:
    def change(artifact: dict[str, list[dict[str, list[dict[str, object]]]]]) -> None:
        artifact["vectors"][0]["cases"][2]["outcome"] = {"returns": {"f64": "0x1.0p-3"}}

    edit_json(project_copy / ARTIFACT, change)
    refusal(judged(project_copy), path=ARTIFACT, what="tally case 2: recorded")


def test_an_artifact_without_vectors_proves_nothing_of_the_code(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["vectors"].clear())
    refusal(judged(project_copy), path=ARTIFACT, what="no vectors for any symbol")


def test_another_copy_of_the_package_does_not_answer(
    project_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "elsewhere/own/verified"
    other.mkdir(parents=True)
    for folder in (other, other.parent):
        (folder / "__init__.py").touch()
    (other / "tally.py").write_text("def tally(x):\n    return 7.0\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    assert judged(project_copy).findings == []


# --- implementation notebooks


def test_a_kernel_that_no_implementation_notebook_covers_is_refused(project_copy: Path) -> None:
    (project_copy / FAMILY).unlink()
    result = judged(project_copy)
    assert sorted(item.what for item in result.findings) == [
        "no implementation notebook covers kernel tally",
        "no implementation notebook covers kernel tally_least",
    ]


@pytest.mark.parametrize(
    "source",
    [
        'print("tally", "tally_least")',
        'from proofbook.lab import load_artifact\nload_artifact("tally")\n"tally_least"',
        "from proofbook.lab import load_artifact\n"
        "if False:\n    load_artifact('tally').replay(tally)",
    ],
)
def test_naming_a_kernel_is_not_holding_it_to_its_artifact(project_copy: Path, source: str) -> None:
    edit_cell(project_copy / FAMILY, "replay", source)
    result = run_and_judge(project_copy)
    refusal(result, path=FAMILY, what="hold kernel tally to its artifact")


def test_a_kernel_left_out_of_the_loop_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / FAMILY, "replay", ', ("tally_least", tally_least)', "")
    result = run_and_judge(project_copy)
    refusal(result, path=FAMILY, where="tally_least", what="does not hold kernel tally_least")


def test_an_implementation_notebook_that_failed_is_refused(project_copy: Path) -> None:
    record = last_run(project_copy / "logs/quality")
    record.notebooks = [
        replace(item, status="failed") if item.path == FAMILY else item for item in record.notebooks
    ]
    refusal(judge(project_copy, "implementation", record), path=FAMILY, what="did not pass")
    record.notebooks = [item for item in record.notebooks if item.path != FAMILY]
    refusal(judge(project_copy, "implementation", record), path=FAMILY, what="was not run")


# --- tests


def test_a_failing_test_is_named_with_its_message(project_copy: Path) -> None:
    edit_text(project_copy / TESTS / "test_tally_least.py", "== 0.25", "== 0.5")
    result = judged(project_copy)
    path = "tests/verified/test_tally_least.py"
    found = refusal(result, path=path, where="test_the_lesser_tally_wins")
    assert "assert 0.25 == 0.5" in found.what


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("def test_nan_is_refused()", "def test_nan_is_refused(missing)"), "'missing' not found"),
        (("import pytest\n", "import pytests\n"), "No module named 'pytests'"),
        (("def test_nan", "@pytest.mark.skip(reason='slow')\ndef test_nan"), "was skipped: slow"),
        (("def test_nan", "@pytest.mark.xfail\ndef test_nan"), "was expected to fail"),
        (("def test_nan", "def test_nan(:"), "SyntaxError"),
    ],
)
def test_a_test_that_does_not_pass_is_refused(
    project_copy: Path, change: tuple[str, str], said: str
) -> None:
    old, new = change
    path = project_copy / TESTS / "test_tally.py"
    edit_text(path, old, new)
    if "xfail" in new:
        edit_text(path, 'tally(float("nan"))', "tally(0.5)")
    run = run_tests(Project.open(project_copy))
    ((file, _, message),) = run.failures
    assert file == "tests/verified/test_tally.py"
    assert said in message


@pytest.mark.parametrize(
    "source",
    [
        "def test_nothing():\n    pass\n",
        "from own.verified.tally import tally\n\n\ndef check():\n    assert tally(2) == 1\n",
    ],
)
def test_a_kernel_that_no_passing_test_uses_is_refused(project_copy: Path, source: str) -> None:
    (project_copy / TESTS / "test_tally.py").write_text(source)
    result = judged(project_copy)
    refusal(result, path=TESTS, where="tally", what="no test that uses kernel tally passed")


def test_a_test_that_was_written_and_did_not_run_is_refused(project_copy: Path) -> None:
    (project_copy / TESTS / "conftest.py").write_text(
        "def pytest_collection_modifyitems(items):\n"
        "    items[:] = [item for item in items if 'nan' not in item.name]\n"
    )
    result = judged(project_copy)
    path = "tests/verified/test_tally.py"
    refusal(result, path=path, where="test_nan_is_refused", what="was written and did not run")


def test_a_folder_without_tests_is_refused(project_copy: Path) -> None:
    for path in (project_copy / TESTS).glob("test_*.py"):
        path.unlink()
    refusal(judged(project_copy), path=TESTS, what="no test ran")


def test_a_missing_folder_of_tests_is_refused(project_copy: Path) -> None:
    for path in (project_copy / TESTS).iterdir():
        path.unlink()
    (project_copy / TESTS).rmdir()
    refusal(judged(project_copy), path=TESTS, what="there are no tests of the extracted code")


def test_options_of_the_shell_do_not_decide_which_tests_run(
    project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    assert len(run_tests(Project.open(project_copy)).passed) == 5
