"""The unchanged project passes every gate: what the other tests refuse is refused for its one change."""

import pytest
from tampering import Green, judged

from proofbook.autopsy.gates import GATES, NotBuilt

BUILT = [gate.name for gate in GATES if not isinstance(gate, NotBuilt)]


@pytest.mark.parametrize("gate", BUILT)
def test_an_unchanged_project_passes(green_project: Green, gate: str) -> None:
    result = judged(green_project.root, gate, green_project.record)
    assert (result.verdict, result.findings) == ("passed", [])
