"""What a strength record speaks of: code, checks, required kernels, inputs; and whether it still does."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from proofbook.autopsy.canonical import digest, sha256_hex
from proofbook.autopsy.cells import LAB_KERNELS
from proofbook.autopsy.models import Digested, RequiredKernel, StrengthRecord
from proofbook.autopsy.notebook import Notebook
from proofbook.autopsy.project import Project
from proofbook.autopsy.strength.cells import checks_digest, has_proofs
from proofbook.autopsy.strength.mutants import Mutant
from proofbook.autopsy.strength.operators import OPERATORS_VERSION

RECORDS = "strength"
_AUTOPSY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Subject:
    """Digests of all that the verdicts on a kernel's mutants rest on."""

    operators: int
    exports: str
    checks: str
    requires: list[RequiredKernel]
    inputs: list[Digested]

    def fields(self) -> dict[str, Any]:
        """Return the fields as a record holds them."""
        return {
            "operators": self.operators,
            "exports": self.exports,
            "checks": self.checks,
            "requires": [item.model_dump() for item in self.requires],
            "inputs": [item.model_dump() for item in self.inputs],
        }

    def key(self, kind: str) -> str:
        """Return what verdicts are cached under; the laboratory's own code counts here too."""
        return digest({**self.fields(), "kind": kind, "laboratory": laboratory_digest()})


def subject_of(project: Project, kernel: str) -> Subject:
    """Return what a record made now would speak of.

    Raises:
        ProofbookError: the notebook cannot be run against mutants.
    """
    notebook = project.kernel_notebooks[kernel]
    artifact = project.artifact(kernel)
    return Subject(
        operators=OPERATORS_VERSION,
        exports=notebook.exports_digest,
        checks=checks_digest(notebook),
        requires=[
            RequiredKernel(kernel=name, sha256=project.kernel_notebooks[name].exports_digest)
            for name in required_kernels(project, kernel)
        ],
        inputs=[
            Digested(path=item.path, sha256=sha256_hex((project.root / item.path).read_bytes()))
            for item in (artifact.inputs if artifact else [])
            if (project.root / item.path).is_file()
        ],
    )


def proved_functions(project: Project, kernel: str) -> set[str]:
    """Return the functions of a kernel whose code at least one obligation of its artifact ran."""
    artifact = project.artifact(kernel)
    obligations = artifact.obligations if artifact else []
    return {binding.symbol for item in obligations for binding in item.bindings}


def lemmas_that_run(project: Project, kernel: str, function: str) -> set[str]:
    """Return the lemmas of which an obligation of the kernel's artifact ran a function."""
    artifact = project.artifact(kernel)
    return {
        item.lemma
        for item in (artifact.obligations if artifact else [])
        if any(binding.symbol == function for binding in item.bindings)
    }


def unproved_functions(project: Project, kernel: str, mutants: list[Mutant]) -> list[str]:
    """Return the functions with mutants that no obligation ran; none where nothing is proved at all."""
    if not has_proofs(project.kernel_notebooks[kernel]):
        return []
    return sorted({mutant.function for mutant in mutants} - proved_functions(project, kernel))


def stale_fields(record: StrengthRecord, subject: Subject) -> list[str]:
    """Return the fields of a record that no longer match."""
    now = subject.fields()
    held = record.model_dump(by_alias=True)
    return [name for name in now if held[name] != now[name]]


def record_path(project: Project, kernel: str) -> Path:
    """Return where a kernel's record stands."""
    return project.generated / RECORDS / f"{kernel}.json"


def required_kernels(project: Project, kernel: str) -> list[str]:
    """Return the kernels of other notebooks that a notebook imports, directly or not, sorted."""
    found: set[str] = set()
    waiting = [kernel]
    while waiting:
        notebook = project.kernel_notebooks.get(waiting.pop())
        fresh = (_imported(notebook) if notebook else set()) - found
        found |= fresh
        waiting += fresh
    return sorted(name for name in found - {kernel} if name in project.kernel_notebooks)


def _imported(notebook: Notebook) -> set[str]:
    found = set()
    for cell in notebook.cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            if isinstance(node, ast.ImportFrom) and node.module:
                if node.module == LAB_KERNELS:
                    found |= {alias.name for alias in node.names}
                elif node.module.startswith(f"{LAB_KERNELS}."):
                    found.add(node.module.removeprefix(f"{LAB_KERNELS}."))
            elif isinstance(node, ast.Import):
                prefix = f"{LAB_KERNELS}."
                found |= {
                    alias.name.removeprefix(prefix)
                    for alias in node.names
                    if alias.name.startswith(prefix)
                }
    return found


@lru_cache(maxsize=1)
def laboratory_digest() -> str:
    """Return the digest of the sources that decide what a cell and a mutant do."""
    own = [_AUTOPSY / "strength" / name for name in ("worker.py", "instrument.py", "cells.py")]
    paths = [*sorted((_AUTOPSY.parent / "lab").rglob("*.py")), *own]
    return sha256_hex("\n".join(sha256_hex(path.read_bytes()) for path in paths).encode())
