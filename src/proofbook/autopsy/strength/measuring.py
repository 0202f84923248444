"""Measuring the strength of kernels: sample, run what is not known yet, write the record."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from proofbook.autopsy.atomic import write_if_changed
from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import (
    EquivalentMutant,
    KilledMutant,
    KindStrength,
    StrengthRecord,
)
from proofbook.autopsy.progress import MEASURED, Listeners, Progress, silent
from proofbook.autopsy.project import Project
from proofbook.autopsy.strength.audit import audit, shown
from proofbook.autopsy.strength.cache import Verdicts
from proofbook.autopsy.strength.cells import has_proofs
from proofbook.autopsy.strength.equivalence import PROVER, EquivalenceProver, equivalents
from proofbook.autopsy.strength.harness import Harness, Kind, Verdict
from proofbook.autopsy.strength.mutants import Mutant, mutants_of, sample
from proofbook.autopsy.strength.subject import Subject, record_path, subject_of

KINDS: tuple[Kind, ...] = ("asserts", "proofs")


@dataclass(frozen=True)
class Measuring:
    """How strength is measured: `budget` mutants a kernel (None for all), `fresh` without the cache."""

    project: Project
    budget: int | None
    fresh: bool = False
    progress: Callable[[Progress], None] = silent
    prover: EquivalenceProver = PROVER

    def record(self, kernel: str) -> StrengthRecord:
        """Return the record of a kernel; only verdicts that are not known yet are sought.

        Raises:
            ProofbookError: the notebook does not pass as it is, or cannot be run against mutants.
            KeyboardInterrupt: it was interrupted; the verdicts so far are kept.
        """
        notebook = self.project.kernel_notebooks[kernel]
        subject = subject_of(self.project, kernel)
        population = mutants_of(notebook)
        chosen = sample(population, self.budget)
        equivalent = equivalents(chosen, self.prover)
        running = [mutant for mutant in chosen if mutant.id not in equivalent]
        kinds = [kind for kind in KINDS if kind == "asserts" or has_proofs(notebook)]
        found = {kind: self._kind(kernel, kind, running, subject) for kind in kinds}
        return StrengthRecord(
            schema="proofbook/strength@1",
            kernel=kernel,
            operators=subject.operators,
            exports=subject.exports,
            checks=subject.checks,
            requires=subject.requires,
            inputs=subject.inputs,
            population=len(population),
            sample=[mutant.id for mutant in chosen],
            equivalent=[
                EquivalentMutant(**shown(mutant).model_dump(), reason=equivalent[mutant.id])
                for mutant in chosen
                if mutant.id in equivalent
            ],
            asserts=found["asserts"],
            proofs=found.get("proofs"),
        )

    def _kind(
        self, kernel: str, kind: Kind, running: list[Mutant], subject: Subject
    ) -> KindStrength:
        folder = self.project.logs / "strength"
        verdicts = Verdicts(folder, kernel, kind, subject.key(kind))
        if self.fresh:
            verdicts.known = {}
        missing = [mutant for mutant in running if mutant.id not in verdicts.known]
        path = self.project.kernel_notebook_path(kernel)

        def tell(status: str = "") -> None:
            done = sum(mutant.id in verdicts.known for mutant in running)
            self.progress(Progress(path, done, len(running), f"mutants, {kind}", status))

        if missing:
            tell()
            harness = Harness(self.project, kernel, kind, self.project.settings.worker_count())

            def done(verdict: Verdict) -> None:
                verdicts.add(verdict)
                tell()

            harness.run(missing, done)
            tell(MEASURED)
        return _summed(running, verdicts)


def _summed(running: list[Mutant], verdicts: Verdicts) -> KindStrength:
    killed = []
    for mutant in running:
        verdict = verdicts.known[mutant.id]
        if verdict.how != "survived":
            killed.append(KilledMutant(id=mutant.id, how=verdict.how, by=verdict.by))
    noticed = {item.id for item in killed}
    return KindStrength(
        killed=killed, survivors=[shown(mutant) for mutant in running if mutant.id not in noticed]
    )


def write_record(project: Project, record: StrengthRecord) -> list[str]:
    """Write a record; return its path if it changed.

    Raises:
        ProofbookError: the folder cannot be written.
    """
    path = record_path(project, record.kernel)
    data = canonical_bytes(record.model_dump(by_alias=True))
    return [project.relative(path)] if write_if_changed(path, data) else []


def refresh(project: Project, kernels: list[str], listeners: Listeners) -> list[str]:
    """Measure kernels whose record says nothing of the tree, within the settings' budget; return what changed.

    Records of vanished notebooks are removed. A kernel that cannot be measured keeps what it has; the gate
    strength says so.
    """
    written = []
    for path in sorted(record_path(project, "x").parent.glob("*.json")):
        if path.stem not in project.kernel_notebooks:
            path.unlink()
            written.append(project.relative(path))
    stale = [kernel for kernel in kernels if audit(project, kernel).problems]
    if stale:
        listeners.phase("strength")
    budget = project.settings.strength_budget
    measuring = Measuring(project, budget, progress=listeners.notebooks)
    for kernel in stale:
        with contextlib.suppress(ProofbookError):
            written += write_record(project, measuring.record(kernel))
    return written
