"""Which data files of the project a notebook reads, so that evidence rests on none that is undeclared."""

import os
import sys
from pathlib import Path
from typing import Any

# Code is digested, or imported under rules of its own; the settings say where things are.
_NO_DATA = {".py", ".pyc", ".so", ".ipynb"}
_SETTINGS = "pyproject.toml"


class Reading:
    """Files below `root` that this process opens for reading, from now on.

    Python tells of every `open`, whoever calls it; compiled code that opens files by itself is not seen.
    """

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self._opened: set[str] = set()
        sys.addaudithook(self._note)

    def _note(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(args[0], str | bytes):
            return
        _, _, flags = args
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR):
            return
        path = os.path.abspath(os.fsdecode(args[0]))  # noqa: PTH100
        if path.startswith(self.root + os.sep):
            self._opened.add(path)

    def undeclared(self, declared: set[str]) -> list[str]:
        """Return the data files that were read and not declared, relative to the root, sorted."""
        known = {Path(self.root, path).resolve() for path in declared}
        return sorted(
            Path(name).relative_to(self.root).as_posix()
            for name in self._opened
            if self._is_data(Path(name)) and Path(name).resolve() not in known
        )

    def _is_data(self, path: Path) -> bool:
        parts = path.relative_to(self.root).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        installed = path.is_relative_to(sys.prefix) or path.is_relative_to(sys.base_prefix)
        special = path.suffix in _NO_DATA or parts == (_SETTINGS,)
        return path.is_file() and not (hidden or installed or special)
