"""From what a notebook emitted to its artifact: digests and rungs are added here, never by the notebook."""

import ast
import importlib.metadata
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from proofbook.autopsy.canonical import (
    canonical_bytes,
    digest,
    read_bytes,
    read_json,
    read_text,
    sha256_hex,
)
from proofbook.autopsy.errors import NotAssembled, ProofbookError
from proofbook.autopsy.ladder import rung_of
from proofbook.autopsy.models import EmittedEvidence, EmittedLemma
from proofbook.autopsy.notebook import Cell, Notebook
from proofbook.autopsy.obligations import Obligations
from proofbook.autopsy.project import Project, describe
from proofbook.autopsy.proofs.store import ProofStore
from proofbook.autopsy.strict_yaml import read_yaml
from proofbook.autopsy.teeth import always, cannot_change


def assemble(
    project: Project, kernel: str, evidence_path: Path, stores: Sequence[ProofStore]
) -> bytes:
    """Return the canonical bytes of a kernel's artifact; what discharges its obligations is in the stores.

    Raises:
        NotAssembled: there is no evidence, or it does not fit the notebook and its invariants.
    """
    notebook = project.kernel_notebooks[kernel]
    emitted = read_evidence(evidence_path)
    if emitted.kernel != kernel:
        raise NotAssembled(
            f"verifies kernel {emitted.kernel!r} in a notebook named for {kernel!r}",
            "Verification(…)",
            "use one name for notebook and kernel",
        )
    passed = [lemma for lemma in emitted.lemmas if lemma.passed]
    obligations = Obligations(project, kernel, notebook, stores)
    proved = {lemma.id: obligations.of(lemma) for lemma in passed}
    used = list(proved)
    requires = [
        {"kernel": name, "sha256": project.kernel_notebooks[name].exports_digest}
        for name in emitted.requires
        if name in project.kernel_notebooks
    ]
    content = {
        "schema": "proofbook/artifact@1",
        "kernel": kernel,
        "invariants": [
            {"id": name, "sha256": invariant_digest(project, name)} for name in emitted.invariants
        ],
        "notebook": {"path": notebook.path, "sha256": notebook.digest},
        "exports": [
            {"symbol": symbol, "cell": cell, "ast_sha256": sha}
            for symbol, cell, sha in notebook.export_digests()
        ],
        "lemmas": [_lemma(notebook, lemma, proved[lemma.id]) for lemma in passed],
        "obligations": [item for found in proved.values() for item in found],
        "measures": [m.model_dump(by_alias=True) for m in emitted.measures if m.lemma in used],
        "vectors": [v.model_dump(by_alias=True) for v in emitted.vectors],
        "inputs": [
            {"path": path, "sha256": sha256_hex(read_bytes(project.root / path))}
            for path in emitted.inputs
        ],
        "requires": requires,
        "toolchain": toolchain(project, notebook),
    }
    return canonical_bytes(content)


def read_evidence(path: Path) -> EmittedEvidence:
    """Return what a notebook emitted.

    Raises:
        NotAssembled: it emitted nothing, or something else than evidence.
    """
    if not path.exists():
        raise NotAssembled(
            "ran to its end and emitted nothing", "last cell", "end it with `v.emit()`"
        )
    try:
        return EmittedEvidence.model_validate(read_json(path))
    except ValidationError as error:
        field, _, what = describe(error).partition(": ")
        raise NotAssembled(what, f"evidence {field}", "use the laboratory's own methods") from error


def _lemma(
    notebook: Notebook, lemma: EmittedLemma, obligations: list[dict[str, Any]]
) -> dict[str, Any]:
    cell = notebook.lemma_cell(lemma.id)
    if cell is None:
        raise NotAssembled(
            f"lemma {lemma.id} was verified outside a VERIFY cell",
            lemma.id,
            f"start its cell with `# VERIFY:{lemma.id.split('#')[1]}`",
        )
    evidence = [
        item.model_dump() for item in lemma.evidence if item.kind not in ("claimed", "unclaimed")
    ]
    evidence += [{"kind": "proved", "obligation": item["id"]} for item in obligations]
    asserts = count_asserts(cell)
    if asserts:
        evidence.append({"kind": "asserted", "claim": f"{asserts} assertions of the VERIFY cell"})
    if not evidence:
        raise NotAssembled("checks nothing", cell.label, "state a check or an assertion")
    return {
        "id": lemma.id,
        "rung": rung_of(evidence, obligations),
        "cell": {"id": cell.id, "ast_sha256": cell.digest},
        "evidence": evidence,
    }


def count_asserts(cell: Cell) -> int:
    """Return how many `assert` statements of a cell run with it and can fail.

    Those inside functions, and under a condition that is never true, do not count.
    """
    if cell.tree is None:
        return 0
    count, open_nodes = 0, list(cell.tree.body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.If | ast.While) and always(node.test) is False:
            open_nodes.extend(node.orelse)
            continue
        count += isinstance(node, ast.Assert) and not cannot_change(node.test)
        open_nodes.extend(
            child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)
        )
    return count


def invariant_digest(project: Project, name: str) -> str:
    """Return the digest of an invariant's content; layout and comments do not count.

    Raises:
        NotAssembled: there is no such invariant.
    """
    for path, invariant in project.invariant_files.items():
        if invariant.id == name:
            return digest(read_yaml(project.root / path))
    raise NotAssembled(
        f"names an invariant that cannot be read: {name}",
        "Verification(…)",
        f"write {project.settings.invariants}/{name}.yaml",
    )


def toolchain(project: Project, notebook: Notebook) -> dict[str, str]:
    """Return the locked versions of the packages that a notebook's evidence rests on.

    Raises:
        ProofbookError: the lock file cannot be read.
    """
    imported = {"hypothesis"}
    for cell in notebook.cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    wanted = [name for name in project.settings.evidence_packages if name in imported]
    locked = locked_versions(project)
    return {name: locked.get(name) or importlib.metadata.version(name) for name in sorted(wanted)}


def locked_versions(project: Project) -> dict[str, str]:
    """Return the versions that the lock file fixes; empty where the project has none.

    Raises:
        ProofbookError: the lock file cannot be read, or fixes a package at several versions.
    """
    if project.settings.lock is None:
        return {}
    path = project.root / project.settings.lock
    if not path.is_file():
        raise ProofbookError(
            "no such lock file",
            path=project.settings.lock,
            remedy="write it, or correct `lock` in [tool.proofbook]",
        )
    found: dict[str, str] = {}
    pattern = r"^([A-Za-z0-9._-]+)==([^\s;\\]+)"
    for name, version in re.findall(pattern, read_text(path, project.settings.lock), re.MULTILINE):
        if name in project.settings.evidence_packages and found.get(name, version) != version:
            raise ProofbookError(
                f"fixes {name} at {found[name]} and {version}",
                path=project.settings.lock,
                remedy="give every Python the same version, for evidence rests on it",
            )
        found[name] = version
    return found
