"""The extracted security calculus does what its artifact records: labels, pipelines, observers."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import routing_security
from proofbook.verified.routing_contract import Label, flows_to
from proofbook.verified.routing_security import (
    PUBLIC,
    Declassification,
    Entry,
    Step,
    admits,
    declassify,
    join_labels,
    label_pipeline,
    meet_labels,
    observe,
    output_label,
    purge,
    used,
    visible,
)

ARTIFACT = load_artifact("routing_security")
PII, HR = Label(1, frozenset({"pii"})), Label(2, frozenset({"hr"}))
BOTH = Label(2, frozenset({"pii", "hr"}))
LABELS = st.builds(Label, st.integers(0, 3), st.frozensets(st.sampled_from("abc")))
REDACTED = Declassification("redact", PII, Label(1, frozenset()))


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(routing_security, symbol) >= 10


@pytest.mark.parametrize("lemma", [f"L{n}" for n in range(1, 10)])
def test_every_lemma_was_proved(lemma):
    assert ARTIFACT.reaches(lemma, "cross-solved")


def test_join_and_meet_of_incomparable_labels():
    assert join_labels(PII, HR) == BOTH
    assert meet_labels(PII, HR) == Label(1, frozenset())


@given(LABELS, LABELS, LABELS)
def test_join_and_meet_are_bounds(a, b, c):
    assert flows_to(join_labels(a, b), c) is (flows_to(a, c) and flows_to(b, c))
    assert flows_to(c, meet_labels(a, b)) is (flows_to(c, a) and flows_to(c, b))
    assert meet_labels(a, join_labels(a, b)) == a


def test_an_output_carries_the_labels_of_all_inputs():
    assert output_label([PII, HR]) == BOTH
    assert output_label([]) == PUBLIC == Label(0, frozenset())


def test_a_label_travels_through_every_step():
    steps = [
        Step("extract", ("scan",)),
        Step("merge", ("extract", "notes")),
        Step("mail", ("merge",)),
    ]
    labels = label_pipeline({"scan": PII, "notes": HR}, steps, [])
    assert labels["extract"] == PII
    assert labels["merge"] == labels["mail"] == BOTH


def test_only_the_step_with_a_rule_lowers():
    steps = [Step("copy", ("scan",)), Step("redact", ("scan",)), Step("mail", ("copy", "redact"))]
    labels = label_pipeline({"scan": PII}, steps, [REDACTED])
    assert labels["redact"] == Label(1, frozenset())
    assert labels["copy"] == labels["mail"] == PII


def test_a_rule_does_not_lower_what_it_was_not_made_for():
    assert declassify(BOTH, REDACTED) == BOTH


def test_a_rule_never_raises():
    assert declassify(PUBLIC, REDACTED) == PUBLIC


@pytest.mark.parametrize(
    ("steps", "rules"),
    [
        ([Step("scan", ())], []),
        ([Step("a", ("b",)), Step("b", ("scan",))], []),
        ([Step("a", ("a",))], []),
        ([Step("a", ("scan",))], [REDACTED]),
        ([Step("redact", ("scan",))], [REDACTED, REDACTED]),
    ],
)
def test_an_ill_formed_pipeline_is_refused(steps, rules):
    with pytest.raises(ValueError, match="step"):
        label_pipeline({"scan": PII}, steps, rules)


def test_an_observer_sees_texts_without_gaps():
    log = [Entry(PUBLIC, "a: s1", 1), Entry(HR, "b: s1", 1), Entry(PII, "c: refused", 0)]
    assert observe(log, PII) == ("a: s1", "c: refused")
    assert purge(log, PUBLIC) == (log[0],)
    assert not visible(HR, PII)
    assert observe(log, BOTH) == ("a: s1", "b: s1", "c: refused")


@given(st.lists(st.builds(Entry, LABELS, st.text(max_size=2), st.integers(0, 3))), LABELS, LABELS)
def test_purging_twice_is_purging_for_the_meet(log, one, other):
    assert purge(purge(log, one), other) == purge(log, meet_labels(one, other))


@given(
    st.lists(st.builds(Entry, LABELS, st.just("t"), st.integers(0, 3))),
    LABELS,
    st.integers(0, 3),
    st.integers(0, 9),
)
def test_admission_does_not_depend_on_hidden_entries(log, label, amount, quota):
    assert admits(log, label, amount, quota) is admits(purge(log, label), label, amount, quota)


def test_a_label_uses_its_own_quota_only():
    log = [Entry(HR, "b", 3), Entry(PII, "c", 1)]
    assert used(log, PII) == 1
    assert admits(log, PII, 1, 2)
    assert not admits(log, PII, 2, 2)


def test_a_negative_amount_is_refused():
    with pytest.raises(ValueError, match="negative"):
        admits([], PUBLIC, -1, 1)


def test_quotas_keep_the_capacity():
    labels = [PUBLIC, PII, HR]
    log = []
    for label, amount in product(labels, [1, 2, 1]):
        if admits(log, label, amount, 2):
            log.append(Entry(label, "served", amount))
    assert [used(log, label) for label in labels] == [2, 2, 2]
