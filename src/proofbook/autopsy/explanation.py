"""Everything about an invariant or a lemma in one place: statement, rungs, evidence, code, tests."""

import re
from dataclasses import dataclass

from proofbook.autopsy.canonical import read_text
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.ladder import CircularUse
from proofbook.autopsy.models import Evidence, Invariant, LemmaSpec
from proofbook.autopsy.project import Project
from proofbook.autopsy.standing import lemma_rungs
from proofbook.autopsy.tested_symbols import tested_symbols


@dataclass(frozen=True)
class ExplainedLemma:
    """A lemma and all that hangs on it."""

    id: str
    title: str
    kind: str
    semantics: str
    requires: str
    rung: str
    effective: str
    uses: list[str]
    used_by: list[str]
    cell: str
    evidence: list[str]
    measures: list[str]


@dataclass(frozen=True)
class Explanation:
    """An invariant and all that hangs on it; `lemmas` are those asked for."""

    invariant: Invariant
    path: str
    lemmas: list[ExplainedLemma]
    symbols: list[str]
    tests: list[str]


def explain(project: Project, name: str) -> list[Explanation]:
    """Explain `INV-…`, `INV-…#L1`, or `L1` (in every invariant that has one).

    Raises:
        ProofbookError: nothing is called so.
    """
    wanted_invariant, _, wanted_lemma = name.partition("#")
    if re.fullmatch(r"L[1-9]\d*", name):
        wanted_invariant, wanted_lemma = "", name
    found = []
    for path, invariant in project.invariant_files.items():
        if wanted_invariant and invariant.id != wanted_invariant:
            continue
        lemmas = [item for item in invariant.lemmas if wanted_lemma in ("", item.id)]
        if lemmas:
            found.append(_explain(project, path, invariant, lemmas))
    if not found:
        known = ", ".join(sorted(project.invariants)) or "none"
        raise ProofbookError(f"nothing is called {name!r}", remedy=f"the invariants are {known}")
    return found


def _explain(
    project: Project, path: str, invariant: Invariant, lemmas: list[LemmaSpec]
) -> Explanation:
    kernel = invariant.kernel_name()
    module = f"{project.settings.verified}/{kernel}.py"
    symbols = [f"{name} ({module})" for name in invariant.kernel.functions]
    try:
        reached, effective = lemma_rungs(project)
    except CircularUse:
        reached, effective = {}, {}
    return Explanation(
        invariant,
        path,
        [_lemma(project, invariant, lemma, reached, effective) for lemma in lemmas],
        symbols,
        _tests(project, kernel),
    )


def _tests(project: Project, kernel: str) -> list[str]:
    if not tested_symbols(project).get(kernel):
        return []
    folder = project.root / project.settings.tests
    module = (
        rf"{re.escape(project.settings.verified_package)}(?:\.{kernel}\b| import .*\b{kernel}\b)"
    )
    return sorted(
        project.relative(path)
        for path in folder.rglob("test_*.py")
        if re.search(module, read_text(path, project.relative(path)))
    )


def _lemma(
    project: Project,
    invariant: Invariant,
    lemma: LemmaSpec,
    reached: dict[str, str],
    effective: dict[str, str],
) -> ExplainedLemma:
    full = invariant.lemma_id(lemma)
    committed = project.artifacts.get(invariant.kernel_name())
    model = committed.model if committed else None
    held = next((item for item in model.lemmas if item.id == full), None) if model else None
    notebook = project.notebooks.get(invariant.notebook)
    cell = notebook.lemma_cell(full) if notebook else None
    return ExplainedLemma(
        id=full,
        title=lemma.title,
        kind=lemma.kind,
        semantics=lemma.semantics,
        requires=lemma.requires,
        rung=reached.get(full, "none"),
        effective=effective.get(full, "none"),
        uses=list(lemma.uses),
        used_by=[
            other.lemma_id(item)
            for other in project.invariants.values()
            for item in other.lemmas
            if full in item.uses
        ],
        cell=f"{invariant.notebook} {cell.label}" if cell else "no VERIFY cell",
        evidence=[in_words(item) for item in held.evidence] if held else [],
        measures=[
            f"{item.name} = {item.value} {item.op} {item.bound} [{item.unit}]"
            for item in (model.measures if model else ())
            if item.lemma == full
        ],
    )


def in_words(item: Evidence) -> str:
    """Return an evidence record in words."""
    match item.kind:
        case "asserted":
            return f"asserted: {item.claim}"
        case "tested":
            how = "random examples over" if item.method == "hypothesis" else "cases, all of"
            return f"tested: {item.property}, {item.examples} {how} {item.domain}"
        case "control":
            return f"control: {item.property} is refuted over {item.domain}"
        case "proved":
            return f"proved: obligation {item.obligation}"
        case "enclosed":
            return f"enclosed: {item.claim}, {item.parts} parts at {item.precision} bits"
        case _:
            return f"measured: {item.measure}"
