"""The policy update ⊕ does what its artifact records."""

import hashlib
import math
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import policy_oplus
from proofbook.verified.policy_oplus import (
    LARGEST,
    NEUTRAL,
    Controls,
    OplusStep,
    applied_delta,
    apply_symbolic_delta,
    as_vector,
    grad_sym,
    oplus,
    policy_hash,
    step_factor,
    weights_bytes,
)

numbers = st.lists(st.floats(-1, 1), min_size=3, max_size=3)
SURFACE = Controls(0.5, 0.2, -1.0, 1.0)


def test_every_recorded_vector_is_reproduced():
    assert load_artifact("policy_oplus").replay(policy_oplus) > 200


def test_every_lemma_was_tested():
    artifact = load_artifact("policy_oplus")
    assert all(artifact.reaches(f"L{n}", "tested") for n in range(1, 11))


def test_recorded_measures_say_which_bounds_are_true_in_doubles():
    artifact = load_artifact("policy_oplus")
    assert artifact.measure("applied_delta_excess_share") == (0, 0)
    assert artifact.measure("step_longer_than_delta_share")[0] > Fraction(1, 4)
    ratio, bound = artifact.measure("step_to_delta_ratio")
    assert 1 < ratio <= bound == 2
    assert artifact.measure("realised_difference_lost_share")[0] > 0


def test_one_step_by_hand():
    step = apply_symbolic_delta(np.array([1.0, 2.0]), np.array([-4.0, 0.0]), 0.25)
    assert isinstance(step, OplusStep)
    assert step.weights.tolist() == pytest.approx([0.0, 2.0], abs=1e-14)
    assert step.weights.dtype == np.float64
    assert (step.gradient_norm, step.learning_rate) == (4.0, 0.25)
    assert step.theta_norm_before == math.sqrt(5)
    assert step.policy_hash_before == hashlib.sha256(struct.pack("<2d", 1.0, 2.0)).hexdigest()
    assert step.policy_hash_after == policy_hash(step.weights)


def test_by_default_no_control_is_active():
    assert (NEUTRAL.damping_factor, NEUTRAL.weight_low, NEUTRAL.weight_high) == (
        0,
        -LARGEST,
        LARGEST,
    )


def test_the_gradient_is_clipped_and_damped():
    delta = applied_delta([3.0, 4.0], 1.0, SURFACE)
    assert delta.tolist() == pytest.approx([0.24, 0.32], abs=1e-14)


@given(numbers, numbers, st.floats(1e-3, 1))
def test_the_applied_delta_obeys_the_surface_exactly(theta, gradient, rate):
    step = apply_symbolic_delta(theta, gradient, rate, SURFACE)
    length = sum(Fraction(x) ** 2 for x in step.payload.tolist())
    assert length <= ((1 - Fraction(0.2)) * Fraction(rate) * Fraction(0.5)) ** 2


@given(numbers, numbers, st.floats(1e-3, 1))
def test_the_logged_delta_reproduces_the_step(theta, gradient, rate):
    step = apply_symbolic_delta(theta, gradient, rate, SURFACE)
    assert oplus(theta, step.payload, -1.0, 1.0).tobytes() == step.weights.tobytes()


@given(numbers)
def test_a_zero_delta_changes_no_byte(theta):
    assert oplus(theta, [0.0] * 3, -1.0, 1.0).tobytes() == weights_bytes(theta)


def test_a_step_may_be_longer_than_its_delta():
    delta = 0.75 * 2.0**-52
    assert oplus([1.0], [delta])[0] - 1.0 == 2.0**-52 > delta


def test_weights_outside_the_box_are_refused():
    with pytest.raises(ValueError, match="outside"):
        oplus([1.5], [0.0], -1.0, 1.0)


def test_an_overflowing_sum_ends_at_the_bound():
    assert oplus([LARGEST], [LARGEST]).tolist() == [LARGEST]


def test_the_symbolic_gradient_needs_both_parts():
    assert grad_sym([1.0, 2.0], [3.0]).tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="shape"):
        grad_sym([1.0, 2.0], [])


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, 1e-200])
def test_a_learning_rate_out_of_range_is_refused(rate):
    with pytest.raises(ValueError, match="learning rate"):
        step_factor(rate, 0.0, 3)


@pytest.mark.parametrize("damping", [1.0, -0.1, math.nan])
def test_a_damping_factor_out_of_range_is_refused(damping):
    with pytest.raises(ValueError, match="damping"):
        step_factor(0.1, damping, 3)


def test_text_and_nested_lists_are_no_vectors():
    with pytest.raises(TypeError):
        as_vector(["1.0"])
    with pytest.raises(ValueError, match="shape"):
        as_vector([[1.0]])


def test_equal_weights_have_equal_bytes():
    assert weights_bytes([-0.0]) == weights_bytes([0.0]) == bytes(8)
    assert policy_hash(np.array([1.0], dtype=">f8")) == policy_hash([1.0])
