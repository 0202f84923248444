"""Each mutation operator makes the mutants it should, and no others."""

import textwrap

import pytest
from tampering import notebook_of

from proofbook.autopsy.strength.mutants import mutants_of, sample


def bodies(function: str, operator: str) -> set[str]:
    """Return the changed lines that one operator gives, the `def` line left out."""
    source = textwrap.dedent(function).strip("\n")
    found = set()
    for mutant in mutants_of(notebook_of(f"#| export\n{source}\n")):
        if mutant.operator == operator:
            lines = mutant.mutated.split("\n")
            old = mutant.original.split("\n")
            found.add("; ".join(x.strip() for x in lines if x not in old))
    return found


@pytest.mark.parametrize(
    ("operator", "line", "mutants"),
    [
        ("arithmetic", "return a + b", {"return a - b"}),
        ("arithmetic", "return a // b", {"return a * b"}),
        ("arithmetic", "return a << b", {"return a >> b"}),
        ("arithmetic", "return a & b", {"return a | b"}),
        ("arithmetic", "return 'x' + b", set()),
        # Without parentheses the product would bind more tightly than what it stands for.
        ("arithmetic", "return a ** b % c", {"return a ** b * c", "return a * b % c"}),
        ("arithmetic", "return a ^ b ^ c", {"return a & b ^ c", "return ((a ^ b) & (c))"}),
        ("arithmetic", "a += b", {"a -= b"}),
        ("sign", "return -a", {"return a"}),
        ("sign", "return not a", {"return a"}),
        ("boolean", "return a and b and c", {"return a or b or c"}),
        ("boolean", "x = a or b", {"x = a and b"}),
        ("comparison", "x = a < b", {"x = a <= b", "x = a >= b"}),
        ("comparison", "x = a <= b", {"x = a < b", "x = a > b"}),
        ("comparison", "x = a == b", {"x = a != b"}),
        ("comparison", "x = a not in b", {"x = a in b"}),
        ("comparison", "x = a is not b", {"x = a is b"}),
        (
            "comparison",
            "x = 0 < a <= b",
            {"x = 0 <= a <= b", "x = 0 >= a <= b", "x = 0 < a < b", "x = 0 < a > b"},
        ),
        ("constant", "return 5", {"return 6", "return 4", "return 0"}),
        ("constant", "return 1", {"return 2", "return 0"}),
        ("constant", "return 0.5", {"return 1.5", "return -0.5", "return 0.0"}),
        ("constant", "return 'five'", set()),
        ("constant", "return f'{5}'", set()),
        ("constant", "return True", set()),
        ("constant", "raise ValueError(5)", set()),
        ("constant", "x: Literal[5] = a", set()),
        ("clamp", "return min(a, b)", {"return a", "return b"}),
        ("clamp", "return max(a, b + 1)", {"return a", "return b + 1"}),
        ("clamp", "return abs(a - b) * c", {"return (a - b) * c"}),
        ("clamp", "return max(a, key=b)", set()),
        ("arguments", "return f(a, b, c)", {"return f(b, a, c)", "return f(a, c, b)"}),
        ("arguments", "return f(*a, b)", set()),
        ("arguments", "return min(a, b)", set()),
        ("statement", "a.append(b)", {"pass"}),
        ("statement", "a += b", {"pass"}),
        ("statement", "'only words'", set()),
        ("off by one", "x = range(a)", {"x = range(a + 1)", "x = range(a - 1)"}),
        ("off by one", "x = range(a, b)", {"x = range(a, b + 1)", "x = range(a, b - 1)"}),
        ("off by one", "x = a[b:]", {"x = a[b + 1:]"}),
        ("off by one", "x = a[:b]", {"x = a[:b + 1]", "x = a[:b - 1]"}),
        ("off by one", "x = a[:b if c else d]", {
            "x = a[:(b if c else d) + 1]", "x = a[:(b if c else d) - 1]"
        }),
        ("condition", "x = b if a else c", {"x = b if not a else c"}),
        ("condition", "x = [i for i in b if a and c]", {"x = [i for i in b if not (a and c)]"}),
        ("condition", "x = b if a < c else d", set()),
        ("returned truth", "return a and b", {"return not (a and b)"}),
        ("returned truth", "return a < b", set()),
        ("returned truth", "return True", {"return False"}),
    ],
)  # fmt: skip
def test_an_operator_makes_exactly_its_mutants(operator: str, line: str, mutants: set[str]) -> None:
    assert bodies(f"def f(a, b, c, d):\n    {line}", operator) == mutants


