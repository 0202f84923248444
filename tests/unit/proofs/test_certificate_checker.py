"""The checker accepts what proves a statement and refuses everything else, with a reason."""

import ast
import copy
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proof_statements import statement

from proofbook.autopsy.canonical import parse_json
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.proofs import certificate as checker
from proofbook.autopsy.proofs import polynomials
from proofbook.autopsy.proofs import statement as statement_reader
from proofbook.autopsy.proofs.certificate import check_certificate
from proofbook.autopsy.proofs.statement import NotAStatement, read_statement

# facts: 0 x >= 0, 1 x - y = 0, 2 1 - x >= 0; then y - 1 > 0 or -y > 0 as fact 3
TEXT = statement(
    "x y", ["(<= 0.0 x)", "(= y x)", "(<= x 1.0)"], ("true", "(and (<= y 1.0) (<= 0.0 y))")
)
ABOVE = [
    {"c": "1", "facts": [3]},
    {"c": "1", "facts": [1], "times": [["1", {}]]},
    {"c": "1", "facts": [2]},
]
BELOW = [{"c": "1", "facts": [3]}, {"c": "1", "facts": [0]}, {"c": "-1", "facts": [1]}]
PROOF = {"split": 0, "cases": [{"refute": ABOVE}, {"refute": BELOW}]}
STRICT = statement("x", ["(< 0.0 x)"], ("true", "(< 0.0 (* x x x))"))
CUBE = [{"c": "1", "facts": [1]}, {"c": "1", "facts": [0, 0, 0]}]


def test_a_proof_is_accepted() -> None:
    read_statement(TEXT)
    assert check_certificate(TEXT, PROOF) is None
    assert check_certificate(STRICT, {"refute": CUBE}) is None


def test_a_proof_of_another_statement_is_refused() -> None:
    assert check_certificate(TEXT.replace("(<= 0.0 x)", "(<= 0.0 y)"), PROOF)
    assert check_certificate(TEXT.replace("(<= x 1.0)", "(<= x 2.0)"), PROOF)
    assert check_certificate(STRICT, PROOF)


def _edited(case: int, edit: Any) -> Any:
    changed = copy.deepcopy(PROOF)
    edit(changed["cases"][case]["refute"])  # type: ignore[index]
    return changed


@pytest.mark.parametrize(
    "edit",
    [
        lambda terms: terms[0].update(c="-1"),
        lambda terms: terms[0].update(c="0/1"),
        lambda terms: terms[0].update(c="1/0"),
        lambda terms: terms[0].update(c="2"),
        lambda terms: terms[0].update(c=1),
        lambda terms: terms[0].update(c=1.0),
        lambda terms: terms[0].update(c=float("nan")),
        lambda terms: terms[0].update(c="1e999999999"),
        lambda terms: terms[0].update(c="1.0"),
        lambda terms: terms[0].update(c="9" * 10_000),
        lambda terms: terms[0].update(facts=[4]),
        lambda terms: terms[0].update(facts=[-1]),
        lambda terms: terms[0].update(facts=[3.0]),
        lambda terms: terms[1].update(facts=[True]),
        lambda terms: terms[0].update(facts=["3"]),
        lambda terms: terms[0].update(facts=[2]),
        lambda terms: terms[0].update(facts=[3] * 99),
        lambda terms: terms[0].update(facts=None),
        lambda terms: terms[0].update(square=[["1", {"x": 1}]]),
        lambda terms: terms[0].update(square=[["1", {"x": 0}]]),
        lambda terms: terms[0].update(square=[["1", {"x": 10**9}]]),
        lambda terms: terms[0].update(square=[["1", {"x": 1.0}]]),
        lambda terms: terms[0].update(square=[["1", {"x": 10**9, "y": -(10**9)}]]),
        lambda terms: terms[0].update(branch=None),
        lambda terms: terms[0].update(times=[["1", {}]]),
        lambda terms: terms[0].update(note="surplus"),
        lambda terms: terms[1].update(times=[["-1", {}]]),
        lambda terms: terms[1].update(facts=[]),
        lambda terms: terms.pop(),
        lambda terms: terms.clear(),
        lambda terms: terms.append({"c": "1", "facts": [0]}),
        lambda terms: terms.append(None),
    ],
)
def test_a_tampered_sum_is_refused(edit: Any) -> None:
    assert check_certificate(TEXT, _edited(0, edit))


