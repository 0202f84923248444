"""However a run ends, nothing of it stays: no process, no temporary folder, no half-written file."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import (
    half_written,
    is_alive,
    proofbook,
    tree,
    underway,
    wait_until,
    write_bare_project,
    write_notebook,
)

# Notes its process, starts a daemon, and then computes for ever without ever coming back to Python.
BUSY = """\
import itertools, os, subprocess
from pathlib import Path

daemon = subprocess.Popen(["sleep", "600"], start_new_session=True)
Path("{place}").write_text(f"{{os.getpid()}} {{daemon.pid}}")
sum(itertools.repeat(1))
"""
BUSY_TEST = """\
import os, subprocess, time
from pathlib import Path


def test_that_takes_its_time():
    daemon = subprocess.Popen(["sleep", "600"], start_new_session=True)
    Path("{place}").write_text(f"{{os.getpid()}} {{daemon.pid}}")
    time.sleep(600)
"""
WAYS = [
    pytest.param(("validate", signal.SIGINT, False), id="validate-SIGINT"),
    pytest.param(("validate", signal.SIGINT, True), id="validate-Ctrl-C"),
    pytest.param(("validate", signal.SIGTERM, False), id="validate-SIGTERM"),
    pytest.param(("validate", signal.SIGHUP, True), id="validate-closed-terminal"),
    pytest.param(("run", signal.SIGINT, True), id="run-Ctrl-C"),
    pytest.param(("run", signal.SIGTERM, False), id="run-SIGTERM"),
]


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A project of two notebooks that never end, and one that has not begun."""
    notebooks = {
        name: (BUSY.format(place=tmp_path / f"pids-{name}"),) for name in ("one", "two", "waiting")
    }
    return write_bare_project(tmp_path / "own", notebooks, workers=2)


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files, with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="acceptance-") as name:
        yield Path(name)


def _noted(folder: Path, count: int) -> list[int]:
    def pids() -> list[int]:
        return [int(pid) for path in folder.glob("pids-*") for pid in path.read_text().split()]

    wait_until(lambda: len(pids()) == count)
    return pids()


@pytest.mark.parametrize("way", WAYS)
def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, temporary: Path, busy: Path, way: tuple[str, int, bool]
) -> None:
    command, number, group = way
    before = tree(busy, "notebooks", "configs")
    with underway(command, cwd=busy, TMPDIR=str(temporary)) as started:
        pids = _noted(tmp_path, 4)
        assert len(list(temporary.glob("proofbook-*"))) == 2
        started.signal(number, group=group)
        said = started.ended()
        assert started.survivors() == []
    assert said.code == 130, said
    assert said.err.splitlines() == ["proofbook: interrupted; nothing is left running"]
    assert [pid for pid in pids if is_alive(pid)] == []
    assert not (tmp_path / "pids-waiting").exists()
    assert list(temporary.iterdir()) == []
    assert half_written(busy) == []
    assert tree(busy, "notebooks", "configs") == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_the_tests_run_leaves_nothing(
    tmp_path: Path, temporary: Path, project_copy: Path, number: int
) -> None:
    test = project_copy / "tests/verified/test_busy.py"
    test.write_text(BUSY_TEST.format(place=tmp_path / "pids-test"))
    with underway("validate", "--quiet", cwd=project_copy, TMPDIR=str(temporary)) as started:
        pids = _noted(tmp_path, 2)
        started.signal(number)
        said = started.ended()
        assert started.survivors() == []
    assert said.code == 130, said
    assert [pid for pid in pids if is_alive(pid)] == []
    assert [path for path in temporary.iterdir() if path.name.startswith("proofbook")] == []
    assert half_written(project_copy) == []


def test_no_kernel_survives_a_killed_runner(tmp_path: Path, temporary: Path, busy: Path) -> None:
    with underway("validate", cwd=busy, TMPDIR=str(temporary)) as started:
        pids = _noted(tmp_path, 4)
        started.signal(signal.SIGKILL)
        wait_until(lambda: not started.survivors(), seconds=5)
        assert [pid for pid in pids if is_alive(pid)] == []
        wait_until(lambda: not list(temporary.iterdir()), seconds=5)
    assert half_written(busy) == []


def test_a_project_validates_after_its_run_was_killed(tmp_path: Path) -> None:
    root = write_bare_project(
        tmp_path / "own", {"one": (BUSY.format(place=tmp_path / "pids-one"),)}, workers=1
    )
    with underway("validate", cwd=root) as started:
        _noted(tmp_path, 2)
        started.signal(signal.SIGKILL)
    write_notebook(root / "notebooks/math/one_implementation_verification.ipynb", "assert 1 < 2")
    said = proofbook("validate", cwd=root)
    assert "one_implementation_verification: passed" in said.out, said


def test_a_reader_that_goes_away_ends_the_run_without_a_word(tmp_path: Path) -> None:
    root = write_bare_project(tmp_path / "own", {"good": ("assert 1 < 2",)})
    with underway("validate", cwd=root) as started:
        assert started.process.stdout is not None
        assert started.process.stderr is not None
        started.process.stdout.close()
        assert started.process.wait(timeout=60) == 130
        assert started.process.stderr.read() == b""
        assert started.survivors() == []
