"""Every path is covered: exceptions are violations, and an oracle that lies cannot make a proof."""

import pytest
from in_notebook import cell, proposed, refuted

from proofbook.autopsy.proofs.solvers import Question, ask
from proofbook.autopsy.proofs.statement import Statement, read_statement
from proofbook.lab import LemmaFailed
from proofbook.lab.symbolic import integer, real
from proofbook.lab.symbolic.paths import explore
from proofbook.lab.symbolic.polynomial import variable
from proofbook.lab.symbolic.values import SymbolicNumber, conjunction

CLAMP = "def clamp(x, low, high):\n    return min(max(x, low), high)\n"


def test_an_exception_is_a_violation_unless_it_is_excluded():
    names = cell("def f(x):\n    if x < 0: raise ValueError('below')\n    return x\n")
    then = eval("lambda x: f(x) >= 0", names)
    with pytest.raises(LemmaFailed, match=r"x = -1.*raises ValueError: below"):
        proposed(names["f"], then, x=integer())
    assert refuted(proposed(names["f"], then, x=integer(0))) == "unsat"


def test_division_by_zero_is_a_violation():
    names = cell("def f(x): return 1 / x\n")
    then = eval("lambda x: f(x) * x == 1", names)
    with pytest.raises(LemmaFailed, match=r"x = 0.*ZeroDivisionError"):
        proposed(names["f"], then, x=real())
    assert refuted(
        proposed(names["f"], then, given=[eval("lambda x: x != 0", names)], x=real())
    ) == ("unsat")


@pytest.mark.parametrize("answer", [False, True])
def test_whatever_an_oracle_says_a_false_claim_is_not_proved(answer):
    class Liar:
        def feasible(self, formulas, sorts):
            return answer

    x = SymbolicNumber(variable("x"), "int")
    sorts = {"x": "Int"}

    def claim():
        return "true" if (x < 5 or x > 7) else "false"  # false for 5, 6 and 7

    found = explore(claim, [], sorts, Liar())
    cases = tuple((conjunction(*case.path), case.claim) for case in found.cases)
    text = Statement((("x", "Int"),), (), cases).text()
    assert read_statement(text).text() == text
    assert ask([Question("it", text, 10**6)], "z3")["it"].result == "sat"


def test_the_statement_covers_every_path():
    names = cell(CLAMP)
    then = eval("lambda x, low, high: low <= clamp(x, low, high) <= high", names)
    found = proposed(
        names["clamp"],
        then,
        given=[eval("lambda low, high: low <= high", names)],
        x=real(),
        low=real(),
        high=real(),
    )
    assert refuted(found) == refuted(found, "cvc5") == "unsat"
    with pytest.raises(LemmaFailed, match="false for"):
        proposed(names["clamp"], then, x=real(), low=real(), high=real())


FALSE = {
    "one ulp too tight": (CLAMP, "clamp(x, 0, 1) <= 1 - 2**-53", "x", {}),
    "a dropped hypothesis": (
        "def mean(x, y, w): return w * x + (1 - w) * y\n",
        "mean(x, y, w) <= max(x, y)",
        "x, y, w",
        {"y": real(), "w": real()},
    ),
    "a prior that is not monotone": (
        "def prior(x): return 1 + x * (1 - x)\n",
        "(prior(x) <= prior(y)) if x <= y else True",
        "x, y",
        {"y": real()},
    ),
    "a tie-break that is not total": (
        "def first(a, b): return a[0] < b[0]\n",
        "first((x, 0), (y, 1)) or first((y, 1), (x, 0))",
        "x, y",
        {"y": real()},
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_fail_with_numbers(name):
    source, then, parameters, more = FALSE[name]
    names = cell(source)
    about = next(
        value for value in names.values() if callable(value) and hasattr(value, "__code__")
    )
    with pytest.raises(LemmaFailed, match="false for x = "):
        proposed(about, eval(f"lambda {parameters}: {then}", names), x=real(), **more)
