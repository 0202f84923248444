"""Find certificates: a tableau that splits disjunctions and refutes its branches. Nothing here is trusted.

Limits are counts, never seconds, so that a text has one certificate, whichever machine finds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.proofs.certificate import Branch, add, asserted, check_certificate, start
from proofbook.autopsy.proofs.choice import choose
from proofbook.autopsy.proofs.elimination import Elimination, eliminate
from proofbook.autopsy.proofs.lifting import lifted
from proofbook.autopsy.proofs.polynomials import Polynomial
from proofbook.autopsy.proofs.products import linear, products
from proofbook.autopsy.proofs.refutation import node, refute
from proofbook.autopsy.proofs.statement import read_statement


@dataclass(frozen=True)
class Effort:
    """How much is tried before giving up.

    Attributes:
        branches: branches opened in all.
        level: products tried where nothing is left to split; see `products.products`.
        eager: products tried before splitting.
        candidates: products in one linear program.
        iterations: simplex iterations of one linear program.
        degree: of what an eliminated constant may equal.
    """

    branches: int = 2000
    level: int = 3
    eager: int = 0
    candidates: int = 6000
    iterations: int = 20000
    degree: int = 2


THOROUGH = Effort(
    level=4, candidates=30_000, iterations=60_000
)  # seconds a branch, not milliseconds


class _GivesUp(Exception):
    """A branch has no refutation within the effort."""


def find_certificate(text: str, *, effort: Effort | None = None) -> Any | None:
    """Return a certificate that the checker accepts for a statement's text, or None.

    Raises:
        ValueError: the text is not a statement.
    """
    given = read_statement(text)
    search = _Search(effort or Effort())
    try:
        certificate = search.begin(start(given), asserted(given))
    except _GivesUp:
        return None
    return certificate if check_certificate(text, certificate) is None else None


def certificate_bytes(certificate: Any) -> bytes:
    """Return a certificate as canonical JSON.

    Raises:
        ValueError: it is not JSON without floats.
    """
    return canonical_bytes(certificate)


class _Search:
    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self.branches = 0

    def begin(self, branch: Branch, formula: Any) -> Any:
        """Return the certificate's root: what is asserted last is split first, if it is a disjunction."""
        if not add(branch, formula, True):
            return None
        *_, goal = formula
        if isinstance(goal, tuple) and goal[0] == "or":
            return self._refute(branch, False) or self._split(branch, len(branch.open) - 1)
        return self.close(branch, [])

    def close(self, branch: Branch, formulas: list[tuple[Any, bool]]) -> Any:
        """Add formulas to a branch and return the certificate's node that closes it."""
        self.branches += 1
        if self.branches > self.effort.branches:
            raise _GivesUp
        if not all(add(branch, *formula) for formula in formulas):
            return None
        place = choose(branch)
        return self._refute(branch, place is None) or self._split(branch, place)

    def _refute(self, branch: Branch, is_leaf: bool) -> Any | None:
        last = self.effort.level if is_leaf else self.effort.eager
        for level in range(last + 1):
            for by in self._eliminations(branch.facts):
                known = linear(by.facts)
                several = list(products(known, level, self.effort.candidates))
                if level == 1 and (more := list(islice(lifted(known), self.effort.candidates))):
                    found = refute([*known, *more], self.effort.iterations)
                    if found is not None:
                        return node(found, branch.facts, by)
                found = refute(several, self.effort.iterations)
                if found is not None:
                    return node(found, branch.facts, by)
        return None

    def _eliminations(self, facts: list[tuple[Polynomial, str]]) -> Iterator[Elimination]:
        """Yield the facts after elimination, and, if that took anything, as they are."""
        by = eliminate(facts, self.effort.degree)
        yield by
        if by.steps:
            yield eliminate(facts, -1)

    def _split(self, branch: Branch, place: int | None) -> Any:
        if place is None:
            raise _GivesUp
        disjuncts = branch.open[place]
        others = branch.open[:place] + branch.open[place + 1 :]
        cases = []
        for disjunct in disjuncts:
            copy = Branch(branch.sorts, branch.facts[:], dict(branch.signs), others[:])
            case = self.close(copy, [disjunct])
            if _uses_only(case, len(branch.facts)):
                return case
            cases.append(case)
        return {"split": place, "cases": cases}


def _uses_only(case: Any, facts: int) -> bool:
    """Say whether a case's refutation did not need the case."""
    return (
        case is not None
        and "refute" in case
        and all(index < facts for term in case["refute"] for index in term["facts"])
    )
