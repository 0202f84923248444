"""Gate 4: what an artifact says of notebook, invariant, exports, inputs and toolchain is still so."""

from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding
from proofbook.autopsy.staleness import stale_parts


class FreshnessGate:
    """Artifacts speak of what is in the tree."""

    number, name = 4, "freshness"
    summary = "digests of notebook, invariant, exports and inputs match the tree"

    def check(self, given: GateInput) -> list[Finding]:
        """Recompute every digest an artifact holds."""
        findings = []
        for kernel, committed in given.project.artifacts.items():
            if committed.model is None or kernel not in given.project.kernel_notebooks:
                continue
            findings += [
                Finding(
                    what=f"is stale: {part.what} since it was made",
                    path=committed.path,
                    where=part.field,
                    remedy="regenerate it with `make notebooks-plan` (`proofbook run`)",
                )
                for part in stale_parts(given.project, kernel, committed.model)
            ]
        return findings