def test_a_guard_is_dropped_whole() -> None:
    guarded = "def f(a):\n    if a < 0:\n        raise ValueError(a)\n    return a"
    (mutant,) = [
        item
        for item in mutants_of(notebook_of(f"#| export\n{guarded}"))
        if item.operator == "statement"
    ]
    assert mutant.mutated == "def f(a):\n    pass\n    return a"
    assert (mutant.function, mutant.line) == ("f", 2)


def test_an_if_with_other_consequences_is_kept() -> None:
    kept = (
        "def f(a):\n    if a:\n        raise ValueError(a)\n    else:\n        a = 1\n    return a"
    )
    assert bodies(kept, "statement") == set()


def test_a_call_that_is_said_to_return_a_truth_value_is_negated() -> None:
    assert bodies("def f(a) -> bool:\n    return g(a)", "returned truth") == {"return not g(a)"}
    assert bodies("def f(a) -> int:\n    return g(a)", "returned truth") == set()


def test_documentation_annotations_defaults_and_messages_are_left_alone() -> None:
    source = '''
        @cache(7)
        def f(a: Literal[3] = 4) -> Annotated[int, 5]:
            """Return 6."""
            raise ValueError(f"{a + 1}", "x" + a, -a, 8 < a)
    '''
    assert mutants_of(notebook_of(f"#| export\n{textwrap.dedent(source)}")) == []


def test_private_helpers_and_methods_are_mutated_and_other_cells_are_not() -> None:
    exported = "#| export\ndef _f(a):\n    return -a\n\nclass C:\n    def g(self):\n        return -self.x\n"
    found = mutants_of(notebook_of("def oracle(a):\n    return -a", exported))
    assert sorted(item.function for item in found) == ["C.g", "_f"]
    assert {item.cell for item in found} == {"c2"}


def test_mutants_that_are_the_same_code_count_once() -> None:
    # 1 - 1 and 0 are one mutant; 0.0 stays out where the constant is 0.0.
    assert bodies("def f(a):\n    return a[1:]", "constant") == {"return a[2:]", "return a[0:]"}
    ids = [m.id for m in mutants_of(notebook_of("#| export\ndef f(a):\n    return a * 1.0 + 0.0"))]
    assert len(ids) == len(set(ids))


def test_letters_outside_ascii_do_not_shift_an_edit() -> None:
    assert bodies('def f(λ, μ):\n    return ["Δ", λ - μ]', "arithmetic") == {'return ["Δ", λ + μ]'}


def test_a_comment_between_operands_is_not_taken_for_the_operator() -> None:
    source = "def f(a, b):\n    return (\n        a  # a + b\n        + b\n    )"
    assert bodies(source, "arithmetic") == {"- b"}


def test_a_diff_counts_lines_from_the_functions_def() -> None:
    source = "#| export\nimport math\n\n\ndef f(a):\n    b = a\n    return -b\n"
    (mutant,) = mutants_of(notebook_of(source))
    assert mutant.diff == (
        "--- kernel\n+++ mutant\n@@ -2,2 +2,2 @@\n     b = a\n-    return -b\n+    return b\n"
    )
    assert mutant.line == 3


def test_ids_do_not_depend_on_layout_comments_or_other_functions() -> None:
    plain = mutants_of(notebook_of("#| export\ndef f(a):\n    return a + 2\n"))
    other = mutants_of(
        notebook_of(
            "x = 1",
            "#| export\ndef g(a):\n    return a\n\ndef f(a):\n    return (a  +  2)  # sum\n",
        )
    )
    assert [item.id for item in plain] == [item.id for item in other]


def test_a_sample_is_the_first_by_id() -> None:
    found = mutants_of(notebook_of("#| export\ndef f(a, b):\n    return a * 3 + b // 7 - 11\n"))
    assert [m.id for m in found] == sorted(m.id for m in found)
    assert sample(reversed(found), 4) == found[:4]
    assert sample(found, None) == found
