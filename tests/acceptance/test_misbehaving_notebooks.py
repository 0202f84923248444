"""A notebook that hangs, dies or leaves things behind costs itself alone, and is reported for what it did."""

import json
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command import (
    executed_copy,
    findings,
    is_alive,
    last_run,
    proofbook,
    underway,
    wait_until,
    write_bare_project,
    write_notebook,
)
from tampering import Green

LEAVES_CHILDREN = """\
import os, subprocess
from pathlib import Path

plain = subprocess.Popen(["sleep", "600"])
daemon = subprocess.Popen(["sleep", "600"], start_new_session=True)
os.system("(setsid sleep 600 & echo $! > {folder}/orphan)")
Path("{folder}/children").write_text(f"{{plain.pid}} {{daemon.pid}}")
"""

CHATTY = """\
import sys
line = "x" * 9_999 + "\\n"
for _ in range(2_000):
    sys.stdout.write(line)
print("x" * 2_000_000)
print("the end")
"""

CLOSES_STREAMS = """\
import os, sys
sys.stdin.close()
sys.stdout.close()
sys.stderr.close()
for number in (0, 1, 2):
    os.close(number)
"""

MISBEHAVING = {
    "killed": ("import os\nfrom pathlib import Path", "1", "{signal}"),
    "suicide": ("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)", "never = 1"),
    "exits": ("import os", "os._exit(3)"),
    "crashes": ("import ctypes", "ctypes.string_at(0)"),
    "raises_exit": ("import sys", "sys.exit(0)", "never = 1"),
    "shouts": ("raise ValueError('x' * 3_000_000)",),
    "asks": ("answer = input('how much? ')",),
    "children": (LEAVES_CHILDREN,),
    "chatty": (CHATTY,),
    "streams": (CLOSES_STREAMS, "assert 1 + 1 == 2"),
    "unusual": (
        "import asyncio, os\nawait asyncio.sleep(0)\nos.chdir('/')\nprint('\\ud800 half a letter')",
        "from proofbook.lab import load_artifact\nload_artifact('tally').sha256()",
    ),
    "background": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
    ),
}
WAITS = """\
import time
Path("{folder}/pid").write_text(str(os.getpid()))
time.sleep(600)
"""


@dataclass(frozen=True)
class Day:
    """One validation of a project in which nearly every notebook misbehaves."""

    root: Path
    folder: Path
    card: dict[str, Any]
    run: dict[str, dict[str, Any]]
    errors: str

    def finding(self, notebook: str) -> dict[str, Any]:
        """Return what the gate `notebooks` says of one notebook: one thing."""
        path = f"notebooks/math/{notebook}_implementation_verification.ipynb"
        (found,) = [item for item in findings(self.card, "notebooks") if item["path"] == path]
        return found


