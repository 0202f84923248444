"""Whether an artifact still speaks of what is in the tree, part by part."""

from dataclasses import dataclass

from proofbook.autopsy.assembly import invariant_digest, toolchain
from proofbook.autopsy.canonical import sha256_hex
from proofbook.autopsy.errors import NotAssembled
from proofbook.autopsy.models import Artifact
from proofbook.autopsy.notebook import Notebook
from proofbook.autopsy.project import Project


@dataclass(frozen=True)
class StalePart:
    """A part of an artifact that no longer matches the tree."""

    field: str
    what: str


def stale_parts(project: Project, kernel: str, artifact: Artifact) -> list[StalePart]:
    """Return what changed in the tree since the artifact was made."""
    notebook = project.kernel_notebooks[kernel]
    parts = _code(notebook, artifact)
    for invariant in artifact.invariants:
        try:
            now = invariant_digest(project, invariant.id)
        except NotAssembled:
            now = ""
        if now != invariant.sha256:
            parts.append(StalePart(f"invariants {invariant.id}", f"{invariant.id} was changed"))
    for item in artifact.inputs:
        path = project.root / item.path
        if not path.is_file():
            parts.append(StalePart(f"inputs {item.path}", f"input {item.path} is gone"))
        elif sha256_hex(path.read_bytes()) != item.sha256:
            parts.append(StalePart(f"inputs {item.path}", f"input {item.path} was changed"))
    for required in artifact.requires:
        other = project.kernel_notebooks.get(required.kernel)
        if other is None or other.exports_digest != required.sha256:
            field = f"requires {required.kernel}"
            parts.append(StalePart(field, f"the kernel {required.kernel} was changed"))
    versions = toolchain(project, notebook)
    if versions != artifact.toolchain:
        parts.append(StalePart("toolchain", f"the locked toolchain is now {versions}"))
    return parts


def _code(notebook: Notebook, artifact: Artifact) -> list[StalePart]:
    parts = []
    if artifact.notebook.path != notebook.path:
        parts.append(StalePart("notebook.path", f"the notebook is now {notebook.path}"))
    if artifact.notebook.sha256 != notebook.digest:
        cells = {cell.id: cell for cell in notebook.cells}
        changed = [
            cells[lemma.cell.id].label if lemma.cell.id in cells else lemma.cell.id
            for lemma in artifact.lemmas
            if lemma.cell.id not in cells or cells[lemma.cell.id].digest != lemma.cell.ast_sha256
        ]
        named = f" (VERIFY {', '.join(changed)})" if changed else ""
        parts.append(StalePart("notebook.sha256", f"the notebook's code was changed{named}"))
    recorded = {export.symbol: export.ast_sha256 for export in artifact.exports}
    current = {symbol: sha for symbol, _, sha in notebook.export_digests()}
    for symbol in sorted({*recorded, *current}):
        if recorded.get(symbol) != current.get(symbol):
            parts.append(StalePart(f"exports {symbol}", f"exported {symbol} was changed"))
    return parts
