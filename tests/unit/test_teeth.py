"""Checks that cannot fail are seen; checks that can are left alone."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tampering import notebook_of

from proofbook.autopsy.teeth import (
    always,
    count_asserts_with_teeth,
    defined_functions,
    lemma_calls,
    toothless,
    verifying_calls,
)


def said(source: str) -> list[tuple[int, str]]:
    notebook = notebook_of(source)
    return toothless(notebook.cells[0], defined_functions(notebook))


@pytest.mark.parametrize(
    "test",
    [
        *("True", "1", "'text'", "1 == 1", "2 > 1", "not False", "not not 1", "(x, 'message')"),
        *("(f(x) == 1, 'message')", "[x]", "{x: 1}", "{x}", "lambda: x", "(i for i in x)"),
        *(
            "f'value {x}'",
            "f(x) == f(x)",
            "x == x",
            "x.y == x.y",
            "x is x",
            "x <= x",
            "x or True",
            "True or x",
        ),
        *("x or 1 == 1", "x or not False", "(y := True)", "True if x else 1", "1 if True else x"),
        *(
            "bool(1)",
            "len('a') == 1",
            "all([])",
            "isinstance(1, int)",
            "1 < 2 < 3",
            "True is not False",
        ),
        *("f(x) == f(x)", "False", "x and False", "[]", "None", "{}", "()", "abs(-1) == 1"),
    ],
)
def test_an_assertion_that_always_comes_out_the_same_has_no_teeth(test: str) -> None:
    assert said(f"y = 1\nassert {test}") == [(2, "this assertion cannot fail")]


@pytest.mark.parametrize(
    "test",
    [
        *("x", "f(x)", "f(x) == 1", "x == 1", "not x", "x and y", "x or y", "x == 1 or y == 2"),
        *("f(x) == f(y)", "f(x) != f(x)", "x != x", "[i for i in x]", "all(i == i for i in x)"),
        *("x if y else z", "(y := f(x))", "0 <= x <= 1", "isinstance(x, int)", "len(x) == 1"),
        *("x.y", "x[0]", "x in (1, 2)", "not (x and False) and x", "f'{x}'", "[*x]", "{**x}"),
    ],
)
def test_an_assertion_that_rests_on_something_is_left_alone(test: str) -> None:
    assert said(f"assert {test}") == []


def test_a_function_that_is_not_called_is_always_true() -> None:
    assert said("def holds(): return f(1) == 2\nassert holds") == [
        (2, "this assertion cannot fail")
    ]
    assert said("def holds(): return f(1) == 2\nassert holds()") == []


NEVER_FAILING = [
    "lemma.check(lambda x: True, domain='d', x=s)",
    "lemma.check(lambda x: 1, domain='d', x=s)",
    "lemma.check(lambda x: x == x, domain='d', x=s)",
    "lemma.check(lambda x: f(x) or True, domain='d', x=s)",
    "lemma.exhaust(lambda x: not False, cases, domain='d')",
    "lemma.refute(lambda x: False, cases, domain='d')",
    "prop = lambda x: True\nlemma.check(prop, domain='d', x=s)",
    "def prop(x):\n    return True\nlemma.check(prop, domain='d', x=s)",
    "def prop(x):\n    '''Doc.'''\n    assert True\nlemma.check(prop, domain='d', x=s)",
    "def prop(x):\n    if x:\n        return True\n    return 1 == 1\nlemma.exhaust(prop, c, domain='d')",
    "def prop(x):\n    pass\nlemma.exhaust(prop, c, domain='d')",
    "lemma.holds('it holds', True)",
    "lemma.holds('it holds', truth=1 == 1)",
    "lemma.holds('it holds', (f(x), 1))",
    "lemma.measure('worst', 0, bound=1)",
    "lemma.measure('worst', value=0, bound=f(x))",
    "lemma.measure('worst', max(1, 2), bound=3)",
]


@pytest.mark.parametrize("source", NEVER_FAILING)
def test_a_check_of_the_laboratory_that_cannot_fail_has_no_teeth(source: str) -> None:
    assert said(source)


@pytest.mark.parametrize(
    "source",
    [
        "lemma.check(lambda x: f(x) <= 1, domain='d', x=s)",
        "def prop(x):\n    return f(x) <= 1\nlemma.check(prop, domain='d', x=s)",
        "def prop(x):\n    assert x < 1\nlemma.check(prop, domain='d', x=s)",
        "def prop(x):\n    f(x)\n    return True\nlemma.check(prop, domain='d', x=s)",
        "def prop(x):\n    if x:\n        raise AssertionError\n    return True\nlemma.check(prop)",
        "def prop(x):\n    if x < 1:\n        return True\n    return x > 2\nlemma.check(prop)",
        "lemma.holds('c', f(1) == 2)",
        "lemma.measure('worst', worst, bound=1)",
        "lemma.measure('worst', max(abs(x) for x in y), bound=1)",
        "table = defaultdict(lambda: 0)",
        "ranked = sorted(x, key=lambda item: 1)",
        "re.check(lambda: f(1))",
    ],
)
def test_other_checks_and_lambdas_are_left_alone(source: str) -> None:
    assert said(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    lemma.check(f, domain='d', x=s)\nexcept AssertionError:\n    pass",
        "try:\n    lemma.check(f, domain='d', x=s)\nexcept:\n    pass",
        "try:\n    assert f(1)\nexcept (ValueError, Exception):\n    pass",
        "try:\n    with v.lemma('L1') as lemma:\n        lemma.holds('c', f(1))\nexcept LemmaFailed: x = 1",
        "try:\n    lemma.check(f)\nexcept lab.LemmaFailed as error:\n    print(error)",
        "with suppress(AssertionError):\n    assert f(1)",
        "with contextlib.suppress(Exception):\n    lemma.check(f)",
        "with pytest.raises(AssertionError):\n    lemma.check(f)",
        "for x in y:\n    try:\n        assert f(x)\n    finally:\n        continue",
    ],
)
def test_a_failure_that_is_caught_is_no_failure(source: str) -> None:
    assert [what for _, what in said(source)] == ["a failure here would be caught"]


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    f(1)\nexcept Exception:\n    pass\nassert x",
        "try:\n    assert f(1)\nexcept ValueError:\n    pass",
        "try:\n    assert f(1)\nfinally:\n    g()",
        "try:\n    assert f(1)\nexcept AssertionError:\n    print(x)\n    raise",
        "with v.lemma('L1') as lemma:\n    assert f(1)",
        "with suppress(KeyError):\n    assert f(1)",
    ],
)
def test_a_failure_that_gets_through_is_left_alone(source: str) -> None:
    assert said(source) == []


CONSTANTS = st.recursive(
    st.sampled_from(["True", "False", "1", "0", "None", "''", "'a'", "()", "(0,)", "[]", "{1}"]),
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("({}) if ({}) else ({})".format, inner, inner, inner),
        st.builds("({}) == ({})".format, inner, inner),
    ),
    max_leaves=6,
)


@given(CONSTANTS)
def test_what_is_said_of_a_constant_test_is_what_python_says(source: str) -> None:
    known = always(ast.parse(source, mode="eval").body)
    assert known is None or known == bool(eval(source))


@given(CONSTANTS, st.booleans(), st.booleans())
def test_what_is_said_of_a_test_holds_for_every_value(source: str, x: bool, other: bool) -> None:
    for test in (f"x or ({source})", f"x and ({source})", f"({source}) if x else ({source})"):
        known = always(ast.parse(test, mode="eval").body)
        if known is not None:
            assert known == bool(eval(test, {"x": x})) == bool(eval(test, {"x": other}))


def test_assertions_are_counted_without_those_that_cannot_fail() -> None:
    notebook = notebook_of("# assert this\nassert f(1)\nassert True\ndef g():\n    assert x\n")
    functions = defined_functions(notebook)
    assert count_asserts_with_teeth(notebook.cells[0], functions) == 2
    assert count_asserts_with_teeth(notebook_of("%magic").cells[0], {}) == 0


def test_calls_of_the_laboratory_are_counted_by_method() -> None:
    (cell,) = notebook_of("lemma.check(f)\nother.measure(1)\nlemma.title()\ncheck(f)").cells
    assert verifying_calls(cell) == 2


def test_the_lemmas_that_a_cell_states_are_found() -> None:
    (cell,) = notebook_of("v.lemma('L1')\nv.lemma('INV-X-0001#L2')\nv.lemma(name)").cells
    assert lemma_calls(cell) == {"L1", "L2", "?"}
