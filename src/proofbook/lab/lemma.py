"""A lemma under verification: random, exhaustive and measured checks, and negative controls."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from types import TracebackType
from typing import Any, Literal

from proofbook.autopsy.encoding import exact_number
from proofbook.autopsy.proofs.enclosure import check_enclosure, find_enclosure
from proofbook.lab import kinds
from proofbook.lab.judge import Judge, LemmaFailed, is_truth, name_of, plain
from proofbook.lab.proving import Claim, Given, Semantics, propose
from proofbook.lab.symbolic.domains import Domain
from proofbook.lab.symbolic.lifting import name_in_kernel
from proofbook.lab.symbolic.oracle import SolverMissing

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
    (`asserted` by plain assertions, `tested` by `check` and `exhaust`, `solved` and above by `prove`).
    What is handed out are copies: evidence is gathered by the methods below, and by nothing else.
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

    def prove(
        self,
        *about: Callable[..., Any],
        that: str,
        then: Callable[..., Any],
        scope: str,
        given: Given = (),
        semantics: Semantics = "real",
        **symbols: Domain,
    ) -> None:
        """Propose a claim about exported functions to be proved by solvers (rungs `solved` and above).

        The functions' own code is run on symbolic values, along every path; what it comes to is a
        statement that solvers and the certificate checker discharge after the run. A false claim is
        usually found out at once.

        Args:
            about: exported functions; the claim must call them.
            that: the claim in words.
            then: what holds. Called with symbols by the names of its parameters; a parameter `result`
                is what the first function returns for the symbols that it has as parameters.
            scope: for which sizes it speaks, in words ("three lanes").
            given: hypotheses, each apart: a list of functions of symbols, or a mapping from words to them.
            semantics: `real` takes floats for real numbers; `rounded` rounds each operation on them.
            symbols: what each symbol ranges over (`proofbook.lab.symbolic`).

        Raises:
            LemmaFailed: the claim is false (with numbers), its code does what a symbolic run cannot
                carry, or it never calls what it is about.
        """
        if not kinds.wanted("proofs"):
            return
        name = f"{self.id}: {that}"
        try:
            proposed = propose(Claim(about, given, then, symbols, semantics), name)
        except SolverMissing as error:
            self._evidence.append({"kind": "unclaimed", "claim": that, "reason": str(error)})
            return
        self._evidence.append(
            {
                "kind": "claimed",
                "claim": that,
                "scope": scope,
                "semantics": semantics,
                "about": [name_in_kernel(function) for function in about],
                "hypotheses": proposed.hypotheses,
                "assumes": proposed.assumes,
                "ran": proposed.ran,
                "statement": proposed.statement.text(),
            }
        )

    def enclose(
        self,
        function: Callable[..., Any],
        box: Sequence[tuple[Any, Any]],
        op: Literal["<=", ">="],
        bound: Any,
        *,
        that: str,
    ) -> None:
        """Show a bound on a whole box of real numbers by ball arithmetic (Arb), rung `tested`.

        Args:
            function: composed of operations on `flint.arb`, such as `x.log()`; one argument a side.
            box: exact lower and upper end of each side.
            op: how the function stands to the bound.
            bound: exact (int, Fraction, or a float as the rational it is).
            that: the claim in words.

        Raises:
            LemmaFailed: the bound was not shown.
            ProofbookError: python-flint is not installed.
        """
        if not kinds.wanted("proofs"):
            return
        sides = tuple((Fraction(low), Fraction(high)) for low, high in box)
        limit = Fraction(bound)
        found = find_enclosure(function, sides, op, limit)
        if found is None or check_enclosure(function, sides, op, limit, found) is not None:
            raise LemmaFailed(f"{self.id}: {that}: not shown by balls on {box!r:.100}")
        self._evidence.append(
            {
                "kind": "enclosed",
                "claim": that,
                "box": [[exact_number(low), exact_number(high)] for low, high in sides],
                "op": op,
                "bound": exact_number(limit),
                "parts": len(found["parts"]),
                "precision": found["precision"],
            }
        )

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
