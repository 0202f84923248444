"""The extracted top-k search and its verifier do what their artifact records."""

import random
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.lab import load_artifact
from proofbook.verified import resonance_topk
from proofbook.verified.resonance import rank, score
from proofbook.verified.resonance_topk import Certificate, Pool, accepts, top_k

ARTIFACT = load_artifact("resonance_topk")
EQUAL = [32768, 32768]
TIED = Pool(list("abcde"), [[0.5, 0.0, 0.5, 1.0, 0.0], [0.0, 0.5, 0.5, 0.0, 1.0]])


@st.composite
def pools(draw):
    size = draw(st.integers(0, 8))
    value = st.sampled_from([0.0, 0.25, 0.5, 0.5 + 2.0**-22, 1.0])
    lane = st.lists(value, min_size=size, max_size=size)
    ids = draw(st.permutations("abcdefgh"))[:size]
    return Pool(ids, [draw(lane), draw(lane)])


def full_ranking(pool):
    return rank(pool.ids, [score(row, EQUAL) for row in zip(*pool.lanes, strict=True)])


@pytest.mark.parametrize("symbol", ARTIFACT.symbols())
def test_every_recorded_vector_is_reproduced(symbol):
    assert ARTIFACT.replay(resonance_topk, symbol) >= 10


@pytest.mark.parametrize("lemma", ["L1", "L2", "L3", "L4", "L5"])
def test_every_lemma_was_tested(lemma):
    assert ARTIFACT.reaches(lemma, "tested")


def test_less_than_a_fifth_of_the_recorded_pools_was_scored():
    value, bound = ARTIFACT.measure("share_of_candidates_scored")
    assert 0 < value <= bound == Fraction(1, 5)


@given(pools(), st.integers(1, 9))
def test_winners_are_the_head_of_the_full_ranking(pool, k):
    proof = top_k(pool, EQUAL, k)
    assert list(proof.winners) == full_ranking(pool)[:k]
    assert accepts(proof, pool, EQUAL, k)


def test_a_tie_at_the_threshold_goes_to_the_least_identifier():
    assert top_k(TIED, EQUAL, 1).winners == ("c",)


def test_the_answer_of_the_textbook_rule_is_refused():
    early = Certificate(("d",), (2**19,), (0.5, 0.5), 0.5, 2)
    assert not accepts(early, TIED, EQUAL, 1)


@pytest.mark.parametrize(
    "edit",
    [
        {"winners": ("a",)},
        {"winners": ()},
        {"steps": (2**19 + 1,)},
        {"steps": ()},
        {"frontier": (1.0,)},
        {"frontier": (0.25, 0.25)},
        {"threshold": 0.0},
        {"depth": 1},
    ],
)
def test_an_edited_certificate_is_refused(edit):
    proof = top_k(TIED, EQUAL, 1)
    assert accepts(proof, TIED, EQUAL, 1)
    assert accepts(replace(proof, **edit), TIED, EQUAL, 1) is False


def test_a_certificate_does_not_serve_another_question():
    proof = top_k(TIED, EQUAL, 1)
    assert not accepts(proof, TIED, EQUAL, 2)
    assert not accepts(proof, TIED, [65536, 0], 1)


def test_unread_candidates_are_not_scored():
    rng = random.Random(11)
    ids = [f"{place:03d}" for place in range(200)]
    common = [rng.random() ** 3 for _ in ids]
    lanes = [[0.5 * c + 0.5 * rng.random() ** 3 for c in common] for _ in range(2)]
    proof = top_k(Pool(ids, lanes), EQUAL, 5)
    below = [
        all(lane[i] <= f for lane, f in zip(lanes, proof.frontier, strict=True)) for i in range(200)
    ]
    wired = Pool(ids, lanes, [[-1.0] if excused else [1.0] for excused in below])
    assert accepts(proof, wired, EQUAL, 5, [1.0])
    assert sum(below) > 100


def test_priors_decide_between_equal_lanes():
    pool = Pool(["a", "b"], [[0.5, 0.5]], [[1.0], [1.3]])
    assert top_k(pool, [65536], 2, [1.3]).winners == ("b", "a")


def test_an_empty_pool_has_an_empty_answer():
    proof = top_k(Pool([], [[], []]), EQUAL, 3)
    assert (proof.winners, proof.threshold, proof.depth) == ((), 1.0, 0)


@pytest.mark.parametrize(
    ("pool", "k"),
    [
        (Pool(["a"], [[0.5]]), 0),
        (Pool(["a", "a"], [[0.5, 0.5]]), 1),
        (Pool(["a", "b"], [[0.5]]), 1),
    ],
)
def test_malformed_questions_are_refused(pool, k):
    proof = Certificate(("a",), (1,), (1.0,), 1.0, 0)
    with pytest.raises(ValueError, match=r"below 1|argument"):
        top_k(pool, [65536], k)
    with pytest.raises(ValueError, match=r"below 1|argument"):
        accepts(proof, pool, [65536], k)


def test_records_cannot_be_reassigned():
    with pytest.raises(FrozenInstanceError):
        TIED.ids = []
    with pytest.raises(FrozenInstanceError):
        top_k(TIED, EQUAL, 1).depth = 0
