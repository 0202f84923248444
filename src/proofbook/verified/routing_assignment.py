# Extracted from notebooks/math/verify_routing_assignment.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 665a52db76deace5d1e7a74fd5188a5029c27deda7de91f8b5bcdc73e106990e
# Digest of the text below: 0c1d44d0661bc3986b3a260e2eb886e70bac9ec8461c55d900803ba06f4d64b7
"""Batch assignment with a certificate (kernel `routing_assignment`)."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "MAX_COST",
    "Assignment",
    "HallSet",
    "assign",
    "check_assignment",
    "check_hall_set",
]


# %% export-data
MAX_COST = 2**40


@dataclass(frozen=True)
class Assignment:
    r"""An assignment with the prices that certify it.

    Attributes:
        services: the service of each request, by index.
        request_prices: $u_i$, integers, in the unit of the costs.
        service_prices: $v_j \le 0$, integers, in the unit of the costs.
    """

    services: tuple[int, ...]
    request_prices: tuple[int, ...]
    service_prices: tuple[int, ...]


@dataclass(frozen=True)
class HallSet:
    r"""Requests $S$ that cannot all be served: $|S| > \sum_{j \in N(S)} k_j$.

    Attributes:
        requests: the members of $S$, by index, ascending.
    """

    requests: tuple[int, ...]


# %% export-validate
def _validate(costs: Sequence[Sequence[int | None]], capacities: Sequence[int]) -> None:
    for capacity in capacities:
        if type(capacity) is not int or capacity < 0:
            raise ValueError(f"capacity {capacity!r} is not a non-negative integer")
    for request, row in enumerate(costs):
        if len(row) != len(capacities):
            raise ValueError(
                f"request {request} has {len(row)} costs for {len(capacities)} services"
            )
        for cost in row:
            if cost is not None and (type(cost) is not int or abs(cost) > MAX_COST):
                raise ValueError(f"cost {cost!r} of request {request} is not an integer in range")


# %% export-solve
@dataclass
class _Flow:
    """A cheapest assignment of the requests inserted so far, with its prices."""

    home: list[int]
    served: list[list[int]]
    u: list[int]
    v: list[int]


def _insert(
    flow: _Flow, costs: Sequence[Sequence[int | None]], capacities: Sequence[int], request: int
) -> HallSet | None:
    """Insert the next request along a shortest augmenting path, or return the Hall set met."""
    distance: dict[int, int] = {}
    parent: dict[int, int] = {}
    settled: list[int] = []
    flow.home.append(-1)
    flow.u.append(0)
    rows, base = [request], 0
    while True:
        for row in rows:
            for service, cost in enumerate(costs[row]):
                if cost is None or service in settled:
                    continue
                length = base + cost - flow.u[row] - flow.v[service]
                if service not in distance or length < distance[service]:
                    distance[service], parent[service] = length, row
        reached = [(distance[service], service) for service in distance if service not in settled]
        if not reached:
            met = [row for service in settled for row in flow.served[service]]
            return HallSet(tuple(sorted([request, *met])))
        base, nearest = min(reached)
        if len(flow.served[nearest]) < capacities[nearest]:
            break
        settled.append(nearest)
        rows = flow.served[nearest]
    for service in settled:
        flow.v[service] -= base - distance[service]
        for row in flow.served[service]:
            flow.u[row] += base - distance[service]
    flow.u[request] = base
    while nearest >= 0:
        row = parent[nearest]
        left, flow.home[row] = flow.home[row], nearest
        flow.served[nearest].append(row)
        if left >= 0:
            flow.served[left].remove(row)
        nearest = left
    return None


def _cheapest(
    costs: Sequence[Sequence[int | None]], capacities: Sequence[int]
) -> Assignment | HallSet:
    """Insert all requests in order."""
    flow = _Flow([], [[] for _ in capacities], [], [0] * len(capacities))
    for request in range(len(costs)):
        blocked = _insert(flow, costs, capacities, request)
        if blocked is not None:
            return blocked
    return Assignment(tuple(flow.home), tuple(flow.u), tuple(flow.v))


# %% export-assign
def assign(
    costs: Sequence[Sequence[int | None]], capacities: Sequence[int]
) -> Assignment | HallSet:
    r"""Return the cheapest assignment under capacities, or why there is none.

    $$ \min_a \sum_i c_{i,a(i)} \quad\text{s.t.}\quad |a^{-1}(j)| \le k_j $$

    Ties go to the lexicographically least assignment. Successive shortest paths with potentials
    (Edmonds and Karp 1972; Tomizawa 1971), integers only: $O(n\,m\,(n + m))$ operations.

    Args:
        costs: $n$ rows of $m$ costs; `None` where the service cannot take the request.
        capacities: $m$ non-negative integers.

    Returns:
        An `Assignment` that `check_assignment` accepts, or, if not all requests can be served, the
        least `HallSet` of the first requests that cannot.

    Raises:
        ValueError: a cost or capacity is not an integer in range, or a row has another length.

    Example:
        >>> assign([[1, 5], [2, 9]], [1, 2])
        Assignment(services=(1, 0), request_prices=(5, 6), service_prices=(-4, 0))
        >>> assign([[1, None], [2, None]], [1, 2])
        HallSet(requests=(0, 1))
    """
    _validate(costs, capacities)
    found = _cheapest(costs, capacities)
    if isinstance(found, HallSet):
        return found
    requests, services = len(costs), len(capacities)
    scaled = [
        [
            None if cost is None else cost * services**requests + service * services**place
            for service, cost in enumerate(row)
        ]
        for place, row in zip(reversed(range(requests)), costs, strict=True)
    ]
    least = _cheapest(scaled, capacities)
    assert isinstance(least, Assignment)
    return Assignment(least.services, found.request_prices, found.service_prices)


# %% export-check
def check_assignment(
    costs: Sequence[Sequence[int | None]], capacities: Sequence[int], answer: Assignment
) -> str | None:
    r"""Return the first flaw of a claimed optimal assignment, or None if it is proved optimal.

    Primal: $a(i)$ can take $i$, $|a^{-1}(j)| \le k_j$. Dual: $v \le 0$, $u_i + v_j \le c_{ij}$.
    Equal: $\sum_i c_{i,a(i)} = \sum_i u_i + \sum_j k_j v_j$. All in integers; nothing is searched.
    What acceptance proves is lemma L2.

    Returns:
        `shape`, `forbidden`, `capacity`, `sign`, `price`, `objective` or None.

    Raises:
        ValueError: the instance itself is malformed (as in `assign`).

    Example:
        >>> check_assignment([[1, 5], [2, 9]], [1, 2], Assignment((1, 0), (5, 6), (-4, 0)))
        >>> check_assignment([[1, 5], [2, 9]], [1, 2], Assignment((0, 1), (5, 6), (-4, 0)))
        'objective'
    """
    _validate(costs, capacities)
    chosen, u, v = answer.services, answer.request_prices, answer.service_prices
    if len(chosen) != len(costs) or len(u) != len(costs) or len(v) != len(capacities):
        return "shape"
    spent = 0
    for request, service in enumerate(chosen):
        cost = costs[request][service] if 0 <= service < len(capacities) else None
        if cost is None:
            return "forbidden"
        spent += cost
    if any(chosen.count(service) > places for service, places in enumerate(capacities)):
        return "capacity"
    if any(price > 0 for price in v):
        return "sign"
    for request, row in enumerate(costs):
        for service, cost in enumerate(row):
            if cost is not None and u[request] + v[service] > cost:
                return "price"
    worth = sum(u) + sum(places * price for places, price in zip(capacities, v, strict=True))
    return None if spent == worth else "objective"


def check_hall_set(
    costs: Sequence[Sequence[int | None]], capacities: Sequence[int], answer: HallSet
) -> str | None:
    r"""Return the first flaw of a claimed Hall set, or None if the batch is proved impossible.

    $S$ is a set of requests, and $|S| > \sum_{j \in N(S)} k_j$ where $N(S)$ are the services that
    can take a member of $S$ (Hall 1935; lemma L4).

    Returns:
        `shape` (not ascending request indices), `room` (they may fit) or None.

    Raises:
        ValueError: the instance itself is malformed (as in `assign`).

    Example:
        >>> check_hall_set([[1, None], [2, None]], [1, 2], HallSet((0, 1)))
        >>> check_hall_set([[1, None], [2, None]], [1, 2], HallSet((0,)))
        'room'
    """
    _validate(costs, capacities)
    members = answer.requests
    if list(members) != [request for request in range(len(costs)) if request in members]:
        return "shape"
    room = sum(
        places
        for service, places in enumerate(capacities)
        if any(costs[request][service] is not None for request in members)
    )
    return None if len(members) > room else "room"
