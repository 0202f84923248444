"""Symbolic texts and finite sets: what labels, regions, states and verdicts are made of."""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from proofbook.autopsy.proofs.statement import Term
from proofbook.lab.symbolic.paths import here, negation
from proofbook.lab.symbolic.polynomial import Polynomial, Refused, compare, constant
from proofbook.lab.symbolic.values import (
    Symbolic,
    SymbolicBool,
    conjunction,
    disjunction,
    truth_of,
)

# The keys of the dictionary or set in which a text is being looked up.
covering: ContextVar[frozenset[str]] = ContextVar("keys", default=frozenset())


class SymbolicText(Symbolic):
    """A str, known only by which of some words it equals, or by how it compares with others.

    Args:
        polynomial: its code, an Int constant; the words of `words` have the codes 0, 1, 2 …
        words: the literals that it may be compared with; none for a name that is only ordered.
    """

    def __init__(self, polynomial: Polynomial, words: tuple[str, ...]) -> None:
        self.polynomial, self.words = polynomial, words

    def stands_for(self) -> type:
        """Return str."""
        return str

    def _code(self, other: Any) -> Polynomial | None:
        if isinstance(other, SymbolicText):
            if self.words != other.words:
                raise Refused("two symbolic texts over different words were compared")
            return other.polynomial
        if isinstance(other, str):
            if other not in self.words:
                raise Refused(f"a symbolic text was compared with {other!r}, none of its words")
            return constant(self.words.index(other))
        return None

    def __eq__(self, other: object) -> Any:
        code = self._code(other)
        if code is None:
            return False
        return SymbolicBool(compare("=", self.polynomial, code, here().sorts))

    def __ne__(self, other: object) -> Any:
        same = self == other
        return ~same if isinstance(same, SymbolicBool) else not same

    def _ordered(self, relation: str, other: Any, *, swap: bool = False) -> Any:
        if self.words or not isinstance(other, SymbolicText):
            self._refuse("the order")
        left, right = self.polynomial, other.polynomial
        if swap:
            left, right = right, left
        return SymbolicBool(compare(relation, left, right, here().sorts))

    def __lt__(self, other: Any) -> Any:
        return self._ordered("<", other)

    def __le__(self, other: Any) -> Any:
        return self._ordered("<=", other)

    def __gt__(self, other: Any) -> Any:
        return self._ordered("<", other, swap=True)

    def __ge__(self, other: Any) -> Any:
        return self._ordered("<=", other, swap=True)

    def __hash__(self) -> int:
        """Return the hash of the word that it is on this path; forks over its words."""
        if not self.words:
            self._refuse("the hash")
        for word in self.words:
            if self == word:
                return hash(word)
        if not (keys := covering.get()) or not keys <= set(self.words):
            self._refuse("the hash, where it is none of its words,")
        return hash(("no word of", self.words))

    def __bool__(self) -> bool:
        if "" not in self.words:
            self._refuse("the emptiness (name the empty word among its words)")
        return bool(self != "")

    def encode(self, encoding: str = "utf-8") -> "SymbolicText":
        """Return itself: that a text can be encoded is what its being symbolic assumes."""
        return self


class SymbolicSet(Symbolic):
    """A frozenset over a finite universe: for each element a truth value that it is in."""

    def __init__(self, members: dict[str, Term]) -> None:
        self.members = members

    def stands_for(self) -> type:
        """Return frozenset."""
        return frozenset

    def _with(self, other: Any) -> dict[str, Term]:
        if isinstance(other, SymbolicSet):
            if self.members.keys() != other.members.keys():
                raise Refused("two symbolic sets over different universes met")
            return other.members
        if isinstance(other, set | frozenset) and other <= self.members.keys():
            return {name: truth_of(name in other) for name in self.members}
        raise Refused(f"a symbolic set met {other!r:.60}")

    def __le__(self, other: Any) -> SymbolicBool:
        theirs = self._with(other)
        return SymbolicBool(
            conjunction(
                *(disjunction(negation(m), theirs[name]) for name, m in self.members.items())
            )
        )

    def __ge__(self, other: Any) -> SymbolicBool:
        return SymbolicSet(self._with(other)) <= self

    def __eq__(self, other: object) -> Any:
        return (self <= other) & (self >= other)

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    def __lt__(self, other: Any) -> Any:
        return (self <= other) & ~(self == other)

    def __gt__(self, other: Any) -> Any:
        return (self >= other) & ~(self == other)

    def __or__(self, other: Any) -> "SymbolicSet":
        theirs = self._with(other)
        return SymbolicSet({n: disjunction(m, theirs[n]) for n, m in self.members.items()})

    def __and__(self, other: Any) -> "SymbolicSet":
        theirs = self._with(other)
        return SymbolicSet({n: conjunction(m, theirs[n]) for n, m in self.members.items()})

    def __sub__(self, other: Any) -> "SymbolicSet":
        theirs = self._with(other)
        return SymbolicSet(
            {n: conjunction(m, negation(theirs[n])) for n, m in self.members.items()}
        )

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(SymbolicBool(self.members.get(name, "false")))

    def __iter__(self) -> Iterator[str]:
        return iter([name for name in self.members if name in self])

    def __len__(self) -> int:
        return sum(name in self for name in self.members)  # list() would ask for the length

    def __bool__(self) -> bool:
        return bool(SymbolicBool(disjunction(*self.members.values())))

    def union(self, *others: Iterable[Any]) -> "SymbolicSet":
        """Return the union with other sets."""
        total = self
        for other in others:
            total = total | other
        return total

    __ror__, __rand__ = __or__, __and__
    __hash__ = Symbolic.__hash__
