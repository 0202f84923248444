# Extracted from notebooks/math/verify_resonance_lanes.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 1f13ca148af79468477fccb7ed603aebdf98b3238fec7ae8dbd6c4c5f5c5f116
# Digest of the text below: 421fb707f7c1f0e23e2b6c7b492e974262d3cfe1ae7f5ff9fb2924153eff4695
"""The lanes: words, links, age and neighbours (kernel `resonance_lanes`)."""

import math
from collections.abc import Mapping, Sequence

import gmpy2

from proofbook.verified.resonance import exact_dot

__all__ = [
    "DECAY_STEPS",
    "DECAY_TABLE",
    "LARGEST",
    "OLDEST",
    "SMALLEST",
    "bm25",
    "decay",
    "idf",
    "nearest",
    "propagate",
    "term_weight",
    "weighted_mean",
]


# %% kernel-words
def idf(documents: int, containing: int) -> float:
    """Return the inverse document frequency, correctly rounded: fl(ln((2N + 2) / (2n + 1))).

    Equal to BM25's ln(1 + (N - n + 1/2) / (n + 1/2)); positive for every n ≤ N.

    Args:
        documents: N, the number of units in the collection.
        containing: n, how many of them contain the word.

    Raises:
        TypeError: an argument is not an int.
        ValueError: not 0 ≤ n ≤ N.

    Source: INV-MHE-0002#L5. Robertson and Zaragoza (2009), The Probabilistic Relevance Framework;
    Ziv (1991), Fast evaluation of elementary mathematical functions.

    >>> idf(0, 0) == math.log(2.0)
    True
    """
    for number in (documents, containing):
        if type(number) is not int:
            raise TypeError(f"{number!r} is a {type(number).__name__}, not an int")
    if not 0 <= containing <= documents:
        raise ValueError(f"{containing} of {documents} documents contain the word")
    ratio = gmpy2.mpq(2 * documents + 2, 2 * containing + 1)
    precision = 64
    while True:
        with gmpy2.context(precision=precision, round=gmpy2.RoundDown):
            low = gmpy2.log(gmpy2.mpfr(ratio))
        with gmpy2.context(precision=precision, round=gmpy2.RoundUp):
            high = gmpy2.log(gmpy2.mpfr(ratio))
        with gmpy2.context(round=gmpy2.RoundToNearest):
            nearest_low, nearest_high = gmpy2.mpfr(low, 53), gmpy2.mpfr(high, 53)
        if nearest_low == nearest_high:
            return float(nearest_low)
        precision *= 2


def term_weight(
    frequency: float, length: float, mean_length: float, k1: float = 1.2, b: float = 0.75
) -> float:
    """Return BM25's saturated term weight (k₁ + 1) / (1 + K/t) with K = k₁·((1 - b) + b·L/L̄).

    Each operation is rounded once, in the order written; 0.0 where t = 0.

    Args:
        frequency: t ≥ 0, how often the unit has the word (propagated counts may be fractions).
        length: L ≥ 0, the unit's length in tokens.
        mean_length: L̄ > 0, the collection's mean length in tokens.
        k1: saturation, positive.
        b: length normalisation, in [0, 1].

    Returns:
        A double in [0, fl(k₁ + 1)].

    Raises:
        ValueError: an argument is NaN, infinite or out of its range.

    Source: INV-MHE-0002#L1, #L6. Robertson and Zaragoza (2009), §3.4.

    >>> term_weight(1.0, 10.0, 10.0, k1=1.0, b=0.5)
    1.0
    """
    if not (0.0 <= frequency < math.inf and 0.0 <= length < math.inf):
        raise ValueError(f"frequency {frequency} or length {length} is not in [0, inf)")
    if not (0.0 < mean_length < math.inf and 0.0 < k1 < math.inf):
        raise ValueError(f"mean length {mean_length} or k1 {k1} is not in (0, inf)")
    if not 0.0 <= b <= 1.0:
        raise ValueError(f"b = {b} is not in [0, 1]")
    if frequency == 0.0:
        return 0.0
    dampening = k1 * ((1.0 - b) + b * length / mean_length)
    return (k1 + 1.0) / (1.0 + dampening / frequency)


def bm25(idfs: Sequence[float], weights: Sequence[float]) -> float:
    """Return the lexical value of a unit, Σ idfᵢ·ωᵢ: each product rounded, then the sum rounded once.

    Args:
        idfs: the inverse document frequency of each query word that the unit has.
        weights: as many term weights.

    Returns:
        A finite double ≥ 0; 0.0 where no word is shared.

    Raises:
        ValueError: a number is negative, NaN or infinite, or the lengths differ.
        OverflowError: the sum exceeds the doubles.

    Source: INV-MHE-0002#L1, #L6.

    >>> bm25([1.5, 0.25], [2.0, 1.0])
    3.25
    """
    for number in (*idfs, *weights):
        if not 0.0 <= number < math.inf:
            raise ValueError(f"{number} is not finite and non-negative")
    return math.fsum(rarity * weight for rarity, weight in zip(idfs, weights, strict=True))


# %% kernel-links
SMALLEST = 2.0**-500
LARGEST = 2.0**500


