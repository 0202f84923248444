"""Gate 7, proofs: what is committed is discharged again, and whatever was changed is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tampering import Green, edit_json, edit_text, judged, refusal

from proofbook.autopsy.models import GateResult
from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.proof_replay import replay_proofs
from proofbook.autopsy.standing import lemma_rungs

ARTIFACT = "configs/generated/tally_least_verification.json"
STORE = "configs/generated/obligations"
LEMMA = "INV-DEMO-0002#L1"

Change = Callable[[Any], Any]


def obligation(root: Path, number: int = 1) -> dict[str, Any]:
    """Return an obligation of the artifact."""
    found: list[dict[str, Any]] = json.loads((root / ARTIFACT).read_bytes())["obligations"]
    return next(item for item in found if item["id"] == f"{LEMMA}/{number}")


def statement(root: Path, number: int = 1) -> Path:
    """Return the file of an obligation's statement."""
    return root / STORE / f"{obligation(root, number)['statement_sha256']}.smt2"


def test_what_the_green_project_claims_is_certified_and_cross_solved(green_project: Green):
    project = Project.open(green_project.root)
    found = replay_proofs(project, Listeners())
    assert [item.obligation.id for item in found] == [f"{LEMMA}/1", f"{LEMMA}/2"]
    assert [item.rung for item in found] == ["certified"] * 2
    assert not any(item.problems or item.not_run for item in found)
    for tool in ("z3", "cvc5"):
        alone = replay_proofs(project, Listeners(), solvers=[tool])
        assert [item.rung for item in alone] == ["solved"] * 2
    assert lemma_rungs(project)[0][LEMMA] == "certified"


def test_the_gate_passes_and_its_proofs_are_about_exported_code(green_project: Green):
    assert judged(green_project.root, "proofs").verdict == "passed"
    bound = {item["symbol"] for item in obligation(green_project.root)["bindings"]}
    assert bound == {"tally_least", "tally.tally"}


# --- edits of the statement and of what is said of it


def refused(root: Path, what: str, where: str = "") -> GateResult:
    """Let the gate judge; the obligation must be refused with these words."""
    result = judged(root, "proofs")
    refusal(result, path=ARTIFACT, where=where, what=what)
    return result


def test_a_changed_statement_is_refused(project_copy: Path):
    edit_text(statement(project_copy), "(check-sat)", "(check-sat) ")
    refused(project_copy, "is not the statement of its name", f"{LEMMA}/1")


def test_a_missing_statement_is_refused(project_copy: Path):
    statement(project_copy).unlink()
    refused(project_copy, "no such file", f"{LEMMA}/1")


def test_the_proof_of_another_formula_is_refused(project_copy: Path):
    other = obligation(project_copy, 2)["statement_sha256"]
    edit_json(project_copy / ARTIFACT, lambda a: a["obligations"][0].update(statement_sha256=other))
    said = {(f.where, f.what.partition("): ")[2]) for f in judged(project_copy, "proofs").findings}
    assert (f"{LEMMA}/1 hypotheses", "are not as many as the statement has") in said
    assert (f"{LEMMA}/1 evidence", "differs from the record beside its statement") in said


RECORD: dict[str, tuple[Change, str]] = {
    "an answer": (lambda r: r["evidence"][0].update(resource_count=1), "differs from the record"),
    "no evidence": (lambda r: r.update(evidence=[]), "differs from the record"),
    "a certificate": (
        lambda r: r.update(certificate={"refute": []}),
        "its certificate is not the one that was accepted",
    ),
    "a control less": (lambda r: r["controls"].pop(), "are not those that its statement calls for"),
    "a control's verdict": (
        lambda r: r["controls"][0].update(result="unknown"),
        "differ from the record",
    ),
    "another statement's": (
        lambda r: r.update(statement_sha256="0" * 64),
        "is the record of another statement",
    ),
    "what is no record": (lambda r: r.update(schema="proofbook/proof@2"), "its statement"),
}


@pytest.mark.parametrize("name", RECORD)
def test_a_changed_record_is_refused(project_copy: Path, name: str):
    change, what = RECORD[name]
    edit_json(statement(project_copy).with_suffix(".json"), change)
    result = judged(project_copy, "proofs")
    assert result.verdict == "failed"
    assert any(what in finding.what for finding in result.findings), result.findings


