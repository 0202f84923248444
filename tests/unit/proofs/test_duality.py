"""Witnesses of optimality and of impossibility are checked exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.autopsy.proofs.duality import check_dual, check_hall

# min 3x + 2y with x + y >= 4, x + 3y >= 6: x = 0, y = 4 costs 8; dual (2, 0)
COSTS, ROWS, BOUNDS = [3, 2], [[1, 1], [1, 3]], [4, 6]
PRIMAL, DUAL = [0, 4], [2, 0]


def test_an_optimum_is_accepted() -> None:
    assert check_dual(COSTS, ROWS, BOUNDS, PRIMAL, DUAL) is None


def test_an_optimum_in_fractions_is_accepted() -> None:
    third = Fraction(1, 3)
    assert check_dual([1], [[3]], [1], [third], [third]) is None


@pytest.mark.parametrize(
    ("primal", "dual", "reason"),
    [
        ([4, 0], [2, 0], "violates constraint 1"),
        ([0, 5], [2, 0], "objectives differ"),
        ([1, 2], [2, 0], "violates constraint 0"),
        ([5, -1], [2, 0], "primal 1 is negative"),
        ([0, 4], [3, 0], "violates the cost of variable 1"),
        ([0, 4], [-1, 2], "dual 0 is negative"),
        ([0, 4], [2 - Fraction(1, 10**30), 0], "objectives differ"),
        ([0], [2, 0], "length"),
        ([0, 4], [2], "number"),
    ],
)
def test_a_wrong_witness_is_refused(
    primal: list[int], dual: list[int | Fraction], reason: str
) -> None:
    assert reason in str(check_dual(COSTS, ROWS, BOUNDS, primal, dual))


@pytest.mark.parametrize("number", [4.0, True, "4", float("nan")])
def test_numbers_that_are_not_exact_are_refused(number: object) -> None:
    with pytest.raises(TypeError, match="neither an integer nor a Fraction"):
        check_dual(COSTS, ROWS, BOUNDS, [0, number], DUAL)  # type: ignore[list-item]


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=2),
    st.lists(st.integers(0, 3), min_size=2, max_size=2),
)
def test_what_is_accepted_is_optimal(primal: list[int], dual: list[int]) -> None:
    if check_dual(COSTS, ROWS, BOUNDS, primal, dual) is None:
        assert 3 * primal[0] + 2 * primal[1] == 8


OPTIONS = {"r1": ["a"], "r2": ["a"], "r3": ["a", "b"]}


def test_a_hall_witness_is_accepted() -> None:
    assert check_hall(OPTIONS, {"a": 1, "b": 1}, ["r1", "r2"]) is None
    assert check_hall({"r": []}, {}, ["r"]) is None


@pytest.mark.parametrize(
    ("capacities", "witness", "reason"),
    [
        ({"a": 2, "b": 1}, ["r1", "r2"], "have 2 places"),
        ({"a": 1, "b": 1}, ["r1", "r3"], "have 2 places"),
        ({"a": 1, "b": 1}, ["r1", "r1"], "named twice"),
        ({"a": 1, "b": 1}, ["r1", "r9"], "no request r9"),
        ({"b": 1}, ["r1", "r2"], "no capacity"),
        ({"a": -1}, ["r1"], "negative"),
        ({"a": 0}, [], "have 0 places"),
    ],
)
def test_a_wrong_hall_witness_is_refused(
    capacities: dict[str, int], witness: list[str], reason: str
) -> None:
    assert reason in str(check_hall(OPTIONS, capacities, witness))


def test_a_capacity_that_is_no_integer_is_refused() -> None:
    with pytest.raises(TypeError):
        check_hall(OPTIONS, {"a": 0.5}, ["r1"])  # type: ignore[dict-item]
