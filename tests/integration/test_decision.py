"""The decision: green when all gates pass, yellow when only drafts fall short, red otherwise."""

import json
from pathlib import Path

import pytest
from tampering import Green, edit_json, edit_text, judged

from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.gates import GATES, GateInput, NotBuilt
from proofbook.autopsy.models import Finding, GateResult
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import last_run
from proofbook.autopsy.scorecard import decide, held_to_scorecard, verdict_of
from proofbook.autopsy.validation import Listeners, Outcome, accepted, judge, look

SCORECARD = "configs/generated/scorecard.json"


def judge_last(root: Path) -> Outcome:
    project = Project.open(root).load()
    return judge(project, GateInput(project, last_run(project.logs)), Listeners())


def results(**verdicts: str) -> list[GateResult]:
    """Results of all gates: passed, or the verdict given by name."""
    return [
        GateResult(
            number=gate.number,
            name=gate.name,
            verdict=verdicts.get(
                gate.name, "not built" if isinstance(gate, NotBuilt) else "passed"
            ),
            findings=[],
            seconds=0.0,
        )
        for gate in GATES
    ]


# --- what a decision is


@pytest.mark.parametrize(
    ("verdicts", "decision"),
    [
        ({}, "green"),
        ({"notebooks": "failed"}, "red"),
        ({"notebooks": "failed", "status": "draft only"}, "red"),
        ({"status": "draft only"}, "yellow"),
        ({"status": "not run"}, "yellow"),
    ],
)
def test_the_decision_is_the_worst_of_the_gates(verdicts: dict[str, str], decision: str) -> None:
    assert decide(results(**verdicts)) == decision


def test_gates_that_are_not_built_do_not_count() -> None:
    without = [result for result in results() if result.verdict != "not built"]
    assert decide(without) == decide(results()) == "green"


def test_nothing_that_ran_is_red() -> None:
    assert decide([]) == "red"
    unbuilt = [result for result in results() if result.verdict == "not built"]
    assert decide(unbuilt) == "red"


def test_every_gate_stands_on_the_list_once_in_order() -> None:
    assert [gate.number for gate in GATES] == list(range(1, 14))
    assert len({gate.name for gate in GATES}) == 13


@pytest.mark.parametrize(
    ("decision", "branch", "expected"),
    [
        ("green", "main", True),
        ("green", "anything", True),
        ("yellow", "development", True),
        ("yellow", "staging", False),
        ("yellow", "main", False),
        ("yellow", "", False),
        ("red", "development", False),
    ],
)
def test_yellow_is_accepted_on_development_alone(
    green_project: Green, decision: str, branch: str, expected: bool
) -> None:
    assert accepted(Project.open(green_project.root), decision, branch) is expected  # type: ignore[arg-type]


def finding(invariant: str | None) -> Finding:
    return Finding(what="w", path="p", remedy="r", invariant=invariant)


def test_findings_about_drafts_alone_are_draft_only(project_copy: Path) -> None:
    edit_text(project_copy / "invariants/INV-DEMO-0002.yaml", "status: accepted", "status: draft")
    project = Project.open(project_copy)
    draft, done, none = finding("INV-DEMO-0002"), finding("INV-DEMO-0001"), finding(None)
    assert verdict_of([], project) == "passed"
    assert verdict_of([draft, draft], project) == "draft only"
    assert verdict_of([draft, done], project) == "failed"
    assert verdict_of([draft, none], project) == "failed"
    assert verdict_of([finding("INV-GONE-0001")], project) == "failed"


# --- judging a project


