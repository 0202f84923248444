"""The checker reads formulas as the exact evaluation does, though they share no code."""

from fractions import Fraction
from math import prod

from hypothesis import given, settings
from hypothesis import strategies as st

from proofbook.autopsy.proofs.certificate import Branch, add, asserted, start
from proofbook.autopsy.proofs.evaluation import Value, holds
from proofbook.autopsy.proofs.polynomials import Polynomial
from proofbook.autopsy.proofs.statement import Statement, Term, rational

CONSTANTS = (("i", "Int"), ("j", "Int"), ("x", "Real"), ("p", "Bool"))
FRACTIONS = st.fractions(-2, 2, max_denominator=4)


def _sums(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.builds(
        lambda head, terms: (head, *terms), st.sampled_from(["+", "-", "*"]), several
    ) | st.builds(lambda term: ("-", term), parts)


INTEGERS = st.recursive(
    st.sampled_from(["i", "j"]) | st.integers(-2, 2).map(lambda n: rational(n, "Int")),
    _sums,
    max_leaves=4,
)
REALS = st.recursive(
    st.just("x")
    | FRACTIONS.map(lambda q: rational(q, "Real"))
    | INTEGERS.map(lambda t: ("to_real", t)),
    _sums,
    max_leaves=4,
)
RELATIONS = st.one_of(
    *(st.tuples(st.sampled_from(["<=", "<", "="]), terms, terms) for terms in (INTEGERS, REALS))
)
FORMULAS = st.recursive(
    RELATIONS | st.sampled_from(["p", "true", "false"]),
    lambda parts: (
        parts.map(lambda part: ("not", part))
        | st.builds(lambda left, right: ("=>", left, right), parts, parts)
        | st.builds(
            lambda head, left, right: (head, left, right),
            st.sampled_from(["and", "or"]),
            parts,
            parts,
        )
    ),
    max_leaves=5,
)
POINTS = st.fixed_dictionaries(
    {
        "i": st.integers(-3, 3).map(Fraction),
        "j": st.integers(-3, 3).map(Fraction),
        "x": FRACTIONS,
        "p": st.booleans(),
    }
)


def _value(polynomial: Polynomial, at: dict[str, Value]) -> Fraction:
    return sum((c * prod(Fraction(at[x]) for x in m) for m, c in polynomial.items()), Fraction(0))


def _stands(branch: Branch, at: dict[str, Value]) -> bool:
    """Say whether a point is one of those that a branch stands for."""
    signs = all(at[name] == sign for name, sign in branch.signs.items() if name in at)
    for polynomial, kind in branch.facts:
        value = _value(polynomial, at)
        if not (value == 0 if kind == "=" else value > 0 if kind == ">" else value >= 0):
            return False
    return signs and all(
        any(_adds(branch, formula, truth, at) for formula, truth in disjuncts)
        for disjuncts in branch.open
    )


def _adds(branch: Branch, formula: Term, truth: bool, at: dict[str, Value]) -> bool:
    fresh = Branch(branch.sorts, [], {"true": True, "false": False}, [])
    return add(fresh, formula, truth) and _stands(fresh, at)


@settings(max_examples=400)
@given(FORMULAS, POINTS)
def test_a_branch_stands_for_the_points_where_the_formula_holds(
    formula: Term, at: dict[str, Value]
) -> None:
    statement = Statement(CONSTANTS, (("given", formula),), (("true", "false"),))
    branch = start(statement)
    opened = add(branch, asserted(statement), True)
    assert (opened and _stands(branch, at)) == holds(formula, at)
