"""Where the project is: the nearest folder above with `[tool.proofbook]` in its pyproject.toml."""

import os
import tomllib
from pathlib import Path
from typing import Any

from proofbook.autopsy.errors import ProofbookError

GENERATED = "configs/generated"
NOTEBOOKS = "notebooks/math"


def find_root(start: Path | None = None) -> Path:
    """Return the project's root, from `PROOFBOOK_ROOT` or by walking up from `start`.

    Raises:
        ProofbookError: there is no project in sight, a pyproject.toml on the way is not TOML, or the
            working folder is gone.
    """
    named = os.environ.get("PROOFBOOK_ROOT")
    if start is None and named:
        return Path(named).resolve()
    try:
        here = (start or Path.cwd()).resolve()
    except FileNotFoundError as error:
        raise ProofbookError(
            "the working folder no longer exists", remedy="change to one that does"
        ) from error
    for folder in [here, *here.parents]:
        settings = folder / "pyproject.toml"
        if settings.is_file() and "proofbook" in read_toml(settings).get("tool", {}):
            return folder
    raise ProofbookError(
        "no project here or above",
        path=here,
        remedy="add a [tool.proofbook] table to the pyproject.toml at the root of your repository",
    )


def setting(root: Path, name: str, default: str) -> str:
    """Return one text setting of `[tool.proofbook]`, without the cost of the typed model."""
    return str(
        read_toml(root / "pyproject.toml").get("tool", {}).get("proofbook", {}).get(name, default)
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ProofbookError: it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProofbookError(f"is not TOML: {error}", path=path) from error
    except OSError as error:
        raise ProofbookError(f"cannot be read: {error.strerror}", path=path) from error
