"""Gates: small named units behind one interface, each with one line of verdict and its findings."""

from proofbook.autopsy.gates.base import Gate, GateInput, NeedsTools, NotBuilt
from proofbook.autopsy.gates.registry import GATES, gate_named

__all__ = ["GATES", "Gate", "GateInput", "NeedsTools", "NotBuilt", "gate_named"]
