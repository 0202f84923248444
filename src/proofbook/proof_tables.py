"""Obligations and their proofs as tables for the terminal."""

from collections import Counter

from rich.markup import escape
from rich.table import Table

from proofbook.autopsy.ladder import obligation_rung
from proofbook.autopsy.project import Project
from proofbook.autopsy.proof_replay import Replayed
from proofbook.autopsy.proofs.records import CertificateCheck, ProofEvidence, SolverAnswer


def obligations_table(project: Project) -> Table:
    """Return every committed obligation with its rung and what it rests on."""
    table = Table(title=None, show_edge=False, pad_edge=False)
    for column in ("Obligation", "Claim", "Scope", "Rung", "Evidence"):
        table.add_column(column)
    for committed in project.artifacts.values():
        for item in committed.model.obligations if committed.model else ():
            rung = obligation_rung(item.model_dump())
            said = ", ".join(_in_words(evidence) for evidence in item.evidence)
            table.add_row(item.id, escape(item.claim), escape(item.scope), rung, said)
    return table


def replayed_table(found: list[Replayed]) -> Table:
    """Return how many obligations reached which rung in a replay, by invariant."""
    table = Table(title=None, show_edge=False, pad_edge=False)
    for column in ("Invariant", "Obligations", "Replayed", "Rungs"):
        table.add_column(column)
    by_invariant: dict[str, list[Replayed]] = {}
    for item in found:
        by_invariant.setdefault(item.obligation.lemma.split("#")[0], []).append(item)
    for invariant, items in sorted(by_invariant.items()):
        rungs = Counter(item.rung for item in items)
        good = sum(not item.problems and not item.not_run for item in items)
        words = ", ".join(f"{count} {rung}" for rung, count in sorted(rungs.items()))
        table.add_row(invariant, str(len(items)), str(good), words)
    return table


def _in_words(item: ProofEvidence) -> str:
    if isinstance(item, CertificateCheck):
        return "certificate"
    if isinstance(item, SolverAnswer):
        return f"{item.tool} {item.result} ({item.resource_count})"
    return f"{item.tool} {item.result}"
