"""One Jupyter kernel as a process of ours: started on private sockets, killed with all its children."""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from proofbook.autopsy.errors import ProofbookError

STARTUP_SECONDS = 60
NATIVE = "python3"


class _ThisPython(KernelSpecManager):
    """Kernel specs, where `python3` is the interpreter that is running, whatever a user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name == NATIVE:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")
        return super().get_kernel_spec(kernel_name)


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


@contextlib.asynccontextmanager
async def running_kernel(
    spec: str, environment: dict[str, str], folder: Path
) -> AsyncIterator[AsyncKernelManager]:
    """Start a kernel in `folder` and kill it, with its whole process group, when the block ends.

    There is no graceful shutdown: it waits in fixed steps, and some never end.
    """
    with tempfile.TemporaryDirectory(prefix="proofbook-") as private:
        options: dict[str, Any] = {
            "kernel_name": spec,
            "kernel_spec_manager": _ThisPython(),
            "connection_file": str(Path(private) / "kernel.json"),
        }
        if os.name == "posix":
            # Sockets with a path of our own cannot be taken by another run, as free TCP ports can.
            options |= {"transport": "ipc", "ip": str(Path(private) / "kernel")}
        manager = AsyncKernelManager(**options)
        environment = environment | {
            "IPYTHONDIR": str(Path(private) / "ipython"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(Path(private) / "hypothesis"),
        }
        try:
            await manager.start_kernel(
                env=environment, cwd=str(folder), extra_arguments=["--HistoryManager.enabled=False"]
            )
            yield manager
        finally:
            await _kill(manager)


async def _kill(manager: AsyncKernelManager) -> None:
    provisioner = manager.provisioner
    group = getattr(provisioner, "pgid", None)
    if os.name == "posix" and group and group != os.getpgrp():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    with contextlib.suppress(Exception):
        await manager.shutdown_kernel(now=True)
    manager.cleanup_connection_file()
