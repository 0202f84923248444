"""Rounded arithmetic: what holds for every rounding is proved, what holds for real numbers alone is not."""

import pytest
from in_notebook import cell, proposed, refuted

from proofbook.lab import LemmaFailed
from proofbook.lab.symbolic import real

BOUND = 2.0**500
HOLDS = {
    "monotone": ("def f(x, z): return x + z", "(f(x, z) <= f(y, z)) if x <= y else True"),
    "zero is neutral": ("def f(x, z): return x + 0.0", "f(x, z) == x"),
    "a clip stays in its box": (
        "def f(x, z): return min(max(x + z, 0.0), 1.0)",
        "0 <= f(x, z) <= 1",
    ),
    "a square is not negative": ("def f(x, z): return x * x", "f(x, z) >= 0"),
    "negation": ("def f(x, z): return x - z", "f(x, z) == -f(z, x)"),
}
FAILS = {
    "the sum is exact": ("def f(x, z): return (x + z) - z", "f(x, z) == x"),
    "grouping does not matter": ("def f(x, z): return (x + z) + y0", "f(x, z) == x + (z + y0)"),
    "a quotient is undone": ("def f(x, z): return (x / 3.0) * 3.0", "f(x, z) == x"),
}


@pytest.mark.parametrize("name", HOLDS)
def test_what_holds_for_every_rounding_is_proved(name):
    source, then = HOLDS[name]
    names = cell(source)
    found = proposed(
        names["f"],
        eval(f"lambda x, y, z: {then}", names),
        semantics="rounded",
        x=real(-BOUND, BOUND),
        y=real(-BOUND, BOUND),
        z=real(-BOUND, BOUND),
    )
    assert refuted(found) == "unsat"


@pytest.mark.parametrize("name", FAILS)
def test_what_holds_for_real_numbers_alone_is_not_proved(name):
    source, then = FAILS[name]
    names = cell(f"y0 = 0.1\n{source}\n")
    claim = eval(f"lambda x, z: {then}", names)
    limits = {"x": real(-BOUND, BOUND), "z": real(-BOUND, BOUND)}
    assert refuted(proposed(names["f"], claim, **limits)) == "unsat"
    with pytest.raises(LemmaFailed, match="false for"):
        proposed(names["f"], claim, semantics="rounded", **limits)


def test_an_overflow_is_a_violation():
    names = cell("def f(x): return x + x\n")
    with pytest.raises(LemmaFailed, match=r"OverflowError: a rounded result is not finite"):
        proposed(names["f"], eval("lambda x: f(x) == f(x)", names), semantics="rounded", x=real())


def test_that_floats_are_finite_is_said():
    names = cell("def f(x): return min(x, 1.0)\n")
    found = proposed(names["f"], eval("lambda x: f(x) <= 1", names), x=real())
    assert found.assumes == ["x is finite: neither NaN nor infinite"]
