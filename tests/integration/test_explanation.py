"""Everything about an invariant or a lemma in one place."""

from pathlib import Path

import pytest
from tampering import Green, edit_text

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.explanation import explain
from proofbook.autopsy.project import Project
from proofbook.autopsy.standing import lemma_rungs


def test_a_lemma_is_explained_with_all_that_hangs_on_it(green_project: Green) -> None:
    (found,) = explain(Project.open(green_project.root), "INV-DEMO-0002#L1")
    (lemma,) = found.lemmas
    assert (lemma.id, lemma.rung, lemma.effective) == ("INV-DEMO-0002#L1", "certified", "tested")
    assert lemma.uses == ["INV-DEMO-0001#L1"]
    assert lemma.cell == "notebooks/math/verify_tally_least.ipynb cell 6 (l1)"
    assert any(
        "300 random examples over pairs of finite doubles" in item for item in lemma.evidence
    )
    assert any("4 cases, all of the readings" in item for item in lemma.evidence)
    assert "proved: obligation INV-DEMO-0002#L1/1" in lemma.evidence
    assert lemma.measures[0].startswith("largest_reading = 0x1.0")
    assert found.symbols == ["tally_least (src/own/verified/tally_least.py)"]
    assert found.tests == ["tests/verified/test_tally_least.py"]


def test_a_used_lemma_names_its_users(green_project: Green) -> None:
    (found,) = explain(Project.open(green_project.root), "INV-DEMO-0001")
    assert [lemma.used_by for lemma in found.lemmas] == [
        ["INV-DEMO-0002#L1"],
        ["INV-DEMO-0002#L2"],
    ]


def test_a_short_name_explains_it_in_every_invariant(green_project: Green) -> None:
    found = explain(Project.open(green_project.root), "L2")
    assert [item.lemmas[0].id for item in found] == ["INV-DEMO-0001#L2", "INV-DEMO-0002#L2"]


@pytest.mark.parametrize("name", ["INV-DEMO-0009", "INV-DEMO-0001#L9", "L9", "tally"])
def test_an_unknown_name_is_refused_and_the_invariants_named(
    green_project: Green, name: str
) -> None:
    with pytest.raises(ProofbookError, match="nothing is called") as refused:
        explain(Project.open(green_project.root), name)
    assert refused.value.remedy
    assert "INV-DEMO-0001, INV-DEMO-0002" in refused.value.remedy


def test_a_circle_does_not_keep_lemmas_from_being_explained(project_copy: Path) -> None:
    path = project_copy / "invariants/INV-DEMO-0001.yaml"
    path.write_text(path.read_text().replace("uses: []", "uses: [INV-DEMO-0001#L1]", 1))
    (found,) = explain(Project.open(project_copy), "INV-DEMO-0001#L1")
    assert (found.lemmas[0].rung, found.lemmas[0].effective) == ("none", "none")


def test_an_invariant_without_artifact_and_notebook_is_explained(project_copy: Path) -> None:
    (project_copy / "configs/generated/tally_verification.json").unlink()
    edit_text(
        project_copy / "invariants/INV-DEMO-0001.yaml", "verify_tally.ipynb", "verify_gone.ipynb"
    )
    (found,) = explain(Project.open(project_copy), "INV-DEMO-0001#L1")
    assert (found.lemmas[0].cell, found.lemmas[0].evidence) == ("no VERIFY cell", [])
    assert found.lemmas[0].rung == "none"


def test_standing_is_counted_from_the_evidence_alone(green_project: Green) -> None:
    reached, effective = lemma_rungs(Project.open(green_project.root))
    assert reached.pop("INV-DEMO-0002#L1") == "certified"
    assert set(reached.values()) == set(effective.values()) == {"tested"}
    assert len(effective) == 4
