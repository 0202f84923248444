"""Gate 13, status: statuses agree everywhere, and an accepted invariant has earned its name."""

from pathlib import Path

import pytest
from tampering import edit_json, edit_text, judged, refusal

GATE = "status"
FIRST = "invariants/INV-DEMO-0001.yaml"
SECOND = "invariants/INV-DEMO-0002.yaml"
INDEX = "invariants/INDEX.yaml"
APPENDIX = "docs/math/DEMO_LEMMAS_APPENDIX.md"
ARTIFACT = "configs/generated/tally_verification.json"


def edit_first(path: Path, old: str, new: str) -> None:
    """Replace the first of several."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("status", ["draft", "deprecated"])
def test_an_index_of_another_status_is_refused(project_copy: Path, status: str) -> None:
    edit_first(project_copy / INDEX, "status: accepted", f"status: {status}")
    result = judged(project_copy, GATE)
    what = f"says {status}; the invariant says accepted"
    refusal(result, path=INDEX, where="INV-DEMO-0001", what=what)


@pytest.mark.parametrize("status", ["Draft", "Rev 1.1", "Rev 2.0", "Deprecated", "accepted", ""])
def test_a_lemma_of_another_status_in_the_appendix_is_refused(
    project_copy: Path, status: str
) -> None:
    edit_first(project_copy / APPENDIX, "**Status:** Rev 1.0", f"**Status:** {status}")
    result = judged(project_copy, GATE)
    found = refusal(result, path=APPENDIX, where="INV-DEMO-0001#L1", what="so 'Rev 1.0'")
    assert found.where.startswith("line ")
    assert found.invariant == "INV-DEMO-0001"


def test_a_lemma_without_a_status_is_refused(project_copy: Path) -> None:
    edit_first(project_copy / APPENDIX, "**Status:** Rev 1.0\n", "")
    refusal(judged(project_copy, GATE), path=APPENDIX, what="has status '(none)'")


@pytest.mark.parametrize("status", ["Draft", "Rev 1.1", ""])
def test_a_row_of_the_quick_index_of_another_status_is_refused(
    project_copy: Path, status: str
) -> None:
    edit_first(project_copy / APPENDIX, "| Rev 1.0 |", f"| {status} |")
    refusal(judged(project_copy, GATE), path=APPENDIX, where="Quick index INV-DEMO-0001#L1")


def test_a_new_revision_asks_for_new_prose(project_copy: Path) -> None:
    edit_text(project_copy / FIRST, 'revision: "1.0"', 'revision: "1.1"')
    result = judged(project_copy, GATE)
    assert len(result.findings) == 4  # two headings and two rows
    assert all("'Rev 1.1'" in item.what for item in result.findings)


def test_an_accepted_invariant_may_not_use_a_draft(project_copy: Path) -> None:
    edit_text(project_copy / FIRST, "status: accepted", "status: draft")
    result = judged(project_copy, GATE)
    what = "is accepted and uses INV-DEMO-0001#L1, which is draft"
    refusal(result, path=SECOND, where="lemmas L1 uses", what=what)
    assert result.verdict == "failed"


def test_an_accepted_invariant_may_not_use_a_deprecated_one(project_copy: Path) -> None:
    edit_text(project_copy / FIRST, "status: accepted", "status: deprecated")
    result = judged(project_copy, GATE)
    refusal(result, path=SECOND, where="lemmas L2 uses", what="which is deprecated")


def test_a_draft_may_use_a_draft(project_copy: Path) -> None:
    for path in (FIRST, SECOND):
        edit_text(project_copy / path, "status: accepted", "status: draft")
    result = judged(project_copy, GATE)
    assert not [item for item in result.findings if "uses" in item.what]
    assert result.verdict == "draft only"


@pytest.mark.parametrize("rung", ["solved", "cross-solved", "certified", "kernel-checked"])
def test_a_lemma_that_asks_for_more_than_its_evidence_reaches_is_refused(
    project_copy: Path, rung: str
) -> None:
    edit_first(project_copy / FIRST, "requires: tested", f"requires: {rung}")
    result = judged(project_copy, GATE)
    what = f"requires rung {rung}; L1 effectively reaches tested"
    found = refusal(result, path=FIRST, where="lemmas L1 requires", what=what)
    assert found.invariant == "INV-DEMO-0001"


def test_a_lemma_stands_no_higher_than_what_it_uses(project_copy: Path) -> None:
    def weaken(artifact: dict[str, list[dict[str, object]]]) -> None:
        artifact["lemmas"][0]["evidence"] = [{"kind": "asserted", "claim": "it holds"}]

    edit_json(project_copy / ARTIFACT, weaken)
    result = judged(project_copy, GATE)
    refusal(result, path=FIRST, where="lemmas L1", what="L1 effectively reaches asserted")
    refusal(result, path=SECOND, where="lemmas L1", what="L1 effectively reaches asserted")
    assert len(result.findings) == 2


def test_a_claimed_rung_lifts_nothing(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"][0].update(rung="certified"))
    edit_first(project_copy / FIRST, "requires: tested", "requires: certified")
    result = judged(project_copy, GATE)
    refusal(result, path=FIRST, what="requires rung certified; L1 effectively reaches tested")


def test_a_lemma_without_evidence_reaches_nothing(project_copy: Path) -> None:
    (project_copy / ARTIFACT).unlink()
    result = judged(project_copy, GATE)
    refusal(result, path=FIRST, where="lemmas L1", what="effectively reaches none")
    refusal(result, path=SECOND, where="lemmas L1", what="effectively reaches none")


def test_a_deprecated_invariant_needs_no_rung(project_copy: Path) -> None:
    edit_text(project_copy / SECOND, "status: accepted", "status: deprecated")
    (project_copy / "configs/generated/tally_least_verification.json").unlink()
    result = judged(project_copy, GATE)
    assert not [item for item in result.findings if "rung" in item.what]


def test_a_circle_of_uses_is_refused_and_shown(project_copy: Path) -> None:
    edit_first(project_copy / FIRST, "uses: []", "uses: [INV-DEMO-0002#L1]")
    result = judged(project_copy, GATE)
    (found,) = [item for item in result.findings if "circle" in item.what]
    assert found.path in {FIRST, SECOND}
    assert found.where == "lemmas L1 uses"
    for lemma in ("INV-DEMO-0001#L1", "INV-DEMO-0002#L1"):
        assert lemma in found.what
    assert result.verdict == "failed"


def test_a_lemma_that_uses_itself_is_a_circle(project_copy: Path) -> None:
    edit_first(project_copy / FIRST, "uses: []", "uses: [INV-DEMO-0001#L1]")
    refusal(judged(project_copy, GATE), path=FIRST, where="lemmas L1 uses", what="in a circle")


def test_a_circle_does_not_break_the_other_gates(project_copy: Path) -> None:
    edit_first(project_copy / FIRST, "uses: []", "uses: [INV-DEMO-0001#L2]")
    edit_first(project_copy / FIRST, "uses: []", "uses: [INV-DEMO-0001#L1]")
    assert judged(project_copy, "artifacts").verdict == "passed"
    assert judged(project_copy, "traceability").verdict == "passed"
    assert judged(project_copy, GATE).verdict == "failed"
