# Extracted from notebooks/math/verify_routing_control.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 043c973a6b10dea3910c397d58f9de38063489035191033dc3634ae80749ce90
# Digest of the text below: 61e961c0d9421202c83146c6ee8d93748a08a494a46a374aaaea543dceac0ef8
"""Control calculus (kernel `routing_control`)."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "MAX_VALUE",
    "SCALE",
    "LoadState",
    "admit",
    "apportion",
    "follow",
    "follow_shares",
    "load",
    "settling_steps",
    "share_distance",
    "stable_gain",
    "tick",
]


# %% export-follow
SCALE = 2**16
MAX_VALUE = 2**53 - 1


def _require(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"{name} = {value} is not in [{low}, {high}]")


def _part(gain: int, amount: int) -> int:
    """Return the ceiling of gain/SCALE of a non-negative amount."""
    return -(-gain * amount // SCALE)


def follow(value: int, target: int, gain: int) -> int:
    r"""Return the value after one damped step towards the target.

    $$ x' = x + \operatorname{sgn}(e)\,\lceil g\,|e| \rceil, \quad e = \text{target} - x,
       \quad g = \gamma/2^{16} $$

    The error becomes $\lfloor (1-g)|e| \rfloor$ with the same sign (lemma L2).

    Args:
        value: an integer within 2^53 - 1.
        target: likewise, same unit.
        gain: $\gamma$, 1 (slowest) to `SCALE` (at once).

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    Example:
        >>> follow(0, 100, SCALE // 4), follow(99, 100, SCALE // 4), follow(7, 7, 1)
        (25, 100, 7)
    """
    _require("value", value, -MAX_VALUE, MAX_VALUE)
    _require("target", target, -MAX_VALUE, MAX_VALUE)
    _require("gain", gain, 1, SCALE)
    error = target - value
    return value + _part(gain, max(0, error)) - _part(gain, max(0, -error))


def settling_steps(error: int, gain: int) -> int:
    r"""Return a number of steps after which an error has vanished, exactly.

    $$ \lceil 1/g \rceil \cdot \mathrm{bitlength}(|e|) $$

    Args:
        error: $|e|$, 0 to 2^54 - 2.
        gain: $\gamma$, 1 to `SCALE`.

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    Example:
        >>> settling_steps(100, SCALE // 4)
        28
    """
    _require("error", error, 0, 2 * MAX_VALUE)
    _require("gain", gain, 1, SCALE)
    return -(-SCALE // gain) * error.bit_length()


def stable_gain(slope: int) -> int:
    r"""Return the largest gain for which a closed loop is proved to settle.

    $$ \gamma = \lfloor 2^{16} / (1 + L) \rfloor $$

    Args:
        slope: $L$, by how much the target falls at most when the value rises by one; 0 to `SCALE` - 1.

    Raises:
        TypeError: the argument is not an int.
        ValueError: the argument is out of range.

    Example:
        >>> stable_gain(0), stable_gain(3)
        (65536, 16384)
    """
    _require("slope", slope, 0, SCALE - 1)
    return SCALE // (1 + slope)


# %% export-shares
def apportion(total: int, demands: Sequence[int]) -> tuple[int, ...]:
    r"""Divide a total into whole parts in proportion to demands (largest remainders).

    $$ a_j \in \{\lfloor f_j \rfloor, \lceil f_j \rceil\},\ f_j = \frac{T d_j}{\sum d},
       \ \sum_j a_j = T $$

    Remainders are served from the largest down, ties to the least index.

    Args:
        total: $T$, 0 to 2^53 - 1.
        demands: non-negative integers, not all zero.

    Raises:
        TypeError: a number is not an int.
        ValueError: a number is out of range, or no demand is positive.

    References:
        Balinski and Young, Fair Representation (1982): the method of Hamilton.

    Example:
        >>> apportion(10, [6, 6, 2])
        (4, 4, 2)
    """
    _require("total", total, 0, MAX_VALUE)
    for demand in demands:
        _require("demand", demand, 0, MAX_VALUE * SCALE)
    whole = sum(demands)
    if whole == 0:
        raise ValueError("no demand is positive")
    parts = [total * demand // whole for demand in demands]
    order = sorted(range(len(demands)), key=lambda j: (-(total * demands[j] % whole), j))
    for j in order[: total - sum(parts)]:
        parts[j] += 1
    return tuple(parts)


def _gaps(shares: Sequence[int], target: Sequence[int]) -> list[int]:
    """Return by how much each share exceeds its target, after checking that totals agree."""
    for share in [*shares, *target]:
        _require("share", share, 0, MAX_VALUE)
    if len(shares) != len(target) or sum(shares) != sum(target):
        raise ValueError("shares and target do not divide the same total among as many")
    return [shares[j] - target[j] for j in range(len(shares))]


def share_distance(shares: Sequence[int], target: Sequence[int]) -> int:
    r"""Return the total variation between two divisions of the same total.

    $$ V(x, \tau) = \sum_j (x_j - \tau_j)^+ = \tfrac12 \sum_j |x_j - \tau_j| $$

    Raises:
        TypeError: a share is not an int.
        ValueError: a share is negative, or lengths or totals differ.

    Example:
        >>> share_distance((5, 3, 2), (2, 4, 4))
        3
    """
    return sum(max(0, gap) for gap in _gaps(shares, target))


def follow_shares(shares: Sequence[int], target: Sequence[int], gain: int) -> tuple[int, ...]:
    r"""Return shares after one damped step towards a target division of the same total.

    $$ x' = x - \mathrm{apportion}(M; (x-\tau)^+) + \mathrm{apportion}(M; (\tau-x)^+),
       \quad M = \lceil g\,V(x,\tau) \rceil $$

    The total is kept exactly, no share passes its target, and the distance becomes
    $\lfloor (1-g) V \rfloor$ (lemma L3).

    Args:
        shares: non-negative integers.
        target: likewise, as many, with the same sum.
        gain: $\gamma$, 1 to `SCALE`.

    Raises:
        TypeError: a number is not an int.
        ValueError: a number is out of range, or lengths or totals differ.

    Example:
        >>> follow_shares((8, 0, 0), (0, 4, 4), SCALE // 2)
        (4, 2, 2)
    """
    _require("gain", gain, 1, SCALE)
    gaps = _gaps(shares, target)
    moved = _part(gain, share_distance(shares, target))
    if moved == 0:
        return tuple(shares)
    given = apportion(moved, [max(0, gap) for gap in gaps])
    taken = apportion(moved, [max(0, -gap) for gap in gaps])
    return tuple(shares[j] - given[j] + taken[j] for j in range(len(shares)))


# %% export-tick
def load(inflight: int, capacity: int) -> int:
    r"""Return the load of a service in units of 2^-16.

    $$ \ell = \min(s, \lceil s\, i / k \rceil), \qquad \ell = s \text{ where } k = 0 $$

    Args:
        inflight: requests in flight, $i$, 0 to 2^53 - 1.
        capacity: requests it takes at a time, $k$, 0 to 2^53 - 1.

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    Example:
        >>> load(1, 4), load(4, 4), load(0, 4), load(0, 0)
        (16384, 65536, 0, 65536)
    """
    _require("inflight", inflight, 0, MAX_VALUE)
    _require("capacity", capacity, 0, MAX_VALUE)
    if inflight >= capacity:
        return SCALE
    return -(-SCALE * inflight // capacity)


def admit(queued: int, inflight: int, capacity: int, pressure: int) -> int:
    r"""Return how many queued requests a service lets in now.

    $$ a = \min\bigl(\text{queued},\ \max(1, \lfloor k (s - p)/s \rfloor),\ (k - i)^+\bigr) $$

    Args:
        queued: requests that wait, 0 to 2^53 - 1.
        inflight: requests in flight *now*, $i$; may exceed a capacity that was lowered.
        capacity: $k$, 0 to 2^53 - 1.
        pressure: damped load $p$, 0 to `SCALE`.

    Returns:
        A number that never takes the service beyond its capacity (L7).

    Raises:
        TypeError: an argument is not an int.
        ValueError: an argument is out of range.

    Example:
        >>> admit(9, 2, 8, 0), admit(9, 2, 8, SCALE // 2), admit(9, 2, 8, SCALE), admit(9, 8, 8, 0)
        (6, 4, 1, 0)
    """
    _require("queued", queued, 0, MAX_VALUE)
    _require("inflight", inflight, 0, MAX_VALUE)
    _require("capacity", capacity, 0, MAX_VALUE)
    _require("pressure", pressure, 0, SCALE)
    window = max(1, capacity * (SCALE - pressure) // SCALE)
    return min(queued, window, max(0, capacity - inflight))


@dataclass(frozen=True)
class LoadState:
    """What the controller remembers of each service.

    Attributes:
        pressures: damped loads, 0 to `SCALE` each.
        shares: shares of new requests, non-negative, `SCALE` in total.
    """

    pressures: tuple[int, ...]
    shares: tuple[int, ...]


def tick(
    state: LoadState, inflight: Sequence[int], capacities: Sequence[int], gain: int
) -> LoadState:
    r"""Return the state after one observation: pressures follow loads, shares follow headroom.

    $$ p' = \mathrm{follow}(p, \ell), \quad
       x' = \mathrm{follow}\bigl(x,\ \mathrm{apportion}(s; k_j (s - p_j'))\bigr) $$

    Where no service has headroom the shares stay as they are.

    Args:
        state: pressures and shares of m services.
        inflight: requests in flight at each.
        capacities: capacity of each.
        gain: $\gamma$, 1 to `SCALE`.

    Raises:
        TypeError: a number is not an int.
        ValueError: a number is out of range, lengths differ, or the shares do not add up to `SCALE`.

    Example:
        >>> tick(LoadState((0, 0), (SCALE // 2, SCALE // 2)), [4, 0], [4, 4], SCALE).shares
        (0, 65536)
    """
    services = len(state.shares)
    if {len(state.pressures), len(inflight), len(capacities)} != {services}:
        raise ValueError(
            "lengths differ: pressures, shares, inflight and capacities are per service"
        )
    if sum(state.shares) != SCALE:
        raise ValueError(f"shares add up to {sum(state.shares)}, not {SCALE}")
    for pressure in state.pressures:
        _require("pressure", pressure, 0, SCALE)
    pressures = tuple(
        follow(state.pressures[j], load(inflight[j], capacities[j]), gain) for j in range(services)
    )
    headroom = [capacities[j] * (SCALE - pressures[j]) for j in range(services)]
    target = apportion(SCALE, headroom) if any(headroom) else state.shares
    return LoadState(pressures, follow_shares(state.shares, target, gain))
