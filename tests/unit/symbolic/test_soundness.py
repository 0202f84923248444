"""Where a symbol does not behave like what it stands for, the run is refused, never another thing proved."""

import pytest
from in_notebook import cell, proposed, refuted

from proofbook.lab import LemmaFailed
from proofbook.lab.symbolic import boolean, integer, real, several, text


def claim(names, parameters, expression):
    return eval(f"lambda {parameters}: {expression}", names)


RULE = """
def rule(p):
    if p is True:
        return 1
    if p is False:
        return 0
    return -1
"""
CHECKED = """
def f(n):
    if n < 0:
        raise ValueError(f"{n} is below")
    return n


def holds(n):
    try:
        return f(n) == n and n >= 0
    except ValueError:
        return n < 0
"""


def test_identity_with_true_is_that_of_the_truth_it_stands_for():
    names = cell(RULE)
    found = proposed(names["rule"], claim(names, "p", "rule(p) == (1 if p else 0)"), p=boolean())
    assert refuted(found) == "unsat"
    with pytest.raises(LemmaFailed, match="false for p = "):
        proposed(names["rule"], claim(names, "p", "rule(p) == -1"), p=boolean())


def test_no_symbol_is_none_and_types_are_those_it_stands_for():
    source = (
        "def kind(n, m):\n    if n is None or m is not None:\n        return 0\n"
        "    return 1 if type(n) is int and type(n) is not float and n is not kind else 2\n"
    )
    names = cell(source)
    proposed(names["kind"], claim(names, "n", "kind(n, None) == 1"), n=integer())
    proposed(names["kind"], claim(names, "x", "kind(x, None) == 2"), x=real())


REFUSED = {
    "identity with a number": ("def f(n):\n    m = 5\n    return n is m", "identity"),
    "a pattern of a class": (
        "def f(n):\n    match n:\n        case int():\n            return True\n    return False",
        "patterns",
    ),
    "text as data": ("def f(n): return str(n) == str(n + 1)", "the text"),
    "a formatted text as data": ("def f(n): return f'{n}' == f'{n + 1}'", "the text"),
    "an error that is caught": (
        "def f(n):\n    try:\n        return len(n) == 0\n    except TypeError:\n        return True",
        "operation len",
    ),
    "any error that is caught": (
        "def f(n):\n    try:\n        return [0][n] == 0\n    except Exception:\n        return True",
        "range, index or length",
    ),
    "bits": (
        "def f(n):\n    try:\n        return n & 1\n    except TypeError:\n        return 0",
        "and",
    ),
    "a power of two": ("def f(n): return 2 ** n > 0", "rpow"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_another_thing_is_refused(name):
    source, why = REFUSED[name]
    names = cell(source)
    with pytest.raises(LemmaFailed, match=f"cannot be carried.*{why}"):
        proposed(names["f"], claim(names, "n", "f(n) == f(n)"), n=integer())


def test_messages_of_errors_may_speak_of_symbols():
    names = cell(CHECKED)
    assert refuted(proposed(names["f"], names["holds"], n=integer())) == "unsat"


def test_a_list_that_a_path_changes_is_whole_on_the_next():
    names = cell(
        "def f(items):\n    items.append(items[0] if items[0] > 0 else 0)\n    return len(items)\n"
    )
    found = proposed(
        names["f"], claim(names, "items", "f(items) == 3"), items=several(integer(), 2)
    )
    assert refuted(found) == "unsat"


def test_symbols_that_come_to_one_constant_are_refused():
    names = cell("def f(a, a_0): return a[0] - a_0\n")
    with pytest.raises(LemmaFailed, match="two symbols come to the constant a_0"):
        proposed(
            names["f"],
            claim(names, "a, a_0", "f(a, a_0) == 0"),
            a=several(integer(), 2),
            a_0=integer(),
        )


def test_beside_a_float_an_int_is_rounded_first():
    names = cell("def f(n, x): return n + x\n")
    exact = claim(names, "n, x", "f(n, x) - x == n")
    limits = {"n": integer(0, 2**70), "x": real(0, 0)}
    assert refuted(proposed(names["f"], exact, **limits)) == "unsat"
    with pytest.raises(LemmaFailed, match="false for n = "):
        proposed(names["f"], exact, semantics="rounded", **limits)


def test_text_is_compared_with_the_words_it_knows_alone():
    names = cell("def f(a): return a == 'permit'\n")
    with pytest.raises(LemmaFailed, match="none of its words"):
        proposed(names["f"], claim(names, "a", "f(a)"), a=text("deny"))


def test_a_key_that_is_none_of_the_words_is_not_overlooked():
    names = cell("RANK = {'deny': 2, 'allow': 1}\ndef f(a): return RANK.get(a, 0)\n")
    with pytest.raises(LemmaFailed, match="the hash, where it is none of its words"):
        proposed(names["f"], claim(names, "a", "f(a) in (0, 2)"), a=text("deny"))
    local = cell("def f(a): return {'deny': 2, 'allow': 1}.get(a, 0)\n")
    with pytest.raises(LemmaFailed, match="the hash, where it is none of its words"):
        proposed(local["f"], claim(local, "a", "f(a) in (0, 2)"), a=text("deny"))
    proposed(names["f"], claim(names, "a", "f(a) in (0, 1, 2)"), a=text("deny", "allow"))


def test_the_emptiness_of_a_text_is_a_question_of_its_own():
    names = cell("def f(a): return bool(a)\n")
    with pytest.raises(LemmaFailed, match="name the empty word"):
        proposed(names["f"], claim(names, "a", "f(a)"), a=text("deny"))
    proposed(names["f"], claim(names, "a", "f(a) == (a != '')"), a=text("deny", ""))


def test_a_type_that_is_kept_in_a_table_is_still_itself():
    names = cell(
        "TYPES = {'n': int}\ndef f(n):\n    kind = TYPES['n']\n    return type(n) is kind\n"
    )
    proposed(names["f"], claim(names, "n", "f(n)"), n=integer())


def test_a_claim_asks_for_symbols_by_name_and_may_have_defaults():
    names = cell("def f(n): return n + 2\n")
    then = eval("lambda n, two=2: f(n) == n + two", names)
    assert refuted(proposed(names["f"], then, n=integer())) == "unsat"
    by_default = eval("lambda n, g=f: g(n) > n", names)
    assert refuted(proposed(names["f"], by_default, n=integer())) == "unsat"
    with pytest.raises(LemmaFailed, match="asks for m, and no symbol is called so"):
        proposed(names["f"], claim(names, "m", "f(m) > m"), n=integer())
