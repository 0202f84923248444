"""Find a contradiction among linear facts by the simplex method in rationals, whatever the size of numerals."""

from fractions import Fraction

from flint import fmpq

Whole = dict[tuple[str, ...], int]
Value = tuple[fmpq, fmpq]  # a number, and how many infinitesimals more
_ZERO = fmpq(0)


def contradiction(facts: list[tuple[Whole, str]], pivots: int) -> dict[int, Fraction] | None:
    """Return by which factors facts sum up to a contradiction, if they do; monomials count as unknowns.

    A fact is a polynomial that is ">=", ">" or "=" zero; only factors of equalities may be negative.
    None is returned too if it takes more than so many pivots.
    """
    tableau = _Tableau(facts)
    for _ in range(pivots):
        broken = tableau.broken()
        if broken is None:
            return None
        entering = tableau.entering(broken)
        if entering is None:
            return tableau.factors(broken)
        tableau.pivot(broken, entering)
    return None


class _Tableau:
    """Facts as bounds of slacks; rows give basic unknowns in terms of the others.

    Unknowns are numbered, monomials first: the choice of the least number makes the method end.
    """

    def __init__(self, facts: list[tuple[Whole, str]]) -> None:
        monomials = sorted({m for fact, _ in facts for m in fact if m}, key=lambda m: (len(m), m))
        number = {monomial: place for place, monomial in enumerate(monomials)}
        self.first = len(monomials)
        self.low: list[Value] = []
        self.equal: list[bool] = []
        self.rows: dict[int, dict[int, fmpq]] = {}
        for place, (fact, kind) in enumerate(facts):
            self.low.append((fmpq(-fact.get((), 0)), fmpq(int(kind == ">"))))
            self.equal.append(kind == "=")
            self.rows[self.first + place] = {number[m]: fmpq(c) for m, c in fact.items() if m}
        self.users: dict[int, set[int]] = {}
        for basic, row in self.rows.items():
            for other in row:
                self.users.setdefault(other, set()).add(basic)
        self.values: list[Value] = [(_ZERO, _ZERO)] * (self.first + len(facts))

    def broken(self) -> tuple[int, int] | None:
        """Return the first basic slack out of its bounds, and whether it must rise (1) or fall (-1)."""
        for basic in sorted(self.rows):
            if basic >= self.first:
                value, low = self.values[basic], self.low[basic - self.first]
                if value < low:
                    return basic, 1
                if value > low and self.equal[basic - self.first]:
                    return basic, -1
        return None

    def entering(self, broken: tuple[int, int]) -> int | None:
        """Return the first unknown whose change mends what is broken."""
        basic, sign = broken
        row = self.rows[basic]
        free = [other for other in row if other < self.first]
        if free:
            return min(free, key=lambda other: (len(self.users[other]), other))
        for other in sorted(row):
            slack, rises = other - self.first, row[other] * sign > 0
            if not self.equal[slack] and (rises or self.values[other] > self.low[slack]):
                return other
        return None

    def factors(self, broken: tuple[int, int]) -> dict[int, Fraction]:
        basic, sign = broken
        found = {other: -sign * factor for other, factor in self.rows[basic].items()}
        found[basic] = fmpq(sign)
        return {
            other - self.first: Fraction(int(factor.p), int(factor.q))
            for other, factor in sorted(found.items())
        }

    def pivot(self, broken: tuple[int, int], entering: int) -> None:
        """Bring the broken slack to its bound by the unknown that enters the basis."""
        basic, _ = broken
        row = self.rows.pop(basic)
        lead = row.pop(entering)
        target, value = self.low[basic - self.first], self.values[basic]
        step = ((target[0] - value[0]) / lead, (target[1] - value[1]) / lead)
        self.values[basic] = target
        for other in row:
            self.users[other].discard(basic)
        users = self.users.pop(entering)
        users.discard(basic)
        self._move(entering, fmpq(1), step)
        solved = {other: -factor / lead for other, factor in row.items()}
        solved[basic] = 1 / lead
        self.users[basic] = set()
        for user in users:
            factor = self.rows[user].pop(entering)
            self._move(user, factor, step)
            self._add(user, solved, factor)
        self.rows[entering] = {}
        self._add(entering, solved, fmpq(1))

    def _move(self, unknown: int, factor: fmpq, step: Value) -> None:
        value = self.values[unknown]
        self.values[unknown] = value[0] + factor * step[0], value[1] + factor * step[1]

    def _add(self, basic: int, solved: dict[int, fmpq], factor: fmpq) -> None:
        row = self.rows[basic]
        for other, part in solved.items():
            total = row.get(other, _ZERO) + factor * part
            if total:
                row[other] = total
                self.users[other].add(basic)
            elif other in row:
                del row[other]
                self.users[other].discard(basic)
