"""Controls are shown by witnesses that are evaluated, not believed."""

import pytest

from proofbook.autopsy.proofs.controls import check_witness, decode, encode, judge, question_texts
from proofbook.autopsy.proofs.statement import Statement
from proofbook.autopsy.proofs.witness_search import find_witness

LIMIT = 10**6
PRODUCT = Statement(
    constants=(("x", "Real"), ("y", "Real")),
    hypotheses=(
        ("x-low", ("<=", "0.0", "x")),
        ("x-high", ("<=", "x", "1.0")),
        ("y-low", ("<=", "0.0", "y")),
        ("y-high", ("<=", "y", "1.0")),
    ),
    cases=(("true", ("<=", ("*", "x", "y"), "1.0")),),
)
QUOTIENT = Statement(
    constants=tuple((name, "Int") for name in ("a", "b", "q", "r")),
    hypotheses=(
        ("positive", ("<", "0", "b")),
        ("natural", ("<=", "0", "a")),
        ("divided", ("=", ("+", ("*", "q", "b"), "r"), "a")),
        ("r-low", ("<=", "0", "r")),
        ("r-high", ("<", "r", "b")),
    ),
    cases=(("true", ("<=", "q", "a")),),
)


def verdicts(statement: Statement, **options: object) -> dict[tuple[str, str | None], str]:
    controls = judge({"it": statement}, limit=LIMIT, workers=1, **options)["it"]
    assert [(c.kind, c.hypothesis) for c in controls] == [
        (kind, hypothesis) for kind, hypothesis, _ in question_texts(statement)
    ]
    for control in controls:
        if control.result == "shown":
            assert check_witness(statement, control.kind, control.hypothesis, control.witness)
        else:
            assert control.witness is None
    return {(c.kind, c.hypothesis): c.result for c in controls}


def test_needed_hypotheses_are_shown_to_be_needed():
    found = verdicts(PRODUCT)
    assert found["hypotheses", None] == found["variant", None] == "shown"
    assert found["dropped", "x-high"] == found["dropped", "y-high"] == "shown"


def test_solvers_find_what_small_values_do_not():
    far = Statement(
        (("x", "Real"),),
        (("far", ("<", "1000.0", ("*", "x", "x", "x"))),),
        (("true", ("<", "10.0", "x")),),
    )
    assert find_witness({"x": "Real"}, [("<", "5.0", "x"), ("<", "x", "5.5")]) is None
    assert set(verdicts(far).values()) == {"shown"}


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_a_hypothesis_that_is_not_needed_is_dead(solver: str):
    idle = Statement(
        PRODUCT.constants,
        (*PRODUCT.hypotheses, ("idle", ("<=", ("+", "x", "y"), "2.0"))),
        PRODUCT.cases,
    )
    assert verdicts(idle, solvers=[solver], backstop_s=5)["dropped", "idle"] == "dead"


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_contradictory_hypotheses_are_vacuous(solver: str):
    empty = Statement(
        PRODUCT.constants, (*PRODUCT.hypotheses, ("no", ("<", "1.0", "x"))), PRODUCT.cases
    )
    found = verdicts(empty, solvers=[solver])
    assert found["hypotheses", None] == found["variant", None] == "vacuous"


def test_a_claim_that_cannot_hold_has_no_variant():
    absurd = Statement(PRODUCT.constants, PRODUCT.hypotheses, (("true", ("<", "x", "0.0")),))
    found = verdicts(absurd)
    assert (found["hypotheses", None], found["variant", None]) == ("shown", "vacuous")


def test_nothing_is_known_without_solvers_and_small_values():
    far = Statement((("x", "Real"),), (("far", ("=", ("*", "x", "x"), "49.0")),), ())
    assert verdicts(far, solvers=[])["hypotheses", None] == "unknown"


@pytest.mark.parametrize(
    "forged",
    [
        {"x": "2", "y": "1/2"},  # violates a hypothesis that is not dropped, or does not refute
        {"x": "2"},  # says nothing of y
        {"x": "2", "y": "1", "z": "0"},  # speaks of something else
        {"x": "4/2", "y": "1"},  # not in lowest terms
        {"x": "2", "y": True},  # not of its sort
        {"x": "2.0", "y": "1"},
        {"x": "two", "y": "1"},
        {"x": "1/0", "y": "1"},
        {"x": 2, "y": "1"},
        {"x": None, "y": "1"},
    ],
)
def test_a_forged_witness_is_refused(forged: dict[str, object]):
    assert check_witness(PRODUCT, "dropped", "x-high", {"x": "2", "y": "1"})
    assert not check_witness(PRODUCT, "dropped", "x-high", forged)  # type: ignore[arg-type]


def test_a_witness_of_one_control_does_not_pass_for_another():
    assert not check_witness(PRODUCT, "hypotheses", None, {"x": "2", "y": "1"})
    assert not check_witness(PRODUCT, "dropped", "y-high", {"x": "2", "y": "1"})
    with pytest.raises(ValueError, match="no control dropped"):
        check_witness(PRODUCT, "dropped", "z-high", {"x": "2", "y": "1"})


def test_an_integer_is_no_fraction():
    assert check_witness(QUOTIENT, "hypotheses", None, encode(dict.fromkeys("aqr", 0) | {"b": 1}))
    halves = {"a": "1/2", "b": "1", "q": "0", "r": "1/2"}
    assert not check_witness(QUOTIENT, "hypotheses", None, halves)


def test_small_values_and_computed_quotients_are_found_without_a_solver():
    sorts = dict(QUOTIENT.constants)
    formulas = [formula for _, formula in QUOTIENT.hypotheses] + [
        ("<=", "3", "a"),
        ("<=", "1", "r"),
    ]
    found = find_witness(sorts, formulas)
    assert found is not None
    assert found["q"] == found["a"] // found["b"]
    assert found["r"] == found["a"] % found["b"]


def test_what_is_encoded_is_decoded():
    values = decode({"x": "-3/7", "n": "5", "b": True})
    assert encode(values) == {"x": "-3/7", "n": "5", "b": True}
