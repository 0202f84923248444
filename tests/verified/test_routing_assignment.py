"""Batch assignment: the extracted code does what its notebook proved."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_assignment
from proofbook.verified.routing_assignment import (
    Assignment,
    HallSet,
    assign,
    check_assignment,
    check_hall_set,
)

COSTS, PLACES = [[1, 5], [2, 9]], [1, 2]
BEST = Assignment((1, 0), (5, 6), (-4, 0))


@st.composite
def instances(draw):
    n, m = draw(st.integers(0, 4)), draw(st.integers(1, 3))
    cost = st.one_of(st.none(), st.integers(-9, 9))
    costs = draw(st.lists(st.lists(cost, min_size=m, max_size=m), min_size=n, max_size=n))
    return costs, draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))


def test_recorded_vectors_replay():
    assert load_artifact("routing_assignment").replay(routing_assignment) > 60


def test_greedy_was_measured_to_cost_a_fifth_more():
    value, bound = load_artifact("routing_assignment").measure("greedy_excess")
    assert value >= bound > 0


def test_hand_computed_batch():
    # Request 0 must leave service 0 to request 1: 5 + 2 = 7 against 1 + 9 = 10.
    assert assign(COSTS, PLACES) == BEST


def test_ties_go_to_the_lexicographically_least_assignment():
    assert assign([[3, 3], [3, 3]], [1, 1]).services == (0, 1)
    assert assign([[3, 3], [3, 3]], [2, 2]).services == (0, 0)


@given(instances())
def test_the_answer_is_the_first_of_the_cheapest(instance):
    costs, places = instance
    options = [
        (sum(costs[i][j] for i, j in enumerate(a)), a)
        for a in product(range(len(places)), repeat=len(costs))
        if all(costs[i][j] is not None for i, j in enumerate(a))
        and all(a.count(j) <= k for j, k in enumerate(places))
    ]
    answer = assign(costs, places)
    if not options:
        assert isinstance(answer, HallSet)
        assert check_hall_set(costs, places, answer) is None
    else:
        assert answer.services == min(options)[1]
        assert check_assignment(costs, places, answer) is None


@pytest.mark.parametrize(
    ("flaw", "claim"),
    [
        ("shape", Assignment((1,), (5, 6), (-4, 0))),
        ("forbidden", Assignment((7, 0), (5, 6), (-4, 0))),
        ("capacity", Assignment((0, 0), (5, 6), (-4, 0))),
        ("sign", Assignment((1, 0), (5, 6), (-4, 1))),
        ("price", Assignment((1, 0), (6, 6), (-4, 0))),
        ("objective", Assignment((0, 1), (5, 6), (-4, 0))),
    ],
)
def test_each_flaw_of_a_claim_is_named(flaw, claim):
    assert check_assignment(COSTS, PLACES, claim) == flaw


def test_three_requests_for_two_places_are_a_hall_set():
    costs = [[1, None], [1, None], [1, 1], [None, 1]]
    answer = assign(costs, [1, 9])
    assert answer == HallSet((0, 1))
    assert check_hall_set(costs, [1, 9], answer) is None
    assert check_hall_set(costs, [1, 9], HallSet((0, 2))) == "room"


def test_costs_out_of_range_are_refused():
    with pytest.raises(ValueError, match="cost"):
        assign([[2**40 + 1]], [1])
    with pytest.raises(ValueError, match="capacity"):
        assign([[1]], [-1])
    with pytest.raises(ValueError, match="costs for"):
        assign([[1, 2]], [1])
