"""Gate 13: statuses of invariants, index, lemmas and rungs agree."""

from collections.abc import Iterator

from proofbook.autopsy.appendix import appendix_path, read_appendix
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.ladder import CircularUse, height
from proofbook.autopsy.models import Finding, Invariant
from proofbook.autopsy.project import Project
from proofbook.autopsy.standing import lemma_rungs

_EXPECTED = {"draft": "Draft", "deprecated": "Deprecated"}


class StatusGate:
    """Statuses agree, and an accepted invariant has earned it."""

    number, name = 13, "status"
    summary = "statuses agree; an accepted invariant has Rev X.Y and the rungs it requires"

    def check(self, given: GateInput) -> list[Finding]:
        """Compare statuses in YAML, index and prose, and rungs with what is required."""
        project = given.project
        findings: list[Finding] = []
        for path, invariant in project.invariant_files.items():
            findings += _index(project, invariant)
            findings += _prose(project, invariant)
            findings += _accepted_uses_draft(project, path, invariant)
        return [*findings, *_rungs(project)]


def expected_prose_status(invariant: Invariant) -> str:
    """Return the status that an invariant's lemmas must have in the appendix."""
    return _EXPECTED.get(invariant.status, f"Rev {invariant.revision}")


def _index(project: Project, invariant: Invariant) -> Iterator[Finding]:
    for entry in project.index.invariants if project.index else []:
        if entry.id == invariant.id and entry.status != invariant.status:
            yield Finding(
                what=f"says {entry.status}; the invariant says {invariant.status}",
                path=f"{project.settings.invariants}/INDEX.yaml",
                where=invariant.id,
                remedy="make both agree",
                invariant=invariant.id,
            )


def _prose(project: Project, invariant: Invariant) -> Iterator[Finding]:
    path = appendix_path(project.settings.docs, invariant.system)
    appendix = read_appendix(project.root, path)
    expected = expected_prose_status(invariant)
    rows = {row[0]: row[2] for row in appendix.index}
    for lemma in appendix.lemmas:
        if not lemma.id.startswith(f"{invariant.id}#"):
            continue
        where = f"line {lemma.line} {lemma.id}"
        places = [(where, lemma.status), (f"Quick index {lemma.id}", rows.get(lemma.id, expected))]
        for place, status in places:
            if status != expected:
                yield Finding(
                    what=f"has status {status or '(none)'!r}; its invariant is "
                    f"{invariant.status} at revision {invariant.revision}, so {expected!r}",
                    path=path,
                    where=place,
                    remedy=f"write **Status:** {expected}, or correct the invariant",
                    invariant=invariant.id,
                )


def _accepted_uses_draft(project: Project, path: str, invariant: Invariant) -> Iterator[Finding]:
    if invariant.status != "accepted":
        return
    for lemma in invariant.lemmas:
        for used in lemma.uses:
            other = project.invariants.get(used.split("#")[0])
            if other and other.status != "accepted":
                yield Finding(
                    what=f"is accepted and uses {used}, which is {other.status}",
                    path=path,
                    where=f"lemmas {lemma.id} uses",
                    remedy="accept that invariant first, or do without the lemma",
                    invariant=invariant.id,
                )


def _rungs(project: Project) -> Iterator[Finding]:
    try:
        _, effective = lemma_rungs(project)
    except CircularUse as error:
        first = error.cycle[0].split("#")[0]
        yield Finding(
            what=f"lemmas use each other in a circle: {error}",
            path=f"{project.settings.invariants}/{first}.yaml",
            where=f"lemmas {error.cycle[0].split('#')[1]} uses",
            remedy="break the circle: prove one of them on its own",
        )
        return
    for path, invariant in project.invariant_files.items():
        for lemma in invariant.lemmas:
            reached = effective.get(invariant.lemma_id(lemma), "none")
            if invariant.status != "deprecated" and height(reached) < height(lemma.requires):
                yield Finding(
                    what=f"requires rung {lemma.requires}; {lemma.id} effectively reaches {reached}",
                    path=path,
                    where=f"lemmas {lemma.id} requires",
                    remedy="give the lemma stronger evidence, or require less",
                    invariant=invariant.id,
                )
