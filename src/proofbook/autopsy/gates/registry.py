"""The list of gates, in the order in which they are run and shown."""

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.gates.artifacts import ArtifactsGate
from proofbook.autopsy.gates.base import Gate, NotBuilt
from proofbook.autopsy.gates.determinism import DeterminismGate
from proofbook.autopsy.gates.extraction import ExtractionGate
from proofbook.autopsy.gates.freshness import FreshnessGate
from proofbook.autopsy.gates.hygiene import HygieneGate
from proofbook.autopsy.gates.implementation import ImplementationGate
from proofbook.autopsy.gates.notebooks import NotebooksGate
from proofbook.autopsy.gates.proofs import ProofsGate
from proofbook.autopsy.gates.status import StatusGate
from proofbook.autopsy.gates.strength import StrengthGate
from proofbook.autopsy.gates.traceability import TraceabilityGate

GATES: tuple[Gate | NotBuilt, ...] = (
    NotebooksGate(),
    HygieneGate(),
    ArtifactsGate(),
    FreshnessGate(),
    DeterminismGate(),
    TraceabilityGate(),
    ProofsGate(),
    StrengthGate(),
    ExtractionGate(),
    ImplementationGate(),
    NotBuilt(11, "adr", "a changed invariant or calculus has an ADR"),
    NotBuilt(12, "telemetry", "metrics named by invariants exist and hold"),
    StatusGate(),
)


def gate_named(name: str) -> Gate:
    """Return the built gate of that name.

    Raises:
        ProofbookError: there is none.
    """
    for gate in GATES:
        if gate.name == name and not isinstance(gate, NotBuilt):
            return gate
    known = ", ".join(gate.name for gate in GATES if not isinstance(gate, NotBuilt))
    raise ProofbookError(f"no gate {name!r}", remedy=f"the gates are {known}")
