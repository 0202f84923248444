"""Gate 7: obligations and certificates replay, without a notebook; rungs are recomputed."""

import contextlib
from pathlib import Path

from proofbook.autopsy.assembly import read_evidence
from proofbook.autopsy.discharge import committed_proofs
from proofbook.autopsy.errors import NotAssembled
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.proof_replay import Replayed, missing_solvers, replay_proofs

_REMEDY = "make it again with `make notebooks-plan` (`proofbook run`)"


class ProofsGate:
    """Every committed obligation is discharged again."""

    number, name = 7, "proofs"
    summary = "obligations and certificates replay; rungs recomputed"

    def check(self, given: GateInput) -> list[Finding]:
        """Replay all obligations, and look for files that belong to none."""
        project = given.project
        replayed = replay_proofs(project, Listeners())
        return [*_strangers(project), *(f for item in replayed for f in findings_of(item))]

    def lacks(self, given: GateInput) -> list[str]:
        """Return the solvers that are missing, where there is something to replay or to prove."""
        held = [committed.model for committed in given.project.artifacts.values()]
        needed = any(model and model.obligations for model in held) or _unclaimed(given)
        return missing_solvers() if needed else []


def _unclaimed(given: GateInput) -> bool:
    """Say whether a notebook of this run claimed something and found no solver."""
    for result in given.run.notebooks:
        evidence = given.run.folder / "evidence" / f"{Path(result.path).stem}.json"
        if result.kind == "kernel" and evidence.exists():
            with contextlib.suppress(NotAssembled):
                emitted = read_evidence(evidence)
                items = (item for lemma in emitted.lemmas for item in lemma.evidence)
                if any(item.kind == "unclaimed" for item in items):
                    return True
    return False


def findings_of(item: Replayed) -> list[Finding]:
    """Return what is wrong with one obligation."""
    return [
        Finding(
            what=f"obligation {item.obligation.id} ({item.obligation.claim}): {what}",
            path=item.path,
            where=f"{item.obligation.id} {where}",
            remedy=_remedy(what),
            invariant=item.obligation.lemma.split("#")[0],
        )
        for where, what in item.problems
    ]


def _remedy(what: str) -> str:
    if "dead" in what:
        return "drop the hypothesis from `given` (or the bound from its symbol)"
    if "vacuous" in what or "not shown" in what:
        return "state hypotheses that something satisfies"
    if "not discharged" in what:
        return "prove it in smaller steps, or state what is true"
    return _REMEDY


def _strangers(project: Project) -> list[Finding]:
    models = [committed.model for committed in project.artifacts.values() if committed.model]
    wanted = {item.statement_sha256 for model in models for item in model.obligations}
    return [
        Finding(
            what="belongs to no obligation of any artifact",
            path=project.relative(path),
            remedy="remove it, or make artifacts again with `proofbook run`",
        )
        for path in committed_proofs(project).strangers(wanted)
    ]
