"""One Jupyter kernel as a process of ours: started on private sockets, killed with all its children."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.guarded import end, under_guard, without_whims

STARTUP_SECONDS = 60
NATIVE = "python3"
# A Unix socket's path holds 107 bytes at most; "/kernel-5" and a random name come on top of the folder.
_LONGEST_FOLDER = 80


class _ThisPython(KernelSpecManager):
    """Kernel specs under a guard; `python3` is the interpreter that is running, whatever is installed."""

    def __init__(self, private: Path | None = None) -> None:
        super().__init__()
        self.private = private

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name == NATIVE:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            spec = KernelSpec(argv=argv, display_name="Python 3", language="python")
        else:
            spec = super().get_kernel_spec(kernel_name)
            if spec.argv and spec.argv[0] in {"python", "python3"}:
                spec.argv[0] = sys.executable
        spec.argv = under_guard(spec.argv, self.private)
        return spec


def check_kernel_spec(name: str, notebook: str) -> None:
    """Make sure that a kernel spec is installed.

    Raises:
        ProofbookError: it is not.
    """
    try:
        _ThisPython().get_kernel_spec(name)
    except NoSuchKernel as error:
        raise ProofbookError(
            f"unknown kernel spec {name!r}",
            path=notebook,
            field="metadata.kernelspec.name",
            remedy=f"install that kernel, or choose {NATIVE!r}",
        ) from error


@dataclass(frozen=True)
class RunningKernel:
    """A kernel that was started; what it and its crashes print past Jupyter goes to `console`."""

    manager: AsyncKernelManager
    console: Path

    async def how_it_ended(self) -> str:
        """Return in words how a dead kernel ended."""
        provisioner = self.manager.provisioner
        code = await provisioner.poll() if provisioner else None
        if code is not None and code < 0:
            return f"its kernel was killed by {signal.Signals(-code).name}"
        return f"its kernel ended with exit code {code}" if code else "its kernel died"

    def last_words(self) -> str:
        """Return the last line on the console; a kernel that cannot start says there why."""
        said = self.console.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return said[-1] if said else "it said nothing"


@contextlib.asynccontextmanager
async def running_kernel(
    spec: str, environment: dict[str, str], folder: Path, first_line: str = ""
) -> AsyncIterator[RunningKernel]:
    """Start a kernel in `folder` and kill it, with all that it started, when the block ends.

    A kernel of this Python runs `first_line` before any cell, without counting it.

    There is no graceful shutdown: it waits in fixed steps, and some never end.
    """
    place = tempfile.gettempdir()
    if os.name == "posix" and len(os.fsencode(place)) > _LONGEST_FOLDER:
        place = "/tmp"
    with tempfile.TemporaryDirectory(
        prefix="proofbook-", dir=place, ignore_cleanup_errors=True
    ) as name:
        private = Path(name)
        options: dict[str, Any] = {
            "kernel_name": spec,
            "kernel_spec_manager": _ThisPython(private),
            "connection_file": str(private / "kernel.json"),
        }
        if os.name == "posix":
            # Sockets with a path of our own cannot be taken by another run, as free TCP ports can.
            options |= {"transport": "ipc", "ip": str(private / "kernel")}
        manager = AsyncKernelManager(**options)
        environment = without_whims(environment) | {
            "IPYTHONDIR": str(private / "ipython"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(private / "hypothesis"),
        }
        console = private / "console.txt"
        arguments = ["--HistoryManager.enabled=False"]
        if first_line and spec == NATIVE:
            arguments.append(f"--IPKernelApp.exec_lines={first_line}")
        try:
            with console.open("wb") as stream:
                await manager.start_kernel(
                    env=environment,
                    cwd=str(folder),
                    stdout=stream,
                    stderr=stream,
                    extra_arguments=arguments,
                )
            yield RunningKernel(manager, console)
        finally:
            await _kill(manager)


async def _kill(manager: AsyncKernelManager) -> None:
    process = getattr(manager.provisioner, "process", None)
    if process is not None:
        await asyncio.to_thread(end, process)
    with contextlib.suppress(Exception):
        await manager.shutdown_kernel(now=True)
    manager.cleanup_connection_file()
