"""The `[tool.proofbook]` table of pyproject.toml, typed; unknown keys are refused."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.place import GENERATED, NOTEBOOKS, read_toml


def _below_root(path: str) -> str:
    parts = path.split("/")
    if not path or "\\" in path or not parts[0] or ".." in parts:
        raise ValueError("must be a path below the root, relative, with /")
    return path


RelativePath = Annotated[str, AfterValidator(_below_root)]
System = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
Package = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]


class Settings(BaseModel):
    """Where things are in a project and how it is verified; paths are relative to its root."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    systems: list[System] = Field(
        default=["DEMO"], min_length=1, description="Codes used in INV-<SYSTEM>-<NNNN>."
    )
    notebooks: RelativePath = Field(default=NOTEBOOKS, description="Folder of the notebooks.")
    invariants: RelativePath = Field(
        default="invariants", description="Folder of the invariants' YAML files."
    )
    generated: RelativePath = Field(
        default=GENERATED, description="Folder of plan, artifacts and scorecard."
    )
    schemas: RelativePath = Field(
        default="configs/schemas", description="Folder of the JSON Schemas."
    )
    docs: RelativePath = Field(
        default="docs/math", description="Folder of calculi, appendices and register."
    )
    adr: RelativePath = Field(default="docs/adr", description="Folder of the decisions (ADRs).")
    logs: RelativePath = Field(default="logs/quality", description="Folder that runs write to.")
    verified: RelativePath = Field(
        "src/proofbook/verified", description="Folder of the extracted code."
    )
    verified_package: Package = Field("proofbook.verified", description="Its import name.")
    tests: RelativePath = Field(default="tests", description="Folder of all tests.")
    verified_tests: RelativePath = Field(
        "tests/verified", description="Tests that hold the extracted code to its artifacts."
    )
    verified_imports: list[str] = Field(
        default=["numpy", "scipy", "gmpy2"],
        description="Packages that extracted code may import, besides the standard library.",
    )
    evidence_packages: list[str] = Field(
        default=["numpy", "scipy", "gmpy2", "hypothesis"],
        description="Packages whose version goes into an artifact that rests on them.",
    )
    lock: RelativePath | None = Field(
        default=None, description="The lock file that fixes those versions."
    )
    accept_yellow_on: list[str] = Field(
        default=["development"], description="Branches on which a yellow decision is accepted."
    )
    workers: int = Field(0, ge=0, le=256, description="Notebooks run at once; 0 is one a core.")
    cell_timeout_s: int = Field(60, ge=1, description="Time limit of a cell, in seconds.")
    notebook_timeout_s: int = Field(300, ge=1, description="Time limit of a notebook, in seconds.")
    keep_runs: int = Field(10, ge=1, description="How many runs are kept under the logs folder.")
    strength_budget: int = Field(
        60, ge=1, description="How many mutants of a kernel are run; a sample where there are more."
    )
    strength_asserts_floor: int = Field(
        95, ge=0, le=100, description="Least share of mutants that checks notice, in per cent."
    )
    strength_proofs_floor: int = Field(
        85, ge=0, le=100, description="Least share of mutants that proofs notice, in per cent."
    )
    line_length: int = Field(100, ge=60, le=200, description="Line length of extracted code.")

    def worker_count(self) -> int:
        """Return how many notebooks are run at once."""
        if self.workers:
            return self.workers
        usable = getattr(os, "sched_getaffinity", None)
        return len(usable(0)) if usable else os.cpu_count() or 1


def load_settings(root: Path) -> Settings:
    """Read the settings of the project at `root`.

    Raises:
        ProofbookError: pyproject.toml is not TOML, or a setting is unknown or of a wrong type.
    """
    path = root / "pyproject.toml"
    table = read_toml(path).get("tool", {}).get("proofbook", {})
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(["tool", "proofbook", *(str(part) for part in first["loc"])])
        known = ", ".join(sorted(Settings.model_fields))
        unknown = first["type"] == "extra_forbidden"
        raise ProofbookError(
            "unknown setting" if unknown else first["msg"],
            path=path,
            field=field,
            remedy=f"known settings: {known}" if unknown else "correct its value",
        ) from error