@pytest.fixture(scope="module")
def bad_day(green_project: Green, tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("bad-day")
    root = folder / "own"
    shutil.copytree(green_project.root, root)
    for name, sources in MISBEHAVING.items():
        filled = [
            source.replace("{signal}", WAITS).replace("{folder}", str(folder)).replace("{{", "{")
            for source in sources
        ]
        write_notebook(
            root / f"notebooks/math/{name}_implementation_verification.ipynb",
            *(source.replace("}}", "}") for source in filled),
        )
    assert proofbook("plan", cwd=root).code == 0
    with underway("validate", "--json", cwd=root) as started:
        wait_until((folder / "pid").exists)
        wait_until((folder / "pid").read_text)
        os.kill(int((folder / "pid").read_text()), signal.SIGKILL)
        said = started.ended()
        assert started.survivors() == []
    assert said.code == 1, said
    return Day(root, folder, json.loads(said.out), last_run(root), said.err)


@pytest.mark.parametrize(
    ("notebook", "cell", "what"),
    [
        ("killed", "cell 3 (c3)", "killed by SIGKILL"),
        ("suicide", "cell 2 (c2)", "killed by SIGKILL"),
        ("exits", "cell 2 (c2)", "exit code 3"),
        ("crashes", "cell 2 (c2)", "killed by SIGSEGV"),
    ],
)
def test_a_kernel_that_dies_is_reported_with_its_cell(
    bad_day: Day, notebook: str, cell: str, what: str
) -> None:
    found = bad_day.finding(notebook)
    assert found["where"] == cell
    assert found["what"].startswith("died: ")
    assert what in found["what"]
    assert found["remedy"]
    assert bad_day.run[notebook]["status"] == "died"


def test_cells_after_a_death_are_not_run(bad_day: Day) -> None:
    statuses = [cell["status"] for cell in bad_day.run["suicide"]["cells"]]
    assert statuses == ["passed", "died", "not run"]


def test_the_other_notebooks_count(bad_day: Day) -> None:
    proving = {name: bad_day.run[name]["status"] for name in ("verify_tally", "verify_tally_least")}
    assert proving == {"verify_tally": "passed", "verify_tally_least": "passed"}
    fine = [gate["name"] for gate in bad_day.card["gates"] if gate["verdict"] == "passed"]
    assert {"artifacts", "freshness", "determinism", "extraction", "status"} <= set(fine)


def test_leaving_early_with_success_is_a_failure(bad_day: Day) -> None:
    found = bad_day.finding("raises_exit")
    assert (found["where"], found["what"][:18]) == ("cell 2 (c2)", "failed: SystemExit")


def test_a_question_to_nobody_is_refused(bad_day: Day) -> None:
    assert "StdinNotImplementedError" in bad_day.finding("asks")["what"]


def test_children_of_a_notebook_end_with_it(bad_day: Day) -> None:
    assert bad_day.run["children"]["status"] == "passed"
    children = (bad_day.folder / "children").read_text().split()
    children += (bad_day.folder / "orphan").read_text().split()
    assert len(children) == 3
    assert [pid for pid in children if is_alive(int(pid))] == []


def test_twenty_megabytes_of_output_are_cut_in_the_copy(bad_day: Day) -> None:
    assert bad_day.run["chatty"]["status"] == "passed"
    copy = executed_copy(bad_day.root, "chatty")
    assert copy.stat().st_size < 1_000_000
    text = copy.read_text()
    assert "the end" in text
    assert "characters left out" in text


def test_an_endless_message_is_cut_in_the_finding(bad_day: Day) -> None:
    found = bad_day.finding("shouts")
    assert found["what"].startswith("failed: ValueError: xxx")
    assert "characters left out" in found["what"]
    assert len(found["what"]) < 3_000
    assert len(json.dumps(bad_day.run["shouts"])) < 10_000


@pytest.mark.parametrize("notebook", ["streams", "unusual", "background"])
def test_what_is_unusual_and_harmless_passes(bad_day: Day, notebook: str) -> None:
    assert bad_day.run[notebook]["status"] == "passed", bad_day.run[notebook]


def test_nothing_that_notebooks_print_past_jupyter_reaches_the_terminal(bad_day: Day) -> None:
    assert bad_day.errors == ""


@pytest.fixture(scope="module")
def hanging(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("hanging")
    root = write_bare_project(
        folder / "own",
        {
            "loop": ("x = 1", "while True:\n    x += 1", "never = 1"),
            "loop_in_c": ("import itertools", "sum(itertools.repeat(1))"),
            "stubborn": (
                "import time",
                "while True:\n    try:\n        time.sleep(600)\n"
                "    except BaseException:\n        pass",
            ),
            "lemma": ("1", "# VERIFY:L1 — Endless\nwhile True:\n    pass", "never = 1"),
            "slow": ("import time", *["time.sleep(1.5)"] * 20),
            "good": ("assert 1 + 1 == 2",),
        },
        cell_timeout_s=3,
        notebook_timeout_s=12,
        workers=6,
    )
    with underway("validate", "--json", cwd=root) as started:
        said = started.ended()
        assert started.survivors() == []
    assert said.code == 1, said
    return Day(root, folder, json.loads(said.out), last_run(root), said.err)


@pytest.mark.parametrize("notebook", ["loop", "loop_in_c", "stubborn", "lemma"])
def test_a_cell_that_never_ends_is_stopped_at_its_limit(hanging: Day, notebook: str) -> None:
    found = hanging.finding(notebook)
    assert found["where"] == "cell 2 (c2)"
    assert "timed out: Timeout: took longer than its 3 s" in found["what"]
    assert "cell_timeout_s" in found["remedy"]
    result = hanging.run[notebook]
    assert 3 <= result["cells"][1]["seconds"] < 12
    assert [cell["status"] for cell in result["cells"][2:]] in ([], ["not run"])


def test_a_lemma_that_never_ends_is_named(hanging: Day) -> None:
    assert hanging.finding("lemma")["what"].startswith("VERIFY:L1 timed out")


def test_a_notebook_that_takes_too_long_is_stopped_in_a_named_cell(hanging: Day) -> None:
    found, result = hanging.finding("slow"), hanging.run["slow"]
    assert result["status"] == "timed out"
    (stopped,) = [cell for cell in result["cells"] if cell["status"] == "timed out"]
    assert found["where"] == stopped["label"]
    assert "the notebook took longer than its 12 s" in found["what"]
    assert "notebook_timeout_s" in found["remedy"]
    assert result["cells"][-1]["status"] == "not run"
    assert 12 <= result["seconds"] < 20


def test_a_notebook_beside_hanging_ones_passes(hanging: Day) -> None:
    assert hanging.run["good"]["status"] == "passed"
