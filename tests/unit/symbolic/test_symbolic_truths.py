"""What Python asks of values behind the scenes: the length of a set, the identity of a truth."""

import linecache

import pytest

from proofbook.lab.proving import Claim, propose
from proofbook.lab.symbolic import boolean, subset

SOURCE = """
def listed(names):
    return sorted(names) == list(names) and len(sorted(names)) == len(names) <= 2

def exactly(condition):
    return condition is True or condition is not False
"""


@pytest.fixture
def cell():
    """The names of a notebook's cell; `inspect` finds its source."""
    linecache.cache["<cell of truths>"] = (len(SOURCE), None, SOURCE.splitlines(True), "")
    names = {"__name__": "__main__"}
    exec(compile(SOURCE, "<cell of truths>", "exec"), names)
    return names


def test_a_set_is_sorted_listed_and_counted(cell):
    claim = Claim((cell["listed"],), (), cell["listed"], {"names": subset("a", "b")}, "real")
    assert propose(claim, "counts").ran


def test_a_truth_decided_in_the_claim_is_carried(cell):
    names = cell
    then = eval("lambda b: exactly(True if b else False) == b", names)
    assert propose(Claim((names["exactly"],), (), then, {"b": boolean()}, "real"), "is").ran
