"""Find a sum of products that refutes a branch: first in floats, then exactly on its support."""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from proofbook.autopsy.proofs.elimination import Elimination, multipliers
from proofbook.autopsy.proofs.polynomials import Polynomial, sum_of
from proofbook.autopsy.proofs.products import Product

# A float solution's entries below these are noise; the first threshold whose support is a contradiction wins.
NOISE = (1e-7, 1e-9, 1e-11)
SMALL = 800  # as many products are not worth a float solution
PIVOTS = 2000
SCALINGS = 4
LARGE = 12  # binary digits of a numeral from which rows and columns are scaled


def refute(products: list[Product], iterations: int) -> list[tuple[Fraction, Product]] | None:
    """Return positive factors (any, for equalities) whose sum of products is a contradiction, if there are.

    A contradiction is a negative constant, or zero with a product that is strictly positive.
    """
    useful = _useful(products)
    if len(useful) <= SMALL:
        return _refute_exactly(useful)
    columns = _signed([product for product in useful if _fits_floats(product)])
    solution = _solve_floats(columns, iterations)
    if solution is None:
        return None
    for noise in NOISE:
        support = {
            id(product): product
            for (_, product), value in zip(columns, solution, strict=True)
            if value > noise
        }
        found = _refute_exactly(list(support.values()))
        if found is not None:
            return found
    return None


def _fits_floats(product: Product) -> bool:
    return all(2.0**-500 < abs(value) < 2.0**500 for value in product.polynomial.values())


def _refute_exactly(products: list[Product]) -> list[tuple[Fraction, Product]] | None:
    from proofbook.autopsy.proofs.simplex import contradiction

    found = contradiction([(product.polynomial, product.kind) for product in products], PIVOTS)
    if found is None:
        return None
    return [(factor, products[place]) for place, factor in found.items() if factor]


def node(
    found: list[tuple[Fraction, Product]], facts: list[tuple[Polynomial, str]], by: Elimination
) -> Any:
    """Return the certificate's node of a refutation in the reduced facts, in terms of the facts themselves."""
    terms: list[dict[str, Any]] = []
    total: list[list[Polynomial]] = []
    for product, c, indices in ((one[1], *part) for one in found for part in _expanded(*one)):
        term: dict[str, Any] = {"c": str(c), "facts": indices}
        factors: list[Polynomial] = [{(): c}, *(facts[index][0] for index in indices)]
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


def _expanded(factor: Fraction, product: Product) -> Iterator[tuple[Fraction, list[int]]]:
    """Yield the products of facts that a product with lifted facts is the sum of, but for the constant."""
    choices = [((bound, ()), (Fraction(1), (index,))) for index, bound in product.lifted]
    for chosen in itertools.product(*choices):
        indices = [*product.facts, *(index for _, one in chosen for index in one)]
        if indices or product.square is not None:
            c = prod((bound for bound, _ in chosen), start=factor * product.scale)
            yield c, sorted(indices)


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


def _signed(products: list[Product]) -> list[tuple[int, Product]]:
    signed = [(1, product) for product in products]
    return signed + [(-1, product) for product in products if product.kind == "="]


def _rows(columns: list[tuple[int, Product]]) -> dict[tuple[str, ...], int]:
    monomials = {monomial for _, product in columns for monomial in product.polynomial}
    ordered = sorted(monomials - {()}, key=lambda monomial: (len(monomial), monomial))
    return {monomial: row for row, monomial in enumerate([(), *ordered])}


def _solve_floats(columns: list[tuple[int, Product]], iterations: int) -> Any:
    """Minimise the weighted sum of factors: all monomials cancel, and slack + strict products are 1.

    Rows and columns are scaled, so the solution is to be compared with noise, not more.
    """
    import numpy as np
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
    sizes, row_at, column_at = np.log2(np.abs(data)), np.array(row_of), np.array(column_of)
    by_row, by_column = np.zeros(last + 1), np.zeros(len(columns) + 1)
    for _ in range(SCALINGS if max(sizes) > LARGE else 0):
        by_row = _middle(sizes - by_column[column_at], row_at, last + 1)
        by_column = _middle(sizes - by_row[row_at], column_at, len(columns) + 1)
    scaled = np.array(data) * np.exp2(-np.round(by_row[row_at] + by_column[column_at]))
    matrix = csc_array((scaled, (row_at, column_at)), shape=(last + 1, len(columns) + 1))
    cost = [1.0 + product.degree() + len(product.facts) for _, product in columns] + [0.0]
    options = {"maxiter": iterations, "presolve": True}
    result = linprog(
        cost, A_eq=matrix, b_eq=[0.0] * last + [1.0], method="highs-ds", options=options
    )
    return result.x[:-1] if result.status == 0 else None


def _middle(sizes: Any, places: Any, count: int) -> Any:
    """Return the middle between the least and the greatest size of each row or column."""
    import numpy as np

    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, places, sizes)
    np.maximum.at(high, places, sizes)
    return (low + high) / 2
