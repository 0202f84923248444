"""From what a notebook claims to the obligations of its artifact: bound to exports, joined with evidence."""

from collections.abc import Sequence
from typing import Any

from proofbook.autopsy.errors import NotAssembled
from proofbook.autopsy.models import Claimed, EmittedLemma, Unclaimed
from proofbook.autopsy.notebook import Notebook
from proofbook.autopsy.project import Project
from proofbook.autopsy.proofs.records import ProofRecord
from proofbook.autopsy.proofs.statement import (
    NotAStatement,
    read_statement,
    statement_digest,
)
from proofbook.autopsy.proofs.store import ProofStore


class Obligations:
    """Makes the obligations of one kernel's artifact.

    Evidence comes from the first store that has the statement's record; where none has, the obligation
    stands without evidence, and says so by its rung.
    """

    def __init__(
        self, project: Project, kernel: str, notebook: Notebook, stores: Sequence[ProofStore]
    ) -> None:
        self._project, self._kernel, self._stores = project, kernel, stores
        self._exports = _exports_by_name(project, notebook)

    def of(self, lemma: EmittedLemma) -> list[dict[str, Any]]:
        """Return the obligations of a lemma.

        A claim of which no statement could be made, for want of a solver, keeps what was committed.

        Raises:
            NotAssembled: a claim is not about the code that is exported, or is no statement.
        """
        if any(isinstance(item, Unclaimed) for item in lemma.evidence):
            return self._committed(lemma.id)
        claims = [item for item in lemma.evidence if isinstance(item, Claimed)]
        return [self._obligation(lemma.id, n, item) for n, item in enumerate(claims, start=1)]

    def _committed(self, lemma: str) -> list[dict[str, Any]]:
        artifact = self._project.artifact(self._kernel)
        held = artifact.obligations if artifact else []
        return [item.model_dump() for item in held if item.lemma == lemma]

    def _obligation(self, lemma: str, number: int, claim: Claimed) -> dict[str, Any]:
        where = f"{lemma}: {claim.claim}"
        try:
            read_statement(claim.statement)
        except NotAStatement as error:
            raise NotAssembled(f"its statement {error}", where, "use lemma.prove") from error
        sha256 = statement_digest(claim.statement)
        record = self._record(sha256)
        return {
            "id": f"{lemma}/{number}",
            "lemma": lemma,
            "claim": claim.claim,
            "scope": claim.scope,
            "semantics": claim.semantics,
            "logic": "QF_NIRA",
            "expected": "unsat",
            "statement_sha256": sha256,
            "hypotheses": claim.hypotheses,
            "assumes": claim.assumes,
            "bindings": self._bindings(claim, where),
            "evidence": [item.model_dump() for item in record.evidence] if record else [],
            "controls": [
                item.model_dump(exclude={"witness"}) for item in (record.controls if record else ())
            ],
        }

    def _record(self, sha256: str) -> ProofRecord | None:
        found = (store.record(sha256) for store in self._stores)
        return next((record for record in found if record is not None), None)

    def _bindings(self, claim: Claimed, where: str) -> list[dict[str, str]]:
        for name in claim.about:
            if name not in self._exports or name not in claim.ran:
                raise NotAssembled(f"is about {name}, which is not exported", where, "export it")
        bindings = []
        for name, ran in sorted(claim.ran.items()):
            if name not in self._exports:
                continue  # an oracle of the notebook's own
            cell, sha256 = self._exports[name]
            if ran != sha256:
                raise NotAssembled(
                    f"ran another {name} than the one that is exported",
                    where,
                    "leave exported names as their cell defines them",
                )
            bindings.append({"symbol": name, "cell": cell, "ast_sha256": sha256})
        return bindings


def _exports_by_name(project: Project, notebook: Notebook) -> dict[str, tuple[str, str]]:
    exports = {symbol: (cell, sha) for symbol, cell, sha in notebook.export_digests()}
    for kernel, other in project.kernel_notebooks.items():
        for symbol, cell, sha in other.export_digests():
            exports[f"{kernel}.{symbol}"] = (cell, sha)
    return exports
