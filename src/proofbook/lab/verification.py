"""Lemmas as a notebook states them: `with v.lemma("L1") as lemma: lemma.check(…)`."""

import ast
import html
import inspect
import json
import os
import textwrap
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.encoding import encode, exact_number
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.place import find_root
from proofbook.lab.artifact import outcome_of
from proofbook.lab.kernels import loaded_kernels

EVIDENCE_SCHEMA = "proofbook/evidence@1"
Comparison = Literal["<=", ">=", "==", "<", ">"]
_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
    "==": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    ">": lambda value, bound: value > bound,
}


class LemmaFailed(AssertionError):
    """A lemma does not hold; the message names the lemma, the check and the counterexample."""


@dataclass
class Lemma:
    """One lemma under verification: collects evidence inside a `with` block.

    The rung it reaches is not stated here; it follows from the evidence
    (`asserted` by plain assertions, `tested` by `check` and `exhaust`).
    """

    id: str
    title: str = ""
    passed: bool | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)
    measures: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> "Lemma":
        self.passed, self.evidence, self.measures = None, [], []
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.passed = error is None

    def holds(self, claim: str, truth: object) -> None:
        """Record a plain fact, `claim`, that is true of one case (rung `asserted`).

        Raises:
            LemmaFailed: `truth` is false.
        """
        if not truth:
            raise LemmaFailed(f"{self.id}: does not hold: {claim}")
        self.evidence.append({"kind": "asserted", "claim": claim})

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
        import hypothesis

        name = _name_of(prop)
        accepted = _Judge(prop, f"{self.id}: {name}")
        number = seed if seed is not None else zlib.crc32(f"{self.id}:{name}".encode())
        runner = hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=False,
            phases=[hypothesis.Phase.generate, hypothesis.Phase.target, hypothesis.Phase.shrink],
            suppress_health_check=list(hypothesis.HealthCheck),
        )(hypothesis.seed(number)(hypothesis.given(**strategies)(_plain(accepted.by_name))))
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
        self.evidence.append(
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
        name = _name_of(prop)
        judge = _Judge(prop, f"{self.id}: {name}")
        for case in cases:
            judge(*case) if isinstance(case, tuple) else judge(case)
        if not judge.count:
            raise LemmaFailed(f"{self.id}: {name}: the domain is empty")
        self.evidence.append(
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
            The first case for which the claim is false, to be shown.

        Raises:
            LemmaFailed: no case refutes the claim, so the control has no teeth; or the claim returns
                something that is no truth value.
        """
        name = _name_of(claim)
        for case in cases:
            parts = case if isinstance(case, tuple) else (case,)
            try:
                verdict = claim(*parts)
            except AssertionError:
                verdict = False
            if verdict is not None and not _is_truth(verdict):
                raise LemmaFailed(
                    f"{self.id}: control {name} neither asserts nor returns a truth value"
                )
            if verdict is None or verdict:
                continue
            self.evidence.append({"kind": "control", "property": name, "domain": domain})
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
        if not _COMPARE[op](Fraction(value), Fraction(bound)):
            raise LemmaFailed(f"{self.id}: measure {name}: {value} {op} {bound} is false")
        self.measures.append(
            {
                "lemma": self.id,
                "name": name,
                "value": exact_number(value),
                "op": op,
                "bound": exact_number(bound),
                "unit": unit,
            }
        )
        self.evidence.append({"kind": "measured", "measure": name})


class _Judge:
    """Calls a property and insists on a verdict: an assertion in its own body, or a truth value."""

    def __init__(self, prop: Callable[..., object], name: str) -> None:
        self.prop, self.name, self.count = prop, name, 0
        self.asserts = _has_assert(prop)

    def __call__(self, *args: Any) -> None:
        try:
            verdict = self.prop(*args)
        except AssertionError as error:
            shown = ", ".join(f"{arg!r:.200}" for arg in args)
            raise LemmaFailed(f"{self.name}: false for ({shown}): {error}") from error
        self._weigh(verdict, args)

    def by_name(self, **drawn: Any) -> None:
        self._weigh(self.prop(**drawn), tuple(drawn.values()))

    def _weigh(self, verdict: object, args: tuple[Any, ...]) -> None:
        truth = _is_truth(verdict)
        if not truth and not (verdict is None and self.asserts):
            raise LemmaFailed(
                f"{self.name}: cannot fail: it neither asserts nor returns a truth value"
            )
        if truth and not verdict:
            shown = ", ".join(f"{arg!r:.200}" for arg in args)
            raise LemmaFailed(f"{self.name}: false for ({shown})")
        self.count += 1


def _is_truth(verdict: object) -> bool:
    return type(verdict).__name__ in {"bool", "bool_"}


def _plain(method: Callable[..., None]) -> Callable[..., None]:
    """Return a function for Hypothesis, which refuses to decorate bound methods."""

    def example(**drawn: Any) -> None:
        method(**drawn)

    return example


def _has_assert(prop: Callable[..., object]) -> bool:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(prop)))
    except (OSError, TypeError, SyntaxError):
        return False
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def _name_of(prop: Callable[..., object]) -> str:
    name = getattr(prop, "__name__", type(prop).__name__)
    return "property" if name == "<lambda>" else name


class Verification:
    """The verification of one kernel in one notebook.

    Args:
        kernel: the name that notebook, artifact and verified module share.
        invariants: ids of the invariants whose lemmas this notebook verifies.

    Raises:
        ProofbookError: no invariant is named.
    """

    def __init__(self, kernel: str, invariants: list[str]) -> None:
        if not invariants:
            raise ProofbookError("names no invariant", field=f"Verification({kernel!r})")
        self.kernel = kernel
        self.invariants = list(invariants)
        self._lemmas: dict[str, Lemma] = {}
        self._vectors: dict[str, list[dict[str, Any]]] = {}
        self._inputs: set[str] = set()

    def lemma(self, name: str) -> Lemma:
        """Return the lemma `L1` (or `INV-…#L1` where there are several invariants).

        Stating a lemma again, as happens when a cell is run twice by hand, starts it afresh.

        Raises:
            ProofbookError: the id is ambiguous or of another invariant.
        """
        full = name if "#" in name else f"{self.invariants[0]}#{name}"
        if "#" not in name and len(self.invariants) > 1:
            raise ProofbookError(f"{name} is ambiguous", remedy=f"write {full} or another")
        if full.split("#")[0] not in self.invariants:
            raise ProofbookError(f"{full} is of no invariant of this notebook", field=self.kernel)
        self._lemmas[full] = Lemma(full)
        return self._lemmas[full]

    def vectors(self, function: Callable[..., Any], cases: Iterable[tuple[Any, ...]]) -> None:
        """Record what an exported function returns (or raises) for each tuple of arguments.

        The extracted code is replayed against these, bit for bit.

        Raises:
            ValueError: there is no case.
            TypeError: an argument or a result has no exact JSON form.
        """
        recorded = []
        for args in cases:
            # Encoded before the call: a function that changes its argument must not change the record.
            given = [encode(arg) for arg in args]
            recorded.append({"args": given, "outcome": outcome_of(function, list(args))})
        if not recorded:
            raise ValueError(f"no vectors for {function.__name__}")
        self._vectors[function.__name__] = recorded

    def input(self, path: str) -> Path:
        """Declare a data file (relative to the project's root) that the evidence rests on.

        Raises:
            ProofbookError: there is no such file.
        """
        full = find_root() / path
        if not full.is_file():
            raise ProofbookError("no such input", path=full)
        self._inputs.add(path)
        return full

    def evidence(self) -> dict[str, Any]:
        """Return everything recorded so far as JSON."""
        return {
            "schema": EVIDENCE_SCHEMA,
            "kernel": self.kernel,
            "invariants": self.invariants,
            "lemmas": [
                {"id": lemma.id, "passed": bool(lemma.passed), "evidence": lemma.evidence}
                for lemma in self._lemmas.values()
            ],
            "measures": [m for lemma in self._lemmas.values() for m in lemma.measures],
            "vectors": [
                {"symbol": symbol, "cases": cases} for symbol, cases in self._vectors.items()
            ],
            "inputs": sorted(self._inputs),
            "requires": loaded_kernels(),
        }

    def emit(self) -> "Verdicts":
        """Hand the evidence to the run that executes this notebook, and show the verdicts.

        By hand, in JupyterLab, nothing is written: artifacts are made by `proofbook run` alone, from
        the notebook as it stands on disk.
        """
        data = canonical_bytes(self.evidence())
        target = os.environ.get("PROOFBOOK_EVIDENCE")
        if target:
            write_atomic(Path(target), data)
        return Verdicts(self.kernel, json.loads(data))

    def _repr_html_(self) -> str:
        return Verdicts(self.kernel, self.evidence())._repr_html_()


@dataclass(frozen=True)
class Verdicts:
    """A small table of the lemmas' verdicts, for the eye."""

    kernel: str
    content: dict[str, Any]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return (lemma, verdict, evidence in words) in the order stated."""
        return [
            (
                lemma["id"],
                "passed" if lemma["passed"] else "FAILED",
                "; ".join(_in_words(item) for item in lemma["evidence"]),
            )
            for lemma in self.content["lemmas"]
        ]

    def __repr__(self) -> str:
        rows = self.rows()
        wide = max((len(row[0]) for row in rows), default=0)
        lines = [f"{lemma:<{wide}}  {verdict}  {words}" for lemma, verdict, words in rows]
        return "\n".join([f"{self.kernel}: {len(rows)} lemmas", *lines])

    def _repr_html_(self) -> str:
        body = "".join(
            "<tr>"
            + "".join(f"<td style='text-align:left'>{html.escape(c)}</td>" for c in row)
            + "</tr>"
            for row in self.rows()
        )
        head = "<tr><th>Lemma</th><th>Verdict</th><th style='text-align:left'>Evidence</th></tr>"
        return f"<table><caption>{html.escape(self.kernel)}</caption>{head}{body}</table>"


def _in_words(item: dict[str, Any]) -> str:
    match item["kind"]:
        case "asserted":
            return str(item["claim"])
        case "tested" if item["method"] == "hypothesis":
            return f"{item['property']}: {item['examples']} random examples over {item['domain']}"
        case "tested":
            return f"{item['property']}: all {item['examples']} cases of {item['domain']}"
        case "control":
            return f"control {item['property']} refuted over {item['domain']}"
        case _:
            return f"measured {item['measure']}"
