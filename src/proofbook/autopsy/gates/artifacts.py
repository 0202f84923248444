"""Gate 3: artifacts are present, schema-valid, canonical, registered, and not edited by hand."""

import re
from typing import Any

from pydantic import ValidationError

from proofbook.autopsy.canonical import canonical_bytes, parse_json, read_bytes, read_text
from proofbook.autopsy.file_schemas import schema_texts
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.ladder import CircularUse
from proofbook.autopsy.models import Finding, Scorecard
from proofbook.autopsy.project import (
    ARTIFACT_SUFFIX,
    SCORECARD_NAME,
    CommittedArtifact,
    Project,
    describe,
)
from proofbook.autopsy.scorecard import decide
from proofbook.autopsy.staleness import stale_parts
from proofbook.autopsy.standing import lemma_rung, scored_artifacts, scored_invariants

_REGENERATE = "regenerate it with `make notebooks-plan` (`proofbook run`)"


class ArtifactsGate:
    """Artifacts are what their notebooks emit."""

    number, name = 3, "artifacts"
    summary = "present, schema-valid, canonical, registered, not edited by hand"

    def check(self, given: GateInput) -> list[Finding]:
        """Hold every committed artifact to its form, its register and this run."""
        project = given.project
        findings = [*_presence(project), *_registered(project), *_schemas(project)]
        for kernel, committed in project.artifacts.items():
            if kernel in project.kernel_notebooks:
                form = _form(committed)
                findings += form or [*_rungs(committed), *_edited(given, kernel, committed)]
        return findings if given.scorecard_follows else [*findings, *_scorecard(project)]


def _presence(project: Project) -> list[Finding]:
    findings = [
        Finding(
            what="there is no such artifact",
            path=project.relative(project.artifact_path(kernel)),
            where=project.kernel_notebook_path(kernel),
            remedy=_REGENERATE,
        )
        for kernel in project.kernel_notebooks
        if kernel not in project.artifacts
    ]
    findings += [
        Finding(
            what="no notebook makes this artifact",
            path=committed.path,
            remedy=f"remove it, or write {project.kernel_notebook_path(kernel)}",
        )
        for kernel, committed in project.artifacts.items()
        if kernel not in project.kernel_notebooks
    ]
    return findings


def _registered(project: Project) -> list[Finding]:
    path = project.root / project.settings.docs / "README.md"
    text = read_text(path, project.relative(path)) if path.exists() else ""
    listed = set(re.findall(rf"([a-z][a-z0-9_]*){re.escape(ARTIFACT_SUFFIX)}", text))
    made = set(project.kernel_notebooks)
    wrong = [
        (f"does not list {kernel}{ARTIFACT_SUFFIX}", "add a line for it")
        for kernel in sorted(made - listed)
    ]
    wrong += [
        (f"lists {kernel}{ARTIFACT_SUFFIX}, which no notebook makes", "remove its line")
        for kernel in sorted(listed - made)
    ]
    return [
        Finding(what=what, path=project.relative(path), where="artifact register", remedy=remedy)
        for what, remedy in wrong
    ]


def _schemas(project: Project) -> list[Finding]:
    folder = project.root / project.settings.schemas
    findings = []
    for name, text in schema_texts().items():
        path = folder / name
        if not path.exists() or path.read_bytes() != text:
            findings.append(
                Finding(
                    what="is missing or differs from the framework's schema",
                    path=project.relative(path),
                    remedy="write the schemas again with `proofbook plan`",
                )
            )
    return findings


def _form(committed: CommittedArtifact) -> list[Finding]:
    if committed.model is None:
        where, _, what = committed.problem.partition(": ")
        return [Finding(what=what, path=committed.path, where=where, remedy=_REGENERATE)]
    try:
        same = canonical_bytes(committed.content) == committed.data
        why = "its bytes are not canonical (RFC 8785)"
    except ValueError as error:
        same, why = False, str(error)
    if same:
        return []
    return [Finding(what=why, path=committed.path, remedy=_REGENERATE)]


def _scorecard(project: Project) -> list[Finding]:
    """Hold the committed scorecard to its form, to itself and to the artifacts."""
    path = f"{project.settings.generated}/{SCORECARD_NAME}"
    content = project.committed_scorecard
    where, what = "", "there is no scorecard"
    if content is not None:
        try:
            where, what = _wrong_in_scorecard(project, path, content)
        except CircularUse:
            return []  # said by the gate status
    remedy = "write it with `make notebooks-plan` (`proofbook run`)"
    return [Finding(what=what, path=path, where=where, remedy=remedy)] if what else []


def _wrong_in_scorecard(project: Project, path: str, content: dict[str, Any]) -> tuple[str, str]:
    try:
        held = Scorecard.model_validate(content)
    except ValidationError as error:
        where, _, what = describe(error).partition(": ")
        return where, what
    if canonical_bytes(content) != read_bytes(project.root / path):
        return "", "its bytes are not canonical (RFC 8785)"
    standing = content | {
        "invariants": [item.model_dump() for item in scored_invariants(project)],
        "artifacts": [item.model_dump() for item in scored_artifacts(project)],
    }
    if content != standing:
        where, one, other = first_difference(content, standing)
        return where, f"holds {one}, and the artifacts say {other}"
    if held.decision != decide(held.gates):
        return "/decision", f"says {held.decision}, and its own gates say {decide(held.gates)}"
    return "", ""


def _rungs(committed: CommittedArtifact) -> list[Finding]:
    findings: list[Finding] = []
    if committed.model is None:
        return findings
    for lemma in committed.model.lemmas:
        reached = lemma_rung(committed.model, lemma)
        if reached != lemma.rung:
            findings.append(
                Finding(
                    what=f"claims rung {lemma.rung}; its evidence reaches {reached}",
                    path=committed.path,
                    where=lemma.id,
                    remedy=_REGENERATE,
                    invariant=lemma.id.split("#")[0],
                )
            )
    return findings


def _edited(given: GateInput, kernel: str, committed: CommittedArtifact) -> list[Finding]:
    made = given.run.artifact_bytes(kernel)
    if made is None or made == committed.data or committed.model is None:
        return []
    again = given.run.artifact_bytes(kernel, again=True)
    if stale_parts(given.project, kernel, committed.model) or (again and again != made):
        return []  # said by the gates freshness and determinism
    where, held, recomputed = first_difference(committed.content, parse_json(made, "run"))
    return [
        Finding(
            what=f"holds {held}, and its notebook gives {recomputed}: it was edited by hand",
            path=committed.path,
            where=where,
            remedy=_REGENERATE,
        )
    ]


def first_difference(left: Any, right: Any, where: str = "") -> tuple[str, str, str]:
    """Return the place (JSON pointer) where two JSON values first differ, and what stands there."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            if left.get(key, ...) != right.get(key, ...):
                return first_difference(left.get(key), right.get(key), f"{where}/{key}")
    if isinstance(left, list) and isinstance(right, list):
        for index, (mine, theirs) in enumerate(zip(left, right, strict=False)):
            if mine != theirs:
                return first_difference(mine, theirs, f"{where}/{index}")
        if len(left) != len(right):
            return where, f"{len(left)} items", f"{len(right)} items"
    return where or "/", f"{left!r:.60}", f"{right!r:.60}"
