"""Starting processes under a guard, so that nothing of them outlives the runner, however it ends."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofbook.autopsy import guard

ENDING_SECONDS = 5
# Ctrl-C, a supervisor's request, a closed terminal.
ENDING_SIGNALS = (
    (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if os.name == "posix" else (signal.SIGINT,)
)
# What these say in a user's shell must not decide what counts as proved: -O strips every assertion, a start-up
# file defines names that no cell defines, warnings turned into errors stop a kernel, options deselect tests.
_WHIMS = (
    *("PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONDEBUG"),
    *("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"),
)


def without_whims(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what would change the verdicts of notebooks and tests."""
    return {name: value for name, value in environment.items() if name not in _WHIMS}


def under_guard(command: list[str], folder: Path | None = None) -> list[str]:
    """Return the command line that runs `command` under a guard; `folder` is removed if we are killed.

    Only Linux can tell a process that its parent died; elsewhere the command comes back as it is.
    """
    if sys.platform != "linux":
        return command
    # Isolated and without `site`: 20 ms, and nothing a project installs can slow it or break it.
    start = [sys.executable, "-I", "-S", str(Path(guard.__file__))]
    return [*start, str(os.getpid()), str(folder or "-"), *command]


def run_guarded(
    command: list[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str],
    given: str = "",
    timeout_s: float | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end and return what it said; on an interrupt it ends with all it started.

    Raises:
        subprocess.TimeoutExpired: it took longer than `timeout_s`, and was ended.
    """
    with subprocess.Popen(
        under_guard(command),
        cwd=cwd,
        env=without_whims(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(given, timeout=timeout_s)
        except BaseException:
            end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def end(process: "subprocess.Popen[Any]") -> None:
    """End a guarded process: the guard clears up, and is killed, with its group, where it cannot."""
    if sys.platform == "linux":
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(ENDING_SECONDS)
            return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
