"""Parts of the mutation engine: shares and intervals, equivalences, kinds of evidence, rounds, cells."""

import ast

import pytest
from tampering import notebook_of

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.strength.cells import checks_digest, has_proofs, run_cells
from proofbook.autopsy.strength.equivalence import SyntacticProver
from proofbook.autopsy.strength.instrument import TICK, instrumented
from proofbook.autopsy.strength.score import Score, wilson
from proofbook.lab import LemmaFailed
from proofbook.lab.lemma import Lemma


@pytest.mark.parametrize(
    ("killed", "total", "low", "high"),
    [(8, 10, 0.49016, 0.94332), (0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0)],
)
def test_the_interval_of_a_small_sample_is_the_known_one(
    killed: int, total: int, low: float, high: float
) -> None:
    assert wilson(killed, total) == pytest.approx((low, high), abs=5e-6)


@pytest.mark.parametrize(("killed", "total"), [(1, 2), (57, 60), (13, 40), (999, 1000)])
def test_the_ends_of_the_interval_are_95_percent_away_from_the_share(
    killed: int, total: int
) -> None:
    # The ends are the shares p from which the one seen is 1.96 standard deviations of p away.
    share = killed / total
    for end in wilson(killed, total):
        assert (share - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / total, rel=1e-5)


def test_a_score_is_compared_exactly() -> None:
    assert Score(19, 20, False).reaches(95)
    assert not Score(94, 99, False).reaches(95)  # 94.95 %
    assert Score(0, 0, False).reaches(100)


def test_a_score_of_a_sample_shows_its_interval() -> None:
    assert Score(57, 60, False).shown() == "95.0 % (57 of 60)"
    assert Score(57, 60, True).shown() == "95.0 % (57 of 60), 95 % interval 86.3 to 98.3 %"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("return len(a) + 0", "return len(a)"),
        ("return 1 * len(a)", "return len(a)"),
        ("return 3 - 0", "return 3"),
        ("return len(a) > 2", "return 2 < len(a)"),
        ("return len(a) == 2", "return 2 == len(a)"),
        ("if not not a:\n        pass", "if a:\n        pass"),
    ],
)
def test_what_is_a_theorem_is_proved_equivalent(left: str, right: str) -> None:
    prove = SyntacticProver()
    assert prove(f"def f(a):\n    {left}", f"def f(a):\n    {right}", "f")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("return a + 0", "return a"),  # -0.0 + 0 is 0.0
        ("return a > b", "return b < a"),  # two classes may answer differently
        ("return 0 - len(a)", "return len(a)"),
        ("return len(a) >= 2", "return 2 < len(a)"),
        ("return not not a", "return a"),  # a need not be a truth value
        ("len = a\n    return len(a) + 0", "len = a\n    return len(a)"),
        ("return a", "return b"),
    ],
)
def test_what_is_no_theorem_is_not_proved(left: str, right: str) -> None:
    prove = SyntacticProver()
    assert prove(f"def f(a, b):\n    {left}", f"def f(a, b):\n    {right}", "f") is None


def test_only_proofs_means_that_nothing_else_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFBOOK_EVIDENCE_KINDS", "proofs")
    with Lemma("INV-DEMO-0001#L1") as lemma:
        lemma.check(lambda x: False, domain="none", x=None)
        lemma.exhaust(lambda x: False, [1], domain="1")
        lemma.holds("nothing", False)
        lemma.measure("much", 2, bound=1)
        assert lemma.refute(lambda x: x < 3, [1, 2, 3, 4], domain="four") == 3
        assert lemma.refute(lambda x: x == 1 // 0, [1, 2], domain="two") == 1
        assert lemma.refute(lambda x: True, [], domain="none") is None
    assert (lemma.evidence, lemma.measures) == ([], [])


def test_only_asserts_means_that_they_fail_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFBOOK_EVIDENCE_KINDS", "asserts")
    with pytest.raises(LemmaFailed):
        Lemma("INV-DEMO-0001#L1").exhaust(lambda x: False, [1], domain="1")


def test_an_unknown_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFBOOK_EVIDENCE_KINDS", "none")
    with pytest.raises(ProofbookError, match="PROOFBOOK_EVIDENCE_KINDS"):
        Lemma("INV-DEMO-0001#L1").holds("all", True)


def test_rounds_of_loops_and_calls_are_counted() -> None:
    source = (
        "def f(n):\n    'Words.'\n    for _ in range(n):\n        pass\n"
        "    while n:\n        n -= 1\n    return f.__doc__\n\n"
        "said = f(5)\nf(0)\n"
    )
    rounds: list[None] = []
    names = {TICK: lambda: rounds.append(None)}
    exec(compile(instrumented(source), "cell", "exec"), names)
    assert len(rounds) == 2 + 5 + 5
    assert names["said"] == "Words."


def test_assertions_that_run_with_the_cell_are_stripped_and_no_others() -> None:
    source = "with x:\n    assert a\nfor i in b:\n    assert i\ndef f():\n    assert c\n"
    left = [
        n for n in ast.walk(instrumented(source, without_asserts=True)) if isinstance(n, ast.Assert)
    ]
    assert [ast.unparse(item) for item in left] == ["assert c"]
    assert len([n for n in ast.walk(instrumented(source)) if isinstance(n, ast.Assert)]) == 3


IMPORTS = "import matplotlib.pyplot as plt"


@pytest.mark.parametrize(
    ("picture", "later", "run"),
    [
        ("plt.plot([x for x in y])", "print(x)", False),
        ("def draw():\n    rows = 1\n    plt.plot(rows)\ndraw()", "rows", False),
        ("rows = f(3)\nplt.plot(rows)", "print(rows)", True),
        ("plt.plot(f(3))\nassert f(3)", "", True),
        ("# VERIFY:L1 — drawn\nplt.plot(f(3))", "", True),
        ("rows = f(3)", "", True),
    ],
)
def test_cells_that_only_draw_are_not_run(picture: str, later: str, run: bool) -> None:
    notebook = notebook_of(IMPORTS, picture, later)
    assert ([cell.id for cell in run_cells(notebook)] == ["c1", "c2", "c3"]) == run


def test_a_notebook_with_magics_is_refused_by_cell_and_reason() -> None:
    with pytest.raises(
        ProofbookError, match=r"cell 2 \(c1\).*plain Python|plain Python"
    ) as refused:
        run_cells(notebook_of("%timeit 1"))
    assert refused.value.field
    assert "magics" in (refused.value.remedy or "")


def test_oracles_count_as_checks_and_pictures_and_exports_do_not() -> None:
    first = notebook_of(
        IMPORTS, "#| export\ndef f(): pass", "oracle = 1", "plt.plot(2)", "# VERIFY:L1"
    )
    same = notebook_of(
        IMPORTS, "#| export\ndef f(): return 1", "oracle = 1", "plt.plot(3)", "# VERIFY:L1"
    )
    other = notebook_of(
        IMPORTS, "#| export\ndef f(): pass", "oracle = 2", "plt.plot(2)", "# VERIFY:L1"
    )
    assert checks_digest(first) == checks_digest(same) != checks_digest(other)


def test_proofs_are_those_that_a_cell_calls() -> None:
    assert has_proofs(notebook_of("with v.lemma('L1') as lemma:\n    lemma.prove(f)"))
    assert not has_proofs(notebook_of("prove = 'lemma.prove(f)'"))
