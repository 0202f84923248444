"""A lemma stands as high as its evidence, and no higher than what it uses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.autopsy.ladder import (
    NOTHING,
    RUNGS,
    CircularUse,
    effective_rungs,
    height,
    rung_of,
)

ASSERTED = {"kind": "asserted", "claim": "c"}
TESTED = {"kind": "tested", "method": "hypothesis", "property": "p", "domain": "d", "examples": 9}
CONTROL = {"kind": "control", "property": "p", "domain": "d"}
MEASURED = {"kind": "measured", "measure": "m"}
NAMES = [f"INV-X-0001#L{number}" for number in range(1, 7)]


def test_the_ladder_ascends() -> None:
    assert [height(rung) for rung in RUNGS] == [0, 1, 2, 3, 4, 5]
    assert height(NOTHING) == -1
    assert RUNGS[0] == "asserted"
    assert RUNGS[-1] == "kernel-checked"


@pytest.mark.parametrize(
    ("evidence", "rung"),
    [
        ([], "none"),
        ([ASSERTED], "asserted"),
        ([CONTROL], "asserted"),
        ([MEASURED], "asserted"),
        ([CONTROL, MEASURED, ASSERTED], "asserted"),
        ([TESTED], "tested"),
        ([ASSERTED, TESTED, CONTROL], "tested"),
        ([TESTED | {"examples": 0}], "asserted"),
    ],
)
def test_a_rung_follows_from_the_evidence(evidence: list[dict[str, object]], rung: str) -> None:
    assert rung_of(evidence) == rung


def test_no_field_of_the_evidence_lifts_its_rung() -> None:
    claimed = TESTED | {"rung": "kernel-checked", "kind": "asserted"}
    assert rung_of([claimed]) == "asserted"


@st.composite
def acyclic(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Rungs of six lemmas, and uses that only go from later ones to earlier ones."""
    reached = {name: draw(st.sampled_from([NOTHING, *RUNGS])) for name in NAMES}
    uses = {
        name: draw(st.lists(st.sampled_from(NAMES[:index]), unique=True)) if index else []
        for index, name in enumerate(NAMES)
    }
    return reached, uses


def closure(name: str, uses: dict[str, list[str]]) -> set[str]:
    """All that a lemma rests on, itself included, by brute force."""
    found = {name}
    for _ in NAMES:
        found |= {used for lemma in found for used in uses[lemma]}
    return found


@given(acyclic())
def test_the_effective_rung_is_the_least_over_everything_used(
    given_: tuple[dict[str, str], dict[str, list[str]]],
) -> None:
    reached, uses = given_
    effective = effective_rungs(reached, uses)
    for name in NAMES:
        assert effective[name] == min((reached[n] for n in closure(name, uses)), key=height)


def test_a_used_lemma_that_nobody_states_counts_as_nothing() -> None:
    assert effective_rungs({"a": "certified"}, {"a": ["gone"]}) == {"a": "none"}


@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_a_circle_is_refused_and_shown(length: int) -> None:
    circle = NAMES[:length]
    uses = {left: [right] for left, right in itertools.pairwise([*circle, circle[0]])}
    with pytest.raises(CircularUse) as refused:
        effective_rungs(dict.fromkeys(NAMES, "tested"), uses)
    assert refused.value.cycle[0] == refused.value.cycle[-1]
    assert set(refused.value.cycle) == set(circle)
    assert all(uses[left] == [right] for left, right in itertools.pairwise(refused.value.cycle))
    assert " → " in str(refused.value)


def test_a_circle_below_a_lemma_is_found_too() -> None:
    uses = {"a": ["b"], "b": ["c"], "c": ["b"]}
    with pytest.raises(CircularUse) as refused:
        effective_rungs(dict.fromkeys("abc", "tested"), uses)
    assert refused.value.cycle in (["b", "c", "b"], ["c", "b", "c"])


def test_two_ways_to_one_lemma_are_no_circle() -> None:
    uses = {"a": ["b", "c"], "b": ["d"], "c": ["d"]}
    assert effective_rungs(dict.fromkeys("abcd", "tested"), uses)["a"] == "tested"


def test_a_long_chain_of_uses_is_followed() -> None:
    names = [str(number) for number in range(3000)]
    uses = {left: [right] for left, right in itertools.pairwise(names)}
    reached = dict.fromkeys(names, "tested") | {names[-1]: "asserted"}
    assert set(effective_rungs(reached, uses).values()) == {"asserted"}
