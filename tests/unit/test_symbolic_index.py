"""A symbolic integer as an index: the run forks over the few small values that it may have, else refuses."""

import pytest

pytest.importorskip("z3")

from proofbook.lab.symbolic.domains import Declarations, integer
from proofbook.lab.symbolic.oracle import Z3Oracle
from proofbook.lab.symbolic.paths import Explored, explore
from proofbook.lab.symbolic.polynomial import Refused
from proofbook.lab.symbolic.values import truth_of

ITEMS = [10, 20, 30, 40]


def prefix(low: int, high: int) -> Explored:
    into = Declarations()
    count = integer(low, high)("count", into)
    given = [term for _, term in into.hypotheses]
    return explore(lambda: truth_of(count == len(ITEMS[:count])), given, into.sorts, Z3Oracle())


@pytest.mark.parametrize(("low", "high", "values"), [(0, 0, 1), (0, 2, 3), (1, 3, 3)])
def test_a_few_small_values_are_followed_one_by_one(low: int, high: int, values: int) -> None:
    ends = [case for case in prefix(low, high).cases if case.ending == "returned"]
    assert len(ends) == values
    assert all(case.claim != "false" for case in ends)


@pytest.mark.parametrize(("low", "high"), [(0, 200), (-1, 1)])
def test_what_may_be_another_value_is_refused(low: int, high: int) -> None:
    with pytest.raises(Refused, match="index"):
        prefix(low, high)
