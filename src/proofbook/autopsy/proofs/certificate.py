"""The checker of certificates. ADR 0050 has the format, ADR 0051 why this may be trusted."""

from fractions import Fraction
from typing import Any, NamedTuple

from proofbook.autopsy.proofs.polynomials import LIMIT, Polynomial, read_polynomial, sum_of
from proofbook.autopsy.proofs.statement import Statement, read_statement


class Branch(NamedTuple):
    sorts: dict[str, str]
    facts: list[tuple[Polynomial, str]]  # each polynomial is ">=", ">" or "=" zero
    signs: dict[str, bool]
    open: list[list[tuple[Any, bool]]]  # disjunctions of formulas, each with whether it holds


def check_certificate(text: str, certificate: Any) -> str | None:
    """Return None if the certificate proves the text unsatisfiable, else a reason; never raise."""
    try:
        given = read_statement(text)
        closed = closes(certificate, start(given), (asserted(given), True))
    except Exception as error:  # whatever is malformed proves nothing
        return f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return None if closed else "the certificate leaves a branch open, or closes one twice"


def start(given: Statement) -> Branch:
    return Branch(dict(given.constants), [], {"true": True, "false": False}, [])


def asserted(given: Statement) -> Any:
    return ("and", *(formula for _, formula in given.hypotheses), given.goal())


def add(branch: Branch, formula: Any, truth: bool) -> bool:
    """Add a formula that holds, or its negation; say whether the branch stays open."""
    match formula:
        case str():
            return branch.signs.setdefault(formula, truth) == truth
        case ("not", part):
            return add(branch, part, not truth)
        case ("=>", left, right):
            return add(branch, ("or", ("not", left), right), truth)
        case ("=", left, right) if not truth:
            return add(branch, ("or", ("<", left, right), ("<", right, left)), True)
        case ("and" | "or" as head, *parts) if (head == "and") == truth:
            return all(add(branch, part, truth) for part in parts)
        case ("and" | "or", *parts):
            branch.open.append([(part, truth) for part in parts])
        case (head, left, right):
            fact = polynomial(("-", right, left) if truth else ("-", left, right))
            kind = "=" if head == "=" else ">" if (head == "<") == truth else ">="
            whole = all(c.denominator == 1 for c in fact.values())
            if kind == ">" and whole and all(branch.sorts[x] == "Int" for m in fact for x in m):
                fact, kind = sum_of([fact], [{(): Fraction(-1)}]), ">="  # p > 0 gives p - 1 >= 0
            branch.facts.append((fact, kind))
    return True


def polynomial(term: Any) -> Polynomial:
    if isinstance(term, str):
        return {(): Fraction(term)} if term[0].isdigit() else {(term,): Fraction(1)}
    head, first, *rest = term[0], *map(polynomial, term[1:])
    match head:
        case "/":
            return {(): first[()] / rest[0][()]}
        case "*":
            return sum_of([first, *rest])
    sign: Polynomial = {(): Fraction(-1 if head == "-" else 1)}
    return sum_of([first], *([part, sign] for part in rest)) if rest else sum_of([first, sign])


def closes(node: Any, branch: Branch, formula: tuple[Any, bool]) -> bool:
    """Add a formula to the branch, and say whether the certificate's node closes it."""
    if not add(branch, *formula):
        return node is None
    match node:
        case {"split": k, "cases": [*cases]} if len(node) == 2 and type(k) is int and k >= 0:
            disjuncts, (sorts, facts, signs, others) = branch.open.pop(k), branch
            copies = [Branch(sorts, facts[:], {**signs}, others[:]) for _ in cases]
            return all(closes(*each) for each in zip(cases, copies, disjuncts, strict=True))
        case {"refute": [*terms]} if len(node) == 1:
            products = [product(branch, **term) for term in terms]
            total = sum_of(*(factors for factors, _ in products))
            rest = total.pop((), Fraction(0))
            return not total and (rest < 0 or (rest == 0 and any(p for _, p in products)))
    return False


def product(branch: Branch, c: str, facts: list[int], **more: Any) -> tuple[list[Polynomial], bool]:
    """Return factors whose product is never negative, and whether it is positive."""
    used = [branch.facts[i] for i in facts if type(i) is int and i >= 0]
    kinds, factor = {kind for _, kind in used}, read_polynomial([[c, {}]])
    well_formed = len(used) == len(facts) <= LIMIT and more.keys() <= {"square", "times"}
    if not well_formed or not ("=" in kinds or (factor[()] > 0 and "times" not in more)):
        raise ValueError("a term has another form, or may be negative")
    others = [read_polynomial(more[key]) for key in ("square", "square", "times") if key in more]
    return [factor, *others, *(p for p, _ in used)], kinds == {">"} and not more
