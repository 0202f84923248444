"""A project loaded for verification: settings, invariants, notebooks, plan, committed artifacts."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from proofbook.autopsy.canonical import parse_json, read_bytes
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import (
    Artifact,
    Finding,
    Invariant,
    InvariantIndex,
    NotebookPlan,
    PlannedNotebook,
)
from proofbook.autopsy.notebook import Notebook, read_notebook
from proofbook.autopsy.settings import Settings, load_settings
from proofbook.autopsy.strict_yaml import NotStrict, read_yaml

ARTIFACT_SUFFIX = "_verification.json"
IMPLEMENTATION_SUFFIX = "_implementation_verification.ipynb"
KERNEL_PREFIX = "verify_"
PLAN_NAME = "notebook_plan.json"
SCORECARD_NAME = "scorecard.json"


@dataclass(frozen=True)
class CommittedArtifact:
    """An artifact file: its bytes, and its model or why it has none."""

    path: str
    data: bytes
    content: Any
    model: Artifact | None
    problem: str


@dataclass
class Project:
    """Everything a gate may read, loaded once and lazily.

    Loading raises `ProofbookError` for input that cannot be read at all (broken JSON or YAML, no
    notebook); what can be read but breaks a rule becomes a finding.
    """

    root: Path
    settings: Settings

    @classmethod
    def open(cls, root: Path) -> "Project":
        """Open the project at `root`.

        Raises:
            ProofbookError: its settings cannot be read.
        """
        return cls(root, load_settings(root))

    @property
    def generated(self) -> Path:
        """The folder of generated files."""
        return self.root / self.settings.generated

    @property
    def logs(self) -> Path:
        """The folder that runs write to."""
        return self.root / self.settings.logs

    @property
    def import_root(self) -> Path:
        """The folder from which the verified package is imported."""
        depth = len(self.settings.verified_package.split("."))
        return (self.root / self.settings.verified).joinpath(*[".."] * depth).resolve()

    def import_environment(self) -> dict[str, str]:
        """Return our environment with this checkout's code first on the import path.

        An installed copy of the project, or another checkout of it, must not answer in its stead.
        """
        inherited = os.environ.get("PYTHONPATH")
        paths = [str(self.import_root), *([inherited] if inherited else [])]
        return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PROOFBOOK_ROOT": str(self.root)}

    def relative(self, path: Path) -> str:
        """Return a path relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def artifact_path(self, kernel: str) -> Path:
        """Return where a kernel's artifact stands."""
        return self.generated / f"{kernel}{ARTIFACT_SUFFIX}"

    def kernel_notebook_path(self, kernel: str) -> str:
        """Return where a kernel's notebook stands, relative to the root."""
        return f"{self.settings.notebooks}/{KERNEL_PREFIX}{kernel}.ipynb"

    def load(self) -> "Project":
        """Read everything now, so that unreadable input is known before anything runs.

        Raises:
            ProofbookError: something cannot be read.
        """
        _ = self._read_invariants, self._read_index, self.notebooks, self.plan, self.artifacts
        _ = self.committed_scorecard
        return self

    @cached_property
    def notebook_paths(self) -> list[str]:
        """All notebooks in the notebooks folder, sorted."""
        folder = self.root / self.settings.notebooks
        return sorted(
            self.relative(path)
            for path in folder.rglob("*.ipynb")
            if ".ipynb_checkpoints" not in path.parts
        )

    @cached_property
    def notebooks(self) -> dict[str, Notebook]:
        """All notebooks by path."""
        return {path: read_notebook(self.root, path) for path in self.notebook_paths}

    @property
    def kernel_notebooks(self) -> dict[str, Notebook]:
        """The implementation notebooks that write and prove a kernel, by kernel."""
        return {
            kernel_of(path): notebook
            for path, notebook in self.notebooks.items()
            if is_kernel_notebook(path)
        }

    @property
    def implementation_notebooks(self) -> dict[str, Notebook]:
        """The notebooks that hold extracted code to artifacts, by family."""
        return {
            Path(path).name.removesuffix(IMPLEMENTATION_SUFFIX): notebook
            for path, notebook in self.notebooks.items()
            if path.endswith(IMPLEMENTATION_SUFFIX)
        }

    def covering_family(self, kernel: str) -> str | None:
        """Return the family whose implementation notebook covers a kernel: the longest prefix."""
        fitting = [
            family
            for family in self.implementation_notebooks
            if kernel == family or kernel.startswith(f"{family}_")
        ]
        return max(fitting, key=len, default=None)

    @cached_property
    def _read_invariants(self) -> tuple[dict[str, Invariant], list[Finding]]:
        found: dict[str, Invariant] = {}
        problems: list[Finding] = []
        for path in sorted((self.root / self.settings.invariants).glob("INV-*.yaml")):
            model, problem = read_model(path, self.relative(path), Invariant)
            if isinstance(model, Invariant):
                found[self.relative(path)] = model
            if problem:
                problems.append(problem)
        return found, problems

    @property
    def invariant_files(self) -> dict[str, Invariant]:
        """The invariants that can be read, by file."""
        return self._read_invariants[0]

    @property
    def invariants(self) -> dict[str, Invariant]:
        """The invariants that can be read, by id."""
        return {invariant.id: invariant for invariant in self.invariant_files.values()}

    @property
    def unreadable(self) -> list[Finding]:
        """What is wrong with invariant files and index that are YAML but break the rules."""
        index_problem = self._read_index[1]
        return [*self._read_invariants[1], *([index_problem] if index_problem else [])]

    @cached_property
    def _read_index(self) -> tuple[InvariantIndex | None, Finding | None]:
        path = self.root / self.settings.invariants / "INDEX.yaml"
        model, problem = read_model(path, self.relative(path), InvariantIndex)
        return (model if isinstance(model, InvariantIndex) else None), problem

    @property
    def index(self) -> InvariantIndex | None:
        """The index of invariants, if it can be read."""
        return self._read_index[0]

    @cached_property
    def plan(self) -> NotebookPlan | None:
        """The committed plan; None where there is none.

        Raises:
            ProofbookError: it is not JSON or not a plan.
        """
        path = self.generated / PLAN_NAME
        return read_plan(path, self.relative(path)) if path.exists() else None

    @cached_property
    def artifacts(self) -> dict[str, CommittedArtifact]:
        """The committed artifacts by kernel.

        Raises:
            ProofbookError: one is not strict JSON.
        """
        found = {}
        for path in sorted(self.generated.glob(f"*{ARTIFACT_SUFFIX}")):
            data, name = read_bytes(path), self.relative(path)
            content = parse_json(data, name)
            try:
                model, problem = Artifact.model_validate(content), ""
            except ValidationError as error:
                model, problem = None, describe(error)
            kernel = path.name.removesuffix(ARTIFACT_SUFFIX)
            found[kernel] = CommittedArtifact(name, data, content, model, problem)
        return found

    @cached_property
    def committed_scorecard(self) -> dict[str, Any] | None:
        """The committed scorecard's JSON; None where there is none.

        Raises:
            ProofbookError: it is not strict JSON, or no object.
        """
        path = self.generated / SCORECARD_NAME
        if not path.exists():
            return None
        content = parse_json(read_bytes(path), self.relative(path))
        if not isinstance(content, dict):
            raise ProofbookError("is not a scorecard", path=self.relative(path))
        return content

    def artifact(self, kernel: str) -> Artifact | None:
        """Return the model of a committed artifact, if it has one."""
        committed = self.artifacts.get(kernel)
        return committed.model if committed else None


