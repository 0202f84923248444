"""What a run tells while it goes on, and to whom. Light, so that commands that run nothing start fast."""

from collections.abc import Callable
from dataclasses import dataclass

from proofbook.autopsy.models import GateResult

MEASURED = "strength measured"


@dataclass(frozen=True)
class Progress:
    """A moment of a run: `done` of `total` code cells, about to run `label`; ended when `status` is set."""

    notebook: str
    done: int
    total: int
    label: str
    status: str = ""


def silent(_: Progress) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class Listeners:
    """Who is told what happens: notebooks and cells, gates as they end, and how far long work is."""

    notebooks: Callable[[Progress], None] = silent
    gate: Callable[[GateResult], None] = lambda _: None
    phase: Callable[[str], None] = lambda _: None
    count: Callable[[str, int, int], None] = lambda what, done, total: None
