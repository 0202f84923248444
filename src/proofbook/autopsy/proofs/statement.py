"""Statements to be refuted, as macro-free SMT-LIB2 text: one text for every solver and checker.

A statement says: under the hypotheses, in each case (a path through the code), the claim holds. Its text
asserts the hypotheses and the *negated* rest, so that `unsat` proves it:

    (set-logic QF_NIRA)
    (declare-const x Int)
    (assert (! (<= 0 x) :named given-1))
    (assert (or (and <path> (not <claim>)) …))
    (check-sat)

Terms are what `(and or not => <= < = + - * to_real)` make of constants, numerals and rationals
`(/ 1.0 3.0)`; there is no `let`, no `ite`, no quantifier, no function.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias, Union

from proofbook.autopsy.canonical import sha256_hex

Sort = Literal["Int", "Real", "Bool"]
Term: TypeAlias = Union[str, tuple["Term", ...]]  # noqa: UP007
TRUE: Term = "true"
FALSE: Term = "false"
CONNECTIVES = {"and", "or", "not", "=>"}
RELATIONS = {"<=", "<", "="}
_OPERATIONS = {"+", "-", "*", "/", "to_real"}
_TOKEN = re.compile(r"\(|\)|[^\s()]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NUMERAL = re.compile(r"(0|[1-9][0-9]*)(\.0)?")
# Words of SMT-LIB that a constant or a hypothesis must not take for itself.
_RESERVED = re.compile(
    r"and|or|not|xor|ite|distinct|true|false|let|forall|exists|match|par|as|_"
    r"|to_real|to_int|is_int|abs|div|mod|Int|Real|Bool|BINARY|DECIMAL|HEXADECIMAL|NUMERAL|STRING"
    r"|assert|check-sat(-assuming)?|(declare|define)-(const|datatypes?|funs?(-rec)?|sort)"
    r"|echo|exit|get-(assertions|assignment|info|model|option|proof|unsat-assumptions|unsat-core)"
    r"|get-value|pop|push|reset(-assertions)?|set-(info|logic|option)"
)


class NotAStatement(ValueError):
    """Text that is not a statement of the form above; the message says where it departs."""


@dataclass(frozen=True)
class Statement:
    """Hypotheses and cases over declared constants.

    Attributes:
        constants: name and sort of each constant, in order of declaration.
        hypotheses: name and formula of each.
        cases: path and claim of each; a path that must not be reached claims `false`.
    """

    constants: tuple[tuple[str, Sort], ...]
    hypotheses: tuple[tuple[str, Term], ...]
    cases: tuple[tuple[Term, Term], ...]

    def text(self) -> str:
        """Return the text whose `unsat` proves the statement."""
        return self._text([("and", path, ("not", claim)) for path, claim in self.cases])

    def hypotheses_text(self) -> str:
        """Return the text that asserts the hypotheses alone; it must be `sat`."""
        return self._text(None)

    def variant_text(self) -> str:
        """Return the text with the claim in place of its negation; it must be `sat`."""
        return self._text([("and", path, claim) for path, claim in self.cases])

    def without(self, hypothesis: str) -> "Statement":
        """Return the statement without one hypothesis; if it still holds, the hypothesis is dead."""
        kept = tuple(item for item in self.hypotheses if item[0] != hypothesis)
        return replace(self, hypotheses=kept)

    def goal(self) -> Term:
        """Return what is asserted besides the hypotheses: the negation of the rest."""
        return _either([("and", path, ("not", claim)) for path, claim in self.cases])

    def _text(self, cases: list[Term] | None) -> str:
        lines = ["(set-logic QF_NIRA)"]
        lines += [f"(declare-const {name} {sort})" for name, sort in self.constants]
        lines += [f"(assert (! {write(term)} :named {name}))" for name, term in self.hypotheses]
        if cases is not None:
            lines.append(f"(assert {write(_either(cases))})")
        return "\n".join([*lines, "(check-sat)", ""])


def _either(cases: list[Term]) -> Term:
    return cases[0] if len(cases) == 1 else ("or", *cases) if cases else FALSE


def statement_digest(text: str) -> str:
    """Return the digest that names a statement's text."""
    return sha256_hex(text.encode())


def write(term: Term) -> str:
    """Return a term as SMT-LIB2."""
    return term if isinstance(term, str) else f"({' '.join(write(part) for part in term)})"


def rational(value: Fraction | int, sort: Sort) -> Term:
    """Return a number as a term of sort Int or Real.

    Raises:
        ValueError: a fraction of sort Int.
    """
    number = Fraction(value)
    if sort == "Int":
        if number.denominator != 1:
            raise ValueError(f"{number} is no integer")
        whole: Term = str(abs(number.numerator))
    elif number.denominator == 1:
        whole = f"{abs(number.numerator)}.0"
    else:
        whole = ("/", f"{abs(number.numerator)}.0", f"{number.denominator}.0")
    return ("-", whole) if number < 0 else whole