def is_kernel_notebook(path: str) -> bool:
    """Say whether a notebook writes and proves a kernel, by its name."""
    name = Path(path).name
    return name.startswith(KERNEL_PREFIX) and not name.endswith(IMPLEMENTATION_SUFFIX)


def kernel_of(path: str) -> str:
    """Return the kernel of `verify_<kernel>.ipynb`."""
    return Path(path).stem.removeprefix(KERNEL_PREFIX)


def planned(project: Project) -> NotebookPlan:
    """Return the plan that the notebooks in the tree call for."""
    notebooks = []
    for path in project.notebook_paths:
        if is_kernel_notebook(path):
            kind, kernels = "kernel", [kernel_of(path)]
        elif path.endswith(IMPLEMENTATION_SUFFIX):
            kind = "implementation"
            family = Path(path).name.removesuffix(IMPLEMENTATION_SUFFIX)
            kernels = [k for k in project.kernel_notebooks if project.covering_family(k) == family]
        else:
            continue
        notebooks.append(
            PlannedNotebook.model_validate(
                {
                    "path": path,
                    "kind": kind,
                    "kernels": kernels,
                    "cell_timeout_s": project.settings.cell_timeout_s,
                    "notebook_timeout_s": project.settings.notebook_timeout_s,
                }
            )
        )
    return NotebookPlan(schema="proofbook/notebook-plan@1", notebooks=notebooks)


def read_plan(path: Path, name: str) -> NotebookPlan:
    """Read a notebook plan.

    Raises:
        ProofbookError: it is missing, not JSON, or not a plan.
    """
    try:
        return NotebookPlan.model_validate(parse_json(read_bytes(path), name))
    except ValidationError as error:
        raise ProofbookError(
            f"is not a notebook plan: {describe(error)}",
            path=name,
            remedy="regenerate it with `proofbook plan`",
        ) from error


def read_model(
    path: Path, name: str, model: type[BaseModel]
) -> tuple[BaseModel | None, Finding | None]:
    """Read a YAML file as a model; what breaks a rule comes back as a finding.

    Raises:
        ProofbookError: the file is missing or not YAML at all.
    """
    if not path.exists():
        return None, Finding(what="no such file", path=name, remedy="write it from the template")
    try:
        return model.model_validate(read_yaml(path)), None
    except NotStrict as error:
        line = f"line {error.line}"
        return None, Finding(what=error.what, path=name, where=line, remedy="correct the line")
    except ValidationError as error:
        where, _, what = describe(error).partition(": ")
        return None, Finding(
            what=what, path=name, where=where, remedy="see the schema in configs/schemas"
        )


def describe(error: ValidationError) -> str:
    """Return the first problem of a validation as `field: message`."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "(whole)"
    return f"{field}: {first['msg']}"
