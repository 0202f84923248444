"""A mutant is set aside where both solvers refute, on all arguments, that it differs; and nowhere else."""

import pytest

from proofbook.autopsy.proofs.solvers import Question, ask
from proofbook.lab.equivalence import equality
from proofbook.lab.symbolic.polynomial import Refused

HEAD = """\
from dataclasses import dataclass
from fractions import Fraction
from collections.abc import Callable, Sequence

RANK = {"low": 0, "high": 1}


@dataclass(frozen=True)
class Label:
    grade: Fraction
    names: frozenset[str]


@dataclass
class Guarded:
    grade: int

    def __post_init__(self):
        if self.grade < 0:
            raise ValueError("negative")


def need(n: int) -> None:
    if type(n) is not int:
        raise TypeError(f"{n!r} is a {type(n).__name__}")


def read(x: object) -> str:
    if type(x) is str and x in RANK:
        return x
    return "high"


"""


def equal(original: str, mutated: str, solver: str = "z3") -> bool:
    """Say whether a solver finds two versions of `f` equal; a refusal goes through."""
    found = equality("k", "f", mutated, lambda kernel: HEAD + original)
    questions = [Question(str(n), text, 1_000_000) for n, text in enumerate(found.texts)]
    return all(answer.result == "unsat" for answer in ask(questions, solver).values())


def versions(signature: str, left: str, right: str) -> tuple[str, str]:
    """Return two versions of `f`."""
    return tuple(f"def f({signature}):\n    {body}\n" for body in (left, right))  # type: ignore[return-value]


FRACTIONS = "a: Fraction, b: Fraction"
TWO = "need(a)\n    need(b)\n    "
EQUAL = [
    ("a: int, b: int", TWO + "return a if a >= b else b", TWO + "return a if a > b else b"),
    ("a: int, b: int", "return a * b", "return b * a"),
    (FRACTIONS, "return max(a, b)", "return max(b, a)"),
    (
        "a: object, b: object",
        "x, y = read(a), read(b)\n    return x if RANK[x] >= RANK[y] else y",
        "x, y = read(a), read(b)\n    return x if RANK[x] > RANK[y] else y",
    ),
    (
        "a: Label, b: Label",
        "return Label(min(a.grade, b.grade), a.names & b.names)",
        "return Label(min(b.grade, a.grade), b.names & a.names)",
    ),
    ("n: int", "need(n)\n    return n // 2 * 2 + n % 2", "need(n)\n    return n"),
    (
        "n: int",
        "need(n)\n    if n < 0: raise ValueError('a')\n    return n",
        "need(n)\n    if n <= -1: raise ValueError('b')\n    return n",
    ),
    ("s: str | None", "return s == 'low'", "return 'low' == s"),
    ("n: int", "return 6 // n", "return 6 // (0 + n)"),
]
OTHER = [
    (
        "a: int, b: int",
        "return a if a >= b else b",
        "return a if a > b else b",
    ),  # f(True, 1), f(1, True)
    ("n: int", "need(n)\n    return n < 3", "need(n)\n    return n <= 3"),
    ("n: int", "need(n)\n    return n * 4", "need(n)\n    return n * 5"),
    ("n: int", "need(n)\n    return n", "return n"),  # True
    (
        "n: int",
        "need(n)\n    if n < 0: raise ValueError('')\n    return 0",
        "need(n)\n    if n < 0: raise TypeError('')\n    return 0",
    ),
    ("n: int", "return 6 // n", "return 6 // n if n else 0"),
    ("x: object", "return x is None", "return False"),
    ("x: object", "return type(x) is str", "return type(x) is str and x in RANK"),
    ("x: object", "return x", "return read(x)"),
    ("s: str", "return s in RANK", "return s == 'low'"),
    ("s: str", "return True", "return bool(s)"),  # the empty text
    ("a: frozenset[str], b: frozenset[str]", "return a <= b", "return a == b"),
    ("a: frozenset[str]", "return 'low' in a", "return bool(a)"),
    ("a: Label, b: Label", "return a.names - b.names", "return b.names - a.names"),
    ("a: bool", "return a", "return 1 if a else 0"),
]
REFUSED = [
    ("n: Sequence[int]", "return n[0] + n[1]", "return n[1] + n[0]"),
    ("n: list[int]", "return n", "return n"),
    ("n: Callable[[], int]", "return n", "return n"),
    ("x: float", "return x + 0.0", "return x"),  # -0.0
    ("x: float, y: float", "return max(x, y)", "return max(y, x)"),  # NaN
    ("n: int", "return n / 2", "return n / 2"),
    ("n: int", "return f'{n}'", "return f'{n + 1}'"),
    ("n: int", "return '%s' % n", "return '%s' % (n + 1)"),
    ("n: int", "return str(n)", "return str(n + 1)"),
    (
        "s: str",
        "return len(s)",
        "return len(s) + 1",
    ),  # a symbol without a length raises TypeError twice
    ("s: str", "try:\n        return len(s)\n    except TypeError:\n        return 0", "return 0"),
    ("s: str", "return hasattr(s, 'join')", "return False"),
    ("n: int", "return ~(n < 3)", "return n >= 3"),
    ("n: int", "return n is 5", "return False"),
    ("n: int", "return (n < 3) is True", "return False"),
    ("x: object", "return isinstance(x, str)", "return type(x) is str"),
    ("x: object", "return type(x) is float", "return False"),
    ("x: object", "return x == 1", "return False"),
    ("a: frozenset[str]", "return len(a) < 9", "return True"),
    ("a: frozenset[str], s: str", "return s in a", "return False"),
    ("a: Guarded", "return a.grade", "return a.grade"),
    ("n: int", "return n", "return f(n)"),  # equal after one step, and without end
    ("n", "return n", "return n"),
    ("*n: int", "return n", "return n"),
]


@pytest.mark.parametrize(("signature", "left", "right"), EQUAL)
def test_what_is_equal_on_all_arguments_is_proved_by_both_solvers(signature, left, right) -> None:
    pair = versions(signature, left, right)
    assert equal(*pair)
    assert equal(*pair, solver="cvc5")


@pytest.mark.parametrize(("signature", "left", "right"), OTHER)
def test_what_differs_somewhere_is_not_proved(signature, left, right) -> None:
    assert not equal(*versions(signature, left, right))
    assert not equal(*versions(signature, right, left))


@pytest.mark.parametrize(("signature", "left", "right"), REFUSED)
def test_what_a_symbolic_run_might_get_wrong_is_refused(signature, left, right) -> None:
    with pytest.raises(Refused):
        equal(*versions(signature, left, right))


def test_the_domain_is_said() -> None:
    pair = versions("a: int, s: str | None", "return a", "return a + 0")
    assert (
        equality("k", "f", pair[1], lambda kernel: HEAD + pair[0]).domain == "int a, str | None s"
    )


def test_helpers_are_run_as_the_kernel_has_them() -> None:
    original = (
        "def f(n: int) -> int:\n    return g(n)\n\n\ndef g(n: int) -> int:\n    return n + 1\n"
    )
    assert equal(original, "def f(n: int) -> int:\n    return n + 1\n")
    assert not equal(original, "def f(n: int) -> int:\n    return g(n) + 1\n")
    with pytest.raises(Refused, match="calls itself"):
        equal(original.replace("n + 1", "n and f(n - 1)"), "def f(n: int) -> int:\n    return n\n")
