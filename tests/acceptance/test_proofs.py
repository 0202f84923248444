"""Proofs as a user meets them: replayed by the command, without a solver, with a solver that is killed."""

import json
import shutil
from pathlib import Path

import pytest
from command import proofbook, validated
from tampering import Green, edit_json

ARTIFACT = "configs/generated/tally_least_verification.json"
HIDING = """\
import importlib.abc, sys
class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""


@pytest.fixture
def hidden(tmp_path: Path):
    """Return a function that makes a folder which hides modules from every Python that has it on its path."""

    def hide(*names: str) -> str:
        folder = tmp_path / "hiding"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(HIDING.format(names=set(names)))
        return str(folder)

    return hide


def test_replay_verifies_without_running_a_notebook(green_project: Green, tmp_path: Path):
    root = tmp_path / "files"
    shutil.copytree(green_project.root / "configs", root / "configs")
    shutil.copytree(green_project.root / "invariants", root / "invariants")
    shutil.copy(green_project.root / "pyproject.toml", root)
    for arguments in ([], ["--solver", "z3"], ["--solver", "cvc5"]):
        said = proofbook("prove", "--replay", *arguments, cwd=root)
        assert said.code == 0, said
        assert "INV-DEMO-0002" in said.out
    assert "certified" in proofbook("prove", cwd=root).out


def test_a_changed_certificate_is_refused_by_replay(project_copy: Path):
    (record, *_) = sorted((project_copy / "configs/generated/obligations").glob("*.json"))
    edit_json(record, lambda r: r.update(certificate=None))
    said = proofbook("prove", "--replay", cwd=project_copy)
    assert said.code == 1
    assert "its certificate is not the one that was accepted" in said.out.replace("\n", " ")


def test_an_unknown_solver_is_refused(project_copy: Path):
    said = proofbook("prove", "--replay", "--solver", "yices", cwd=project_copy)
    assert "--replay --solver z3" in said.refusal()


@pytest.mark.parametrize("module", ["z3", "cvc5"])
def test_without_a_solver_the_decision_is_yellow_never_green(
    project_copy: Path, hidden, module: str
):
    folder = hidden(module)
    card = validated(project_copy, PYTHONPATH=folder)
    verdicts = {gate["name"]: gate["verdict"] for gate in card["gates"]}
    assert verdicts.pop("proofs") == "not run"
    assert set(verdicts.values()) <= {"passed", "not built"}, verdicts
    assert card["decision"] == "yellow"
    said = proofbook("prove", "--replay", cwd=project_copy, PYTHONPATH=folder)
    assert said.code == 1
    assert f"not run: {module} is not installed" in said.out


def test_a_solver_that_dies_discharges_nothing(project_copy: Path, tmp_path: Path):
    """The worker is killed by its own hand, as the system does when memory ends."""
    folder = tmp_path / "dying"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "if any('solver_worker' in argument for argument in sys.orig_argv) and 'z3' in sys.orig_argv:\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = proofbook(
        "prove", "--replay", "--solver", "z3", cwd=project_copy, PYTHONPATH=str(folder)
    )
    assert said.code == 1
    assert "answers unknown (died)" in said.out.replace("\n", " ")


def test_a_false_claim_is_named_with_its_numbers_on_the_scorecard(project_copy: Path):
    notebook = project_copy / "notebooks/math/verify_tally_least.ipynb"
    text = notebook.read_text()
    assert text.count("(tally_least(x, y) <= 1)") == 1
    notebook.write_text(text.replace("(tally_least(x, y) <= 1)", "(2 * tally_least(x, y) <= 1)"))
    card = validated(project_copy)
    assert card["decision"] == "red"
    assert "false for x = " in json.dumps(card)