@pytest.mark.parametrize(
    "proof",
    [
        None,
        {},
        [],
        True,
        1.5,
        "refute",
        {"refute": ABOVE},
        {"refute": {}},
        {"split": 0, "cases": []},
        {"split": 0, "cases": [{"refute": ABOVE}]},
        {"split": 0, "cases": [{"refute": BELOW}, {"refute": ABOVE}]},
        {"split": 0, "cases": [None, None]},
        {"split": 0, "cases": [*PROOF["cases"], None]},
        {"split": 1, "cases": PROOF["cases"]},
        {"split": -1, "cases": PROOF["cases"]},
        {"split": False, "cases": PROOF["cases"]},
        {"split": 0.0, "cases": PROOF["cases"]},
        {"split": "0", "cases": PROOF["cases"]},
        {**PROOF, "refute": ABOVE},
        {**PROOF, "note": ""},
    ],
)
def test_a_tampered_tree_is_refused(proof: Any) -> None:
    assert check_certificate(TEXT, proof)


def test_a_multiplier_of_an_inequality_is_refused() -> None:
    text = statement("x", [], ("true", "(<= 0.0 x)"))  # fact: -x > 0
    trick = [{"c": "1", "facts": [0], "times": [["1", {"x": 1}]]}]
    reason = check_certificate(text, {"refute": [*trick, {"c": "1", "facts": [], "square": X}]})
    assert reason is not None
    assert "negative" in reason


X = [["1", {"x": 1}]]


def test_zero_without_a_strict_product_is_refused() -> None:
    text = statement("x", ["(<= 0.0 x)"], ("(<= x 0.0)", "false"))
    assert check_certificate(text, {"refute": [{"c": "1", "facts": [i]} for i in (0, 1)]})
    text = statement("x", ["(< 0.0 x)"], ("(<= x 0.0)", "false"))
    assert check_certificate(text, {"refute": [{"c": "1", "facts": [i]} for i in (0, 1)]}) is None


def test_a_strict_fact_times_a_square_is_not_strict() -> None:
    text = statement("x y", ["(< 0.0 x)", "(= y 0.0)"], ("true", "false"))
    squared = {"c": "1", "facts": [0], "square": [["1", {"y": 1}]]}
    undone = {"c": "1", "facts": [1], "times": [["1", {"x": 1, "y": 1}]]}
    assert check_certificate(text, {"refute": [squared, undone]})


def test_a_strict_fact_times_a_lax_one_is_not_strict() -> None:
    text = statement("x y", ["(< 0.0 x)", "(<= 0.0 y)"], ("(<= (* x y) 0.0)", "false"))
    both = [{"c": "1", "facts": [0, 1]}, {"c": "1", "facts": [2]}]
    assert check_certificate(text, {"refute": both})


@pytest.mark.parametrize(
    ("constants", "given_fact", "claim", "accepted"),
    [
        ("x:Int", "(< 0 x)", "(<= 1 x)", True),
        ("x:Int", "(not (<= x 0))", "(<= 1 x)", True),
        ("x:Int", "(< 0 x)", "(<= 2 x)", False),
        ("x", "(< 0.0 x)", "(<= 1.0 x)", False),
        ("x:Int y", "(< 0.0 (+ (to_real x) y))", "(<= 1.0 (+ (to_real x) y))", False),
        ("x:Int", "(< 0.0 (/ 1.0 2.0) (to_real x))", "(<= 1.0 (to_real x))", False),
        (
            "x:Int",
            "(< 0.0 (* (/ 1.0 2.0) (to_real x)))",
            "(<= 1.0 (* (/ 1.0 2.0) (to_real x)))",
            False,
        ),
    ],
)
def test_integers_are_tightened_only_where_all_is_integral(
    constants: str, given_fact: str, claim: str, accepted: bool
) -> None:
    proof = {"refute": [{"c": "1", "facts": [0]}, {"c": "1", "facts": [1]}]}
    text = statement(constants, [given_fact], ("true", claim))
    assert (check_certificate(text, proof) is None) == accepted


def test_a_branch_closed_by_itself_needs_null() -> None:
    text = statement("p:Bool", ["p"], ("true", "p"))
    assert check_certificate(text, None) is None
    assert check_certificate(text, {"refute": []})


