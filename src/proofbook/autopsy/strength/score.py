"""Scores of samples: exact shares, and between which limits the share of all mutants lies."""

import math
from dataclasses import dataclass

from proofbook.autopsy.models import Invariant, KindStrength
from proofbook.autopsy.project import Project

_Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution


@dataclass(frozen=True)
class Score:
    """`killed` of `total` mutants were noticed; equivalent ones count neither way."""

    killed: int
    total: int
    sampled: bool

    def reaches(self, floor: int) -> bool:
        """Say whether the share, in per cent, is at or above a floor; without mutants it is."""
        return 100 * self.killed >= floor * self.total

    def shown(self) -> str:
        """Return the share as people read it, with its 95 % interval where it is one of a sample."""
        if not self.total:
            return "no mutants"
        share = f"{100 * self.killed / self.total:.1f} % ({self.killed} of {self.total})"
        if not self.sampled:
            return share
        low, high = wilson(self.killed, self.total)
        return f"{share}, 95 % interval {100 * low:.1f} to {100 * high:.1f} %"


def score_of(kind: KindStrength, population: int, sample: int) -> Score:
    """Return the score of a kind, counted from its lists."""
    killed = len(kind.killed)
    return Score(killed, killed + len(kind.survivors), sample < population)


def wilson(killed: int, total: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    share, z2 = killed / total, _Z95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def floor_of(project: Project, kernel: str, kind: str) -> int:
    """Return the floor of a kernel: its invariants' own where they state one, else the settings'."""
    stated = [
        value
        for invariant in invariants_of(project, kernel)
        if invariant.strength and (value := getattr(invariant.strength, kind)) is not None
    ]
    default: int = getattr(project.settings, f"strength_{kind}_floor")
    return max(stated, default=default)


def invariants_of(project: Project, kernel: str) -> list[Invariant]:
    """Return the invariants that a kernel's notebook verifies."""
    return [item for item in project.invariants.values() if item.kernel_name() == kernel]
