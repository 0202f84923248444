"""Survivors that mean the same as the kernel on all arguments, as z3 and cvc5 both say."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofbook.autopsy.guarded import end, under_guard, without_whims
from proofbook.autopsy.project import Project
from proofbook.autopsy.proofs.solvers import SOLVERS, Question, ask, available
from proofbook.autopsy.strength.mutants import Mutant
from proofbook.autopsy.strength.subject import required_kernels

# Steps for each part of a domain, in the solver's own count.
STEPS = {"z3": 2_000_000, "cvc5": 400_000}
_WORKER = "proofbook.lab.equivalence_worker"
_PATIENCE_S = 120
_known: dict[tuple[str, ...], str | None] = {}  # within this process: gates ask more than once


def installed_solvers() -> dict[str, str]:
    """Return the versions of the solvers, or nothing unless all of them are installed."""
    found = {name: version for name in SOLVERS if (version := available(name)) is not None}
    return found if len(found) == len(SOLVERS) else {}


def reason(domain: str, solvers: dict[str, str]) -> str:
    """Return why a mutant is set aside, in words."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(solvers.items()))
    return f"equal on all {domain}: {versions}"


@dataclass(frozen=True)
class SolverProver:
    """Proves that a mutant is equal to its function on the whole domain that annotations give it.

    Both are run on the same symbols along every path (`proofbook.lab.equivalence`), in a process of their
    own; each solver must refute that they differ.
    """

    project: Project
    kernel: str

    def __call__(self, mutant: Mutant) -> str | None:
        """Return the domain on which a mutant was proved equal, None where it was not."""
        found = self._run(mutant)
        if "texts" not in found:
            return None
        texts = found["texts"]
        for solver, limit in STEPS.items():
            questions = [Question(str(n), text, limit) for n, text in enumerate(texts)]
            answers = ask(questions, solver, workers=self.project.settings.worker_count())
            if not all(answer.result == "unsat" for answer in answers.values()):
                return None
        return str(found["domain"])

    def domains(self, mutants: list[Mutant]) -> dict[str, str]:
        """Return the mutants that are proved equal, with their domains."""
        found = {}
        for mutant in mutants:
            key = self._key(mutant)
            if key not in _known:
                _known[key] = self(mutant)
            domain = _known[key]
            if domain is not None:
                found[mutant.id] = domain
        return found

    def _key(self, mutant: Mutant) -> tuple[str, ...]:
        kernels = [self.kernel, *required_kernels(self.project, self.kernel)]
        digests = [self.project.kernel_notebooks[name].exports_digest for name in kernels]
        return (mutant.id, *digests, *installed_solvers().values())

    def _run(self, mutant: Mutant) -> dict[str, Any]:
        project = self.project
        notebook = project.root / project.kernel_notebooks[self.kernel].path
        job = {"kernel": self.kernel, "function": mutant.function, "mutated": mutant.mutated}
        with subprocess.Popen(
            under_guard([sys.executable, "-P", "-m", _WORKER, str(notebook.parent)]),
            cwd=notebook.parent,
            env=without_whims(_environment(project.root)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            try:
                out, _ = process.communicate(json.dumps(job), timeout=_PATIENCE_S)
                return dict(json.loads(out))
            except (subprocess.TimeoutExpired, ValueError):
                return {}
            finally:
                end(process)


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PROOFBOOK_ROOT": str(root), "PYTHONHASHSEED": "0"}