def test_the_untouched_project_is_green_and_leaves_a_report(project_copy: Path) -> None:
    outcome = judge_last(project_copy)
    assert outcome.decision == "green"
    for place in (project_copy / "logs/quality", outcome.folder):
        report = json.loads((place / "scorecard.json").read_text())
        assert report["decision"] == "green"
        assert "# Scorecard: green" in (place / "scorecard.md").read_text()
    last = (project_copy / "logs/quality/history.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["decision"] == "green"


def test_only_draft_findings_make_the_project_yellow(project_copy: Path) -> None:
    """A draft that asks for a rung nobody has reached yet is what yellow is for."""
    invariant = project_copy / "invariants/INV-DEMO-0002.yaml"
    text = invariant.read_text().replace("status: accepted", "status: draft")
    invariant.write_text(text.replace("requires: tested", "requires: certified", 1))
    index = project_copy / "invariants/INDEX.yaml"
    head, tail = index.read_text().split("{id: INV-DEMO-0002")
    index.write_text(head + "{id: INV-DEMO-0002" + tail.replace("accepted", "draft"))
    appendix = project_copy / "docs/math/DEMO_LEMMAS_APPENDIX.md"
    head, tail = appendix.read_text().split("## INV-DEMO-0002 ")
    head = "\n".join(
        line.replace("Rev 1.0", "Draft") if line.startswith("| [INV-DEMO-0002") else line
        for line in head.split("\n")
    )
    appendix.write_text(head + "## INV-DEMO-0002 " + tail.replace("Rev 1.0", "Draft"))
    result = judged(project_copy, "status")
    assert [(item.where, item.invariant) for item in result.findings] == [
        ("lemmas L1 requires", "INV-DEMO-0002")
    ]
    assert result.verdict == "draft only"
    assert decide([*results(), result]) == "yellow"


def test_a_failed_gate_makes_the_project_red(project_copy: Path) -> None:
    edit_text(project_copy / "data/readings.csv", "9", "8")
    outcome = judge_last(project_copy)
    assert outcome.decision == "red"
    assert [r.name for r in outcome.results if r.verdict == "failed"] == ["freshness", "strength"]
    assert "## freshness" in (outcome.folder / "scorecard.md").read_text()


def test_an_unbuilt_gate_is_shown_as_such() -> None:
    unbuilt = next(gate for gate in GATES if isinstance(gate, NotBuilt))
    given = GateInput(None, None)  # type: ignore[arg-type]
    assert look(unbuilt, given).verdict == "not built"


# --- the committed scorecard


def test_the_committed_scorecard_is_canonical_and_tells_the_decision(green_project: Green) -> None:
    data = (green_project.root / SCORECARD).read_bytes()
    content = json.loads(data)
    assert canonical_bytes(content) == data
    assert content["decision"] == "green"
    assert [gate["name"] for gate in content["gates"]] == [gate.name for gate in GATES]
    assert {lemma["effective"] for inv in content["invariants"] for lemma in inv["lemmas"]} == {
        "tested"
    }


def lifted(scorecard: dict[str, object]) -> None:
    """Edit a scorecard so that it is sound in itself, and yellow."""
    scorecard["decision"] = "yellow"
    scorecard["gates"][12]["verdict"] = "draft only"  # type: ignore[index]


def test_a_scorecard_that_tells_of_another_run_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / SCORECARD, lifted)
    assert judged(project_copy, "artifacts").verdict == "passed"  # alone, it cannot know
    outcome = judge_last(project_copy)
    assert outcome.decision == "red"
    (found,) = [item for result in outcome.results for item in result.findings]
    assert (found.path, found.where) == (SCORECARD, "/gates")
    assert "says 'yellow', and this run says 'green'" in found.what


def test_a_scorecard_without_one_gate_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / SCORECARD, lambda content: content["gates"].pop(0))
    assert judge_last(project_copy).decision == "red"


def test_a_run_that_fails_anyway_is_not_held_to_the_scorecard(project_copy: Path) -> None:
    edit_json(project_copy / SCORECARD, lifted)
    project = Project.open(project_copy)
    for verdict in ("failed", "not run"):
        found = results(notebooks=verdict)
        assert held_to_scorecard(project, found) == found
