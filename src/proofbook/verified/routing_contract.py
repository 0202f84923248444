# Extracted from notebooks/math/verify_routing_contract.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 32092ad6165bbe465ab23eb496ff3611e429caacb4aa6aa23cc535e81a011be1
# Digest of the text below: ae88dcb051b21b48bc3f75f51d1bc156941e5b1608376a5751c0dd35c96e6a51
"""Contract calculus of routing (kernel `routing_contract`)."""

from dataclasses import dataclass

__all__ = [
    "ACTIVE",
    "MAX_COST_NANO_USD",
    "MAX_COUNT",
    "MAX_LATENCY_US",
    "MAX_LEVEL",
    "MAX_WEIGHT",
    "PERMIT",
    "PPM",
    "REASONS",
    "Bounds",
    "Contract",
    "Evidence",
    "Label",
    "Request",
    "feasible",
    "first_violation",
    "flows_to",
    "refines",
    "validate_contract",
    "validate_label",
    "validate_request",
]


# %% kernel-constants
ACTIVE = "active"
PERMIT = "permit"
REASONS = (
    "inactive",
    "capability",
    "label",
    "region",
    "latency",
    "cost",
    "accuracy",
    "reliability",
    "policy",
)
PPM = 1_000_000
MAX_LATENCY_US = 86_400_000_000
MAX_COST_NANO_USD = 1_000_000_000_000
MAX_WEIGHT = 1_000_000
MAX_LEVEL = 255
MAX_COUNT = 2**53 - 1


# %% kernel-label
@dataclass(frozen=True)
class Label:
    """A point of the security lattice: a level and a set of categories.

    Attributes:
        level: sensitivity, 0 (public) to `MAX_LEVEL`.
        categories: compartments (need to know), possibly none.

    References:
        Denning, "A lattice model of secure information flow", CACM 19(5), 1976.
    """

    level: int
    categories: frozenset[str]


def flows_to(source: Label, target: Label) -> bool:
    r"""Say whether what is labelled `source` may go where `target` is cleared.

    $s \sqsubseteq t \iff \mathrm{level}(s) \le \mathrm{level}(t) \wedge
    \mathrm{cat}(s) \subseteq \mathrm{cat}(t)$.

    Example:
        >>> flows_to(Label(1, frozenset({"pii"})), Label(2, frozenset({"pii", "eu"})))
        True
        >>> flows_to(Label(1, frozenset({"pii"})), Label(9, frozenset()))
        False

    Source: INV-CAIO-0001#L1; Denning 1976.
    """
    return source.level <= target.level and source.categories <= target.categories


# %% kernel-records
@dataclass(frozen=True)
class Evidence:
    """What an accuracy claim rests on.

    Attributes:
        n: observations; 0 where there are none.
        k: successes among them, 0 <= k <= n.
        window: size of the window of future calls that the claim speaks of.
        delta_ppm: risk that the claim is wrong, in parts per million, 1 to 999999.
        method: name of the method that made the bound.
    """

    n: int
    k: int
    window: int
    delta_ppm: int
    method: str


@dataclass(frozen=True)
class Contract:
    """What a service declares, in integers.

    Attributes:
        id: identity of the service; ties in routing go to the least id.
        version: revision of the contract, from 1.
        capabilities: what the service can do; never empty.
        latency_us: upper bound on latency, microseconds.
        cost_nano_usd: upper bound on the cost of a call, nano-USD.
        accuracy_ppm: lower bound on accuracy, parts per million.
        reliability_ppm: lower bound on the probability of success, parts per million.
        clearance: the highest label the service may be given.
        regions: EVERY region in which the service may process a request; never empty.
        capacity: calls it takes at a time.
        state: `ACTIVE`, or any other word: then it takes nothing.
        evidence: what `accuracy_ppm` rests on.
    """

    id: str
    version: int
    capabilities: frozenset[str]
    latency_us: int
    cost_nano_usd: int
    accuracy_ppm: int
    reliability_ppm: int
    clearance: Label
    regions: frozenset[str]
    capacity: int
    state: str
    evidence: Evidence


@dataclass(frozen=True)
class Bounds:
    """What a request puts up with: two ceilings and two floors, each inclusive."""

    max_latency_us: int
    max_cost_nano_usd: int
    min_accuracy_ppm: int
    min_reliability_ppm: int


