"""Find certificates: a tableau that splits disjunctions and refutes its branches. Nothing here is trusted.

Limits are counts, never seconds, so that a text has one certificate, whichever machine finds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.proofs.certificate import Branch, asserted, check_certificate, start
from proofbook.autopsy.proofs.choice import Chooser
from proofbook.autopsy.proofs.elimination import Elimination, eliminate
from proofbook.autopsy.proofs.lifting import lifted
from proofbook.autopsy.proofs.polynomials import Polynomial
from proofbook.autopsy.proofs.products import linear, products
from proofbook.autopsy.proofs.proof_tree import Proof, Scene
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

    branches: int = 8000
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
    search = _Search(effort or Effort(), dict(given.constants))
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
    def __init__(self, effort: Effort, sorts: dict[str, str]) -> None:
        self.effort = effort
        self.chooser = Chooser(sorts)
        self.branches = 0

    def begin(self, branch: Branch, formula: Any) -> Any:
        """Return the certificate's root: what is asserted last is split first, if it is a disjunction."""
        scene = Scene(branch)
        if scene.add(formula, True) is not None:
            return None
        *_, goal = formula
        if isinstance(goal, tuple) and goal[0] == "or":
            proof = self._refute(scene, False) or self._split(scene, len(branch.open) - 1)
        else:
            proof = self._close(scene, True)
        return proof.written(scene.branch.facts, scene.branch.open)

    def _close(self, scene: Scene, is_new: bool) -> Proof:
        """Return what closes a branch; without facts that are new, only a split can."""
        place = self.chooser.choose(scene.branch)
        found = self._refute(scene, place is None) if is_new or place is None else None
        return found or self._split(scene, place)

    def _refute(self, scene: Scene, is_leaf: bool) -> Proof | None:
        facts = scene.branch.facts
        last = self.effort.level if is_leaf else self.effort.eager
        for level in range(last + 1):
            for by in self._eliminations(facts):
                known = linear(by.facts)
                several = list(products(known, level, self.effort.candidates))
                if level == 1 and (more := list(islice(lifted(known), self.effort.candidates))):
                    found = refute([*known, *more], self.effort.iterations)
                    if found is not None:
                        return scene.leaf(node(found, facts, by))
                found = refute(several, self.effort.iterations)
                if found is not None:
                    return scene.leaf(node(found, facts, by))
        return None

    def _eliminations(self, facts: list[tuple[Polynomial, str]]) -> Iterator[Elimination]:
        """Yield the facts after elimination, and, if that took anything, as they are."""
        by = eliminate(facts, self.effort.degree)
        yield by
        if by.steps:
            yield eliminate(facts, -1)

    def _split(self, scene: Scene, place: int | None) -> Proof:
        if place is None:
            raise _GivesUp
        needs = {scene.open_depths[place]}
        cases = []
        for disjunct in scene.branch.open[place]:
            self.branches += 1
            if self.branches > self.effort.branches:
                raise _GivesUp
            case = scene.case(place)
            facts, disjunctions = len(case.branch.facts), len(case.branch.open)
            proof = case.add(*disjunct)
            added, opened = case.branch.facts[facts:], case.branch.open[disjunctions:]
            if proof is None:
                proof = self._close(case, bool(added))
            if case.depth not in proof.needs:
                return proof
            needs |= proof.needs - {case.depth}
            cases.append((added, opened, proof))
        return Proof(frozenset(needs), split=scene.branch.open[place], cases=tuple(cases))
