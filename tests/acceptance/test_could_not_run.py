"""Where the tool cannot run it says so in one line that names file, place and remedy, and exits with 2."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command import proofbook, write_notebook
from tampering import edit_text

ARTIFACT = "configs/generated/tally_verification.json"
PLAN = "configs/generated/notebook_plan.json"
INVARIANT = "invariants/INV-DEMO-0001.yaml"
INDEX = "invariants/INDEX.yaml"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"


def _write(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).write_text(text, encoding="utf-8")

    return change


def _old_format(root: Path) -> None:
    old = {"worksheets": [{"cells": []}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    (root / NOTEBOOK).write_text(json.dumps(old))


def _format_three_with_cells(root: Path) -> None:
    write_notebook(root / NOTEBOOK, "1", nbformat=3)


def _cell_without_type(root: Path) -> None:
    write_notebook(root / NOTEBOOK, "1", cells=[{"id": "a", "metadata": {}, "source": "1"}])


def _two_cells_of_one_id(root: Path) -> None:
    content = json.loads((root / NOTEBOOK).read_text())
    content["cells"][2]["id"] = content["cells"][1]["id"]
    (root / NOTEBOOK).write_text(json.dumps(content))


def _unknown_kernel_spec(root: Path) -> None:
    content = json.loads((root / NOTEBOOK).read_text())
    content["metadata"]["kernelspec"]["name"] = "fortran77"
    (root / NOTEBOOK).write_text(json.dumps(content))


def _setting(line: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        edit_text(root / "pyproject.toml", "keep_runs = 3", line)

    return change


def _logs_are_a_file(root: Path) -> None:
    _setting('keep_runs = 3\nlogs = "data/readings.csv"')(root)


def _logs_below_a_device(root: Path) -> None:
    _setting('keep_runs = 3\nlogs = "device/quality"')(root)
    (root / "device").symlink_to("/dev/null")


def _no_lock(root: Path) -> None:
    (root / "requirements.lock").unlink()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        pytest.param(
            _write(ARTIFACT, '{"kernel": "tal'), [ARTIFACT, "line 1 column"], id="artifact"
        ),
        pytest.param(
            _write(ARTIFACT, '{"a": 1, "a": 2}'), [ARTIFACT, "duplicate key"], id="twice-the-key"
        ),
        pytest.param(_write(ARTIFACT, "\ufeff{}"), [ARTIFACT, "not JSON"], id="byte-order-mark"),
        pytest.param(_write(PLAN, "{"), [PLAN, "line 1 column 2"], id="plan"),
        pytest.param(
            _write(PLAN, "[]"), [PLAN, "not a notebook plan", "proofbook plan"], id="no-plan"
        ),
        pytest.param(
            _write("configs/generated/scorecard.json", "nul"), ["scorecard.json"], id="scorecard"
        ),
        pytest.param(
            _write(INVARIANT, "id: [unclosed\n"), [INVARIANT, "line 2", "mend"], id="invariant"
        ),
        pytest.param(_write(INDEX, "\tinvariants:\n"), [INDEX, "line 1", "mend"], id="index"),
        pytest.param(_write(NOTEBOOK, "print(1)\n"), [NOTEBOOK, "line 1"], id="notebook-of-text"),
        pytest.param(_write(NOTEBOOK, "[1, 2]"), [NOTEBOOK, "not a notebook"], id="notebook-list"),
        pytest.param(_old_format, [NOTEBOOK, "notebook"], id="notebook-worksheets"),
        pytest.param(_format_three_with_cells, [NOTEBOOK, "nbformat", "format 3"], id="nbformat-3"),
        pytest.param(_cell_without_type, [NOTEBOOK, "not a notebook"], id="cell-without-type"),
        pytest.param(_two_cells_of_one_id, [NOTEBOOK, "setup"], id="two-cells-of-one-id"),
        pytest.param(
            _unknown_kernel_spec, [NOTEBOOK, "kernelspec", "fortran77", "python3"], id="kernel-spec"
        ),
        pytest.param(_logs_are_a_file, ["data/readings.csv", "logs"], id="logs-are-a-file"),
        pytest.param(_logs_below_a_device, ["device/quality", "logs"], id="logs-below-a-device"),
        pytest.param(
            _setting("keep_rums = 3"), ["pyproject.toml", "keep_rums", "keep_runs"], id="setting"
        ),
        pytest.param(
            _setting("keep_runs = 0"),
            ["pyproject.toml", "keep_runs", "greater"],
            id="setting-value",
        ),
        pytest.param(
            _setting('keep_runs = "many"'), ["pyproject.toml", "keep_runs"], id="setting-type"
        ),
        pytest.param(_setting("keep_runs = ="), ["pyproject.toml", "TOML"], id="toml"),
        pytest.param(_no_lock, ["requirements.lock", "lock"], id="lock"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_runs(
    project_copy: Path, change: Callable[[Path], None], names: list[str]
) -> None:
    change(project_copy)
    runs = project_copy / "logs/quality/runs"
    before = sorted(runs.glob("*/run.json"))
    line = proofbook("validate", cwd=project_copy).refusal()
    assert all(name in line for name in names), line
    assert line.endswith(")"), f"names no remedy: {line}"
    assert sorted(runs.glob("*/run.json")) == before


@pytest.mark.parametrize("command", ["validate", "run", "plan", "status", "extract", "scorecard"])
def test_no_project_in_sight(tmp_path: Path, command: str) -> None:
    line = proofbook(command, cwd=tmp_path).refusal()
    assert str(tmp_path) in line
    assert "[tool.proofbook]" in line


def test_a_pyproject_without_our_table_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert "[tool.proofbook]" in proofbook("status", cwd=tmp_path).refusal()


def test_a_named_root_that_is_no_project(tmp_path: Path) -> None:
    line = proofbook("status", cwd=tmp_path, PROOFBOOK_ROOT=str(tmp_path / "away")).refusal()
    assert "away" in line


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["frobnicate"], "frobnicate"),
        (["validate", "--quite"], "--quite"),
        (["validate", "--branch"], "--branch"),
        (["explain"], "name"),
        (["new"], "kernel"),
        (["plan", "everything"], "everything"),
    ],
)
def test_a_wrong_command_line(tmp_path: Path, arguments: list[str], names: str) -> None:
    line = proofbook(*arguments, cwd=tmp_path).refusal()
    assert names in line
    assert "--help" in line


def test_a_notebook_that_is_not_planned_cannot_be_run(project_copy: Path) -> None:
    line = proofbook("run", "tallly", cwd=project_copy).refusal()
    assert "tallly" in line
    assert "proofbook plan" in line


def test_nothing_to_explain_by_that_name(project_copy: Path) -> None:
    line = proofbook("explain", "nonsense", cwd=project_copy).refusal()
    assert "nonsense" in line
    assert "INV-DEMO-0001" in line


def test_no_scorecard_before_the_first_validation(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.proofbook]\n")
    assert "proofbook validate" in proofbook("scorecard", cwd=tmp_path).refusal()


def test_a_scorecard_in_the_logs_that_is_none(project_copy: Path) -> None:
    (project_copy / "logs/quality/scorecard.json").write_text("[]")
    line = proofbook("status", cwd=project_copy).refusal()
    assert "logs/quality/scorecard.json" in line
    assert "proofbook validate" in line


def test_a_vanished_working_folder(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    installed = str(Path(sys.executable).with_name("proofbook"))
    script = f"import os; os.rmdir({str(gone)!r}); os.execv({installed!r}, ['proofbook', 'status'])"
    line = proofbook("-c", script, cwd=gone, command=(sys.executable,)).refusal()
    assert "folder no longer exists" in line


def test_a_traceback_is_shown_only_on_demand(tmp_path: Path) -> None:
    said = proofbook("--debug", "status", cwd=tmp_path)
    assert said.code != 0
    assert "Traceback" in said.err
