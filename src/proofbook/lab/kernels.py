"""Kernels of other notebooks, importable before they are extracted.

`from proofbook.lab.kernels.routing_rules import combine` runs the `#| export` cells of
`notebooks/math/verify_routing_rules.ipynb` as a module; extraction rewrites the same line to
`proofbook.verified.routing_rules`. So a notebook can build on another one without importing code that
nobody has verified yet.
"""

import importlib.abc
import importlib.machinery
import json
import linecache
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from proofbook.autopsy.cells import exported_code, is_export
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.place import NOTEBOOKS, find_root, setting

__path__: list[str] = []
_PREFIX = f"{__name__}."
_loaded: list[str] = []


def loaded_kernels() -> list[str]:
    """Return the kernels that this process has imported, sorted."""
    return sorted(set(_loaded))


def export_source(notebook: Path) -> str:
    """Return the export cells of a notebook as one module.

    Raises:
        ProofbookError: the notebook is missing, is no notebook, or exports nothing.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except FileNotFoundError as error:
        raise ProofbookError("no such notebook", path=notebook) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ProofbookError("is not a notebook", path=notebook) from error
    exported = [exported_code(source) for source in sources if is_export(source)]
    if not exported:
        raise ProofbookError("exports nothing", path=notebook, remedy="mark a cell `#| export`")
    return "\n\n".join(exported)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith(_PREFIX) or "." in fullname[len(_PREFIX) :]:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        kernel = module.__name__[len(_PREFIX) :]
        root = find_root()
        notebook = root / setting(root, "notebooks", NOTEBOOKS) / f"verify_{kernel}.ipynb"
        source = export_source(notebook)
        name = f"<{notebook.name} exports>"
        # Tracebacks and inspect read the lines from here; there is no file that holds them.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        exec(compile(source, name, "exec"), module.__dict__)
        _loaded.append(kernel)


if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
    sys.meta_path.append(_Finder())
