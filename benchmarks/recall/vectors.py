"""Vectors without a model: hashed character n-grams under a signed random projection, in integers.

Every n-gram has a direction in {-1, +1}^384, read off its BLAKE2b digest: nothing is learned and nothing
stored, and the projection preserves inner products in expectation (Achlioptas 2003, "Database-friendly
random projections"). Sums of directions are integers, so that no dot product here is ever rounded; the
only roundings are one square root and one quotient for each cosine, both correctly rounded by IEEE 754.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
GRAM_SIZES = (3, 4, 5)
UNIT_ONE = 2**15
"""Length of a unit vector in fixed point: a dot product of two stays below 2**31."""

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]


def grams(term: str) -> list[str]:
    """Return the character 3- to 5-grams of a term, its ends marked, repetitions kept.

    >>> grams("go")
    ['_go', 'go_', '_go_']
    """
    marked = f"_{term}_"
    return [
        marked[start : start + size]
        for size in GRAM_SIZES
        for start in range(len(marked) - size + 1)
    ]


def direction(gram: str) -> Integers:
    """Return the direction of an n-gram: 384 signs as int64, the bits of its BLAKE2b digest."""
    digest = hashlib.blake2b(gram.encode(), digest_size=DIMENSIONS // 8).digest()
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))
    return bits.astype(np.int64) * 2 - 1


@lru_cache(maxsize=1 << 16)
def project_term(term: str) -> Integers:
    """Return the sum of the directions of a term's n-grams, shape (384,), read-only."""
    total = np.zeros(DIMENSIONS, dtype=np.int64)
    for gram in grams(term):
        total += direction(gram)
    total.flags.writeable = False
    return total


def project(terms: Iterable[str]) -> Integers:
    """Return the sum over the terms, repetitions counted, shape (384,)."""
    total = np.zeros(DIMENSIONS, dtype=np.int64)
    for term in terms:
        total += project_term(term)
    return total


def to_unit(vectors: Integers) -> Integers:
    """Return each row scaled to length 2¹⁵ and rounded to integers; a zero row stays zero.

    Args:
        vectors: shape (n, 384).
    """
    lengths = np.sqrt(squared_lengths(vectors).astype(np.float64))
    lengths[lengths == 0.0] = 1.0
    scaled = vectors.astype(np.float64) * UNIT_ONE / lengths[:, np.newaxis]
    return np.rint(scaled).astype(np.int64)


def squared_lengths(vectors: Integers) -> Integers:
    """Return Σ v² of each row, exactly."""
    squares: Integers = (vectors * vectors).sum(axis=1)
    return squares


def smooth_with_previous(units: Integers, sessions: Sequence[str]) -> Integers:
    """Return 2·uᵢ + uᵢ₋₁, the previous row counted only within the same session.

    A turn is often an answer, and what it answers stands in the turn before.
    """
    smoothed = 2 * units
    for row in range(1, len(sessions)):
        if sessions[row] == sessions[row - 1]:
            smoothed[row] += units[row - 1]
    return smoothed


def cosines(vectors: Integers, lengths: Doubles, query: Integers) -> Doubles:
    """Return the cosine of each row with the query in [-1, 1]; 0 where either is zero.

    Args:
        vectors: shape (n, 384); lengths: their Euclidean lengths, shape (n,); query: shape (384,).
    """
    query_length = math.sqrt(int((query * query).sum()))
    product = lengths * query_length
    product[product == 0.0] = 1.0
    # int64 `@` is a plain loop: no BLAS, nothing rounded
    found: Doubles = np.clip((vectors @ query).astype(np.float64) / product, -1.0, 1.0)
    return found


def similarities(units: Integers) -> Iterator[list[float]]:
    """Yield for each row its cosine with every row, its own set to 0; all pairs, quadratic in time.

    Args:
        units: shape (n, 384), each row of length 2¹⁵ or zero. The quotient by 2³⁰ is exact.
    """
    for row, unit in enumerate(units):
        products = (units @ unit).astype(np.float64) / UNIT_ONE**2
        products[row] = 0.0
        yield products.tolist()