def propagate(
    counts: Sequence[Mapping[str, float]],
    sessions: Sequence[int] | Sequence[str],
    gamma: float = 0.5,
    radius: int = 3,
) -> list[dict[str, float]]:
    """Spread word counts along temporal links: t̃(w, i) = Σ γ^|d|·t(w, i + d), |d| ≤ R, same session.

    Every sum is exact, rounded once; whole counts below 2⁴⁰ are not rounded at all by the defaults.

    Args:
        counts: for each unit, in order of time, its words with their counts (sparse).
        sessions: for each unit, the session it belongs to.
        gamma: the weight of one step, a power of two in (0, 1].
        radius: R ≥ 0, the farthest step that counts; gammaᴿ is at least 2⁻⁵⁰⁰.

    Returns:
        For each unit its words with their propagated counts.

    Raises:
        ValueError: the lengths differ, gamma or radius is out of range, or a count is neither 0 nor in
            [2⁻⁵⁰⁰, 2⁵⁰⁰].

    Source: INV-MHE-0002#L2, #L7.

    >>> propagate([{"tea": 1.0}, {}, {"tea": 2.0}], ["x", "x", "y"])
    [{'tea': 1.0}, {'tea': 0.5}, {'tea': 2.0}]
    """
    if len(counts) != len(sessions):
        raise ValueError(f"{len(counts)} units, but {len(sessions)} sessions")
    if radius < 0 or gamma > 1.0 or math.frexp(gamma)[0] != 0.5:
        raise ValueError(f"gamma {gamma} is no power of two in (0, 1], or radius {radius} < 0")
    factors = [1.0]
    for _ in range(radius):
        factors.append(factors[-1] * gamma)
    if factors[-1] < SMALLEST:
        raise ValueError(f"gamma {gamma} to the power of {radius} is below 2**-500")
    for unit in counts:
        for word, count in unit.items():
            if not (count == 0.0 or SMALLEST <= count <= LARGEST):
                raise ValueError(f"count {count} of {word!r} is not 0 and not in [2**-500, 2**500]")
    result = []
    for here, session in enumerate(sessions):
        parts: dict[str, list[float]] = {}
        for there in range(max(0, here - radius), min(len(counts), here + radius + 1)):
            if sessions[there] == session:
                for word, count in counts[there].items():
                    parts.setdefault(word, []).append(factors[abs(there - here)] * count)
        result.append({word: math.fsum(terms) for word, terms in parts.items()})
    return result


# %% kernel-age
DECAY_STEPS = 16
OLDEST = 1000


def _decay_table() -> tuple[int, ...]:
    """Return the integers nearest to 2^(53 - j/16) for j = 0 … 16."""
    table = []
    for step in range(DECAY_STEPS + 1):
        root = 2 ** (54 * DECAY_STEPS - step)
        for _ in range(4):
            root = math.isqrt(root)
        table.append((root + 1) // 2)
    return tuple(table)


DECAY_TABLE = _decay_table()


def decay(age: int, half_life: int) -> float:
    """Return how much of a memory is left, about 2^(-age / half_life), in (0, 1].

    Linear between the sixteenths of a half-life, exact at half-lives, rounded once; at most 1/4000
    above the exponential. Ages beyond 1000 half-lives count as 1000 half-lives.

    Args:
        age: ≥ 0, an integer in any unit (seconds, turns).
        half_life: > 0, an integer in the same unit.

    Raises:
        TypeError: an argument is not an int.
        ValueError: the age is negative or the half-life not positive.

    Source: INV-MHE-0002#L3, #L8.

    >>> [decay(age, 10) for age in (0, 10, 20)]
    [1.0, 0.5, 0.25]
    """
    for number in (age, half_life):
        if type(number) is not int:
            raise TypeError(f"{number!r} is a {type(number).__name__}, not an int")
    if age < 0 or half_life <= 0:
        raise ValueError(f"age {age} is negative, or half-life {half_life} is not positive")
    place, rest = divmod(min(age, OLDEST * half_life) * DECAY_STEPS, half_life)
    halvings, step = divmod(place, DECAY_STEPS)
    before, after = DECAY_TABLE[step], DECAY_TABLE[step + 1]
    return (before * half_life - (before - after) * rest) / (half_life << (53 + halvings))


# %% kernel-neighbours
def nearest(similarities: Sequence[float], count: int = 5) -> list[int]:
    """Return the positions of the greatest positive similarities, descending, ties by position.

    Args:
        similarities: a finite similarity to each candidate; what is not positive is no neighbour.
        count: how many neighbours at most, ≥ 0.

    Raises:
        ValueError: a similarity is NaN or infinite, or the count is negative.

    Source: INV-MHE-0002#L4.

    >>> nearest([0.1, 0.9, -0.5, 0.9], count=2)
    [1, 3]
    """
    if count < 0:
        raise ValueError(f"count {count} is negative")
    for value in similarities:
        if not math.isfinite(value):
            raise ValueError(f"similarity {value} is not finite")
    found = [place for place, value in enumerate(similarities) if value > 0.0]
    return sorted(found, key=lambda place: (-similarities[place], place))[:count]


def weighted_mean(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return fl(Σ sⱼ·vⱼ / Σ sⱼ), the exact weighted mean rounded once; 0.0 where all weights are 0.

    Args:
        weights: finite sⱼ ≥ 0.
        values: as many finite values.

    Returns:
        A double between the smallest and the greatest value that has a positive weight.

    Raises:
        ValueError: a weight is negative, anything is NaN or infinite, or the lengths differ.

    Source: INV-MHE-0002#L4.

    >>> weighted_mean([1.0, 3.0], [0.0, 1.0])
    0.75
    """
    for weight in weights:
        if not 0.0 <= weight < math.inf:
            raise ValueError(f"weight {weight} is not finite and non-negative")
    above, above_unit = exact_dot(weights, values)
    below, below_unit = exact_dot(weights, [1] * len(values))
    if below == 0:
        return 0.0
    return (above * below_unit) / (above_unit * below)