def test_a_forged_witness_is_refused(project_copy: Path):
    def forge(record: Any) -> None:
        control = next(c for c in record["controls"] if c["kind"] == "dropped")
        control["witness"] = dict.fromkeys(control["witness"], "0")

    edit_json(statement(project_copy, 2).with_suffix(".json"), forge)
    refused(project_copy, "is not shown by the numbers that are given for it", "controls dropped")


def both(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change evidence and controls alike in the record and in the artifact, as a careful forger would."""
    edit_json(statement(root).with_suffix(".json"), change)
    edit_json(root / ARTIFACT, lambda a: change(a["obligations"][0]))


def test_a_forged_certificate_is_refused(project_copy: Path):
    from proofbook.autopsy.canonical import digest

    forged: dict[str, Any] = {"refute": []}

    def forge(held: dict[str, Any]) -> None:
        held["evidence"][-1]["certificate_sha256"] = digest(forged)
        if "certificate" in held:
            held["certificate"] = forged

    both(project_copy, forge)
    refused(project_copy, "its certificate is refused", f"{LEMMA}/1")


def test_a_false_statement_with_forged_answers_is_refused(project_copy: Path):
    """A claim that does not hold, filed under its own digest, with the answers of a true one."""
    from proofbook.autopsy.proofs.statement import statement_digest

    true = statement(project_copy)
    text = true.read_text().replace("(not ", "(and true ", 1)
    assert text != true.read_text()
    false = statement_digest(text)
    (project_copy / STORE / f"{false}.smt2").write_text(text)
    record = json.loads(true.with_suffix(".json").read_bytes()) | {"statement_sha256": false}
    (project_copy / STORE / f"{false}.json").write_text(json.dumps(record))
    edit_json(project_copy / ARTIFACT, lambda a: a["obligations"][0].update(statement_sha256=false))
    assert judged(project_copy, "proofs").verdict == "failed"


def test_a_binding_to_other_code_is_refused(project_copy: Path):
    edit_json(
        project_copy / ARTIFACT,
        lambda a: a["obligations"][0]["bindings"][-1].update(ast_sha256="0" * 64),
    )
    refused(project_copy, "was proved of other code than is exported", "bindings")


def test_a_binding_to_what_nobody_exports_is_refused(project_copy: Path):
    edit_json(
        project_copy / ARTIFACT,
        lambda a: a["obligations"][0]["bindings"][-1].update(symbol="tally.other"),
    )
    refused(project_copy, "is bound to a function that nobody exports", "bindings tally.other")


DEAD = {"dead": "is dead", "vacuous": "is vacuous", "unknown": "is not shown"}


@pytest.mark.parametrize("verdict", DEAD)
@pytest.mark.parametrize("kind", ["hypotheses", "dropped", "variant"])
def test_a_control_that_is_not_shown_is_a_finding(project_copy: Path, kind: str, verdict: str):
    def change(held: dict[str, Any]) -> None:
        control = next(item for item in held["controls"] if item["kind"] == kind)
        control["result"] = verdict
        if "witness" in control:
            control["witness"] = None

    for path in (statement(project_copy, 2).with_suffix(".json"), project_copy / ARTIFACT):
        edit_json(path, lambda held: change(held["obligations"][1] if "lemmas" in held else held))
    refused(project_copy, DEAD[verdict], f"controls {kind}")


def test_files_of_no_obligation_are_findings(project_copy: Path):
    stray = project_copy / STORE / f"{'0' * 64}.smt2"
    stray.write_text("(check-sat)\n")
    result = judged(project_copy, "proofs")
    refusal(result, path=f"{STORE}/{stray.name}", what="belongs to no obligation")


def test_a_rung_above_its_proofs_is_refused_by_the_gate_artifacts(project_copy: Path):
    edit_json(
        project_copy / ARTIFACT,
        lambda a: next(x for x in a["lemmas"] if x["id"] == LEMMA).update(rung="kernel-checked"),
    )
    result = judged(project_copy, "artifacts")
    refusal(result, path=ARTIFACT, where=LEMMA, what="claims rung kernel-checked")