def read_statement(text: str) -> Statement:
    """Return the statement of a text.

    Raises:
        NotAStatement: the text is not of the form above.
    """
    commands = list(_commands(text))
    if not commands or commands[0] != ("set-logic", "QF_NIRA") or commands[-1] != ("check-sat",):
        raise NotAStatement("does not begin with (set-logic QF_NIRA) and end with (check-sat)")
    constants: list[tuple[str, Sort]] = []
    hypotheses: list[tuple[str, Term]] = []
    goal: Term | None = None
    for command in commands[1:-1]:
        match command:
            case ("declare-const", str(name), "Int" | "Real" | "Bool" as sort) if not hypotheses:
                constants.append((name, sort))
            case ("assert", ("!", formula, ":named", str(name))) if goal is None:
                hypotheses.append((name, formula))
            case ("assert", formula) if goal is None:
                goal = formula
            case _:
                raise NotAStatement(f"has a command out of place: {write(command):.80}")
    if goal is None:
        raise NotAStatement("asserts no case")
    sorts = dict(constants)
    _check_names([*sorts, *dict(hypotheses)], len(constants) + len(hypotheses))
    for formula in [*(term for _, term in hypotheses), goal]:
        _check_formula(formula, sorts)
    statement = Statement(tuple(constants), tuple(hypotheses), tuple(_cases(goal)))
    if statement.text() != text:
        raise NotAStatement("is not written in the one way that statements are written")
    return statement


def _check_names(names: list[str], named: int) -> None:
    """Constants and hypotheses share one namespace, which has words of its own."""
    if len(set(names)) != named:
        raise NotAStatement("names something twice")
    for name in names:
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise NotAStatement(f"uses {name:.80} as a name")


def _cases(goal: Term) -> Iterator[tuple[Term, Term]]:
    if goal == FALSE:
        return
    several = isinstance(goal, tuple) and goal[0] == "or"
    for case in goal[1:] if several else (goal,):
        match case:
            case ("and", path, ("not", claim)):
                yield path, claim
            case _:
                raise NotAStatement(
                    f"has a case that is not (and path (not claim)): {write(case):.80}"
                )


def _commands(text: str) -> Iterator[tuple[Term, ...]]:
    stack: list[list[Term]] = [[]]
    for token in _TOKEN.findall(text):
        if token == "(":
            stack.append([])
        elif token == ")":
            if len(stack) == 1:
                raise NotAStatement("closes a parenthesis that is not open")
            done = tuple(stack.pop())
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    if len(stack) != 1:
        raise NotAStatement("leaves a parenthesis open")
    for command in stack[0]:
        if not isinstance(command, tuple):
            raise NotAStatement(f"has {command} outside parentheses")
        yield command


def _check_formula(term: Term, sorts: dict[str, Sort]) -> None:
    if isinstance(term, str):
        if term not in {TRUE, FALSE} and sorts.get(term) != "Bool":
            raise NotAStatement(f"uses {term} as a formula")
    elif term and term[0] in CONNECTIVES:
        arity = {"not": (2, 2), "=>": (3, 3)}.get(str(term[0]), (2, 10**9))
        if not arity[0] <= len(term) <= arity[1]:
            raise NotAStatement(f"has {term[0]} of {len(term) - 1} formulas")
        for part in term[1:]:
            _check_formula(part, sorts)
    elif len(term) == 3 and term[0] in RELATIONS:
        left, right = _sort_of(term[1], sorts), _sort_of(term[2], sorts)
        if left != right:
            raise NotAStatement(f"compares {left} with {right}: {write(term):.80}")
    else:
        raise NotAStatement(f"uses something that is no formula: {write(term):.80}")


def _sort_of(term: Term, sorts: dict[str, Sort]) -> Sort:
    """Return the sort of a number term, Int or Real."""
    if isinstance(term, str):
        if _NUMERAL.fullmatch(term):
            return "Real" if "." in term else "Int"
        found = sorts.get(term)
        if found is None or found == "Bool":
            raise NotAStatement(f"uses {term} as a number")
        return found
    if len(term) < 2 or term[0] not in _OPERATIONS:
        raise NotAStatement(f"uses something that is no number: {write(term):.80}")
    parts = {_sort_of(part, sorts) for part in term[1:]}
    if term[0] == "to_real" and len(term) == 2 and parts == {"Int"}:
        return "Real"
    if term[0] == "/" and not _is_rational(term):
        raise NotAStatement(f"divides by something that is no numeral: {write(term):.80}")
    if term[0] == "to_real" or len(parts) != 1 or (len(term) == 2 and term[0] != "-"):
        raise NotAStatement(f"mixes sorts, or has too few numbers: {write(term):.80}")
    return parts.pop()


def _is_rational(term: tuple[Term, ...]) -> bool:
    return (
        len(term) == 3
        and all(
            isinstance(part, str) and _NUMERAL.fullmatch(part) and "." in part for part in term[1:]
        )
        and term[2] != "0.0"
    )
