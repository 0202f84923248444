"""The scripts of CI: run the plan once, let each gate judge that run, sum up."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from command import Said, proofbook
from tampering import Green, edit_json, edit_text

from proofbook.autopsy.gates import GATES, NotBuilt

REPOSITORY = Path(__file__).parents[2]
PLAN = "configs/generated/notebook_plan.json"
BUILT = [gate.name for gate in GATES if not isinstance(gate, NotBuilt)]


def _script(path: str, *arguments: str, cwd: Path) -> Said:
    return proofbook(*arguments, cwd=cwd, command=(sys.executable, str(REPOSITORY / path)))


def _run(root: Path) -> Said:
    return _script("scripts/ci/notebooks_ci_run.py", "--plan", PLAN, cwd=root)


def _gate(name: str, root: Path, *arguments: str) -> Said:
    return _script(f"scripts/ci/{name}_gate.py", *arguments, cwd=root)


def _copy(green_project: Green, folder: Path) -> Path:
    root = folder / "own"
    shutil.copytree(green_project.root, root, ignore=shutil.ignore_patterns("logs"))
    return root


@pytest.fixture(scope="module")
def judged(
    green_project: Green, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Said]]:
    """A good project, its plan run and judged by every gate."""
    root = _copy(green_project, tmp_path_factory.mktemp("judged"))
    said = [_run(root), *(_gate(name, root) for name in BUILT)]
    return root, said


def test_every_built_gate_has_its_script() -> None:
    scripts = {path.stem for path in (REPOSITORY / "scripts/ci").glob("*_gate.py")}
    assert {f"{name}_gate" for name in BUILT} <= scripts


def test_a_good_project_passes_every_script(judged: tuple[Path, list[Said]]) -> None:
    root, said = judged
    assert [(item.code, item.err) for item in said] == [(0, "")] * (len(BUILT) + 1)
    assert said[0].out.splitlines()[-1] == "3 of 3 notebooks passed"
    for name, item in zip(BUILT, said[1:], strict=True):
        assert item.out == f"{name}: passed\n"
    runs = list((root / "logs/quality/runs").iterdir())
    assert len(runs) == 1


@pytest.mark.parametrize("script", ["tools/aggregate_scorecard.py", "scripts/ci/scorecard_gate.py"])
def test_the_sum_of_passed_gates_is_green(judged: tuple[Path, list[Said]], script: str) -> None:
    root, _ = judged
    said = _script(script, cwd=root)
    assert (said.code, said.err) == (0, ""), said
    assert said.out.splitlines()[-1] == "decision: green"
    card = json.loads((root / "logs/quality/scorecard.json").read_text())
    assert card["decision"] == "green"


def test_a_gate_that_did_not_judge_is_never_green(
    judged: tuple[Path, list[Said]], tmp_path: Path
) -> None:
    root = tmp_path / "own"
    shutil.copytree(judged[0], root)
    (result,) = root.glob("logs/quality/runs/*/gates/freshness.json")
    result.unlink()
    said = _script("tools/aggregate_scorecard.py", "--branch", "main", cwd=root)
    assert said.code == 1, said
    assert "decision: green" not in said.out
    result.write_text('{"verdict": "passed"}')
    assert "freshness.json" in _script("tools/aggregate_scorecard.py", cwd=root).refusal()


def test_a_bad_project_is_refused_by_its_gate_and_by_the_sum(
    judged: tuple[Path, list[Said]], tmp_path: Path
) -> None:
    root = tmp_path / "own"
    shutil.copytree(judged[0], root)
    edit_json(
        root / "configs/generated/tally_least_verification.json",
        lambda content: content["measures"][0].update(value="1/3"),
    )
    said = _gate("artifacts", root)
    assert said.code == 1, said
    assert "/measures/0/value: holds '1/3'" in said.out
    assert said.out.splitlines()[-1] == "artifacts: failed"
    said = _script("tools/aggregate_scorecard.py", cwd=root)
    assert said.code == 1, said
    assert said.out.splitlines()[-1] == "decision: red"


def test_a_failing_notebook_fails_the_run_and_its_gate(
    green_project: Green, tmp_path: Path
) -> None:
    root = _copy(green_project, tmp_path)
    edit_text(root / "data/readings.csv", "0.75", "many")
    edit_text(
        root / "notebooks/math/tally_implementation_verification.ipynb", "print(load", "rint(load"
    )
    said = _run(root)
    assert said.code == 1, said
    assert "verify_tally_least.ipynb" in said.out
    assert said.out.splitlines()[-1] == "1 of 3 notebooks passed"
    said = _gate("notebooks", root)
    assert said.code == 1
    assert "VERIFY:L1 failed: ValueError" in said.out
    assert "NameError: name 'rint' is not defined" in said.out


@pytest.mark.parametrize("name", ["notebooks", "determinism", "status"])
def test_a_gate_without_a_run_cannot_judge(green_project: Green, tmp_path: Path, name: str) -> None:
    root = _copy(green_project, tmp_path)
    line = _gate(name, root).refusal()
    assert "no run to judge" in line
    assert "notebooks_ci_run.py" in line
    assert "no run to judge" in _script("tools/aggregate_scorecard.py", cwd=root).refusal()


def test_a_plan_that_is_missing_or_broken_cannot_be_run(
    green_project: Green, tmp_path: Path
) -> None:
    root = _copy(green_project, tmp_path)
    run = "scripts/ci/notebooks_ci_run.py"
    assert "away.json" in _script(run, "--plan", "away.json", cwd=root).refusal()
    (root / "mine.json").write_text("[]")
    assert "not a notebook plan" in _script(run, "--plan", "mine.json", cwd=root).refusal()
    edit_text(root / PLAN, "verify_tally.ipynb", "verify_nothing.ipynb")
    line = _script(run, "--plan", PLAN, cwd=root).refusal()
    assert "verify_nothing.ipynb" in line
    assert not (root / "logs/quality/runs").exists()


def test_a_script_called_wrongly_says_so_in_one_line(tmp_path: Path) -> None:
    line = _gate("status", tmp_path, "--nonsense").refusal()
    assert "--nonsense" in line
    assert "status_gate.py --help" in line
    assert "[tool.proofbook]" in _gate("status", tmp_path).refusal()


def test_a_run_named_by_hand_that_is_none(judged: tuple[Path, list[Said]], tmp_path: Path) -> None:
    root, _ = judged
    line = _gate("status", root, "--run", "logs/quality/runs/away").refusal()
    assert "away" in line
    (tmp_path / "run.json").write_text('{"notebooks": [{}]}')
    line = _gate("status", root, "--run", str(tmp_path)).refusal()
    assert "not the record of a run" in line