def test_a_split_by_true_is_refused() -> None:
    text = statement("x y", ["(or (< x 0.0) (< y 0.0))"], ("(and (<= 0.0 x) (<= 0.0 y))", "false"))
    both = [{"refute": [{"c": "1", "facts": [2]}, {"c": "1", "facts": [i]}]} for i in (0, 1)]
    assert check_certificate(text, {"split": 0, "cases": both}) is None
    text = statement(
        "x y",
        ["(or (< y 1.0) (< x 1.0))", "(or (< x 0.0) (< y 0.0))"],
        ("(and (<= 0.0 x) (<= 0.0 y))", "false"),
    )
    assert check_certificate(text, {"split": 1, "cases": both}) is None
    assert check_certificate(text, {"split": True, "cases": both})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        ")",
        "(assert false",
        "(assert false))",
        "(push 1)(assert false)(pop 1)(check-sat)",
        "(define-fun f () Bool false)(assert false)(check-sat)",
        '(assert (and true ";" false))',
        "(assert ; false)\n (<= 0.0 0.0))",
        "(declare-const x Int)(declare-const x Real)(assert false)",
        "(declare-const x Bool)(assert (<= x 0.0))",
        "(assert (<= x 0.0))",
        "(declare-const x Real)(assert x)",
        "(declare-const x Real)(assert (< 0.0 (/ 1.0 x)))",
        "(declare-const x Real)(assert (< 0.0 (/ 1.0 0.0)))",
        "(declare-const x Real)(assert (ite true false false))",
        "(" * 100_000,
        "(assert " + "(not " * 100_000 + "true" + ")" * 100_001,
    ],
)
def test_a_text_that_is_no_statement_is_refused(text: str) -> None:
    node = {"refute": [{"c": "1", "facts": [0]}]}
    assert check_certificate(text, node)


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "and",
        "true",
        "to_real",
        "let",
        "assert",
        "check-sat",
        "_",
        "1x",
        "-x",
        "|x|",
        "x;",
        "é",
    ],
)
def test_a_name_that_is_taken_or_malformed_is_refused(name: str) -> None:
    text = statement("x", ["(<= 0.0 x)"], ("(< x 0.0)", "false"))
    assert read_statement(text)
    with pytest.raises(NotAStatement, match="name"):
        read_statement(text.replace("given-0", name))
    if name != "x":
        with pytest.raises(NotAStatement, match="name"):
            read_statement(
                text.replace("check-sat", "\0").replace("x", name).replace("\0", "check-sat")
            )


def test_a_name_given_twice_is_refused() -> None:
    text = statement("x", ["(<= 0.0 x)", "(<= x 0.0)"], ("(< x 0.0)", "false"))
    with pytest.raises(NotAStatement, match="twice"):
        read_statement(text.replace("given-1", "given-0"))


@pytest.mark.parametrize("number", ["00.0", "01.0", "(+ x)", "(* x)", "(/ 1.0 00.0)", "1."])
def test_a_number_in_another_notation_is_refused(number: str) -> None:
    with pytest.raises(NotAStatement):
        read_statement(statement("x", [f"(<= 0.0 {number})"], ("(< x 0.0)", "false")))


def test_deep_nesting_is_refused() -> None:
    deep: Any = None
    for _ in range(100_000):
        deep = {"split": 0, "cases": [deep, deep]}
    assert check_certificate(TEXT, deep)


def test_duplicate_keys_are_refused_by_the_reader() -> None:
    with pytest.raises(ProofbookError, match="duplicate"):
        parse_json(b'{"refute": [], "refute": [{"c": "1", "facts": [0]}]}', "proof.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["1", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["split", "cases", "refute", "c", "facts", "square", "times"]), inner
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_arbitrary_json_is_refused_without_an_exception(value: Any) -> None:
    assert isinstance(check_certificate(TEXT, value), str)


@given(st.lists(st.tuples(st.fractions(0, 3), st.integers(0, 3)), min_size=1, max_size=4))
def test_no_sum_refutes_facts_that_hold_together(terms: list[tuple[Fraction, int]]) -> None:
    text = statement("x", ["(<= 0.0 x)", "(< x 1.0)", "(= (* x x) x)"], ("(<= x x)", "(< x 0.0)"))
    refute = [{"c": str(c), "facts": [fact, *([2] if fact == 3 else [])]} for c, fact in terms]
    assert check_certificate(text, {"refute": refute})


def _imported(module: ModuleType) -> set[str]:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    plain = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.name for node in plain for name in node.names} | {str(n.module) for n in parts}


def _lines(module: ModuleType) -> int:
    return len(Path(str(module.__file__)).read_text(encoding="utf-8").splitlines())


def test_the_checker_is_small_and_imports_no_finder() -> None:
    assert _lines(checker) < 100
    assert _lines(polynomials) < 40
    assert _imported(checker) == {
        *("fractions", "typing"),
        "proofbook.autopsy.proofs.polynomials",
        "proofbook.autopsy.proofs.statement",
    }
    assert _imported(polynomials) == {"re", "collections", "fractions", "typing"}
    assert _imported(statement_reader) <= {
        *("re", "collections.abc", "dataclasses", "fractions", "typing"),
        "proofbook.autopsy.canonical",
    }
