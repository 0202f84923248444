"""Gate 5: another run gives the same bytes.

The committed artifact is one run, this run is another, under another hash seed. Where they differ though
nothing changed in the tree, or where a full validation asks for it, the notebook is run once more, and the
two runs of today are compared.
"""

from proofbook.autopsy.canonical import parse_json
from proofbook.autopsy.gates.artifacts import first_difference
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.models import Finding


class DeterminismGate:
    """Another run gives the same bytes."""

    number, name = 5, "determinism"
    summary = "a second run gives the same bytes"

    def check(self, given: GateInput) -> list[Finding]:
        """Compare the two runs of every notebook that was run twice."""
        findings = []
        for kernel, notebook in given.project.kernel_notebooks.items():
            first = given.run.artifact_bytes(kernel)
            second = given.run.artifact_bytes(kernel, again=True)
            if first is None or second is None or first == second:
                continue
            where, one, other = first_difference(parse_json(first, "1"), parse_json(second, "2"))
            findings.append(
                Finding(
                    what=f"two runs give different evidence: {one} and {other}",
                    path=notebook.path,
                    where=where,
                    remedy="seed what is drawn, sort what is iterated, and keep BLAS, libm and "
                    "clocks out of what is emitted",
                )
            )
        return findings
