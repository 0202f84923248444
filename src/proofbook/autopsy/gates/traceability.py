"""Gate 6: invariant ↔ lemma ↔ VERIFY cell ↔ artifact ↔ verified symbol ↔ test; nothing dangles."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from proofbook.autopsy.appendix import Appendix, appendix_path, read_appendix
from proofbook.autopsy.bindings import reached_exports
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding, Invariant
from proofbook.autopsy.project import Project, is_kernel_notebook
from proofbook.autopsy.tested_symbols import tested_symbols

_LEAST_WORDS = 12


class TraceabilityGate:
    """Every link from invariant to test exists, in both directions."""

    number, name = 6, "traceability"
    summary = (
        "invariant, lemma, VERIFY cell, artifact, verified symbol and test refer to each other"
    )

    def check(self, given: GateInput) -> list[Finding]:
        """Follow every link both ways."""
        project = given.project
        findings = [*project.unreadable, *_index(project), *_appendices(project)]
        tested = tested_symbols(project)
        for path, invariant in project.invariant_files.items():
            findings += [
                finding.model_copy(update={"invariant": invariant.id})
                for finding in (
                    *_names(project, path, invariant),
                    *_uses(project, path, invariant),
                    *_artifact(project, invariant),
                    *_reach(project, invariant),
                    *_symbols(project, path, invariant, tested),
                )
            ]
        return [*findings, *_orphans(project)]


def _index(project: Project) -> Iterator[Finding]:
    path = f"{project.settings.invariants}/INDEX.yaml"
    if project.index is None:
        return
    listed = {entry.id: entry for entry in project.index.invariants}
    yield from (
        Finding(what=f"lists {name} twice", path=path, where=name, remedy="keep one entry")
        for name in _repeated(entry.id for entry in project.index.invariants)
    )
    for file, invariant in project.invariant_files.items():
        entry = listed.get(invariant.id)
        if entry is None:
            yield Finding(
                what=f"does not list {invariant.id}",
                path=path,
                remedy="add its entry",
                invariant=invariant.id,
            )
        elif entry.file != Path(file).name or entry.title != invariant.title:
            yield Finding(
                what="disagrees with the invariant's file name or title",
                path=path,
                where=invariant.id,
                remedy=f"make it agree with {file}",
            )
    for missing in sorted(set(listed) - set(project.invariants)):
        file = f"{project.settings.invariants}/{missing}.yaml"
        if (project.root / file).exists():
            continue  # said by what is wrong with that file
        yield Finding(
            what=f"lists {missing}, which does not exist", path=path, remedy=f"write {file}"
        )


def _names(project: Project, path: str, invariant: Invariant) -> Iterator[Finding]:
    kernel = invariant.kernel_name()
    expected = {
        "id": (invariant.id, Path(path).stem),
        "kernel.module": (
            invariant.kernel.module,
            f"{project.settings.verified_package}.{kernel}",
        ),
        "notebook": (invariant.notebook, project.kernel_notebook_path(kernel)),
        "artifact": (invariant.artifact, project.relative(project.artifact_path(kernel))),
        "system": (invariant.system, invariant.id.split("-")[1]),
    }
    for field, (is_, should) in expected.items():
        if is_ != should:
            yield Finding(
                what=f"is {is_}, expected {should}",
                path=path,
                where=field,
                remedy="use one name for invariant, kernel, notebook and artifact",
            )
    if invariant.system not in project.settings.systems:
        yield Finding(
            what=f"system {invariant.system} is not in [tool.proofbook] systems",
            path=path,
            where="system",
            remedy="add it to the settings, or correct it",
        )
    for field, target in (("notebook", invariant.notebook), ("adr", invariant.adr)):
        if not (project.root / target).is_file():
            yield Finding(
                what=f"{target} does not exist", path=path, where=field, remedy="write it"
            )
    ids = [lemma.id for lemma in invariant.lemmas]
    if len(set(ids)) != len(ids):
        yield Finding(
            what="a lemma's id stands twice", path=path, where="lemmas", remedy="number them anew"
        )


def _uses(project: Project, path: str, invariant: Invariant) -> Iterator[Finding]:
    known = {inv.lemma_id(lemma) for inv in project.invariants.values() for lemma in inv.lemmas}
    for lemma in invariant.lemmas:
        for used in lemma.uses:
            if used not in known:
                yield Finding(
                    what=f"uses {used}, which no invariant states",
                    path=path,
                    where=f"lemmas {lemma.id} uses",
                    remedy="correct the id, or state that lemma",
                )


def _appendices(project: Project) -> Iterator[Finding]:
    systems = {invariant.system for invariant in project.invariants.values()}
    for system in sorted(systems | set(project.settings.systems)):
        path = appendix_path(project.settings.docs, system)
        appendix = read_appendix(project.root, path)
        stated = {
            inv.lemma_id(lemma): (inv, lemma.title)
            for inv in project.invariants.values()
            if inv.system == system
            for lemma in inv.lemmas
        }
        yield from _prose(appendix, stated, {Path(item.path).stem for item in project.unreadable})
        for invariant in project.invariants.values():
            if invariant.system != system:
                continue
            linked = appendix.links.get(invariant.id, "")
            if f"{invariant.id}.yaml" not in linked:
                yield Finding(
                    what=f"the section of {invariant.id} does not link to its YAML file",
                    path=path,
                    where=invariant.id,
                    remedy=f"link to {invariant.id}.yaml under its heading",
                    invariant=invariant.id,
                )


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _prose(
    appendix: Appendix, stated: dict[str, tuple[Invariant, str]], unreadable: set[str]
) -> Iterator[Finding]:
    written = {lemma.id: lemma for lemma in appendix.lemmas}
    rows = {row[0]: row[1] for row in appendix.index}
    for full, (invariant, title) in stated.items():
        prose = written.get(full)
        if prose is None:
            yield Finding(
                what=f"has no section for lemma {full}",
                path=appendix.path,
                where=full,
                remedy=f"write it under `### {full} — {title}`",
                invariant=invariant.id,
            )
            continue
        if prose.title != title:
            yield Finding(
                what=f"calls {full} {prose.title!r}; its invariant says {title!r}",
                path=appendix.path,
                where=f"line {prose.line}",
                remedy="use one title",
                invariant=invariant.id,
            )
        if prose.words < _LEAST_WORDS:
            yield Finding(
                what=f"says nothing of {full}",
                path=appendix.path,
                where=f"line {prose.line}",
                remedy="write its statement and proof",
                invariant=invariant.id,
            )
        if rows.get(full) != title:
            yield Finding(
                what=f"the quick index does not list {full} by its title",
                path=appendix.path,
                where="Quick index",
                remedy=f"add the row of {full}",
                invariant=invariant.id,
            )
    for full in _repeated(lemma.id for lemma in appendix.lemmas):
        yield Finding(
            what=f"has two sections for {full}",
            path=appendix.path,
            where=full,
            remedy="keep one",
        )
    for full in sorted({*written, *rows} - set(stated)):
        if full.split("#")[0] in unreadable:
            continue
        yield Finding(
            what=f"speaks of {full}, which no invariant states",
            path=appendix.path,
            where=full,
            remedy="state the lemma in its invariant, or remove the section and its index row",
        )


def _artifact(project: Project, invariant: Invariant) -> Iterator[Finding]:
    committed = project.artifacts.get(invariant.kernel_name())
    if committed is None or committed.model is None:
        return  # said by the gate artifacts
    stated = {invariant.lemma_id(lemma) for lemma in invariant.lemmas}
    if invariant.id not in {item.id for item in committed.model.invariants}:
        yield Finding(
            what=f"does not name {invariant.id}",
            path=committed.path,
            where="invariants",
            remedy=f"name {invariant.id} in the Verification(…) of {invariant.notebook}",
        )
    held = {lemma.id for lemma in committed.model.lemmas if lemma.id.startswith(invariant.id)}
    for lemma in sorted(stated - held):
        yield Finding(
            what=f"has no evidence for {lemma}",
            path=committed.path,
            where="lemmas",
            remedy="add its VERIFY cell and regenerate",
        )
    for lemma in sorted(held - stated):
        yield Finding(
            what=f"has evidence for {lemma}, which the invariant does not state",
            path=committed.path,
            where="lemmas",
            remedy=f"state it in {invariant.id}, or remove its VERIFY cell and regenerate",
        )


def _reach(project: Project, invariant: Invariant) -> Iterator[Finding]:
    """Every VERIFY cell uses something that is exported, or its lemma is about nothing that ships."""
    notebook = project.notebooks.get(invariant.notebook)
    for lemma in invariant.lemmas if notebook else ():
        cell = notebook.lemma_cell(invariant.lemma_id(lemma)) if notebook else None
        if notebook and cell and not reached_exports(notebook, cell):
            yield Finding(
                what=f"verifies {lemma.id} without using anything that is exported",
                path=notebook.path,
                where=cell.label,
                remedy="check the exported code itself",
            )


def _symbols(
    project: Project, path: str, invariant: Invariant, tested: dict[str, set[str]]
) -> Iterator[Finding]:
    kernel = invariant.kernel_name()
    notebook = project.kernel_notebooks.get(kernel)
    if notebook is None:
        return
    defined = {
        name: isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name, _, node in notebook.exports
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    public = {name for name in defined if not name.startswith("_")}
    claimed = {
        name
        for inv in project.invariants.values()
        if inv.kernel_name() == kernel
        for name in inv.kernel.functions
    }
    for name in sorted(set(invariant.kernel.functions) - public):
        yield Finding(
            what=f"names {name}, which {notebook.path} does not export",
            path=path,
            where="kernel.functions",
            remedy="export it, or remove the name",
        )
    for name in sorted(public - claimed):
        yield Finding(
            what=f"exports {name}, which no invariant names",
            path=notebook.path,
            where=name,
            remedy=f"add it to kernel.functions of {invariant.id}, or start its name with _",
        )
    module = project.root / project.settings.verified / f"{kernel}.py"
    for name in sorted(public - tested.get(kernel, set())) if module.exists() else ():
        yield Finding(
            what=f"{invariant.kernel.module}.{name} is used by no test",
            path=f"{project.settings.verified_tests}/test_{kernel}.py",
            where=name,
            remedy="import it in a test that holds it to the artifact",
        )
    committed = project.artifacts.get(kernel)
    if committed and committed.model:
        having = {
            entry.symbol
            for entry in committed.model.vectors
            if any("returns" in case.outcome for case in entry.cases)
        }
        for name in sorted(n for n in public - having if defined[n]):
            yield Finding(
                what=f"exported function {name} has no vector of a call that returns",
                path=committed.path,
                where=f"vectors {name}",
                remedy=f"record some with v.vectors({name}, …) in {notebook.path}",
            )


def _orphans(project: Project) -> Iterator[Finding]:
    if project.unreadable:
        return  # what cannot be read may well claim them
    claimed = {invariant.notebook for invariant in project.invariants.values()}
    for path in project.notebook_paths:
        if is_kernel_notebook(path) and path not in claimed:
            yield Finding(
                what="belongs to no invariant",
                path=path,
                remedy="write its invariant, or start both with `proofbook new`",
            )
