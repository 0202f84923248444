# Extracted from notebooks/math/verify_routing_security.ipynb: edit that notebook, not this file
# (or edit here and carry the change back with `proofbook sync`).
# Digest of the exported code: ddadd74f3036c6556ade7ef37e4ab5c9756a9cca97ced4273bbc461f9c51c2a4
# Digest of the text below: ec883be4da65056e989b4dfa6ff33b127337a24191b20d38e6f1829c3c9aeb52
"""Security calculus of routing (kernel `routing_security`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proofbook.verified.routing_contract import Label, flows_to

__all__ = [
    "PUBLIC",
    "Declassification",
    "Entry",
    "Step",
    "admits",
    "declassify",
    "join_labels",
    "label_pipeline",
    "meet_labels",
    "observe",
    "output_label",
    "purge",
    "used",
    "visible",
]


# %% kernel-lattice
PUBLIC = Label(0, frozenset())


def join_labels(a: Label, b: Label) -> Label:
    r"""Return the least label that both may flow to.

    $(\ell, C) \sqcup (\ell', C') = (\max(\ell, \ell'), C \cup C')$.

    Example:
        >>> join_labels(Label(1, frozenset({"hr"})), Label(2, frozenset())).level
        2

    Source: INV-CAIO-0003#L2; Denning 1976.
    """
    return Label(max(a.level, b.level), a.categories | b.categories)


def meet_labels(a: Label, b: Label) -> Label:
    r"""Return the greatest label that may flow to both.

    $(\ell, C) \sqcap (\ell', C') = (\min(\ell, \ell'), C \cap C')$.

    Source: INV-CAIO-0003#L2; Denning 1976.
    """
    return Label(min(a.level, b.level), a.categories & b.categories)


def output_label(inputs: Sequence[Label]) -> Label:
    r"""Return the label of what is made from labelled inputs: their join, `PUBLIC` for none.

    $\lambda(x_1, \dots, x_n) = \bigsqcup_i x_i$.

    Source: INV-CAIO-0003#L4.
    """
    label = PUBLIC
    for given in inputs:
        label = join_labels(label, given)
    return label


# %% kernel-pipeline
@dataclass(frozen=True)
class Step:
    """One step of a pipeline.

    Attributes:
        name: what later steps read it by.
        inputs: names of sources and of earlier steps.
    """

    name: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Declassification:
    """Leave to lower the label of one step's output.

    Attributes:
        step: the step that may do it (a redactor, an aggregator).
        source: the highest label that it may be given for that.
        target: what the label is lowered to, at most.
    """

    step: str
    source: Label
    target: Label


def declassify(label: Label, rule: Declassification) -> Label:
    r"""Return the label after a declassification rule has been applied.

    $\delta(L) = L \sqcap \mathrm{target}$ if $L \sqsubseteq \mathrm{source}$, otherwise $L$;
    so $\delta(L) \sqsubseteq L$ always.

    Source: INV-CAIO-0003#L6.
    """
    return meet_labels(label, rule.target) if flows_to(label, rule.source) else label


def label_pipeline(
    sources: Mapping[str, Label], steps: Sequence[Step], rules: Sequence[Declassification]
) -> dict[str, Label]:
    r"""Return the label of every source and of every step's output.

    $\lambda(x) = \delta_x(\bigsqcup_{y \to x} \lambda(y))$.

    Args:
        sources: labels of what enters, by name.
        steps: in an order in which every input comes before its reader.
        rules: at most one for a step; none means that labels only rise.

    Raises:
        ValueError: a name is used twice, an input is not known yet, a rule names no step, or a
            step has two rules.

    Source: INV-CAIO-0003#L5 (no rule) and #L6 (with rules).
    """
    lowering = {rule.step: rule for rule in rules}
    if len(lowering) != len(rules) or not set(lowering) <= {step.name for step in steps}:
        raise ValueError("rules must name different steps of the pipeline")
    labels = dict(sources)
    for step in steps:
        if step.name in labels or not set(step.inputs) <= set(labels):
            raise ValueError(f"step {step.name!r}: name used twice, or an input comes later")
        label = output_label([labels[name] for name in step.inputs])
        rule = lowering.get(step.name)
        labels[step.name] = declassify(label, rule) if rule else label
    return labels


# %% kernel-log
@dataclass(frozen=True)
class Entry:
    """One line of the decision log.

    Attributes:
        label: join of everything that the decision depends on.
        text: what was decided, in canonical form.
        amount: capacity taken, 0 for a refusal.
    """

    label: Label
    text: str
    amount: int


def visible(label: Label, observer: Label) -> bool:
    r"""Say whether somebody cleared for `observer` may see what is labelled `label`.

    $L \sqsubseteq o$.

    Source: INV-CAIO-0003#L7.
    """
    return flows_to(label, observer)


def purge(history: Sequence[Entry], observer: Label) -> tuple[Entry, ...]:
    r"""Return the entries that the observer may see, in order.

    $\mathrm{purge}(h, o) = (h_i)_{L_i \sqsubseteq o}$.

    Source: INV-CAIO-0003#L7; Goguen and Meseguer 1982.
    """
    return tuple(entry for entry in history if visible(entry.label, observer))


def observe(history: Sequence[Entry], observer: Label) -> tuple[str, ...]:
    r"""Return what the observer sees of a log: the visible texts, without global positions.

    $\mathrm{observe}(h, o) = (\mathrm{text}_i)_{L_i \sqsubseteq o}$.

    Source: INV-CAIO-0003#L7 and #L8.
    """
    return tuple(entry.text for entry in purge(history, observer))


def used(history: Sequence[Entry], label: Label) -> int:
    r"""Return the capacity taken under exactly this label.

    $\mathrm{used}(h, L) = \sum_{L_i = L} n_i$.

    Source: INV-CAIO-0003#L9.
    """
    return sum(entry.amount for entry in history if entry.label == label)


def admits(history: Sequence[Entry], label: Label, amount: int, quota: int) -> bool:
    r"""Say whether a label's quota has room for `amount` more.

    $\mathrm{used}(h, L) + n \le \mathrm{quota}$. Depends on entries of this label alone, so it
    tells nothing about others.

    Raises:
        ValueError: `amount` is negative (it would make room).

    Source: INV-CAIO-0003#L8 (tells nothing) and #L9 (keeps the capacity).
    """
    if amount < 0:
        raise ValueError(f"amount must not be negative, is {amount}")
    return used(history, label) + amount <= quota
