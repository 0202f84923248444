"""The checker of certificates: all that need be trusted. ADR 0050 has the format, ADR 0051 why."""

import re
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

Polynomial: TypeAlias = dict[tuple[str, ...], Fraction]  # 3x²y is {("x", "x", "y"): 3}
NUMERAL = re.compile(r"[0-9]+(\.0)?")
LIMIT = 16  # facts in a product, powers of a constant: no certificate takes for ever


class Branch(NamedTuple):
    sorts: dict[str, str]
    facts: list[tuple[Polynomial, str]]  # each polynomial is ">=", ">" or "=" zero
    signs: dict[str, bool]
    open: list[list[tuple[Any, bool]]]  # disjunctions of formulas, each with whether it holds


def check_certificate(text: str, certificate: Any) -> str | None:
    """Return None if the certificate proves the text unsatisfiable, else a reason; never raise."""
    try:
        check(*read(text), certificate)
    except Exception as error:  # whatever is malformed proves nothing
        return f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return None


def require(condition: object, reason: str) -> None:
    if not condition:
        raise ValueError(reason)


def read(text: str) -> tuple[Branch, list[tuple[Any, bool]]]:
    """Return the branch at the start, and the formulas to add to it."""
    stack: list[list[Any]] = [[]]
    for token in re.findall(r"\(|\)|[^\s()]+", text):
        part = tuple(stack.pop()) if token == ")" else token
        stack[-1].append(part) if token != "(" else stack.append([])
    require(len(stack) == 1 and not re.search(r'[;"|]', text), "the text is no statement")
    branch, formulas = Branch({}, [], {"true": True, "false": False}, []), []
    for command in stack[0]:
        match command:
            case ("assert", ("!", formula, ":named", str())) | ("assert", formula):
                formulas.append((formula, True))
            case ("declare-const", str(name), "Int" | "Real" | "Bool" as sort):
                require(branch.sorts.setdefault(name, sort) == sort, f"{name} has two sorts")
            case _:
                require(command in {("set-logic", "QF_NIRA"), ("check-sat",)}, "unknown command")
    return branch, formulas


def add(branch: Branch, formula: Any, truth: bool) -> bool:
    """Add a formula that holds, or its negation; say whether the branch stays open."""
    match formula:
        case str() if formula in branch.signs or branch.sorts[formula] == "Bool":
            return branch.signs.setdefault(formula, truth) == truth
        case ("not", part):
            return add(branch, part, not truth)
        case ("=>", left, right):
            return add(branch, ("or", ("not", left), right), truth)
        case ("and" | "or" as head, *parts) if (head == "and") == truth:
            return all(add(branch, part, truth) for part in parts)
        case ("and" | "or", *parts):
            branch.open.append([(part, truth) for part in parts])
        case ("=", left, right) if not truth:
            branch.open.append([(("<", left, right), True), (("<", right, left), True)])
        case ("<=" | "<" | "=" as head, left, right):
            fact = polynomial(("-", right, left) if truth else ("-", left, right), branch.sorts)
            kind = "=" if head == "=" else ">" if (head == "<") == truth else ">="
            integral = all(c.denominator == 1 for c in fact.values())
            if kind == ">" and integral and all(branch.sorts[x] == "Int" for m in fact for x in m):
                fact, kind = sum_of([fact], [{(): Fraction(-1)}]), ">="  # p > 0 gives p - 1 >= 0
            branch.facts.append((fact, kind))
        case _:
            raise ValueError(f"{formula!s:.60} is no formula")
    return True


def polynomial(term: Any, sorts: dict[str, str]) -> Polynomial:
    if isinstance(term, str):
        numeral = NUMERAL.fullmatch(term)
        require(numeral or sorts[term] != "Bool", f"{term} is no number")
        return {(): Fraction(term)} if numeral else {(term,): Fraction(1)}
    head, first, *rest = term[0], *(polynomial(part, sorts) for part in term[1:])
    if head == "-" and not rest:
        first, rest = {}, [first]
    if head == "/" and len(rest) == 1 and rest[0].keys() == {()}:
        head, rest = "*", [{(): 1 / rest[0][()]}]
    require(head in {"+", "-", "*", "to_real"}, f"{term!s:.60} is no number")
    sign: Polynomial = {(): Fraction(-1 if head == "-" else 1)}
    return sum_of([first, *rest]) if head == "*" else sum_of([first], *([p, sign] for p in rest))


def sum_of(*products: list[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for factors in products:
        rest = sum_of(factors[1:]) if factors[1:] else {(): Fraction(1)}
        for (m, c), (n, d) in ((x, y) for x in factors[0].items() for y in rest.items()):
            monomial = tuple(sorted(m + n))
            total[monomial] = total.get(monomial, Fraction(0)) + c * d
    return {monomial: c for monomial, c in total.items() if c}


def read_polynomial(value: Any) -> Polynomial:
    monomials: list[list[Polynomial]] = []
    for c, powers in value:
        names = tuple(x for x, power in powers.items() for _ in range(min(power, LIMIT + 1)))
        require(re.fullmatch("-?[0-9]+(/[0-9]+)?", c) and len(names) <= LIMIT, "no monomial")
        monomials.append([{names: Fraction(c)}])
    return sum_of(*monomials)


def check(branch: Branch, formulas: list[tuple[Any, bool]], node: Any) -> None:
    """Add formulas to the branch; then the certificate's node must close it."""
    closed = not all(add(branch, *formula) for formula in formulas)
    match node:
        case {"split": int(k), "cases": [*cases], **rest} if not rest and not closed and k >= 0:
            for disjunct, case in zip(branch.open.pop(k), cases, strict=True):
                facts, signs, others = branch.facts[:], {**branch.signs}, branch.open[:]
                check(Branch(branch.sorts, facts, signs, others), [disjunct], case)
        case {"refute": [*terms], **rest} if not rest and not closed:
            pairs = [factors_of(term, branch.facts) for term in terms]
            total, strict = sum_of(*(factors for factors, _ in pairs)), any(p for _, p in pairs)
            value = total.pop((), Fraction(0))
            require(not total and (value < 0 or (value == 0 and strict)), "nothing is refuted")
        case _:
            require(closed and node is None, "a branch is left open, or was closed before")


def factors_of(term: Any, facts: list[tuple[Polynomial, str]]) -> tuple[list[Polynomial], bool]:
    """Return factors whose product is never negative, and whether it is positive."""
    keys, places = term.keys() - {"square", "times"}, term["facts"]
    require(keys == {"c", "facts"} and len(places) <= LIMIT, "a term has another form")
    require(all(type(i) is int and i >= 0 for i in places), "an index is out of range")
    used, c = [facts[i] for i in places], read_polynomial([[term["c"], {}]])
    kinds = {kind for _, kind in used}
    require("=" in kinds or (c[()] > 0 and "times" not in term), "a term may be negative")
    square, times = (read_polynomial(term.get(key, [["1", {}]])) for key in ("square", "times"))
    return [c, square, square, times, *(p for p, _ in used)], kinds == {">"} and len(term) == 2
