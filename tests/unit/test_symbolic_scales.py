"""Symbolic runs of what kernels of doubles do: powers of two, exact ratios, arrays that overflow."""

import math
from fractions import Fraction

import numpy as np
import pytest

from proofbook.autopsy.proofs.solver_worker import ask_z3
from proofbook.lab.judge import LemmaFailed
from proofbook.lab.proving import Claim, propose
from proofbook.lab.symbolic import real, several

get_ipython = None  # functions of this module are lifted, as those of a notebook are


def scaled_root(values):
    peak = max(abs(value) for value in values)
    exponent = math.frexp(max(peak, 1e-300))[1] - 1
    unit = [value * math.ldexp(1.0, -exponent) for value in values]
    return math.sqrt(sum(value * value for value in unit)) * math.ldexp(1.0, exponent)


def mantissa(value):
    return math.frexp(value)[0]


def common_integers(values):
    ratios = [value.as_integer_ratio() for value in values]
    common = max(below for _, below in ratios)
    return [above * (common // below) for above, below in ratios], common


def clamped_sum(left, right):
    array = np.asarray([left]).astype(np.float64) + np.asarray([right])
    return np.minimum(np.maximum(array, 0.0), 1.0)[0]


def length(values):
    return np.asarray(values).astype(np.float64).size


def verdict(function, then, given=(), semantics="real", **symbols):
    claim = Claim((function,), given, then, symbols, semantics)
    return ask_z3(propose(claim, "claim").statement.text(), 5_000_000, False)[0]


def test_a_norm_scaled_by_a_power_of_two_is_the_norm():
    def squares(x):
        return scaled_root(x) ** 2 == x[0] * x[0] + x[1] * x[1]

    assert verdict(scaled_root, squares, x=several(real(0), 2)) == "unsat"


def test_a_mantissa_is_in_its_half_open_interval_and_no_narrower():
    given = [lambda x: x > 0]
    assert verdict(mantissa, lambda x: 1 <= 2 * mantissa(x) < 2, given, x=real()) == "unsat"
    for wrong in (lambda x: 2 * mantissa(x) > 1, lambda x: 8 * mantissa(x) <= 7):
        with pytest.raises(LemmaFailed, match="false for"):
            verdict(mantissa, wrong, given, x=real())


def test_floats_have_a_common_denominator_that_is_a_multiple_of_each():
    def exact(x):
        above, common = common_integers(x)
        return (above[0] == x[0] * common) & (above[1] == x[1] * common)

    assert verdict(common_integers, exact, x=several(real(), 2)) == "unsat"
    with pytest.raises(LemmaFailed, match="false for"):
        verdict(common_integers, lambda x: common_integers(x)[1] <= 1, x=several(real(), 2))


def test_a_zero_stays_in_an_array():
    assert verdict(length, lambda x: length([x]) == 1, x=real()) == "unsat"


def test_an_overflowing_sum_of_arrays_ends_at_the_wall():
    def exact(x, y):
        return clamped_sum(x, y) == float(min(max(Fraction(x) + Fraction(y), 0), 1))

    assert verdict(clamped_sum, exact, semantics="rounded", x=real(), y=real()) == "unsat"
    with pytest.raises(LemmaFailed, match="false for"):
        verdict(clamped_sum, lambda x, y: clamped_sum(x, y) < 1, x=real(), y=real())
