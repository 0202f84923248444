"""The error that users see is one line: file, field, what is wrong, what to do."""

from pathlib import Path

import pytest

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.gates import GATES, NotBuilt, gate_named


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ProofbookError("broken"), "broken"),
        (ProofbookError("broken", path=Path("a/b.yaml")), "a/b.yaml: broken"),
        (ProofbookError("broken", path="a", field="line 3"), "a: line 3: broken"),
        (ProofbookError("broken", field="x", remedy="mend it"), "x: broken (mend it)"),
        (ProofbookError("two\n  lines", path="a"), "a: two lines"),
    ],
)
def test_an_error_is_one_line(error: ProofbookError, line: str) -> None:
    assert error.line() == str(error) == line


def test_gates_are_found_by_name() -> None:
    for gate in GATES:
        if not isinstance(gate, NotBuilt):
            assert gate_named(gate.name) is gate


@pytest.mark.parametrize("name", ["proofs", "adr", "telemetry", "nothing", ""])
def test_a_gate_that_is_not_there_is_refused_and_the_others_named(name: str) -> None:
    built = [gate.name for gate in GATES if not isinstance(gate, NotBuilt)]
    if name in built:
        pytest.fail(f"{name} is built now: take it out of this list")
    with pytest.raises(ProofbookError, match="no gate") as refused:
        gate_named(name)
    assert refused.value.remedy
    assert all(known in refused.value.remedy for known in built)


def test_every_gate_says_what_it_is_for() -> None:
    assert all(gate.summary and gate.name.isidentifier() for gate in GATES)
