"""Files are replaced whole or not at all: temporary file, fsync, rename, fsync of the folder."""

import contextlib
import os
import tempfile
from pathlib import Path

from proofbook.autopsy.errors import ProofbookError


def write_atomic(path: Path, data: bytes) -> None:
    """Replace `path` by `data`; a reader sees the old bytes or the new ones, never a mixture.

    Raises:
        ProofbookError: the folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise ProofbookError(
            f"cannot be written: {error.strerror}",
            path=path.parent,
            remedy="make the folder writable",
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise ProofbookError(f"cannot be written: {error.strerror}", path=path) from error
        raise
    _sync_folder(path.parent)


def write_if_changed(path: Path, data: bytes) -> bool:
    """Write `data` unless the file already holds it; return whether it was written."""
    if path.exists() and path.read_bytes() == data:
        return False
    write_atomic(path, data)
    return True


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
