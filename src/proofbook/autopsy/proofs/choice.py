"""Choose the disjunction to split next: the one with the fewest disjuncts that are not refuted at sight."""

from typing import Any

from proofbook.autopsy.proofs.certificate import Branch, add
from proofbook.autopsy.proofs.polynomials import Polynomial

Fact = tuple[Polynomial, str]
Known = dict[tuple[Any, ...], list[Fact]]
Disjunct = tuple[Any, bool]


class Chooser:
    """Chooses, and remembers what formulas add to a branch."""

    def __init__(self, sorts: dict[str, str]) -> None:
        self._sorts = sorts
        self._seen: dict[tuple[int, bool], tuple[Any, Branch | None]] = {}

    def choose(self, branch: Branch) -> int | None:
        """Return the open disjunction with the fewest disjuncts left, None if all are satisfied."""
        known: Known = {}
        for fact in branch.facts:
            known.setdefault(_shape(fact[0]), []).append(fact)
        best = None
        for place, disjuncts in enumerate(branch.open):
            added = [one for one in (self._added(branch, d) for d in disjuncts) if one is not None]
            if any(self._is_satisfied(one, branch, known) for one in added):
                continue
            alive = sum(not _contradicts(one.facts, known) for one in added)
            if best is None or alive < best[0]:
                best = alive, place
            if alive == 0:
                break
        return None if best is None else best[1]

    def _added(self, branch: Branch, disjunct: Disjunct) -> Branch | None:
        """Return what a disjunct adds to a branch, None if it closes it."""
        formula, truth = disjunct
        key = id(formula), truth
        if key not in self._seen:
            fresh = Branch(self._sorts, [], {}, [])
            self._seen[key] = formula, fresh if add(fresh, formula, truth) else None
        found = self._seen[key][1]
        if found is None or any(
            branch.signs.get(x, sign) != sign for x, sign in found.signs.items()
        ):
            return None
        return found

    def _is_satisfied(self, added: Branch, branch: Branch, known: Known) -> bool:
        """Say whether what a disjunct adds follows from single facts that are known."""
        return (
            added.signs.keys() <= branch.signs.keys()
            and all(_follows(fact, known) for fact in added.facts)
            and all(
                any(
                    one is not None and self._is_satisfied(one, branch, known)
                    for one in (self._added(branch, disjunct) for disjunct in disjuncts)
                )
                for disjuncts in added.open
            )
        )


def _follows(fact: Fact, known: Known) -> bool:
    polynomial, kind = fact
    if fact in known.get(_shape(polynomial), ()):
        return True
    negated = {monomial: -c for monomial, c in polynomial.items()}
    return kind != "=" and _contradicts([(negated, ">=" if kind == ">" else ">")], known)


def _shape(polynomial: Polynomial) -> tuple[Any, ...]:
    return tuple(sorted((monomial, abs(c)) for monomial, c in polynomial.items() if monomial))


def _contradicts(facts: list[Fact], known: Known) -> bool:
    """Say whether a new fact and a known one are bounds that exclude each other."""
    for fact, kind in facts:
        for other, other_kind in [({}, ">="), *known.get(_shape(fact), ())]:
            for sign in (1, -1) if "=" in {kind, other_kind} else (1,):
                total = {m: fact.get(m, 0) + sign * other.get(m, 0) for m in fact | other}
                constant = total.pop((), 0)
                strict = ">" in {kind, other_kind} and constant == 0
                one_sided = constant < 0 and sign == 1
                if not any(total.values()) and (one_sided or strict):
                    return True
    return False
