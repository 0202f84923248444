"""What a gate is: a number, a name, and one method that returns findings."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from proofbook.autopsy.models import Finding
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import RunRecord


@dataclass(frozen=True)
class GateInput:
    """What a gate may read: the project, and the run to judge.

    `scorecard_follows` is set while regenerating, when the scorecard is written after the gates.
    """

    project: Project
    run: RunRecord
    scorecard_follows: bool = False


class Gate(Protocol):
    """One check of the scorecard."""

    number: int
    name: str
    summary: str

    def check(self, given: GateInput) -> list[Finding]:
        """Return what is refused; nothing means that the gate passes."""
        ...


@runtime_checkable
class NeedsTools(Protocol):
    """A gate that needs tools which need not be installed; without them it is `not run`, never passed."""

    def lacks(self, given: GateInput) -> list[str]:
        """Return the tools that are needed for this project and not there."""
        ...


@dataclass(frozen=True)
class NotBuilt:
    """A gate that has its place in the list and no check yet; it does not enter the decision."""

    number: int
    name: str
    summary: str
