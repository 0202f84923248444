"""Trees of splits in the making: what each part needs is known, so that needless splits are left out."""

from dataclasses import dataclass
from typing import Any

from proofbook.autopsy.proofs.certificate import Branch, add
from proofbook.autopsy.proofs.polynomials import Polynomial

Fact = tuple[Polynomial, str]
Disjunction = list[tuple[Any, bool]]


class Signs(dict[str, bool]):
    """Signs of Boolean constants that remember the first constant of both signs."""

    clash: str | None = None

    def setdefault(self, name: str, sign: bool = True) -> bool:
        kept = super().setdefault(name, sign)
        if kept != sign and self.clash is None:
            self.clash = name
        return kept


@dataclass(frozen=True)
class Proof:
    """What closes a branch.

    Attributes:
        needs: depths of the splits whose cases it uses.
        node: the certificate's node of a leaf, with places in `facts`; None if the branch closes by itself.
        facts: those of the branch that a leaf refutes.
        split: the disjunction that is split, if any.
        cases: for each disjunct the facts and disjunctions that it adds, and what closes its branch.
    """

    needs: frozenset[int]
    node: Any = None
    facts: tuple[Fact, ...] = ()
    split: Disjunction | None = None
    cases: tuple[tuple[list[Fact], list[Disjunction], "Proof"], ...] = ()

    def written(self, facts: list[Fact], disjunctions: list[Disjunction]) -> Any:
        """Return the certificate's node in a branch with these facts and open disjunctions."""
        if self.split is not None:
            (place,) = (k for k, one in enumerate(disjunctions) if one is self.split)
            others = disjunctions[:place] + disjunctions[place + 1 :]
            cases = [
                proof.written([*facts, *more], [*others, *opened])
                for more, opened, proof in self.cases
            ]
            return {"split": place, "cases": cases}
        if self.node is None:
            return None
        places = {id(fact): place for place, fact in enumerate(facts)}
        terms = [
            {**term, "facts": [places[id(self.facts[index])] for index in term["facts"]]}
            for term in self.node["refute"]
        ]
        return {"refute": terms}


class Scene:
    """A branch, and for all that it holds the depth of the split that it comes from."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch._replace(signs=Signs(branch.signs))
        self.depth = 0
        self.fact_depths: list[int] = []
        self.open_depths: list[int] = []
        self.sign_depths = dict.fromkeys(branch.signs, 0)

    def case(self, place: int) -> "Scene":
        """Return a copy without one disjunction, one split deeper."""
        sorts, facts, signs, disjunctions = self.branch
        others = disjunctions[:place] + disjunctions[place + 1 :]
        copy = Scene(Branch(sorts, facts[:], signs, others))
        copy.depth = self.depth + 1
        copy.fact_depths = self.fact_depths[:]
        copy.open_depths = self.open_depths[:place] + self.open_depths[place + 1 :]
        copy.sign_depths = dict(self.sign_depths)
        return copy

    def add(self, formula: Any, truth: bool) -> Proof | None:
        """Add a formula; return a proof if that closes the branch."""
        branch = self.branch
        is_open = add(branch, formula, truth)
        self.fact_depths += [self.depth] * (len(branch.facts) - len(self.fact_depths))
        self.open_depths += [self.depth] * (len(branch.open) - len(self.open_depths))
        for name in branch.signs:
            self.sign_depths.setdefault(name, self.depth)
        if is_open:
            return None
        clash = getattr(branch.signs, "clash", None)
        return Proof(frozenset({self.depth, self.sign_depths[str(clash)]}))

    def leaf(self, node: Any) -> Proof:
        """Return the proof of a certificate's node that refutes the branch."""
        used = {index for term in node["refute"] for index in term["facts"]}
        needs = frozenset(self.fact_depths[index] for index in used)
        return Proof(needs, node, tuple(self.branch.facts))
