"""Gate 3, artifacts: what is committed is exactly what the notebooks emit; any hand is seen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tampering import Green, edit_json, edit_text, judged, refusal

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.gates import GateInput, gate_named
from proofbook.autopsy.project import Project
from proofbook.autopsy.run_record import last_run
from proofbook.autopsy.validation import look

ARTIFACT = "configs/generated/tally_verification.json"
LEAST = "configs/generated/tally_least_verification.json"
SCORECARD = "configs/generated/scorecard.json"
REGISTER = "docs/math/README.md"

Change = Callable[[Any], Any]


# --- edits by hand

EDITS: dict[str, tuple[str, Change, str]] = {
    "one digit of a vector": (
        ARTIFACT,
        lambda a: a["vectors"][0]["cases"][2]["outcome"].update(returns={"f64": "0x1.0p-3"}),
        "/vectors/0/cases/2/outcome/returns/f64",
    ),
    "one digit of a digest": (
        ARTIFACT,
        lambda a: a["lemmas"][0]["cell"].update(ast_sha256="0" * 64),
        "/lemmas/0/cell/ast_sha256",
    ),
    "more examples": (
        ARTIFACT,
        lambda a: a["lemmas"][0]["evidence"][0].update(examples=1_000_000),
        "/lemmas/0/evidence/0/examples",
    ),
    "a wider domain": (
        ARTIFACT,
        lambda a: a["lemmas"][0]["evidence"][0].update(domain="all numbers"),
        "/lemmas/0/evidence/0/domain",
    ),
    "evidence of its own making": (
        ARTIFACT,
        lambda a: a["lemmas"][0]["evidence"].append({"kind": "asserted", "claim": "it holds"}),
        "/lemmas/0/evidence",
    ),
    "a vector less": (ARTIFACT, lambda a: a["vectors"][0]["cases"].pop(), "/vectors/0/cases"),
    "a lemma less": (ARTIFACT, lambda a: a["lemmas"].pop(), "/lemmas"),
    "a better measure": (
        LEAST,
        lambda a: a["measures"][0].update(value="1/2"),
        "/measures/0/value",
    ),
    "a looser bound": (LEAST, lambda a: a["measures"][0].update(bound=2), "/measures/0/bound"),
    "no inputs": (LEAST, lambda a: a["inputs"].clear(), "/inputs"),
    "no required kernel": (LEAST, lambda a: a["requires"].clear(), "/requires"),
    "another order": (ARTIFACT, lambda a: a["lemmas"].reverse(), "/lemmas/0"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_artifact_edited_by_hand_is_refused_by_its_place(project_copy: Path, name: str) -> None:
    path, change, where = EDITS[name]
    edit_json(project_copy / path, change)
    finding = refusal(judged(project_copy, "artifacts"), path=path, where=where, what="by hand")
    assert "proofbook run" in finding.remedy


@pytest.mark.parametrize("rung", ["solved", "cross-solved", "certified", "kernel-checked"])
def test_a_rung_above_the_evidence_is_refused(project_copy: Path, rung: str) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"][0].update(rung=rung))
    result = judged(project_copy, "artifacts")
    what = f"claims rung {rung}; its evidence reaches tested"
    finding = refusal(result, path=ARTIFACT, where="INV-DEMO-0001#L1", what=what)
    assert finding.invariant == "INV-DEMO-0001"


def test_a_rung_below_the_evidence_is_refused_too(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"][0].update(rung="asserted"))
    result = judged(project_copy, "artifacts")
    refusal(result, path=ARTIFACT, where="INV-DEMO-0001#L1", what="its evidence reaches tested")


def test_a_rung_that_is_none_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"][0].update(rung="proved"))
    refusal(judged(project_copy, "artifacts"), path=ARTIFACT, where="lemmas.0.rung")


# --- form


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda a: a.update(remark="fine"), "remark"),
        (lambda a: a.pop("toolchain"), "toolchain"),
        (lambda a: a.update(schema="proofbook/artifact@2"), "schema"),
        (lambda a: a["notebook"].update(sha256="abc"), "notebook.sha256"),
        (lambda a: a["lemmas"][0].update(id="L1"), "lemmas.0.id"),
        (lambda a: a["lemmas"][0]["evidence"][0].update(examples=0), "examples"),
        (lambda a: a["lemmas"][0]["evidence"][0].update(kind="proved"), "evidence.0"),
        (lambda a: a["lemmas"][0]["evidence"][0].update(examples="many"), "examples"),
        (
            lambda a: a["inputs"].append({"path": "/etc/passwd", "sha256": "0" * 64}),
            "inputs.0.path",
        ),
        (lambda a: a["vectors"][0].update(cases=[]), "vectors.0.cases"),
    ],
)
def test_an_artifact_that_breaks_its_schema_is_refused(
    project_copy: Path, change: Change, where: str
) -> None:
    edit_json(project_copy / ARTIFACT, change)
    refusal(judged(project_copy, "artifacts"), path=ARTIFACT, where=where)


@pytest.mark.parametrize(
    "layout",
    [
        lambda data: data + b"\n",
        lambda data: json.dumps(json.loads(data), indent=1).encode(),
        lambda data: data.replace(b'"kernel":"tally"', b'"kernel": "tally"'),
    ],
)
def test_bytes_that_are_not_canonical_are_refused(
    project_copy: Path, layout: Callable[[bytes], bytes]
) -> None:
    path = project_copy / ARTIFACT
    path.write_bytes(layout(path.read_bytes()))
    refusal(judged(project_copy, "artifacts"), path=ARTIFACT, what="not canonical")


def test_a_float_in_an_artifact_is_refused(project_copy: Path) -> None:
    def change(artifact: Any) -> None:
        artifact["vectors"][0]["cases"][0]["args"] = [0.5]

    edit_json(project_copy / ARTIFACT, change, canonical=False)
    refusal(judged(project_copy, "artifacts"), path=ARTIFACT, what="floats are not allowed")


@pytest.mark.parametrize("data", [b"", b"{", b'{"kernel": 1, "kernel": 2}', b"\xff"])
def test_an_artifact_that_is_not_strict_json_cannot_be_judged(
    project_copy: Path, data: bytes
) -> None:
    (project_copy / ARTIFACT).write_bytes(data)
    with pytest.raises(ProofbookError, match=r"tally_verification\.json"):
        judged(project_copy, "artifacts")


# --- presence and register


def test_a_missing_artifact_is_refused(project_copy: Path) -> None:
    (project_copy / ARTIFACT).unlink()
    refusal(judged(project_copy, "artifacts"), path=ARTIFACT, what="there is no such artifact")


def test_an_artifact_of_no_notebook_is_refused(project_copy: Path) -> None:
    stray = project_copy / "configs/generated/stray_verification.json"
    stray.write_bytes((project_copy / ARTIFACT).read_bytes())
    result = judged(project_copy, "artifacts")
    refusal(result, path="configs/generated/stray_verification.json", what="no notebook makes")


def test_an_artifact_that_is_not_registered_is_refused(project_copy: Path) -> None:
    lines = (project_copy / REGISTER).read_text().splitlines(keepends=True)
    kept = [line for line in lines if "/tally_verification.json" not in line]
    (project_copy / REGISTER).write_text("".join(kept))
    result = judged(project_copy, "artifacts")
    refusal(result, path=REGISTER, what="does not list tally_verification.json")


def test_another_name_that_ends_alike_registers_nothing(project_copy: Path) -> None:
    edit_text(
        project_copy / REGISTER, "tally_verification.json", "a_tally_verification.json", count=2
    )
    result = judged(project_copy, "artifacts")
    refusal(result, path=REGISTER, what="does not list tally_verification.json")
    refusal(result, path=REGISTER, what="lists a_tally_verification.json, which no notebook makes")


def test_a_missing_register_lists_nothing(project_copy: Path) -> None:
    (project_copy / REGISTER).unlink()
    result = judged(project_copy, "artifacts")
    assert [item.path for item in result.findings] == [REGISTER, REGISTER]


# --- schemas


def test_an_edited_schema_is_refused(project_copy: Path) -> None:
    path = "configs/schemas/artifact.schema.json"
    edit_text(project_copy / path, '"examples"', '"example"', count=2)
    refusal(
        judged(project_copy, "artifacts"), path=path, what="differs from the framework's schema"
    )


def test_a_missing_schema_is_refused(project_copy: Path) -> None:
    path = "configs/schemas/invariant.schema.json"
    (project_copy / path).unlink()
    finding = refusal(judged(project_copy, "artifacts"), path=path, what="is missing")
    assert "proofbook plan" in finding.remedy


# --- the scorecard

SCORE_EDITS: dict[str, tuple[Change, str]] = {
    "a lemma's rung": (
        lambda s: s["invariants"][0]["lemmas"][0].update(rung="certified"),
        "/invariants/0/lemmas/0/rung",
    ),
    "an effective rung": (
        lambda s: s["invariants"][1]["lemmas"][0].update(effective="certified"),
        "/invariants/1/lemmas/0/effective",
    ),
    "an invariant's status": (
        lambda s: s["invariants"][0].update(status="draft"),
        "/invariants/0/status",
    ),
    "an invariant less": (lambda s: s["invariants"].pop(), "/invariants"),
    "an artifact's digest": (
        lambda s: s["artifacts"][0].update(sha256="0" * 64),
        "/artifacts/0/sha256",
    ),
    "an artifact less": (lambda s: s["artifacts"].pop(), "/artifacts"),
    "the decision": (lambda s: s.update(decision="red"), "/decision"),
    "a gate that failed, and green": (
        lambda s: s["gates"][0].update(verdict="failed"),
        "/decision",
    ),
    "a remark": (lambda s: s.update(remark="all is well"), "remark"),
    "no gates": (lambda s: s.pop("gates"), "gates"),
    "a verdict of its own": (lambda s: s["gates"][0].update(verdict="fine"), "gates.0.verdict"),
}


@pytest.mark.parametrize("name", SCORE_EDITS)
def test_a_scorecard_edited_by_hand_is_refused(project_copy: Path, name: str) -> None:
    change, where = SCORE_EDITS[name]
    edit_json(project_copy / SCORECARD, change)
    refusal(judged(project_copy, "artifacts"), path=SCORECARD, where=where)


def test_a_scorecard_in_another_layout_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / SCORECARD, lambda _: None, canonical=False)
    refusal(judged(project_copy, "artifacts"), path=SCORECARD, what="not canonical")


def test_a_missing_scorecard_is_refused(project_copy: Path) -> None:
    (project_copy / SCORECARD).unlink()
    refusal(judged(project_copy, "artifacts"), path=SCORECARD, what="there is no scorecard")


def test_a_scorecard_is_not_asked_for_before_it_is_written(
    green_project: Green, project_copy: Path
) -> None:
    (project_copy / SCORECARD).unlink()
    project = Project.open(project_copy)
    given = GateInput(project, last_run(project.logs), scorecard_follows=True)
    assert look(gate_named("artifacts"), given).verdict == "passed"
