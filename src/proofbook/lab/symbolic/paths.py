"""Running code on symbolic values, path by path: a decision on a symbolic truth forks the run.

The tree of decisions is whole by construction: at each fork both branches are followed, or one is shown to
an oracle that says that it cannot be reached, and then stands in the statement as a case that must be
refuted. So the oracle saves work and is never believed.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from proofbook.autopsy.proofs.statement import FALSE, TRUE, Sort, Term
from proofbook.lab.symbolic.polynomial import Polynomial, Refused, variable
from proofbook.lab.symbolic.rounding import note_float

MOST_PATHS = 3000
MOST_DECISIONS = 500


class Oracle(Protocol):
    """Says whether formulas can be true together."""

    def feasible(self, formulas: list[Term], sorts: dict[str, Sort]) -> bool:
        """Return False only if they cannot; True also where it is not known."""
        ...


@dataclass
class Case:
    """The end of a path: its condition, and what must hold there."""

    path: list[Term]
    claim: Term
    ending: str = "returned"


@dataclass
class Path:
    """One run of the code: the decisions taken so far, and what is known of the values.

    `script` and `taken` hold each decision's answer, and whether the other one was possible too.
    """

    given: list[Term]
    oracle: Oracle
    sorts: dict[str, Sort]
    script: list[tuple[bool, bool]]
    rounded: bool = False
    stem: str = ""
    conditions: list[Term] = field(default_factory=list)
    taken: list[tuple[bool, bool]] = field(default_factory=list)
    pruned: list[Case] = field(default_factory=list)
    memo: dict[Any, Any] = field(default_factory=dict)
    known: dict[Term, bool] = field(default_factory=dict)
    certain: set[Term] = field(default_factory=set)
    fresh: dict[str, int] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    roundings: list[tuple[Polynomial, Polynomial]] = field(default_factory=list)

    def decide(self, truth: Term) -> bool:
        """Return the truth of a formula on this path, forking where both are possible.

        Raises:
            Refused: there are too many decisions.
        """
        if truth in (TRUE, FALSE):
            return truth == TRUE
        if truth in self.known:
            return self.known[truth]
        place = len(self.taken)
        if place >= MOST_DECISIONS:
            raise Refused(f"more than {MOST_DECISIONS} decisions on one path: a loop without end?")
        opposite = negation(truth)
        if place < len(self.script):
            answer, forked = self.script[place]
            self._take(truth if answer else opposite, answer, forked=forked)
            return answer
        if {
            truth,
            opposite,
        } & self.certain:  # no need to ask; yet dropping the hypothesis must show
            holds = truth in self.certain
            self._prune(opposite if holds else truth)
            self._take(truth if holds else opposite, holds, forked=False)
            return holds
        holding = [*self.given, *self.conditions]
        if not self.oracle.feasible([*holding, opposite], self.sorts):
            self._prune(opposite)
            self._take(truth, True, forked=False)
            return True
        possible = self.oracle.feasible([*holding, truth], self.sorts)
        if not possible:
            self._prune(truth)
        self._take(truth if possible else opposite, possible, forked=possible)
        return possible

    def _prune(self, branch: Term) -> None:
        self.pruned.append(Case([*self.conditions, branch], FALSE, "is not reached"))

    def _take(self, condition: Term, answer: bool, *, forked: bool) -> None:
        self.taken.append((answer, forked))
        self.known[condition], self.known[negation(condition)] = True, False
        if forked:  # what the path implies needs no saying
            self.conditions.append(condition)

    def assume(self, *facts: Term) -> None:
        """Add what defines a fresh constant."""
        for fact in facts:
            if fact != TRUE:
                self.conditions.append(fact)
                self.known[fact], self.known[negation(fact)] = True, False

    def name(self, prefix: str, sort: Sort) -> Polynomial:
        """Return a fresh constant; the same place of the same path gets the same name."""
        key = f"{self.stem}{prefix}_{sort[0].lower()}"
        number = self.fresh[key] = self.fresh.get(key, 0) + 1
        name = f"{key}{number}"
        self.sorts[name] = sort
        return variable(name)

    def truth(self, prefix: str) -> Term:
        """Return a fresh truth value, of which nothing is known."""
        ((((name, _),), _),) = self.name(prefix, "Bool").items()
        return name


_current: ContextVar[Path | None] = ContextVar("symbolic path", default=None)


def here() -> Path:
    """Return the path that is being run.

    Raises:
        Refused: no symbolic run is under way.
    """
    path = _current.get()
    if path is None:
        raise Refused("a symbolic value was used outside lemma.prove")
    return path


def _parts(fact: Term) -> set[Term]:
    both = isinstance(fact, tuple) and fact[0] == "and"
    return {fact, *(part for item in fact[1:] for part in _parts(item))} if both else {fact}


def negation(truth: Term) -> Term:
    """Return the negation of a formula; twice gives it back."""
    if truth in (TRUE, FALSE):
        return FALSE if truth == TRUE else TRUE
    return truth[1] if truth[0] == "not" else ("not", truth)


@dataclass
class Explored:
    """All paths of a run."""

    cases: list[Case]
    sorts: dict[str, Sort]
    called: set[str]


def explore(
    claim: Callable[[], Term],
    given: list[Term],
    sorts: dict[str, Sort],
    oracle: Oracle,
    *,
    floats: list[str] | None = None,
    stem: str = "",
) -> Explored:
    """Run a claim along every path and return the cases that must be refuted.

    A path that ends in an exception is a case that must not be reached. Where `floats` names the constants
    that are doubles, arithmetic is rounded.

    Raises:
        Refused: the code does something that a symbolic run cannot carry, or has too many paths.
    """
    explored = Explored([], sorts, set())
    open_scripts: list[list[tuple[bool, bool]]] = [[]]
    while open_scripts:
        script = open_scripts.pop()
        path = Path(given, oracle, sorts, script, floats is not None, stem)
        path.certain |= {part for fact in given for part in _parts(fact)}
        for name in floats or ():
            note_float(variable(name), path)
        token = _current.set(path)
        try:
            end = Case([], claim())
        except Refused:
            raise
        except Exception as error:
            end = Case([], FALSE, f"raises {type(error).__name__}: {error}")
        finally:
            _current.reset(token)
        end.path = path.conditions
        explored.cases += [*path.pruned, end]
        explored.called |= path.called
        for place in reversed(range(len(script), len(path.taken))):
            answer, forked = path.taken[place]
            if forked:
                open_scripts.append([*path.taken[:place], (not answer, True)])
        if len(explored.cases) > MOST_PATHS:
            raise Refused(f"more than {MOST_PATHS} paths; prove it in smaller steps")
    return explored
