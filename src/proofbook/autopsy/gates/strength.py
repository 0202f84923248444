"""Gate 8: the VERIFY cells notice enough of the mistakes that could be made in what they verify."""

from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding, KindStrength, StrengthRecord
from proofbook.autopsy.project import Project
from proofbook.autopsy.strength.audit import audit
from proofbook.autopsy.strength.recheck import contradicted, verdicts_again
from proofbook.autopsy.strength.score import floor_of, invariants_of, score_of
from proofbook.autopsy.strength.subject import record_path

_WORDS = {"asserts": "checks", "proofs": "proofs"}


class StrengthGate:
    """Mutants of every kernel are noticed, as often as its floors say."""

    number, name = 8, "strength"
    summary = "mutation score of the VERIFY cells"

    def check(self, given: GateInput) -> list[Finding]:
        """Hold every record to the tree, count its score anew, and compare with the floors."""
        project, findings = given.project, _orphans(given.project)
        for kernel in project.kernel_notebooks:
            known = audit(project, kernel)
            remedy = f"measure it with `proofbook strength {kernel}`"
            wrong = [(problem.where, problem.what) for problem in known.problems]
            if known.record is not None and not wrong:
                again = verdicts_again(given.run.folder, kernel)
                wrong = contradicted(known.record, again)
                remedy = f"measure it anew with `proofbook strength --fresh {kernel}`"
                findings += _short(project, kernel, known.record)
            findings += [_finding(project, kernel, *item, remedy) for item in wrong]
        return findings


def _orphans(project: Project) -> list[Finding]:
    folder = record_path(project, "x").parent
    return [
        Finding(
            what="no notebook makes this record",
            path=project.relative(path),
            remedy=f"remove it, or write {project.kernel_notebook_path(path.stem)}",
        )
        for path in sorted(folder.glob("*.json"))
        if path.stem not in project.kernel_notebooks
    ]


def _short(project: Project, kernel: str, record: StrengthRecord) -> list[Finding]:
    kinds: dict[str, KindStrength | None] = {"asserts": record.asserts, "proofs": record.proofs}
    findings = []
    for name, kind in kinds.items():
        if kind is None:
            continue
        score = score_of(kind, record.population, len(record.sample))
        floor = floor_of(project, kernel, name)
        if not score.reaches(floor):
            what = f"{_WORDS[name]} notice {score.shown()}; the floor is {floor} %"
            remedy = f"strengthen the VERIFY cells: `proofbook strength {kernel}` lists survivors"
            findings.append(_finding(project, kernel, name, what, remedy))
    return findings


def _finding(project: Project, kernel: str, where: str, what: str, remedy: str) -> Finding:
    path = project.relative(record_path(project, kernel))
    return Finding(
        what=what, path=path, where=where, remedy=remedy, invariant=_about(project, kernel)
    )


def _about(project: Project, kernel: str) -> str | None:
    """Return the invariant that a finding is about; one that is not a draft, if there is any."""
    invariants = sorted(invariants_of(project, kernel), key=lambda item: item.status == "draft")
    return invariants[0].id if invariants else None
