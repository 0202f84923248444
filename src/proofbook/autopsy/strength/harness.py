"""Running mutants of a notebook in a process of their own, confined and set up as a run's kernel is."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.execution import Conditions, Engine
from proofbook.autopsy.guarded import end, under_guard, without_whims
from proofbook.autopsy.models import PlannedNotebook
from proofbook.autopsy.notebook import Notebook
from proofbook.autopsy.project import Project
from proofbook.autopsy.proofs.solvers import available
from proofbook.autopsy.strength import worker
from proofbook.autopsy.strength.cells import proof_cells, run_cells
from proofbook.autopsy.strength.mutants import Mutant
from proofbook.autopsy.strength.subject import lemmas_that_run

Kind = Literal["asserts", "proofs"]
How = Literal["failed", "budget", "died", "survived"]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: `by` is the cell that noticed it, if one did."""

    id: str
    how: How
    by: str = ""

    @property
    def killed(self) -> bool:
        """Whether the notebook noticed it."""
        return self.how != "survived"


@dataclass(frozen=True)
class Harness:
    """Runs mutants of one kernel's notebook against one kind of evidence."""

    project: Project
    kernel: str
    kind: Kind
    workers: int = 1
    forks: bool = hasattr(os, "fork") and sys.platform == "linux"

    def run(self, mutants: list[Mutant], done: Callable[[Verdict], None]) -> None:
        """Run mutants and tell of each as its verdict is known.

        Raises:
            ProofbookError: the notebook uses what only IPython runs, or does not pass as it is; or proofs
                are asked about where z3 is not installed.
            KeyboardInterrupt: it was interrupted; no process is left.
        """
        if not mutants:
            return
        if self.kind == "proofs" and available("z3") is None:
            raise ProofbookError(
                "cannot be measured by proofs: z3-solver is not installed",
                path=self.notebook.path,
                remedy="pip install proofbook[prove]",
            )
        for verdict in self._forked(mutants) if self.forks else self._one_by_one(mutants):
            done(verdict)

    @property
    def notebook(self) -> Notebook:
        """The notebook that is run."""
        return self.project.kernel_notebooks[self.kernel]

    def _forked(self, mutants: list[Mutant]) -> Iterator[Verdict]:
        missing = {mutant.id for mutant in mutants}
        for line in self._lines(self._job(mutants, alone=False, baseline=None)):
            if "baseline" in line:
                self._refuse_red(line["baseline"])
                continue
            missing.discard(line["id"])
            yield Verdict(line["id"], line["verdict"], line["by"])
        if missing:
            raise ProofbookError(
                f"gave no verdict on {len(missing)} mutants", path=self.notebook.path
            )

    def _one_by_one(self, mutants: list[Mutant]) -> Iterator[Verdict]:
        baseline: dict[str, Any] = next(self._lines(self._job([], alone=True, baseline=None)), {})
        self._refuse_red(baseline)
        for mutant in mutants:
            job = self._job([mutant], alone=True, baseline=baseline)
            line = next(self._lines(job), None)
            yield Verdict(mutant.id, line["verdict"], line["by"]) if line else _died(mutant)

    def _refuse_red(self, baseline: dict[str, Any]) -> None:
        if "rounds" in baseline:
            return
        cell, said = baseline.get("failed", ("", "its process died"))
        raise ProofbookError(
            f"does not pass as it is, with {self.kind} alone: {said}",
            path=self.notebook.path,
            field=cell or None,
            remedy="mend it first: only a notebook that passes can tell a mutant",
        )

    def _job(
        self, mutants: list[Mutant], *, alone: bool, baseline: dict[str, Any] | None
    ) -> dict[str, Any]:
        cells = run_cells(self.notebook) if self.kind == "asserts" else proof_cells(self.notebook)
        return {
            "kind": self.kind,
            "alone": alone,
            "baseline": baseline,
            "workers": self.workers,
            "package": self.project.settings.verified_package,
            "verified": str(self.project.root / self.project.settings.verified),
            "cells": [
                {"id": cell.id, "source": cell.source, "verifies": bool(cell.marks)}
                for cell in cells
            ],
            "mutants": [
                {
                    "id": mutant.id,
                    "cell": mutant.cell,
                    "source": mutant.cell_source,
                    "skipped": self._skipped(mutant, [cell.id for cell in cells]),
                }
                for mutant in mutants
            ],
        }

    def _skipped(self, mutant: Mutant, cells: list[str]) -> list[str]:
        """Return the cells that cannot notice a mutant: proofs that do not run its function."""
        if self.kind != "proofs":
            return []
        lemmas = lemmas_that_run(self.project, self.kernel, mutant.function)
        needed = {cell.id for cell in proof_cells(self.notebook, lemmas or None)}
        return [cell for cell in cells if cell not in needed]

    def _lines(self, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
        with tempfile.TemporaryDirectory(prefix="proofbook-", ignore_cleanup_errors=True) as name:
            private = Path(name)
            path = private / "job.json"
            path.write_text(json.dumps(job), encoding="utf-8")
            command = [sys.executable, "-m", worker.__name__, str(path)]
            with subprocess.Popen(
                under_guard(command, private),
                cwd=(self.project.root / self.notebook.path).parent,
                env=self._environment(private),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,
            ) as process:
                try:
                    assert process.stdout is not None
                    for line in process.stdout:
                        yield json.loads(line)
                finally:
                    end(process)

    def _environment(self, private: Path) -> dict[str, str]:
        """Return a kernel's environment, with the kind that is asked about."""
        engine = Engine(self.project.root, private, private / "evidence", 1, Conditions())
        (private / "evidence").mkdir(exist_ok=True)
        item = PlannedNotebook(
            path=self.notebook.path,
            kind="kernel",
            kernels=[self.kernel],
            cell_timeout_s=1,
            notebook_timeout_s=1,
        )
        return without_whims(engine.variables(item)) | {
            "PROOFBOOK_EVIDENCE_KINDS": self.kind,
            "PROOFBOOK_FIRST_FAILURE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(private / "hypothesis"),
            "IPYTHONDIR": str(private / "ipython"),
            "MPLBACKEND": "Agg",
        }


def _died(mutant: Mutant) -> Verdict:
    return Verdict(mutant.id, "died")
