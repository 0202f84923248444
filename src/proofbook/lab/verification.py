"""The verification of a kernel in its notebook: `with v.lemma("L1") as lemma: lemma.check(…)`."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.encoding import encode
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.place import find_root
from proofbook.lab.artifact import outcome_of
from proofbook.lab.kernels import loaded_kernels
from proofbook.lab.lemma import Lemma
from proofbook.lab.reading import Reading
from proofbook.lab.verdicts import Verdicts

EVIDENCE_SCHEMA = "proofbook/evidence@1"


class Verification:
    """The verification of one kernel in one notebook.

    Args:
        kernel: the name that notebook, artifact and verified module share.
        invariants: ids of the invariants whose lemmas this notebook verifies.

    Raises:
        ProofbookError: no invariant is named.
    """

    def __init__(self, kernel: str, invariants: list[str]) -> None:
        if not invariants:
            raise ProofbookError("names no invariant", field=f"Verification({kernel!r})")
        self.kernel = kernel
        self.invariants = list(invariants)
        self._lemmas: dict[str, Lemma] = {}
        self._vectors: dict[str, list[dict[str, Any]]] = {}
        self._inputs: set[str] = set()
        self._reading = Reading(find_root()) if os.environ.get("PROOFBOOK_EVIDENCE") else None

    def lemma(self, name: str) -> Lemma:
        """Return the lemma `L1` (or `INV-…#L1` where there are several invariants).

        Stating a lemma again, as happens when a cell is run twice by hand, starts it afresh.

        Raises:
            ProofbookError: the id is ambiguous or of another invariant.
        """
        full = name if "#" in name else f"{self.invariants[0]}#{name}"
        if "#" not in name and len(self.invariants) > 1:
            raise ProofbookError(f"{name} is ambiguous", remedy=f"write {full} or another")
        if full.split("#")[0] not in self.invariants:
            raise ProofbookError(f"{full} is of no invariant of this notebook", field=self.kernel)
        self._lemmas[full] = Lemma(full)
        return self._lemmas[full]

    def vectors(self, function: Callable[..., Any], cases: Iterable[tuple[Any, ...]]) -> None:
        """Record what an exported function returns (or raises) for each tuple of arguments.

        The extracted code is replayed against these, bit for bit.

        Raises:
            ValueError: there is no case.
            TypeError: an argument or a result has no exact JSON form.
        """
        recorded = []
        for args in cases:
            # Encoded before the call: a function that changes its argument must not change the record.
            given = [encode(arg) for arg in args]
            recorded.append({"args": given, "outcome": outcome_of(function, list(args))})
        if not recorded:
            raise ValueError(f"no vectors for {function.__name__}")
        self._vectors[function.__name__] = recorded

    def input(self, path: str) -> Path:
        """Declare a data file (relative to the project's root) that the evidence rests on.

        Raises:
            ProofbookError: there is no such file in the project.
        """
        root = find_root().resolve()
        full = (root / path).resolve()
        if not full.is_relative_to(root):
            raise ProofbookError("is outside the project", path=full, remedy="copy it into it")
        if not full.is_file():
            raise ProofbookError("no such input", path=full)
        self._inputs.add(full.relative_to(root).as_posix())
        return full

    def evidence(self) -> dict[str, Any]:
        """Return everything recorded so far as JSON."""
        return {
            "schema": EVIDENCE_SCHEMA,
            "kernel": self.kernel,
            "invariants": self.invariants,
            "lemmas": [
                {"id": lemma.id, "passed": bool(lemma.passed), "evidence": lemma.evidence}
                for lemma in self._lemmas.values()
            ],
            "measures": [m for lemma in self._lemmas.values() for m in lemma.measures],
            "vectors": [
                {"symbol": symbol, "cases": cases} for symbol, cases in self._vectors.items()
            ],
            "inputs": sorted(self._inputs),
            "requires": loaded_kernels(),
        }

    def emit(self) -> Verdicts:
        """Hand the evidence to the run that executes this notebook, and show the verdicts.

        By hand, in JupyterLab, nothing is written: artifacts are made by `proofbook run` alone, from
        the notebook as it stands on disk.

        Raises:
            ProofbookError: the notebook read a file of the project that it has not declared.
        """
        undeclared = self._reading.undeclared(self._inputs) if self._reading else []
        if undeclared:
            raise ProofbookError(
                "was read, and is not declared as an input",
                path=undeclared[0],
                remedy=f'open what v.input("{undeclared[0]}") returns',
            )
        data = canonical_bytes(self.evidence())
        target = os.environ.get("PROOFBOOK_EVIDENCE")
        if target:
            write_atomic(Path(target), data)
        return Verdicts(self.kernel, json.loads(data))

    def _repr_html_(self) -> str:
        return Verdicts(self.kernel, self.evidence())._repr_html_()
