"""The parameters of resonance, one set for each kind of collection, and what they were chosen on."""

from dataclasses import dataclass

from benchmarks.recall.collections import Collection, Kind, Question

DEPTH = 100
"""How many units a ranking holds at most, for every system."""

TUNED_CONVERSATIONS = frozenset({"conv-26", "conv-30"})
"""LoCoMo conversations on which the reach of links was chosen; all others are held out."""


@dataclass(frozen=True)
class Betas:
    """How much each prior may favour a unit: its factor lies in [1, 1 + β]."""

    speaker: float = 0.0
    length: float = 0.0
    statement: float = 0.0
    when: float = 0.0


@dataclass(frozen=True)
class Profile:
    """Parameters of the three lanes and of their blend.

    `weights` of (precision, resonance, context) are in units of 2⁻¹⁶ and sum to 2¹⁶. `k1`, `b_*` are
    BM25's; `gamma` is the factor by which a term's count shrinks with each step along a link, over at
    most `reach` steps. `pool` is how many of each lane's best are scored.
    """

    weights: tuple[int, int, int]
    betas: Betas
    k1: float
    b_precision: float
    b_context: float
    gamma: float
    reach: int
    speaker_count: float
    date_count: float
    neighbours: int
    pool: int = 50


PROFILES: dict[Kind, Profile] = {
    # .1 / .3 / .6, as found on other conversations; γ = 1 over 2 steps chosen on TUNED_CONVERSATIONS
    "dialogue": Profile(
        weights=(6554, 19661, 39321),
        betas=Betas(speaker=0.3, length=0.3, statement=0.1, when=0.15),
        k1=1.2,
        b_precision=0.4,
        b_context=0.4,
        gamma=1.0,
        reach=2,
        speaker_count=2.0,
        date_count=1.0,
        neighbours=0,
    ),
    # .4 / .2 / .4, chosen on the odd-numbered queries of Cranfield (.3 / .4 / .3 before)
    "documents": Profile(
        weights=(26215, 13107, 26214),
        betas=Betas(),
        k1=1.2,
        b_precision=0.75,
        b_context=0.75,
        gamma=1.0,
        reach=0,
        speaker_count=0.0,
        date_count=0.0,
        neighbours=5,
    ),
}


def tuned_on(collection: Collection, question: Question) -> bool:
    """Say whether a parameter above was chosen by looking at this question."""
    if collection.origin == "locomo":
        return collection.name in TUNED_CONVERSATIONS
    if collection.origin == "cranfield":
        return int(question.id.rpartition("/")[2]) % 2 == 1
    return False
