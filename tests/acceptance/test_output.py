"""What people and tools read: tables, findings, JSON, explanations, progress."""

import json
import os
import pty
import re
import shutil
import struct
import subprocess
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest
from command import (
    ESCAPE,
    PROOFBOOK,
    Said,
    environment,
    proofbook,
    write_bare_project,
)
from tampering import Green, edit_source, edit_text

GATES = (
    *("notebooks", "hygiene", "artifacts", "freshness", "determinism", "traceability", "proofs"),
    *("strength", "extraction", "implementation", "adr", "telemetry", "status"),
)


@pytest.fixture(scope="module")
def refused(green_project: Green, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one false lemma."""
    root = tmp_path_factory.mktemp("refused") / "own"
    shutil.copytree(green_project.root, root)
    notebook = root / "notebooks/math/verify_tally.ipynb"
    edit_source(notebook, "l2", "x=finite,", "x=finite.filter(lambda x: 4 < x < 5),")
    edit_source(notebook, "l2", "return abs", "return x < 4.5 and abs")
    return root


@pytest.fixture(scope="module")
def verdict(refused: Path) -> Said:
    """What a validation of it says, run once."""
    return proofbook("validate", cwd=refused)


def test_a_refusal_shows_all_gates_the_finding_and_its_remedy(verdict: Said) -> None:
    assert verdict.code == 1
    for number, gate in enumerate(GATES, 1):
        assert re.search(rf"^ *{number} │ {gate} ", verdict.out, re.MULTILINE), gate
    lines = verdict.out.splitlines()
    (finding,) = [line for line in lines if line.startswith("notebooks notebooks/math/")]
    assert (
        "verify_tally.ipynb cell 8 (l2): VERIFY:L2 failed: LemmaFailed: INV-DEMO-0001#L2" in finding
    )
    assert "    → mend the lemma or the kernel" in verdict.out
    assert lines[-1].startswith("red: ")


def test_piped_output_has_no_escape_codes_and_names_each_notebook_and_gate(verdict: Said) -> None:
    assert ESCAPE not in verdict.out + verdict.err
    lines = verdict.out.splitlines()
    assert "verify_tally: failed" in lines
    assert "verify_tally_least: passed" in lines
    assert "gate notebooks: failed" in lines
    assert verdict.err == ""


def test_the_scorecard_of_the_logs_is_shown_again(refused: Path, verdict: Said) -> None:
    said = proofbook("scorecard", cwd=refused)
    assert said.code == 0
    assert said.out.startswith("# Scorecard: red\n")
    assert "VERIFY:L2 failed" in said.out
    assert "| INV-DEMO-0001#L1 | Bounded | tested | tested | tested |" in said.out


def test_status_runs_nothing_and_names_the_last_decision(refused: Path, verdict: Said) -> None:
    runs = sorted((refused / "logs/quality/runs").iterdir())
    said = proofbook("status", cwd=refused)
    assert said.code == 0
    assert re.search(r"INV-DEMO-0001 │ Tally +│ accepted │ +2 │ tested", said.out)
    assert re.search(r"last validated \S+: red", said.out)
    assert sorted((refused / "logs/quality/runs").iterdir()) == runs


def test_a_fresh_checkout_was_never_validated(project_copy: Path) -> None:
    shutil.rmtree(project_copy / "logs")
    assert "never validated here" in proofbook("status", cwd=project_copy).out


def test_quiet_prints_findings_and_decision_only(tmp_path: Path) -> None:
    root = write_bare_project(tmp_path / "own", {"bad": ("assert 1 > 2",)})
    said = proofbook("validate", "--quiet", cwd=root)
    assert said.code == 1
    lines = said.out.splitlines()
    place = "notebooks/math/bad_implementation_verification.ipynb"
    assert f"notebooks {place} cell 1 (c1): failed: AssertionError: " in lines
    assert lines[-1].startswith("red: ")
    gates = "notebooks|hygiene|artifacts|traceability|implementation"
    for line in lines[:-1]:
        assert re.match(rf"({gates}) |    → ", line), line


def test_json_is_all_that_stands_on_standard_output(refused: Path) -> None:
    said = proofbook("validate", "--json", cwd=refused)
    assert said.code == 1
    card = json.loads(said.out)
    assert card["decision"] == "red"
    assert [gate["name"] for gate in card["gates"]] == list(GATES)
    assert said.err == ""


@pytest.mark.parametrize("name", ["INV-DEMO-0002", "INV-DEMO-0002#L2"])
def test_explain_shows_all_that_hangs_on_an_invariant(project_copy: Path, name: str) -> None:
    said = proofbook("explain", name, cwd=project_copy)
    assert said.code == 0, said
    for text in (
        "INV-DEMO-0002 Least tally",
        "invariants/INV-DEMO-0002.yaml",
        "INV-DEMO-0002#L2 Nearest",
        "rung tested, effective tested, requires tested",
        "uses: INV-DEMO-0001#L2",
        "cell: notebooks/math/verify_tally_least.ipynb cell 8 (l2)",
        "tested: nearest, 300 random examples over finite doubles x and y",
        "control: property is refuted over 0.5 and 2",
        "tally_least (src/own/verified/tally_least.py)",
        "tests/verified/test_tally_least.py",
    ):
        assert text in said.out, text
    assert ("L1 Bounded" in said.out) == (name == "INV-DEMO-0002")


def test_explain_a_lemma_by_number_shows_it_in_every_invariant(project_copy: Path) -> None:
    said = proofbook("explain", "L1", cwd=project_copy)
    assert said.code == 0
    assert "INV-DEMO-0001#L1 Bounded" in said.out
    assert "INV-DEMO-0002#L1 Bounded" in said.out
    assert "used by: INV-DEMO-0002#L1" in said.out
    assert "measured: largest_reading = " in said.out
    assert "#L2 Nearest" not in said.out


def test_plan_check_refuses_an_outdated_plan_and_writes_nothing(project_copy: Path) -> None:
    assert proofbook("plan", "--check", cwd=project_copy).code == 0
    plan = project_copy / "configs/generated/notebook_plan.json"
    before = plan.read_bytes()
    edit_text(project_copy / "pyproject.toml", "keep_runs = 3", "cell_timeout_s = 7")
    said = proofbook("plan", "--check", cwd=project_copy)
    assert (said.code, plan.read_bytes()) == (1, before)
    assert "outdated" in said.out
    said = proofbook("plan", cwd=project_copy)
    assert "wrote configs/generated/notebook_plan.json" in said.out
    assert proofbook("plan", "--check", cwd=project_copy).code == 0


def test_the_version_and_help_need_no_project(tmp_path: Path) -> None:
    assert re.fullmatch(r"proofbook \d+\.\d+\.\d+\n", proofbook("--version", cwd=tmp_path).out)
    said = proofbook("--help", cwd=tmp_path)
    assert said.code == 0
    for command in ("validate", "run", "plan", "status", "explain", "extract", "sync", "new"):
        assert command in said.out


def _in_a_terminal(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Run the command with a terminal of 100 columns as its standard output."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = subprocess.Popen(
        [*PROOFBOOK, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux says so when the last process has closed the terminal
            chunk = b""
        if not chunk:
            break
        shown += chunk
    os.close(ours)
    return process.wait(timeout=60), shown.decode()


def test_a_terminal_shows_which_notebook_and_cell_is_running(tmp_path: Path) -> None:
    root = write_bare_project(
        tmp_path / "own", {"slow": ("import time", "time.sleep(0.6)", "time.sleep(0.6)")}
    )
    code, shown = _in_a_terminal("validate", cwd=root)
    assert code == 1
    assert ESCAPE in shown
    visible = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    for cell in ("cell 2 (c2)", "cell 3 (c3)"):
        assert f"slow_implementation_verification {cell}" in visible
    assert re.search(r"cell 3 \(c3\) .*2/3", visible)


def test_quiet_shows_no_progress_in_a_terminal(tmp_path: Path) -> None:
    root = write_bare_project(tmp_path / "own", {"slow": ("import time", "time.sleep(0.6)")})
    _, shown = _in_a_terminal("validate", "--quiet", cwd=root)
    assert "cell 2 (c2)" not in shown
    assert "red" in shown
