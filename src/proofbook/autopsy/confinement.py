"""What the process of a kernel notebook is kept from at run time, whatever its code looks like.

A reading of code can be evaded; these refusals come from the interpreter: the extracted package cannot be
imported or read, the system's entropy and the network cannot be opened. An audit hook cannot be removed.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_ENTROPY = ("/dev/random", "/dev/urandom", "/dev/hwrng")


class _Refuser(importlib.abc.MetaPathFinder):
    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == self.package or fullname.startswith(f"{self.package}."):
            raise ImportError(
                f"a kernel's notebook may not import {fullname}: it verifies that code; "
                "write it here, or import it from proofbook.lab.kernels"
            )
        return None


def confine(package: str, folder: str) -> None:
    """Keep this process from the extracted package `package` in `folder`, from entropy and network."""
    sys.meta_path.insert(0, _Refuser(package))
    inside = os.path.realpath(folder) + os.sep

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(args[0], str | bytes):
            path = os.path.realpath(os.fsdecode(args[0]))
            if path.startswith(inside):
                raise PermissionError(f"a kernel's notebook may not read extracted code: {path}")
            if path in _ENTROPY:
                raise PermissionError(f"a kernel's notebook may not draw from {path}")
        elif (event == "socket.connect" and isinstance(args[1], tuple)) or (
            event == "socket.getaddrinfo"
        ):
            raise PermissionError("a kernel's notebook may not reach for the network")

    sys.addaudithook(refuse)
