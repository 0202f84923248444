"""The ladder of rungs, and how far a lemma really is on it."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, get_args

Rung = Literal["asserted", "tested", "solved", "cross-solved", "certified", "kernel-checked"]
RUNGS: tuple[str, ...] = get_args(Rung)
NOTHING = "none"
_HEIGHT = {NOTHING: -1, **{rung: height for height, rung in enumerate(RUNGS)}}


class CircularUse(ValueError):
    """Lemmas use each other in a circle; `cycle` lists them."""

    def __init__(self, cycle: list[str]) -> None:
        self.cycle = cycle
        super().__init__(" → ".join(cycle))


def height(rung: str) -> int:
    """Return a rung's place on the ladder, from 0; `none` is -1."""
    return _HEIGHT[rung]


def rung_of(
    evidence: Iterable[Mapping[str, Any]], obligations: Iterable[Mapping[str, Any]] = ()
) -> str:
    """Return the rung that evidence reaches, by recomputation; `none` without evidence.

    `control` and `measured` records support a lemma; by themselves they prove no law, so a lemma with
    nothing else is merely asserted. Proofs count by the weakest of the lemma's obligations, all of which
    must be discharged.
    """
    reached, proved = NOTHING, []
    by_id = {item["id"]: item for item in obligations}
    for item in evidence:
        kind = item["kind"]
        if kind == "proved":
            proved.append(obligation_rung(by_id.get(item["obligation"])))
            continue
        tested = kind == "enclosed" or (kind == "tested" and item["examples"] > 0)
        found = "tested" if tested else "asserted"
        reached = max(reached, found, key=height)
    lowest = min(proved, key=height, default=NOTHING)
    return max(reached, lowest, key=height)


def obligation_rung(obligation: Mapping[str, Any] | None) -> str:
    """Return the rung that an obligation's evidence reaches; `none` unless its controls show that it can fail.

    A solver that says `sat` discharges nothing, whatever another says.
    """
    if obligation is None or not _controlled(obligation["controls"]):
        return NOTHING
    evidence = obligation["evidence"]
    answers = {item["tool"]: item["result"] for item in evidence}
    if "sat" in answers.values():
        return NOTHING
    if answers.get("ethos") == "accepted":
        return "kernel-checked"
    if answers.get("certificate") == "accepted":
        return "certified"
    solved = sum(answers.get(tool) == "unsat" for tool in ("z3", "cvc5"))
    return (NOTHING, "solved", "cross-solved")[solved]


def _controlled(controls: Iterable[Mapping[str, Any]]) -> bool:
    shown = {item["kind"] for item in controls if item["result"] == "shown"}
    vacuous = any(item["result"] == "vacuous" for item in controls)
    return {"hypotheses", "variant"} <= shown and not vacuous


def effective_rungs(
    reached: Mapping[str, str], uses: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Return each lemma's effective rung: the minimum over itself and all that it uses.

    A used lemma that nobody reached counts as `none`.

    Raises:
        CircularUse: lemmas use each other in a circle.
    """
    graph = {lemma: tuple(uses.get(lemma, ())) for lemma in reached}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise CircularUse(error.args[1][::-1]) from error
    effective: dict[str, str] = {}
    for lemma in order:
        below = [effective[used] for used in graph.get(lemma, ())]
        effective[lemma] = min([reached.get(lemma, NOTHING), *below], key=height)
    return {lemma: effective[lemma] for lemma in reached}
