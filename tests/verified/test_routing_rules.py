"""The extracted rule calculus does what its artifact records: the most severe outcome, fail-closed."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_rules
from proofbook.verified.routing_contract import PERMIT
from proofbook.verified.routing_rules import (
    DENY,
    NOT_APPLICABLE,
    SEVERITY,
    apply_rule,
    combine,
    evaluate,
    join_verdicts,
    read_verdict,
)

ARTIFACT = load_artifact("routing_rules")
VERDICTS = [NOT_APPLICABLE, PERMIT, DENY]
OUTCOMES = st.sampled_from([*VERDICTS, None, "Permit", True, 1])


class Untouchable:
    """Raises on every comparison, test and iteration."""

    def __eq__(self, other):
        raise RuntimeError("compared")

    def __bool__(self):
        raise RuntimeError("tested")

    def __iter__(self):
        raise RuntimeError("iterated")

    __hash__ = None


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(routing_rules, symbol) >= 10


@pytest.mark.parametrize("lemma", [f"L{n}" for n in range(1, 9)])
def test_every_lemma_was_proved(lemma):
    assert ARTIFACT.reaches(lemma, "cross-solved")


def test_deny_beats_permit_beats_not_applicable():
    assert sorted(VERDICTS, key=SEVERITY.get) == ["not-applicable", "permit", "deny"]
    assert combine([PERMIT, DENY, NOT_APPLICABLE]) == DENY
    assert combine([NOT_APPLICABLE, PERMIT]) == PERMIT
    assert combine([NOT_APPLICABLE, NOT_APPLICABLE]) == NOT_APPLICABLE
    assert combine([]) == NOT_APPLICABLE


@pytest.mark.parametrize("outcome", [None, True, 1, "Permit", b"permit", ["permit"], Untouchable()])
def test_what_is_no_verdict_is_deny(outcome):
    assert read_verdict(outcome) == DENY
    assert combine([PERMIT, outcome]) == DENY
    assert join_verdicts(PERMIT, outcome) == DENY


@pytest.mark.parametrize("outcomes", [None, "permit", {"permit"}, iter(["permit"]), Untouchable()])
def test_what_is_no_list_of_outcomes_is_deny(outcomes):
    assert combine(outcomes) == DENY
    assert evaluate(outcomes) == DENY


def test_the_order_of_four_rules_does_not_matter():
    for outcomes in product(VERDICTS, repeat=4):
        assert len({combine(order) for order in permutations(outcomes)}) == 1


@given(st.lists(OUTCOMES, max_size=8), st.lists(OUTCOMES, max_size=8))
def test_parts_of_a_policy_can_be_evaluated_apart(xs, ys):
    assert combine(xs + ys) == join_verdicts(combine(xs), combine(ys))
    assert combine(xs + ys + xs) == combine(ys + xs)


@given(st.lists(OUTCOMES, max_size=8), st.lists(OUTCOMES, max_size=8))
def test_more_rules_never_take_back_a_deny(xs, ys):
    assert SEVERITY[combine(xs + ys)] >= SEVERITY[combine(xs)]


def test_a_failing_deny_rule_still_denies():
    policy = [(True, PERMIT), (None, DENY)]
    assert evaluate(policy) == DENY


def test_hiding_an_attribute_gains_no_permission():
    for conditions in product([True, False], repeat=3):
        for effects in product([PERMIT, DENY], repeat=3):
            full = evaluate(list(zip(conditions, effects, strict=True)))
            for hidden in range(3):
                partial = [None if i == hidden else c for i, c in enumerate(conditions)]
                verdict = evaluate(list(zip(partial, effects, strict=True)))
                assert SEVERITY[verdict] >= SEVERITY[full]


@pytest.mark.parametrize(
    ("condition", "effect", "verdict"),
    [
        (True, PERMIT, PERMIT),
        (True, DENY, DENY),
        (True, "allow", DENY),
        (False, PERMIT, NOT_APPLICABLE),
        (False, DENY, NOT_APPLICABLE),
        (1, PERMIT, DENY),
        (0, PERMIT, DENY),
        (None, PERMIT, DENY),
        ("true", PERMIT, DENY),
    ],
)
def test_a_rule_applies_only_where_its_condition_is_known(condition, effect, verdict):
    assert apply_rule(condition, effect) == verdict


@pytest.mark.parametrize("rule", [None, PERMIT, (True,), (True, PERMIT, 1), [True, PERMIT]])
def test_a_malformed_rule_denies(rule):
    assert evaluate([(True, PERMIT), rule]) == DENY
