# Extracted from notebooks/math/verify_routing_rules.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: 801ba1c7679597aeba1b136f2cf0e05d472df4243423ad078d28ea8324ad2e6e
# Digest of the text below: b98c215d59fbab22f04ef08968155b9293b54363c41b3e3cce6e4f46a0760989
"""Rule calculus of routing (kernel `routing_rules`)."""

from proofbook.verified.routing_contract import PERMIT

__all__ = [
    "DENY",
    "NOT_APPLICABLE",
    "SEVERITY",
    "apply_rule",
    "combine",
    "evaluate",
    "join_verdicts",
    "read_verdict",
]


# %% kernel-verdicts
DENY = "deny"
NOT_APPLICABLE = "not-applicable"
SEVERITY = {NOT_APPLICABLE: 0, PERMIT: 1, DENY: 2}


def read_verdict(outcome: object) -> str:
    r"""Return the verdict that an outcome stands for; whatever is no verdict is `DENY`.

    $\lceil x\rceil = x$ for $x \in \mathbb V$, otherwise `deny`. Total: no value raises. Only
    an exact `str` is compared, so no foreign `__eq__` is ever called.

    Example:
        >>> read_verdict("permit"), read_verdict(None), read_verdict(True)
        ('permit', 'deny', 'deny')

    Source: INV-CAIO-0002#L1.
    """
    if type(outcome) is str and outcome in SEVERITY:
        return outcome
    return DENY


# %% kernel-combine
def join_verdicts(a: object, b: object) -> str:
    r"""Return the more severe of two outcomes, each read as a verdict first.

    $a \vee b = \max(\lceil a\rceil, \lceil b\rceil)$ in the chain
    not-applicable < permit < deny. Total.

    Source: INV-CAIO-0002#L2.
    """
    left, right = read_verdict(a), read_verdict(b)
    return left if SEVERITY[left] >= SEVERITY[right] else right


def combine(outcomes: object) -> str:
    r"""Return the verdict of a policy from the outcomes of its rules.

    $\pi(x_1, \dots, x_n) = \bigvee_i \lceil x_i\rceil$, `not-applicable` for none. Order,
    grouping and repetition do not matter. Total: what is neither a list nor a tuple is `deny`.

    Args:
        outcomes: list or tuple of outcomes, each a verdict or anything else.

    Example:
        >>> combine(["permit", "not-applicable"]), combine(["permit", None]), combine([])
        ('permit', 'deny', 'not-applicable')

    Source: INV-CAIO-0002#L1 to #L6; deny-overrides of XACML 3.0, C.2, with every
    Indeterminate as Deny.
    """
    if type(outcomes) is not list and type(outcomes) is not tuple:
        return DENY
    verdict = NOT_APPLICABLE
    for outcome in outcomes:
        verdict = join_verdicts(verdict, outcome)
    return verdict


# %% kernel-rules
def apply_rule(condition: object, effect: object) -> str:
    """Return the outcome of one rule.

    Exactly `True` gives the effect (`permit` if it is that word, `deny` otherwise), exactly
    `False` gives `not-applicable`, anything else (None, 1, an exception) gives `deny`. Total.

    Args:
        condition: what evaluating the rule's condition gave.
        effect: `PERMIT` or `DENY`.

    Example:
        >>> apply_rule(True, "permit"), apply_rule(False, "deny"), apply_rule(None, "permit")
        ('permit', 'not-applicable', 'deny')

    Source: INV-CAIO-0002#L7.
    """
    if condition is False:
        return NOT_APPLICABLE
    if condition is True and type(effect) is str and effect == PERMIT:
        return PERMIT
    return DENY


def evaluate(rules: object) -> str:
    r"""Return the verdict of rules given as pairs (condition, effect).

    $\pi = \bigvee_i \mathrm{apply}(\beta_i, e_i)$. Total: what is no list or tuple is `deny`,
    and so is a rule that is no pair.

    Args:
        rules: list or tuple of pairs (outcome of the condition, effect).

    Source: INV-CAIO-0002#L7 and #L8.
    """
    if type(rules) is not list and type(rules) is not tuple:
        return DENY
    outcomes = [
        apply_rule(rule[0], rule[1]) if type(rule) is tuple and len(rule) == 2 else DENY
        for rule in rules
    ]
    return combine(outcomes)
