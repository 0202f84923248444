"""Small statements of the kinds that the kernels' own code gives rise to."""

from typing import Any

import pytest
from proof_statements import statement

from proofbook.autopsy.proofs.certificate import check_certificate
from proofbook.autopsy.proofs.certificate_finder import find_certificate
from proofbook.autopsy.proofs.statement import read_statement

HUGE = 9_007_199_254_740_991
_FLOOR = ("(<= (+ (* 65536 f) (* g t)) (* g x))", "(<= (* g x) (+ 65535 (* 65536 f) (* g t)))")
_DENOMINATORS = "(<= 1 d) (<= 1 e) (<= 1 f)"
_SUBSET = "(or (not a_0) b_0) (or (not a_1) b_1)"
_FEWER = "(or (not b_0) c_0) (or (not b_1) c_1)"
_ONES = "(and (or (= 1 a) (= 0 a)) (or (= 1 b) (= 0 b)))"

KINDS = {
    "an integer floor among huge bounds": statement(
        "x:Int t:Int g:Int f:Int",
        [
            *(f"(<= 0 (+ {HUGE} {name}))" for name in "xt"),
            *(f"(<= {name} {HUGE})" for name in "xt"),
            *("(<= 1 g)", "(<= g 65536)"),
        ],
        ("(and (<= (+ 1 x) t) (not (<= 0 (+ 9007199254740991 x))))", "false"),
        (f"(and (<= (+ 1 x) t) {_FLOOR[0]} {_FLOOR[1]} (not (<= f 0)))", "false"),
        (f"(and (<= (+ 1 x) t) {_FLOOR[0]} {_FLOOR[1]})", "(<= x (+ f t))"),
    ),
    "a floor is monotone": statement(
        "x:Int y:Int t:Int g:Int f:Int h:Int",
        ["(<= 1 g)", "(<= g 65536)", f"(<= x {HUGE})"],
        (
            f"(and (<= x y) {_FLOOR[0]} {_FLOOR[1]} (<= (+ (* 65536 h) (* g t)) (* g y)))",
            "(<= (+ h x) (+ f y))",
        ),
    ),
    "a product of denominators is not zero": statement(
        "d:Int e:Int f:Int c",
        ["(<= 2.0 c)"],
        (
            f"(and {_DENOMINATORS} (= 0.0 (* 65536.0 c (to_real d) (to_real e) (to_real f))))",
            "false",
        ),
    ),
    "a sum by common denominators": statement(
        "d:Int e:Int f:Int t x y",
        ["(= t (* x y))"],
        (
            f"(and {_DENOMINATORS})",
            "(and (= (* (to_real d) (to_real e) (to_real f) t) (* (to_real d) (to_real e) (to_real f) "
            "x y)) (<= 1 (* d e f)))",
        ),
    ),
    "an inclusion of finite sets is transitive": statement(
        "a_0:Bool a_1:Bool b_0:Bool b_1:Bool c_0:Bool c_1:Bool x:Int y:Int",
        [],
        (
            f"(and {_SUBSET} {_FEWER} (<= x y))",
            "(and (and (or (not a_0) c_0) (or (not a_1) c_1)) (<= x y))",
        ),
        (f"(and {_SUBSET} (or a_0 a_1))", "(or b_0 b_1)"),
    ),
    "codes of texts": statement(
        "a:Int b:Int",
        [f"(or (= 0 {name}) (= 1 {name}) (= 2 {name}))" for name in "ab"],
        (f"(and (= 1 a) (not {_ONES}))", "(= 2 b)"),
        (f"(and (not (= 0 a)) (not (= 1 a)) {_ONES})", "false"),
        ("(and (not (= 0 a)) (not (= 1 a)) (not (= 2 a)))", "false"),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_it_is_proved(name: str) -> None:
    text = KINDS[name]
    read_statement(text)
    assert check_certificate(text, find_certificate(text)) is None


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("an inclusion of finite sets is transitive", "(or (not b_0) c_0)", "(or b_0 c_0)"),
        ("codes of texts", "(not (= 2 b))", "(not (= 1 b))"),
    ],
)
def test_what_does_not_hold_is_not_proved(name: str, old: str, new: str) -> None:
    assert old in KINDS[name]
    text = KINDS[name].replace(old, new)
    read_statement(text)
    assert find_certificate(text) is None


def _splits(node: Any) -> int:
    if node is None or "refute" in node:
        return 0
    return 1 + sum(_splits(case) for case in node["cases"])


def test_needless_splits_are_left_out() -> None:
    needless = [f"(or (<= x{k} 0.0) (<= 1.0 y{k}))" for k in range(6)]
    names = " ".join(f"x{k} y{k}" for k in range(6))
    text = statement(
        f"{names} z p:Bool",
        [*needless, "(or p (<= 0.0 z) (<= 1.0 z))", "(or (not p) (<= 2.0 z))"],
        ("true", "(<= 0.0 z)"),
    )
    found = find_certificate(text)
    assert check_certificate(text, found) is None
    assert _splits(found) == 2
