"""Symbolic values compute what Python computes: at given numbers, a claim proves exactly the true result."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_notebook import cell, proposed, refuted

from proofbook.lab import LemmaFailed
from proofbook.lab.symbolic import boolean, integer, rational, real, several, subset, text

INTEGERS = {
    "floor": "def f(x, y): return x // y",
    "remainder": "def f(x, y): return x % y",
    "both": "def f(x, y): return divmod(x, y)[0] * 100 + divmod(x, y)[1]",
    "ceiling": "def f(x, y): return -(-x // y)",
    "absolute": "def f(x, y): return abs(x) - abs(y)",
    "least": "def f(x, y): return min(x, y, 3) * 7 + max(x, y, -3)",
    "sorted": "def f(x, y): return [a * i for i, a in enumerate(sorted([x, y, 2]), 1)][-1]",
    "power": "def f(x, y): return (x - y) ** 3 + (x << 2)",
    "truths": "def f(x, y): return int(x < y) + 2 * int(x <= y) + 4 * int(x == y) + 8 * int(x != y)",
    "mixed": "def f(x, y): return sum([x, y, 1]) * (2 if x > y else 5) - (not x)",
}


@pytest.mark.parametrize("name", INTEGERS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(x=st.integers(-9, 9), y=st.integers(-9, 9).filter(bool))
def test_integers_compute_as_python_does(name, x, y):
    f = cell(INTEGERS[name])["f"]
    names = cell(f"{INTEGERS[name]}\nX, Y, WANTED = {x}, {y}, {f(x, y)}\n")
    at = {
        "x is X": cell_function(names, "x == X", "x"),
        "y is Y": cell_function(names, "y == Y", "y"),
    }
    true = cell_function(names, "f(x, y) == WANTED", "x, y")
    found = proposed(names["f"], true, given=at, x=integer(), y=integer())
    assert refuted(found) == "unsat"
    false = cell_function(names, "f(x, y) == WANTED + 1", "x, y")
    with pytest.raises(LemmaFailed, match=f"x = {x}, y = {y}"):
        proposed(names["f"], false, given=at, x=integer(), y=integer())


def cell_function(names, expression, parameters):
    """Return a lambda that sees the names of a cell."""
    return eval(f"lambda {parameters}: {expression}", names)


FRACTIONS = {
    "quotient": "def f(x, y): return x / y if y else x",
    "floor": "import math\ndef f(x, y): return math.floor(x) * 10 + math.ceil(y)",
    "round": "def f(x, y): return round(x) * 10 + round(y)",
    "ratio": "def f(x, y):\n    n, d = x.as_integer_ratio()\n    return n * 3 / d",
    "made": "from fractions import Fraction\ndef f(x, y): return Fraction(x) - Fraction(y) / 3",
    "clip": "def f(x, y): return min(max(x, 0), 1) + y",
}


@pytest.mark.parametrize("name", FRACTIONS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(x=st.integers(-12, 12), y=st.integers(-12, 12))
def test_fractions_compute_as_python_does(name, x, y):
    here, there = Fraction(x, 4), Fraction(y, 2)
    wanted = cell(FRACTIONS[name])["f"](here, there)
    numbers = f"X, Y, WANTED = (Fraction(n) for n in ('{here}', '{there}', '{wanted}'))"
    names = cell(f"from fractions import Fraction\n{FRACTIONS[name]}\n{numbers}\n")
    at = [cell_function(names, "x == X", "x"), cell_function(names, "y == Y", "y")]
    true = cell_function(names, "f(x, y) == WANTED", "x, y")
    assert refuted(proposed(names["f"], true, given=at, x=rational(), y=rational())) == "unsat"
    false = cell_function(names, "f(x, y) < WANTED", "x, y")
    with pytest.raises(LemmaFailed, match="false for"):
        proposed(names["f"], false, given=at, x=rational(), y=rational())


def test_a_half_is_rounded_to_the_even_integer():
    names = cell("def f(x): return round(x)\nfrom fractions import Fraction")
    half = cell_function(names, "2 * x == 5", "x")
    to_even = cell_function(names, "f(x) == 2", "x")
    assert refuted(proposed(names["f"], to_even, given=[half], x=rational())) == "unsat"


def test_sets_are_sets_over_their_universe():
    names = cell("def f(a, b): return (a & b) <= a and a <= (a | b) and (a - b) <= a\n")
    true = cell_function(names, "f(a, b)", "a, b")
    found = proposed(names["f"], true, a=subset("x", "y"), b=subset("x", "y"))
    assert refuted(found) == refuted(found, "cvc5") == "unsat"
    false = cell_function(names, "f(a, b) and a <= b", "a, b")
    with pytest.raises(LemmaFailed, match=r"a_0 = .*, a_1 = .*, b_0 = .*, b_1 = "):
        proposed(names["f"], false, a=subset("x", "y"), b=subset("x", "y"))


def test_a_text_is_any_text_but_for_the_words_it_is_compared_with():
    names = cell("RANK = {'deny': 2, 'permit': 1}\ndef f(a): return RANK.get(a, 0)\n")
    among = cell_function(names, "0 <= f(a) <= 2 and (f(a) == 2) == (a == 'deny')", "a")
    assert refuted(proposed(names["f"], among, a=text("deny", "permit"))) == "unsat"
    never_other = cell_function(names, "f(a) != 0", "a")
    with pytest.raises(LemmaFailed, match="false for"):
        proposed(names["f"], never_other, a=text("deny", "permit"))
    proposed(names["f"], never_other, a=text("deny", "permit", other=False))


def test_names_without_words_are_totally_ordered():
    names = cell("def f(a, b): return min(a, b)\n")
    first = cell_function(names, "f(a, b) <= a and f(a, b) <= b and f(a, b) in (a, b)", "a, b")
    assert refuted(proposed(names["f"], first, a=text(), b=text())) == "unsat"


def test_booleans_fork_and_combine():
    names = cell("def f(p, q): return (p and q) or (not p and not q)\n")
    same = cell_function(names, "f(p, q) == (p == q)", "p, q")
    assert refuted(proposed(names["f"], same, p=boolean(), q=boolean())) == "unsat"


REFUSED = {
    "loop or index": ("def f(n): return sum(i for i in range(n))", "range, index or length"),
    "transcendental": ("import math\ndef f(n): return math.exp(n)", "math.exp"),
    "from math import": ("from math import log\ndef f(n): return log(n)", "math.log"),
    "hash": ("def f(n): return {n: 1}", "hash"),
    "attribute": ("def f(n): return n.bit_length()", "bit_length"),
    "shift": ("def f(n): return n << n", "index or length"),
    "power": ("def f(n): return n ** n", "power"),
    "no end": ("def f(n):\n    i = 0\n    while i != n: i += 1\n    return i", "more than"),
    "foreign function": ("import math\ndef f(n): return math.comb(n, 2)", "math.comb"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_carried_is_refused_with_a_reason(name):
    source, why = REFUSED[name]
    names = cell(source)
    with pytest.raises(LemmaFailed, match=f"cannot be carried.*{why}"):
        proposed(names["f"], cell_function(names, "f(n) == f(n)", "n"), n=integer())


def test_a_claim_must_call_what_it_is_about():
    names = cell("def f(x): return x\ndef g(x): return x\n")
    with pytest.raises(LemmaFailed, match="never calls f"):
        proposed(names["f"], cell_function(names, "g(x) == x", "x"), x=integer())


def test_lists_of_symbols_and_results_are_handed_over():
    names = cell("def total(x): return sum(x)\n")
    then = cell_function(names, "result == x[0] + x[1] + x[2]", "result, x")
    found = proposed(names["total"], then, x=several(real(), 3))
    assert found.statement.cases == (("true", "true"),)  # an identity leaves nothing open
    wrong = cell_function(names, "result == x[0]", "result, x")
    with pytest.raises(LemmaFailed, match=r"false for x_0 = .*, x_1 = .*, x_2 = "):
        proposed(names["total"], wrong, x=several(real(), 3))


def test_a_common_factor_leaves_a_quotient():
    names = cell("def f(x, y, z): return (x * z) / (y * z)")
    at = [lambda y: y > 0, lambda z: z > 0, lambda x, y, t: x == t * y]
    found = proposed(
        names["f"],
        cell_function(names, "f(x, y, z) == t", "x, y, z, t"),
        given=at,
        **{name: rational() for name in "xyzt"},
    )
    assert refuted(found) == "unsat"
    assert "(* x z)" not in found.statement.text()


def test_a_product_is_zero_where_a_factor_is():
    names = cell("def f(x, y): return 1 / (x * y)")
    claim = cell_function(names, "f(x, y) > 0", "x, y")
    with pytest.raises(LemmaFailed, match="ZeroDivisionError"):
        proposed(names["f"], claim, given=[lambda x: x > 0], x=rational(), y=rational(0))
    assert (
        refuted(
            proposed(
                names["f"],
                claim,
                given=[lambda x: x > 0, lambda y: y > 0],
                x=rational(),
                y=rational(),
            )
        )
        == "unsat"
    )


def test_a_counterexample_may_exceed_the_doubles():
    names = cell("def f(x): return x")
    claim = cell_function(names, "f(x) < 10**400", "x")
    with pytest.raises(LemmaFailed, match="false for x = 1000"):
        proposed(names["f"], claim, x=rational(10**400, 10**400))


def test_an_index_that_is_surely_small_is_known_by_forking():
    names = cell("def f(n):\n    return [5, 7, 11][n] + (1 << n) + len([0, 1, 2, 3][:n])")
    claim = cell_function(names, "2 * f(n) == 12 + 5 * n + 3 * n * n", "n")
    assert refuted(proposed(names["f"], claim, n=integer(0, 2))) == "unsat"
    with pytest.raises(LemmaFailed, match=r"IndexError|index or length"):
        proposed(names["f"], claim, n=integer(0))


def test_truths_are_counted():
    names = cell("def f(x, y): return sum(value > 0 for value in (x, y))")
    claim = cell_function(names, "f(x, y) == 1", "x, y")
    found = proposed(
        names["f"], claim, given=[lambda x: x > 0, lambda y: y <= 0], x=integer(), y=integer()
    )
    assert refuted(found) == "unsat"
