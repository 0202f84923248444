"""The exact simplex method finds contradictions, and only those."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from proofbook.autopsy.proofs.simplex import contradiction

X, Y = ("x",), ("y",)
HUGE = 9_007_199_254_740_991


def test_huge_numerals_do_no_harm() -> None:
    facts = [({X: 1, Y: -1, (): HUGE}, ">="), ({X: -1, Y: 1, (): -HUGE - 1}, ">=")]
    assert contradiction(facts, 100) == {0: 1, 1: 1}


def test_zero_is_a_contradiction_with_a_strict_fact_only() -> None:
    lax = [({X: 1}, ">="), ({X: -1}, ">=")]
    assert contradiction(lax, 100) is None
    assert contradiction([({X: 1}, ">"), lax[1]], 100) == {0: 1, 1: 1}


def test_an_equality_may_be_subtracted() -> None:
    facts = [({X: 1, (): -3}, "="), ({X: 2, (): -7}, ">=")]
    found = contradiction(facts, 100)
    assert found is not None
    assert found[0] < 0 < found[1]


def test_no_more_pivots_than_allowed() -> None:
    assert contradiction([({X: 1, (): -1}, ">="), ({X: -1}, ">=")], 1) is None


FACTS = st.lists(
    st.tuples(
        st.fixed_dictionaries(
            {X: st.integers(-3, 3), Y: st.integers(-3, 3), (): st.integers(-3, 3)}
        ),
        st.sampled_from([">=", ">", "="]),
    ),
    min_size=1,
    max_size=7,
)


@given(FACTS)
def test_what_is_found_is_a_contradiction(
    facts: list[tuple[dict[tuple[str, ...], int], str]],
) -> None:
    whole = [({m: c for m, c in fact.items() if c}, kind) for fact, kind in facts]
    found = contradiction(whole, 1000)
    grid = [Fraction(n, 2) for n in range(-8, 9)]
    if found is None:
        return
    total = {
        m: sum((factor * whole[place][0].get(m, 0) for place, factor in found.items()), Fraction(0))
        for m in (X, Y, ())
    }
    assert total[X] == total[Y] == 0
    assert all(factor > 0 for place, factor in found.items() if whole[place][1] != "=" and factor)
    strict = any(factor and whole[place][1] == ">" for place, factor in found.items())
    assert total[()] < 0 or (total[()] == 0 and strict)
    assert not any(_hold(whole, x, y) for x in grid for y in grid)


def _hold(facts: list[tuple[dict[tuple[str, ...], int], str]], x: Fraction, y: Fraction) -> bool:
    values = [(f.get(X, 0) * x + f.get(Y, 0) * y + f.get((), 0), kind) for f, kind in facts]
    return all(v == 0 if kind == "=" else v > 0 if kind == ">" else v >= 0 for v, kind in values)
