"""The command as a user starts it: real processes, small notebooks, and who is still alive afterwards."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PROOFBOOK = (sys.executable, "-m", "proofbook")
SCRIPTS = Path(__file__).parents[2]
ESCAPE = "\x1b"
PATIENCE_S = 180.0

# What a developer's shell or a CI runner may set, and a plain user's shell does not.
_FOREIGN = ("PROOFBOOK_", "PYTEST_", "COV_", "PYTHON", "FORCE_COLOR", "NO_COLOR", "TTY_", "TMPDIR")


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    def refusal(self) -> str:
        """Return the one line that says why the tool could not run; there must be no other."""
        assert self.code == 2, self
        assert "Traceback" not in self.out + self.err, self
        (line,) = self.err.splitlines()
        assert line.startswith("proofbook: "), self
        return line


def environment(**variables: str) -> dict[str, str]:
    """Return a plain environment with some variables set."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
    return kept | {"TERM": "xterm-256color"} | variables


def proofbook(
    *arguments: str,
    cwd: Path,
    command: tuple[str, ...] = PROOFBOOK,
    **variables: str,
) -> Said:
    """Run the command to its end."""
    done = subprocess.run(
        [*command, *arguments],
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def validated(cwd: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """Validate, and return the scorecard that was printed."""
    said = proofbook("validate", "--json", *arguments, cwd=cwd, **variables)
    assert said.code in {0, 1}, said
    card: dict[str, Any] = json.loads(said.out)
    return card


class Underway:
    """A command that is running; whatever it starts carries `mark` in its environment."""

    def __init__(self, process: "subprocess.Popen[bytes]", mark: str) -> None:
        self.process, self.mark = process, mark

    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal to the command alone, or to its process group as a terminal does."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def ended(self) -> Said:
        """Wait for the end and return what was said."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Said(self.process.returncode, out.decode(), err.decode())

    def survivors(self) -> list[str]:
        """Return the command lines of all processes that it started and that are alive."""
        found = []
        for process in _marked(self.mark):
            with suppress(psutil.Error):  # it has just ended
                found.append(" ".join(process.cmdline()))
        return found


@contextmanager
def underway(*arguments: str, cwd: Path, **variables: str) -> Iterator[Underway]:
    """Start the command in a process group of its own; nothing of it outlives the block."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [*PROOFBOOK, *arguments],
        cwd=cwd,
        env=environment(PROOFBOOK_TEST_MARK=mark, TEST_MARK=mark, **variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    started = Underway(process, mark)
    try:
        yield started
    finally:
        for left in _marked(mark):
            with suppress(psutil.NoSuchProcess):
                left.kill()
        process.wait(timeout=PATIENCE_S)


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if (
                process.status() != psutil.STATUS_ZOMBIE
                and process.environ().get("TEST_MARK") == mark
            ):
                found.append(process)
    return found


def wait_until(what: Callable[[], object], *, seconds: float = PATIENCE_S) -> None:
    """Wait until something is true; fail when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Say whether a process lives; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def write_notebook(path: Path, *sources: str, **fields: Any) -> Path:
    """Write a notebook with one code cell for each source; its ids are `c1`, `c2`, …"""
    cells = [
        {
            "id": f"c{number}",
            "cell_type": "code",
            "metadata": {},
            "source": source,
            "execution_count": None,
            "outputs": [],
        }
        for number, source in enumerate(sources, 1)
    ]
    content: dict[str, Any] = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content | fields), encoding="utf-8")
    return path


def write_bare_project(
    root: Path, notebooks: Mapping[str, tuple[str, ...]], **settings: int
) -> Path:
    """Write a project of notebooks alone, with its plan; nothing in it is proved."""
    root.mkdir(parents=True)
    lines = [f"{name} = {value}" for name, value in settings.items()]
    table = "\n".join(["[tool.proofbook]", 'verified = "src/own/verified"', *lines])
    (root / "pyproject.toml").write_text(f'{table}\nverified_package = "own.verified"\n')
    for name, sources in notebooks.items():
        write_notebook(
            root / "notebooks/math" / f"{name}_implementation_verification.ipynb", *sources
        )
    planned = proofbook("plan", cwd=root)
    assert planned.code == 0, planned
    return root


def last_run(root: Path) -> dict[str, dict[str, Any]]:
    """Return the record of the newest run by notebook, named without ending."""
    (*_, newest) = sorted((root / "logs/quality/runs").glob("*/run.json"))
    return {
        Path(item["path"]).stem.removesuffix("_implementation_verification"): item
        for item in json.loads(newest.read_text())["notebooks"]
    }


def executed_copy(root: Path, name: str) -> Path:
    """Return the executed copy of a notebook in the newest run."""
    (*_, newest) = sorted((root / "logs/quality/runs").glob(f"*/notebooks/{name}*.ipynb"))
    return newest


def findings(card: dict[str, Any], gate: str) -> list[dict[str, Any]]:
    """Return one gate's findings on a scorecard."""
    (found,) = [item["findings"] for item in card["gates"] if item["name"] == gate]
    return list(found)


def half_written(root: Path) -> list[str]:
    """Return temporary files that were left, and JSON files that do not parse."""
    left = []
    for path in root.rglob("*"):
        if not path.is_file() or ".git" in path.parts:
            continue
        if path.name.endswith(".tmp") or (path.name.startswith(".") and path.name != ".gitignore"):
            left.append(str(path))
        if path.suffix in {".json", ".ipynb"}:
            try:
                json.loads(path.read_bytes())
            except ValueError:
                left.append(str(path))
    return left


def tree(root: Path, *folders: str) -> dict[str, bytes]:
    """Return the bytes of all files in some folders of a project, by relative path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
