# Extracted from notebooks/math/verify_routing_claims.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 35c383c5e69f7efb75ed937bddecb05545b82f1709c7cb3a89f44f33bfb3c4a2
# Digest of the text below: bb4b97c3529c1d258d9b2eb27df8baf9caaac60579630481749022d096efbe9b
"""Calibrated claims (kernel `routing_claims`)."""

from fractions import Fraction
from math import comb

from proofbook.verified.routing_contract import Evidence

__all__ = [
    "MAX_TRIALS",
    "METHOD",
    "claim_ppm",
    "corrected_delta",
    "predictive_bound",
    "supports",
    "upper_tail",
]


# %% export-tail
MAX_TRIALS = 10_000
METHOD = "hypergeometric-lower-bonferroni"
_PPM = 1_000_000


def _require(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"{name} = {value} is not in [{low}, {high}]")


def _ways(n: int, window: int, total: int, k: int) -> int:
    """Return the number of n-subsets of the trials that hold at least k of the successes."""
    low = max(k, total - window)
    ways = comb(total, low) * comb(n + window - total, n - low)
    found = ways
    for x in range(low, n):  # from x = total on the factor total - x keeps ways at 0
        ways = ways * (total - x) * (n - x) // ((x + 1) * (window - total + x + 1))
        found += ways
    return found


def upper_tail(n: int, window: int, total: int, k: int) -> Fraction:
    r"""Return the probability that the observed part holds at least k of all the successes.

    $$ T(K, k) = \sum_{x \ge k} \binom{K}{x}\binom{n+m-K}{n-x} \Big/ \binom{n+m}{n} $$

    Args:
        n: observed trials, 0 to `MAX_TRIALS`.
        window: trials to come, $m$, 0 to `MAX_TRIALS`.
        total: successes in both, $K$, 0 to n + window.
        k: a count of successes, 0 to n.

    Returns:
        The exact probability, a rational in [0, 1].

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    Example:
        >>> upper_tail(2, 2, 2, 1)
        Fraction(5, 6)
    """
    _require("n", n, 0, MAX_TRIALS)
    _require("window", window, 0, MAX_TRIALS)
    _require("total", total, 0, n + window)
    _require("k", k, 0, n)
    return Fraction(_ways(n, window, total, k), comb(n + window, n))


# %% export-bound
def predictive_bound(n: int, k: int, window: int, delta: Fraction) -> int:
    r"""Return how many successes the next window will hold at least, at risk delta.

    $$ L_\delta(k) = \min\{ y \in \{0,\dots,m\} : T(k + y, k) > \delta \} $$

    Args:
        n: observed trials, 0 to `MAX_TRIALS`.
        k: successes among them, 0 to n.
        window: trials to come, $m$, 1 to `MAX_TRIALS`.
        delta: risk, a rational strictly between 0 and 1.

    Returns:
        An integer in [0, window]. Over exchangeable trials, $P(Y < L_\delta(X)) \le \delta$ (L2).

    Raises:
        TypeError: an argument is of another type.
        ValueError: an argument is out of range.

    References:
        Thulin and Zwanzig, Exact confidence intervals and hypothesis tests for parameters of
        discrete distributions, Bernoulli 23 (2017); Buehler, J. Amer. Statist. Assoc. 52 (1957).

    Example:
        >>> predictive_bound(100, 95, 100, Fraction(1, 20))
        88
    """
    _require("n", n, 0, MAX_TRIALS)
    _require("k", k, 0, n)
    _require("window", window, 1, MAX_TRIALS)
    if type(delta) is not Fraction:
        raise TypeError(f"delta must be a Fraction, not {type(delta).__name__}")
    if not 0 < delta < 1:
        raise ValueError(f"delta = {delta} is not strictly between 0 and 1")
    limit = delta.numerator * comb(n + window, n)
    low, high = 0, window
    while low < high:
        middle = (low + high) // 2
        if _ways(n, window, k + middle, k) * delta.denominator > limit:
            high = middle
        else:
            low = middle + 1
    return low


# %% export-claim
def corrected_delta(delta_ppm: int, services: int) -> Fraction:
    r"""Return the risk of one claim when one of several services is selected by its claim.

    $$ \delta' = \frac{\delta}{s} $$

    Args:
        delta_ppm: risk of the selected claim, parts per million, 1 to 999999.
        services: number of services compared, $s \ge 1$, before any selection.

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    References:
        Dunn, Multiple comparisons among means, J. Amer. Statist. Assoc. 56 (1961).

    Example:
        >>> corrected_delta(50_000, 10)
        Fraction(1, 200)
    """
    _require("delta_ppm", delta_ppm, 1, _PPM - 1)
    _require("services", services, 1, _PPM)
    return Fraction(delta_ppm, _PPM * services)


def claim_ppm(n: int, k: int, window: int, delta_ppm: int, services: int) -> int:
    r"""Return the accuracy that may be promised for the next window, in parts per million.

    $$ \lfloor 10^6\, L_{\delta/s}(k) / m \rfloor $$

    Args:
        n: observed trials, 0 to `MAX_TRIALS`.
        k: successes among them, 0 to n.
        window: trials that the promise covers, 1 to `MAX_TRIALS`.
        delta_ppm: risk that the promise of the selected service is broken, 1 to 999999.
        services: number of services compared, 1 to 1000000.

    Returns:
        An integer in [0, 1000000]; 0 where there is no evidence.

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    Example:
        >>> claim_ppm(100, 95, 100, 50_000, 1)
        880000
    """
    successes = predictive_bound(n, k, window, corrected_delta(delta_ppm, services))
    return _PPM * successes // window


def supports(accuracy_ppm: int, evidence: Evidence, services: int) -> bool:
    r"""Say whether evidence supports a contract's accuracy: it promises no more than it may.

    $$ \text{method known} \;\wedge\;
    \text{accuracy} \le \lfloor 10^6\, L_{\delta/s}(k) / m \rfloor $$

    Args:
        accuracy_ppm: the promise, 0 to 1000000.
        evidence: trials n, successes k, window m, risk delta_ppm and method of the promise.
        services: number of services compared, $s$, before any selection.

    Returns:
        False also where the method is not `METHOD`: an unknown method proves nothing.

    Raises:
        TypeError: a number is not an int.
        ValueError: a number is out of range.

    Example:
        >>> seen = Evidence(n=100, k=95, window=100, delta_ppm=50_000, method=METHOD)
        >>> supports(880_000, seen, 1), supports(950_000, seen, 1)
        (True, False)
    """
    _require("accuracy_ppm", accuracy_ppm, 0, _PPM)
    bound = claim_ppm(evidence.n, evidence.k, evidence.window, evidence.delta_ppm, services)
    return evidence.method == METHOD and accuracy_ppm <= bound
