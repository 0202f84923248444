"""The scorecard: the sum of the gates, one decision, and a report people can read."""

import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.models import (
    Decision,
    Finding,
    GateResult,
    Scorecard,
    ScoredGate,
    ScoredInvariant,
    Verdict,
)
from proofbook.autopsy.project import SCORECARD_NAME, Project
from proofbook.autopsy.standing import scored_artifacts, scored_invariants

MARKS = {"passed": "✓", "failed": "✗", "draft only": "~", "not built": "·", "not run": "?"}


def verdict_of(findings: list[Finding], project: Project) -> Verdict:
    """Return a gate's verdict: `draft only` where all findings are about draft invariants."""
    if not findings:
        return "passed"
    drafts = {inv.id for inv in project.invariants.values() if inv.status == "draft"}
    return "draft only" if all(item.invariant in drafts for item in findings) else "failed"


def decide(results: Iterable[GateResult | ScoredGate]) -> Decision:
    """Return the decision: gates that are not built do not enter it.

    A decision needs at least one gate that ran; `not run` is no pass.
    """
    verdicts = {result.verdict for result in results} - {"not built"}
    if "failed" in verdicts or not verdicts & {"passed", "draft only"}:
        return "red"
    return "green" if verdicts == {"passed"} else "yellow"


def scorecard_of(project: Project, results: list[GateResult]) -> Scorecard:
    """Return the scorecard that is committed: no clock, no host, no findings.

    Raises:
        CircularUse: lemmas use each other in a circle.
    """
    return Scorecard(
        schema="proofbook/scorecard@1",
        decision=decide(results),
        gates=[ScoredGate(number=r.number, name=r.name, verdict=r.verdict) for r in results],
        invariants=scored_invariants(project),
        artifacts=scored_artifacts(project),
    )


def held_to_scorecard(project: Project, results: list[GateResult]) -> list[GateResult]:
    """Return the results, with a finding where the committed scorecard says something else than they do.

    A run that fails anyway is not held to it: the scorecard is written anew with what mends the run.
    """
    content = project.committed_scorecard
    if content is None or {result.verdict for result in results} & {"failed", "not run"}:
        return results
    now = {
        "gates": [{"number": r.number, "name": r.name, "verdict": r.verdict} for r in results],
        "decision": decide(results),
    }
    wrong = [name for name in now if content.get(name) != now[name]]
    if not wrong:
        return results
    finding = Finding(
        what=f"says {content.get('decision')!r}, and this run says {now['decision']!r}",
        path=f"{project.settings.generated}/{SCORECARD_NAME}",
        where=f"/{wrong[0]}",
        remedy="write it with `make notebooks-plan` (`proofbook run`)",
    )
    return [
        result.model_copy(update={"verdict": "failed", "findings": [*result.findings, finding]})
        if result.name == "artifacts"
        else result
        for result in results
    ]


def scorecard_bytes(scorecard: Scorecard) -> bytes:
    """Return a scorecard's canonical bytes."""
    return canonical_bytes(scorecard.model_dump(by_alias=True))


def write_report(
    project: Project, results: list[GateResult], folder: Path, invariants: list[ScoredInvariant]
) -> None:
    """Write what this run decided to the logs: `scorecard.json`, `scorecard.md` and the history.

    Raises:
        ProofbookError: the logs cannot be written.
    """
    content = {
        "decision": decide(results),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": folder.name,
        "python": platform.python_version(),
        "gates": [result.model_dump() for result in results],
        "invariants": [item.model_dump() for item in invariants],
    }
    data = (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
    for place in (folder, project.logs):
        write_atomic(place / "scorecard.json", data)
        write_atomic(place / "scorecard.md", as_markdown(content).encode())
    history = project.logs / "history.jsonl"
    line = json.dumps(
        {
            "finished": content["finished"],
            "run": folder.name,
            "decision": content["decision"],
            "failed": [r.name for r in results if r.verdict == "failed"],
            "findings": sum(len(r.findings) for r in results),
        }
    )
    lines = history.read_text(encoding="utf-8").splitlines() if history.exists() else []
    write_atomic(history, ("\n".join([*lines[-999:], line]) + "\n").encode())


def as_markdown(content: dict[str, Any]) -> str:
    """Return a scorecard as Markdown."""
    lines = [
        f"# Scorecard: {content['decision']}",
        "",
        f"Run {content['run']}, finished {content['finished']}, Python {content['python']}.",
        "",
        "| | Gate | Verdict | Findings | Seconds |",
        "|---|---|---|---:|---:|",
    ]
    for gate in content["gates"]:
        number, name = gate["number"], gate["name"]
        count, seconds = len(gate["findings"]), gate["seconds"]
        lines.append(f"| {number} | {name} | {gate['verdict']} | {count} | {seconds:.1f} |")
    for gate in content["gates"]:
        if gate["findings"]:
            lines += ["", f"## {gate['name']}", ""]
            lines += [_finding_line(item) for item in gate["findings"]]
    lines += ["", "## Lemmas", "", "| Lemma | Title | Requires | Rung | Effective |"]
    lines += ["|---|---|---|---|---|"]
    for invariant in content["invariants"]:
        for item in invariant["lemmas"]:
            row = (item["id"], item["title"], item["requires"], item["rung"], item["effective"])
            lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


def _finding_line(item: dict[str, Any]) -> str:
    where = f" — {item['where']}" if item["where"] else ""
    return f"- `{item['path']}`{where}: {item['what']}. *{item['remedy']}.*"
