"""Bounds by balls hold on the whole box, to the last place."""

import json
import math
import sys
from fractions import Fraction
from typing import Any

import pytest

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.proofs.enclosure import check_enclosure, find_enclosure

ZERO_TO_ONE = ((Fraction(0), Fraction(1)),)
E_BELOW = Fraction(math.e)  # the double next to e is below it
E_ABOVE = Fraction(math.nextafter(math.e, 3))


def exp(x: Any) -> Any:
    return x.exp()


def parabola(x: Any) -> Any:
    return x * (1 - x)


def mixed(x: Any, y: Any) -> Any:
    return (1 + x).log() - (x * y).exp() + (1 + y).sqrt()


def test_a_bound_to_the_last_place_is_proved() -> None:
    proof = find_enclosure(exp, ZERO_TO_ONE, "<=", E_ABOVE)
    assert check_enclosure(exp, ZERO_TO_ONE, "<=", E_ABOVE, json.loads(json.dumps(proof))) is None


def test_a_bound_false_by_one_ulp_is_refused() -> None:
    assert E_BELOW < E_ABOVE
    assert find_enclosure(exp, ZERO_TO_ONE, "<=", E_BELOW, most=500) is None
    proof = find_enclosure(exp, ZERO_TO_ONE, "<=", E_ABOVE)
    reason = check_enclosure(exp, ZERO_TO_ONE, "<=", E_BELOW, proof)
    assert reason is not None
    assert "does not show the bound" in reason


def test_subdivision_proves_what_one_ball_does_not() -> None:
    bound = Fraction(3, 10)
    assert find_enclosure(parabola, ZERO_TO_ONE, "<=", bound, most=1) is None
    proof = find_enclosure(parabola, ZERO_TO_ONE, "<=", bound)
    assert proof is not None
    assert len(proof["parts"]) > 1
    assert check_enclosure(parabola, ZERO_TO_ONE, "<=", bound, proof) is None


def test_a_function_of_two_variables_with_log_exp_and_sqrt() -> None:
    box = (*ZERO_TO_ONE, *ZERO_TO_ONE)
    bound = Fraction(-1)
    proof = find_enclosure(mixed, box, ">=", bound)
    assert check_enclosure(mixed, box, ">=", bound, proof) is None
    least = min(
        math.log1p(x / 16) - math.exp(x * y / 256) + math.sqrt(1 + y / 16)
        for x in range(17)
        for y in range(17)
    )
    assert least >= bound
    assert find_enclosure(mixed, box, ">=", Fraction(least) + Fraction(1, 100), most=500) is None


@pytest.mark.parametrize("drop", range(4))
def test_a_missing_part_is_refused(drop: int) -> None:
    proof = find_enclosure(parabola, ZERO_TO_ONE, "<=", Fraction(3, 10))
    assert proof is not None
    del proof["parts"][drop]
    reason = check_enclosure(parabola, ZERO_TO_ONE, "<=", Fraction(3, 10), proof)
    assert reason == "the parts do not cover the box"


def test_a_gap_however_small_is_refused() -> None:
    near = Fraction(1, 2) + Fraction(1, 2**300)
    parts = [[["0", "1/2"]], [[str(near), "1"]]]
    proof = {"precision": 64, "parts": parts}
    assert check_enclosure(exp, ZERO_TO_ONE, "<=", Fraction(9), proof) is not None
    parts[1][0][0] = "1/2"
    assert check_enclosure(exp, ZERO_TO_ONE, "<=", Fraction(9), proof) is None


def test_a_gap_in_the_middle_of_a_square_is_refused() -> None:
    box = (*ZERO_TO_ONE, *ZERO_TO_ONE)
    frame = [
        [["0", "1"], ["0", "1/3"]],
        [["0", "1"], ["2/3", "1"]],
        [["0", "1/3"], ["0", "1"]],
        [["2/3", "1"], ["0", "1"]],
    ]
    proof = {"precision": 64, "parts": frame}
    assert check_enclosure(mixed, box, "<=", Fraction(9), proof) is not None
    frame.append([["1/3", "2/3"], ["1/3", "2/3"]])
    assert check_enclosure(mixed, box, "<=", Fraction(9), proof) is None


@pytest.mark.parametrize(
    "proof",
    [
        None,
        {},
        {"precision": 64, "parts": []},
        {"precision": 1, "parts": [[["0", "1"]]]},
        {"precision": 10**9, "parts": [[["0", "1"]]]},
        {"precision": 64, "parts": [[["0", "1"], ["0", "1"]]]},
        {"precision": 64, "parts": [[["0.0", "1.0"]]]},
        {"precision": 64, "parts": [[["0", "1/0"]]]},
        {"precision": 64, "parts": [[[0, 1]]]},
        {"precision": 64, "parts": [[["1", "0"]]]},
        {"precision": 64, "parts": [None]},
        {"precision": 64, "parts": [[["0", "1"]]], "note": ""},
    ],
)
def test_a_malformed_certificate_is_refused(proof: Any) -> None:
    assert check_enclosure(exp, ZERO_TO_ONE, "<=", Fraction(9), proof) is not None


def test_an_undefined_value_shows_nothing() -> None:
    assert find_enclosure(lambda x: (x - 2).log(), ZERO_TO_ONE, "<=", Fraction(9), most=50) is None


def test_without_the_library_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(ProofbookError, match=r"pip install proofbook\[prove\]"):
        find_enclosure(exp, ZERO_TO_ONE, "<=", Fraction(9))
