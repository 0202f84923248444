"""A lemma under verification: random, exhaustive and measured checks, and negative controls."""

import zlib
from collections.abc import Callable, Iterable
from fractions import Fraction
from types import TracebackType
from typing import Any, Literal

from proofbook.autopsy.encoding import exact_number
from proofbook.lab import kinds
from proofbook.lab.judge import Judge, LemmaFailed, is_truth, name_of, plain

Comparison = Literal["<=", ">=", "==", "<", ">"]
_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
    "==": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    ">": lambda value, bound: value > bound,
}


class Lemma:
    """One lemma under verification: collects evidence inside a `with` block.

    The rung it reaches is not stated here; it follows from the evidence
    (`asserted` by plain assertions, `tested` by `check` and `exhaust`). What is handed out are copies:
    evidence is gathered by the methods below, and by nothing else.
    """

    __slots__ = ("_evidence", "_measures", "_passed", "id")

    def __init__(self, name: str) -> None:
        self.id = name
        self._passed: bool | None = None
        self._evidence: list[dict[str, Any]] = []
        self._measures: list[dict[str, Any]] = []

    @property
    def passed(self) -> bool | None:
        """Whether the block ended without an error; None before it has."""
        return self._passed

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """A copy of what was recorded."""
        return [dict(item) for item in self._evidence]

    @property
    def measures(self) -> list[dict[str, Any]]:
        """A copy of what was measured."""
        return [dict(item) for item in self._measures]

    def __enter__(self) -> "Lemma":
        self._passed, self._evidence, self._measures = None, [], []
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._passed = error is None

    def holds(self, claim: str, truth: object) -> None:
        """Record a plain fact, `claim`, that is true of one case (rung `asserted`).

        Raises:
            LemmaFailed: `truth` is false.
        """
        if not kinds.wanted("asserts"):
            return
        if not truth:
            raise LemmaFailed(f"{self.id}: does not hold: {claim}")
        self._evidence.append({"kind": "asserted", "claim": claim})

    def check(
        self,
        prop: Callable[..., object],
        *,
        domain: str,
        examples: int = 300,
        seed: int | None = None,
        **strategies: Any,
    ) -> None:
        """Test a property with Hypothesis over a stated domain (rung `tested`).

        The property asserts, or returns a truth value. The seed is fixed (from the lemma's id and the
        property's name), so every run draws the same examples.

        Args:
            prop: called with one drawn value for each strategy, by name.
            domain: what the strategies range over, in words; goes into the artifact.
            examples: how many accepted examples are needed at least.
            seed: another seed than the derived one.
            strategies: Hypothesis strategies by parameter name.

        Raises:
            LemmaFailed: a counterexample was found (shrunk), or the domain ran out of examples.
        """
        if not kinds.wanted("asserts"):
            return
        import hypothesis

        name = name_of(prop)
        accepted = Judge(prop, f"{self.id}: {name}")
        number = seed if seed is not None else zlib.crc32(f"{self.id}:{name}".encode())
        runner = hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=False,
            phases=_phases(),
            suppress_health_check=list(hypothesis.HealthCheck),
        )(hypothesis.seed(number)(hypothesis.given(**strategies)(plain(accepted.by_name))))
        try:
            runner()
        except hypothesis.errors.Unsatisfiable as error:
            raise LemmaFailed(f"{self.id}: {name}: no example satisfies its assumptions") from error
        except AssertionError as error:
            shrunk = "\n".join([str(error), *getattr(error, "__notes__", [])])
            start = "" if isinstance(error, LemmaFailed) else f"{self.id}: {name}: "
            raise LemmaFailed(f"{start}{shrunk}") from error
        if accepted.count < examples:
            raise LemmaFailed(
                f"{self.id}: {name}: only {accepted.count} of {examples} examples exist in this "
                "domain; use lemma.exhaust, or ask for fewer"
            )
        self._evidence.append(
            {
                "kind": "tested",
                "method": "hypothesis",
                "property": name,
                "domain": domain,
                "examples": examples,
            }
        )

    def exhaust(self, prop: Callable[..., object], cases: Iterable[Any], *, domain: str) -> None:
        """Test a property on every case of a finite domain (rung `tested`).

        Args:
            prop: called with the case, or with its parts where the case is a tuple.
            cases: the whole domain, finite.
            domain: what the cases are, in words; goes into the artifact.

        Raises:
            LemmaFailed: the property is false for a case, or there is no case.
        """
        if not kinds.wanted("asserts"):
            return
        name = name_of(prop)
        judge = Judge(prop, f"{self.id}: {name}")
        for case in cases:
            judge(*case) if isinstance(case, tuple) else judge(case)
        if not judge.count:
            raise LemmaFailed(f"{self.id}: {name}: the domain is empty")
        self._evidence.append(
            {
                "kind": "tested",
                "method": "exhaustive",
                "property": name,
                "domain": domain,
                "examples": judge.count,
            }
        )

    def refute(self, claim: Callable[..., object], cases: Iterable[Any], *, domain: str) -> Any:
        """Negative control: show that a *false* claim is found out by at least one case.

        Returns:
            The first case for which the claim is false, to be shown; where only proofs are gathered, such
            a case if there is one, else the first case or None.

        Raises:
            LemmaFailed: no case refutes the claim, so the control has no teeth; or the claim returns
                something that is no truth value.
        """
        if not kinds.wanted("asserts"):
            return _shown(claim, cases)
        name = name_of(claim)
        for case in cases:
            parts = case if isinstance(case, tuple) else (case,)
            try:
                verdict = claim(*parts)
            except AssertionError:
                verdict = False
            if verdict is not None and not is_truth(verdict):
                raise LemmaFailed(
                    f"{self.id}: control {name} neither asserts nor returns a truth value"
                )
            if verdict is None or verdict:
                continue
            self._evidence.append({"kind": "control", "property": name, "domain": domain})
            return case
        raise LemmaFailed(f"{self.id}: control {name} was not refuted over {domain}")

    def measure(
        self, name: str, value: Any, *, bound: Any, op: Comparison = "<=", unit: str = "1"
    ) -> None:
        """Record a number with its bound; both are compared as exact rationals.

        Args:
            name: snake_case, unique in the notebook.
            value: int, Fraction or float (a float is the rational it stands for).
            bound: likewise.
            op: how value and bound must compare.
            unit: UCUM-style unit; `1` for a pure number.

        Raises:
            LemmaFailed: the comparison is false.
        """
        if not kinds.wanted("asserts"):
            return
        if not _COMPARE[op](Fraction(value), Fraction(bound)):
            raise LemmaFailed(f"{self.id}: measure {name}: {value} {op} {bound} is false")
        self._measures.append(
            {
                "lemma": self.id,
                "name": name,
                "value": exact_number(value),
                "op": op,
                "bound": exact_number(bound),
                "unit": unit,
            }
        )
        self._evidence.append({"kind": "measured", "measure": name})


def _phases() -> list[Any]:
    """Return what Hypothesis does; shrinking shortens the message and changes no verdict."""
    from hypothesis import Phase

    found = [Phase.generate, Phase.target]
    return found if kinds.stops_at_first_failure() else [*found, Phase.shrink]


def _shown(claim: Callable[..., object], cases: Iterable[Any]) -> Any:
    """Return what a control hands on to the cell, without judging anything."""
    first: Any = None
    for number, case in enumerate(cases):
        first = first if number else case
        try:
            verdict = claim(*case) if isinstance(case, tuple) else claim(case)
        except AssertionError:
            return case
        except Exception:
            continue
        if is_truth(verdict) and not verdict:
            return case
    return first
