# Extracted from notebooks/math/verify_routing_composition.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: e8dcc11fbeeb532584da5c77abed8fb9d45d1474b31fc168b8fce79067034f84
# Digest of the text below: 1dab549d07f75584eeb054b1d3090bde0c92ef62e100389eda0d955e449d60c2
"""Guarantee composition calculus of routing (kernel `routing_composition`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from proofbook.verified.routing_contract import PPM, Bounds

__all__ = [
    "Guarantee",
    "all_of",
    "fail_over",
    "meets",
    "satisfies",
    "series",
    "validate_guarantee",
]


# %% kernel-guarantee
@dataclass(frozen=True)
class Guarantee:
    """What is promised of one service or of several together.

    Attributes:
        latency_us: upper bound on the latency of every run, microseconds.
        cost_nano_usd: upper bound on the cost of every run, nano-USD.
        accuracy_ppm: lower bound on the probability of the right answer, parts per million; a
            run that fails has no right answer.
        reliability_ppm: lower bound on the probability of an answer, parts per million.
        assumes_independence: whether the two probabilities rest on independence.
    """

    latency_us: int
    cost_nano_usd: int
    accuracy_ppm: int
    reliability_ppm: int
    assumes_independence: bool


def validate_guarantee(guarantee: Guarantee) -> None:
    """Refuse a guarantee outside the domain of the calculus.

    Raises:
        TypeError: not a guarantee, a number that is not an `int` (a bool is none), or a flag
            that is not a bool.
        ValueError: a negative number, or a probability above `PPM`.

    Source: INV-CAIO-0004#L9.
    """
    if type(guarantee) is not Guarantee:
        raise TypeError(f"not a Guarantee but {type(guarantee).__name__}")
    if type(guarantee.assumes_independence) is not bool:
        raise TypeError("assumes_independence must be a bool")
    for name in ("latency_us", "cost_nano_usd", "accuracy_ppm", "reliability_ppm"):
        value = getattr(guarantee, name)
        if type(value) is not int:
            raise TypeError(f"{name} must be an int, not {type(value).__name__}")
        if value < 0 or (name.endswith("_ppm") and value > PPM):
            raise ValueError(f"{name} is out of range: {value}")


def meets(a: Guarantee, b: Guarantee) -> bool:
    r"""Say whether guarantee `a` promises at least what `b` does.

    $t_a \le t_b \wedge p_a \le p_b \wedge a_a \ge a_b \wedge r_a \ge r_b \wedge
    (\iota_a \Rightarrow \iota_b)$; a partial order.

    Source: INV-CAIO-0004#L7.
    """
    return (
        a.latency_us <= b.latency_us
        and a.cost_nano_usd <= b.cost_nano_usd
        and a.accuracy_ppm >= b.accuracy_ppm
        and a.reliability_ppm >= b.reliability_ppm
        and a.assumes_independence <= b.assumes_independence
    )


def satisfies(guarantee: Guarantee, bounds: Bounds) -> bool:
    r"""Say whether a guarantee keeps the four bounds of a request.

    $t \le \bar t \wedge p \le \bar p \wedge a \ge \underline a \wedge r \ge \underline r$. Whether an
    assumed independence is acceptable is the caller's to decide, by the flag.

    Source: INV-CAIO-0004#L7; the constraints latency to reliability of INV-CAIO-0001#L1.
    """
    return (
        guarantee.latency_us <= bounds.max_latency_us
        and guarantee.cost_nano_usd <= bounds.max_cost_nano_usd
        and guarantee.accuracy_ppm >= bounds.min_accuracy_ppm
        and guarantee.reliability_ppm >= bounds.min_reliability_ppm
    )


# %% kernel-compose
def _product(values: Sequence[int]) -> tuple[int, int]:
    numerator, denominator = 1, 1
    for value in values:
        numerator *= value
        denominator *= PPM
    return numerator, denominator


def _all_hold(values: Sequence[int], independent: bool) -> int:
    if independent:
        numerator, denominator = _product(values)
        return PPM * numerator // denominator  # down: never more than is true
    return max(0, PPM - sum(PPM - value for value in values))


def _some_holds(values: Sequence[int], independent: bool) -> int:
    if independent:
        numerator, denominator = _product([PPM - value for value in values])
        return PPM - -(-PPM * numerator // denominator)  # failure is rounded up
    return max(values)


def _assumed(parts: Sequence[Guarantee], independent: bool) -> bool:
    needed = independent and len(parts) > 1  # one part is independent of nothing
    return needed or any(part.assumes_independence for part in parts)


def series(parts: Sequence[Guarantee], independent: bool = False) -> Guarantee:
    r"""Return the guarantee of parts run one after the other, all of which have to succeed.

    $(\sum t_i, \sum p_i, \bigotimes a_i, \bigotimes r_i)$ with
    $\bigotimes x_i = \max(0, M - \sum (M - x_i))$; with `independent`,
    $\lfloor M \prod x_i / M \rfloor$. No parts promise everything at no cost.

    Args:
        parts: valid guarantees.
        independent: assume that the parts succeed, and are right, independently.

    Example:
        >>> part = Guarantee(10, 5, 900_000, 990_000, False)
        >>> whole = series([part, part])
        >>> whole.latency_us, whole.accuracy_ppm, whole.reliability_ppm
        (20, 800000, 980000)

    Source: INV-CAIO-0004#L1, #L2; Boole's inequality, Fréchet 1935.
    """
    return Guarantee(
        sum(part.latency_us for part in parts),
        sum(part.cost_nano_usd for part in parts),
        _all_hold([part.accuracy_ppm for part in parts], independent),
        _all_hold([part.reliability_ppm for part in parts], independent),
        _assumed(parts, independent),
    )


def all_of(parts: Sequence[Guarantee], independent: bool = False) -> Guarantee:
    r"""Return the guarantee of parts run side by side, all of which have to succeed.

    As `series`, but the latency is $\max t_i$.

    Args:
        parts: valid guarantees.
        independent: assume that the parts succeed, and are right, independently.

    Source: INV-CAIO-0004#L1, #L2.
    """
    return Guarantee(
        max((part.latency_us for part in parts), default=0),
        sum(part.cost_nano_usd for part in parts),
        _all_hold([part.accuracy_ppm for part in parts], independent),
        _all_hold([part.reliability_ppm for part in parts], independent),
        _assumed(parts, independent),
    )


def fail_over(parts: Sequence[Guarantee], independent: bool = False) -> Guarantee:
    r"""Return the guarantee of parts tried in order until one answers.

    $(\sum t_i, \sum p_i, a_1, \max r_i)$; with `independent` the reliability is
    $M - \lceil M \prod (M - r_i) / M \rceil$. The accuracy is that of the first part: a wrong
    answer is an answer, so the others are never asked.

    Args:
        parts: valid guarantees, at least one.
        independent: assume that the parts fail independently.

    Raises:
        ValueError: there is no part.

    Source: INV-CAIO-0004#L1, #L3.
    """
    if not parts:
        raise ValueError("fail-over needs at least one part")
    return Guarantee(
        sum(part.latency_us for part in parts),
        sum(part.cost_nano_usd for part in parts),
        parts[0].accuracy_ppm,
        _some_holds([part.reliability_ppm for part in parts], independent),
        _assumed(parts, independent),
    )
