"""Find a sum of products that refutes a branch: first in floats, then exactly on its support."""

from fractions import Fraction
from typing import Any

from proofbook.autopsy.proofs.certificate import Polynomial, sum_of
from proofbook.autopsy.proofs.elimination import Elimination, multipliers
from proofbook.autopsy.proofs.products import Product

LARGEST_ENTRY = 10**15  # the float solver refuses greater ones
# A float solution's entries below these are noise; the first threshold whose support solves exactly wins.
NOISE = (1e-11, 1e-9, 1e-7, 1e-5)


def refute(products: list[Product], iterations: int) -> list[tuple[Fraction, Product]] | None:
    """Return positive factors (any, for equalities) whose sum of products is a contradiction, if there are.

    A contradiction is a negative constant, or zero with a product that is strictly positive.
    """
    columns = _signed(_useful([product for product in products if _fits_floats(product)]))
    if not columns:
        return None
    solution = _solve_floats(columns, iterations)
    if solution is None:
        return None
    for noise in NOISE:
        support = [column for column, value in zip(columns, solution, strict=True) if value > noise]
        factors = _solve_exactly(support)
        if factors is not None:
            return [
                (sign * factor, product)
                for (sign, product), factor in zip(support, factors, strict=True)
                if factor
            ]
    return None


def node(
    found: list[tuple[Fraction, Product]], facts: list[tuple[Polynomial, str]], by: Elimination
) -> Any:
    """Return the certificate's node of a refutation in the reduced facts, in terms of the facts themselves."""
    terms: list[dict[str, Any]] = []
    total: list[list[Polynomial]] = []
    for factor, product in found:
        c = factor * product.scale
        term: dict[str, Any] = {"c": str(c), "facts": list(product.facts)}
        factors: list[Polynomial] = [{(): c}, *(facts[index][0] for index in product.facts)]
        for key, part, power in (("square", product.square, 2), ("times", product.times, 1)):
            if part is not None:
                exact = {monomial: Fraction(value) for monomial, value in part.items()}
                term[key] = write_polynomial(exact)
                factors += [exact] * power
        terms.append(term)
        total.append(factors)
    for index, multiple in multipliers(sum_of(*total), by.steps):
        negated = {monomial: -value for monomial, value in multiple.items()}
        terms.append({"c": "1", "facts": [index], "times": write_polynomial(negated)})
    return {"refute": terms}


def write_polynomial(polynomial: Polynomial) -> list[list[Any]]:
    """Return a polynomial as JSON, monomials in order."""
    return [
        [str(value), {name: monomial.count(name) for name in sorted(set(monomial))}]
        for monomial, value in sorted(polynomial.items())
    ]


def _useful(products: list[Product]) -> list[Product]:
    """Leave out products with a monomial that nothing can cancel, as long as there are any."""
    while True:
        signs: dict[tuple[str, ...], set[bool]] = {}
        for product in products:
            for monomial, value in product.polynomial.items():
                both = {True, False} if product.kind == "=" else {value > 0}
                signs.setdefault(monomial, set()).update(both)
        lonely = {monomial for monomial, found in signs.items() if len(found) == 1 and monomial}
        kept = [product for product in products if lonely.isdisjoint(product.polynomial)]
        if len(kept) == len(products):
            return kept
        products = kept


def _fits_floats(product: Product) -> bool:
    return all(abs(value) < LARGEST_ENTRY for value in product.polynomial.values())


def _signed(products: list[Product]) -> list[tuple[int, Product]]:
    signed = [(1, product) for product in products]
    return signed + [(-1, product) for product in products if product.kind == "="]


def _rows(columns: list[tuple[int, Product]]) -> dict[tuple[str, ...], int]:
    monomials = {monomial for _, product in columns for monomial in product.polynomial}
    ordered = sorted(monomials - {()}, key=lambda monomial: (len(monomial), monomial))
    return {monomial: row for row, monomial in enumerate([(), *ordered])}


def _solve_floats(columns: list[tuple[int, Product]], iterations: int) -> Any:
    """Minimise the weighted sum of factors: all monomials cancel, and slack + strict products are 1."""
    from scipy.optimize import linprog
    from scipy.sparse import csc_array

    rows = _rows(columns)
    last = len(rows)
    data, row_of, column_of = [1.0, 1.0], [0, last], [len(columns), len(columns)]
    for place, (sign, product) in enumerate(columns):
        entries = [(rows[m], float(sign * value)) for m, value in product.polynomial.items()]
        entries += [(last, 1.0)] if product.kind == ">" else []
        for row, value in entries:
            data.append(value)
            row_of.append(row)
            column_of.append(place)
    matrix = csc_array((data, (row_of, column_of)), shape=(last + 1, len(columns) + 1))
    cost = [1.0 + product.degree() + len(product.facts) for _, product in columns] + [0.0]
    options = {"maxiter": iterations, "presolve": True}
    result = linprog(
        cost, A_eq=matrix, b_eq=[0.0] * last + [1.0], method="highs-ds", options=options
    )
    return result.x[:-1] if result.status == 0 else None


def _solve_exactly(columns: list[tuple[int, Product]]) -> list[Fraction] | None:
    """Solve for the factors of the support in rationals; None if that has no solution of the right signs."""
    rows = _rows(columns)
    system: list[dict[int, Fraction]] = [{} for _ in range(len(rows) + 1)]
    slack, right = len(columns), len(columns) + 1
    for place, (sign, product) in enumerate(columns):
        for monomial, value in product.polynomial.items():
            system[rows[monomial]][place] = Fraction(sign * value)
        if product.kind == ">":
            system[-1][place] = Fraction(1)
    system[0][slack] = system[-1][slack] = system[-1][right] = Fraction(1)
    solution = _eliminate(system, right) or _eliminate([*system, {slack: Fraction(1)}], right)
    return solution[:-1] if solution and all(value >= 0 for value in solution) else None


def _eliminate(system: list[dict[int, Fraction]], right: int) -> list[Fraction] | None:
    """Return the solution of a sparse system, free unknowns at zero; the right side is a column too."""
    pivots: dict[int, dict[int, Fraction]] = {}
    for row in sorted(system, key=len):
        rest = dict(row)
        while rest and (column := min(rest)) in pivots:
            _subtract(rest, pivots[column], rest[column])
        if rest:
            if min(rest) == right:
                return None
            lead = rest[min(rest)]
            pivots[min(rest)] = {place: value / lead for place, value in rest.items()}
    values = [Fraction(0)] * right
    for column in sorted(pivots, reverse=True):
        row = pivots[column]
        known = (
            value * values[place] for place, value in row.items() if place not in {column, right}
        )
        values[column] = row.get(right, Fraction(0)) - sum(known, Fraction(0))
    return values


def _subtract(row: dict[int, Fraction], other: dict[int, Fraction], factor: Fraction) -> None:
    for place, value in other.items():
        left = row.get(place, Fraction(0)) - factor * value
        if left:
            row[place] = left
        else:
            row.pop(place, None)