@dataclass(frozen=True)
class Request:
    """What a caller asks for.

    Attributes:
        capabilities: what is needed; never empty.
        bounds: the four bounds.
        label: how sensitive the payload is.
        regions: where it may be processed; never empty.
        weights: of latency (us), cost (nano-USD), inaccuracy and unreliability (ppm, 1e6 minus).
        tenant: on whose behalf.
        policy_sha256: digest of the policy snapshot, 64 lowercase hexadecimal digits.
        flags_sha256: digest of the flag snapshot, likewise.
    """

    capabilities: frozenset[str]
    bounds: Bounds
    label: Label
    regions: frozenset[str]
    weights: tuple[int, int, int, int]
    tenant: str
    policy_sha256: str
    flags_sha256: str


# %% kernel-validate
def _check_integer(value: object, low: int, high: int, field: str) -> None:
    if type(value) is not int:  # a bool is an int to isinstance, and 1.0 == 1
        raise TypeError(f"{field} must be an int, not {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"{field} must lie in [{low}, {high}], not {value}")


def _check_text(value: object, field: str) -> None:
    if type(value) is not str:
        raise TypeError(f"{field} must be a str, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{field} must not be empty")
    value.encode("utf-8")  # a lone surrogate has no canonical bytes: UnicodeEncodeError


def _check_names(value: object, field: str) -> None:
    if type(value) is not frozenset:
        raise TypeError(f"{field} must be a frozenset, not {type(value).__name__}")
    if not all(type(name) is str for name in value):
        raise TypeError(f"{field} must hold str alone")
    for name in sorted(value):
        _check_text(name, field)


def _check_some_names(value: object, field: str) -> None:
    _check_names(value, field)
    if not value:
        raise ValueError(f"{field} must not be empty")


def _check_digest(value: object, field: str) -> None:
    _check_text(value, field)
    if len(str(value)) != 64 or not set(str(value)) <= set("0123456789abcdef"):
        raise ValueError(f"{field} must be 64 lowercase hexadecimal digits")


def _check_record(value: object, kind: type, field: str) -> None:
    if type(value) is not kind:
        raise TypeError(f"{field} must be a {kind.__name__}, not {type(value).__name__}")


def validate_label(label: Label) -> None:
    """Refuse a label outside the lattice.

    Raises:
        TypeError: a field is not exactly of its type (a bool is not an int).
        ValueError: the level is outside [0, MAX_LEVEL], or a category is empty.

    Source: INV-CAIO-0001#L7.
    """
    _check_record(label, Label, "label")
    _check_integer(label.level, 0, MAX_LEVEL, "level")
    _check_names(label.categories, "categories")


def _check_evidence(evidence: Evidence) -> None:
    _check_record(evidence, Evidence, "evidence")
    _check_integer(evidence.n, 0, MAX_COUNT, "n")
    _check_integer(evidence.k, 0, evidence.n, "k")
    _check_integer(evidence.window, 0, MAX_COUNT, "window")
    _check_integer(evidence.delta_ppm, 1, PPM - 1, "delta_ppm")
    _check_text(evidence.method, "method")


def validate_contract(contract: Contract) -> None:
    """Refuse a contract outside the ranges on which the calculus is proved.

    Raises:
        TypeError: a field is not exactly of its type (a bool is not an int, nor is 1.0).
        ValueError: a number outside its range, an empty or unencodable string, no capability
            or no region.

    Source: INV-CAIO-0001#L7 (exactly this domain) and #L8 (no overflow on it).
    """
    _check_record(contract, Contract, "contract")
    _check_text(contract.id, "id")
    _check_integer(contract.version, 1, MAX_COUNT, "version")
    _check_some_names(contract.capabilities, "capabilities")
    _check_integer(contract.latency_us, 0, MAX_LATENCY_US, "latency_us")
    _check_integer(contract.cost_nano_usd, 0, MAX_COST_NANO_USD, "cost_nano_usd")
    _check_integer(contract.accuracy_ppm, 0, PPM, "accuracy_ppm")
    _check_integer(contract.reliability_ppm, 0, PPM, "reliability_ppm")
    validate_label(contract.clearance)
    _check_some_names(contract.regions, "regions")
    _check_integer(contract.capacity, 0, MAX_COUNT, "capacity")
    _check_text(contract.state, "state")
    _check_evidence(contract.evidence)


def _check_bounds(bounds: Bounds) -> None:
    _check_record(bounds, Bounds, "bounds")
    _check_integer(bounds.max_latency_us, 0, MAX_LATENCY_US, "max_latency_us")
    _check_integer(bounds.max_cost_nano_usd, 0, MAX_COST_NANO_USD, "max_cost_nano_usd")
    _check_integer(bounds.min_accuracy_ppm, 0, PPM, "min_accuracy_ppm")
    _check_integer(bounds.min_reliability_ppm, 0, PPM, "min_reliability_ppm")


def validate_request(request: Request) -> None:
    """Refuse a request outside the ranges on which the calculus is proved.

    Raises:
        TypeError: a field is not exactly of its type (a bool is not an int, nor is 1.0).
        ValueError: a number outside its range, an empty or unencodable string, no capability
            or no region, not four weights, or a digest that is not 64 lowercase hex digits.

    Source: INV-CAIO-0001#L7 (exactly this domain) and #L8 (no overflow on it).
    """
    _check_record(request, Request, "request")
    _check_some_names(request.capabilities, "capabilities")
    _check_bounds(request.bounds)
    validate_label(request.label)
    _check_some_names(request.regions, "regions")
    _check_record(request.weights, tuple, "weights")
    if len(request.weights) != 4:
        raise ValueError(f"weights must be four, not {len(request.weights)}")
    for weight in request.weights:
        _check_integer(weight, 0, MAX_WEIGHT, "weights")
    _check_text(request.tenant, "tenant")
    _check_digest(request.policy_sha256, "policy_sha256")
    _check_digest(request.flags_sha256, "flags_sha256")


# %% kernel-feasible
def _constraints(request: Request, contract: Contract, verdict: str) -> tuple[bool, ...]:
    bounds = request.bounds
    return (
        contract.state == ACTIVE,
        request.capabilities <= contract.capabilities,
        flows_to(request.label, contract.clearance),
        bool(contract.regions) and contract.regions <= request.regions,
        contract.latency_us <= bounds.max_latency_us,
        contract.cost_nano_usd <= bounds.max_cost_nano_usd,
        contract.accuracy_ppm >= bounds.min_accuracy_ppm,
        contract.reliability_ppm >= bounds.min_reliability_ppm,
        verdict == PERMIT,
    )


def first_violation(request: Request, contract: Contract, verdict: str) -> str | None:
    r"""Return the first violated constraint in the order of `REASONS`, or None.

    $\rho(q, c, \pi) = \mathrm{REASONS}[\min\{i : \neg\kappa_i(q, c, \pi)\}]$, None where the
    set is empty. Being the first makes the reason a function of the inputs, so that a
    certificate with any other reason is wrong.

    Args:
        request: a valid request.
        contract: a valid contract.
        verdict: the policy's word on this pair; anything but `PERMIT` exactly refuses.

    Source: INV-CAIO-0001#L2.
    """
    for reason, kept in zip(REASONS, _constraints(request, contract, verdict), strict=True):
        if not kept:
            return reason
    return None


def feasible(request: Request, contract: Contract, verdict: str) -> bool:
    r"""Say whether the service may take the request.

    $\mathrm{feasible}(q, c, \pi) \iff \bigwedge_{i=1}^{9} \kappa_i(q, c, \pi)$: active, able,
    cleared, in allowed regions only, within the four bounds, and permitted.

    Args:
        request: a valid request.
        contract: a valid contract.
        verdict: the policy's word on this pair; anything but `PERMIT` exactly refuses.

    Source: INV-CAIO-0001#L1.
    """
    return first_violation(request, contract, verdict) is None


# %% kernel-refines
def refines(a: Contract, b: Contract) -> bool:
    r"""Say whether contract `a` promises all that `b` promises: $b \sqsubseteq a$.

    More capabilities, clearance and capacity; less latency and cost; no less accuracy and
    reliability; no region that `b` has not; active where `b` is. Identity, version and
    evidence are not promises and are not compared, so this is a preorder on contracts and a
    partial order on what they promise.

    Source: INV-CAIO-0001#L4, #L5 and #L6.
    """
    return (
        (a.state == ACTIVE or b.state != ACTIVE)
        and a.capabilities >= b.capabilities
        and flows_to(b.clearance, a.clearance)
        and bool(a.regions) == bool(b.regions)
        and a.regions <= b.regions
        and a.latency_us <= b.latency_us
        and a.cost_nano_usd <= b.cost_nano_usd
        and a.accuracy_ppm >= b.accuracy_ppm
        and a.reliability_ppm >= b.reliability_ppm
        and a.capacity >= b.capacity
    )
