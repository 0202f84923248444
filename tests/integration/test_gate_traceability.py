"""Gate 6, traceability: invariant, lemma, cell, artifact, symbol and test refer to each other, both ways."""

from pathlib import Path
from typing import Any

import pytest
from tampering import drop_cell, edit_json, edit_source, edit_text, judged, new_cell, refusal

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.project import Project

INVARIANT = "invariants/INV-DEMO-0001.yaml"
INDEX = "invariants/INDEX.yaml"
APPENDIX = "docs/math/DEMO_LEMMAS_APPENDIX.md"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"
ARTIFACT = "configs/generated/tally_verification.json"
TEST = "tests/verified/test_tally.py"
GATE = "traceability"


def edit_first(path: Path, old: str, new: str) -> None:
    """Replace the first of several."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


# --- the YAML files


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("status: accepted", "status: accepted\nstatus: draft", "duplicate key 'status'"),
        ("    kind: bound", "    kind: bound\n    kind: order", "duplicate key 'kind'"),
        ("status: accepted", "status: &s accepted", "anchor &s"),
        ("status: accepted", "status: !!str accepted", "tag "),
    ],
)
def test_yaml_that_is_not_strict_is_refused_by_line(
    project_copy: Path, old: str, new: str, what: str
) -> None:
    edit_first(project_copy / INVARIANT, old, new)
    refusal(judged(project_copy, GATE), path=INVARIANT, where="line ", what=what)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("status: accepted", "status: done", "status"),
        ('revision: "1.0"', "revision: 1.0", "revision"),
        ('revision: "1.0"', 'revision: "1"', "revision"),
        ("kind: bound", "kind: nice", "lemmas.0.kind"),
        ("requires: tested", "requires: proved", "lemmas.0.requires"),
        ("semantics: ieee754", "semantics: floats", "lemmas.0.semantics"),
        ("id: L1", "id: Lemma1", "lemmas.0.id"),
        ("uses: []", "uses: [L2]", "lemmas.0.uses.0"),
        ("telemetry: []", "telemetry: []\nremark: none", "remark"),
        ("telemetry: []", "", "telemetry"),
        (
            "telemetry: []",
            "telemetry: [{metric: m, op: '<=', bound: 0.5, unit: '1'}]",
            "telemetry.0.bound",
        ),
    ],
)
def test_an_invariant_that_breaks_its_schema_is_refused_by_field(
    project_copy: Path, old: str, new: str, where: str
) -> None:
    edit_first(project_copy / INVARIANT, old, new)
    refusal(judged(project_copy, GATE), path=INVARIANT, where=where)


def test_what_is_no_yaml_cannot_be_judged(project_copy: Path) -> None:
    (project_copy / INVARIANT).write_text("a: b: c\n")
    with pytest.raises(ProofbookError, match=r"INV-DEMO-0001\.yaml: line 1.*is not YAML"):
        judged(project_copy, GATE)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('id: "INV-DEMO-0001"', "id: INV-DEMO-0007", "id"),
        ('module: "own.verified.tally"', "module: own.other.tally", "kernel.module"),
        ("notebooks/math/verify_tally.ipynb", "notebooks/math/verify_x.ipynb", "notebook"),
        ("tally_verification.json", "x_verification.json", "artifact"),
        ('system: "DEMO"', "system: OTHER", "system"),
    ],
)
def test_one_name_for_everything(project_copy: Path, old: str, new: str, where: str) -> None:
    edit_text(project_copy / INVARIANT, old, new)
    found = refusal(judged(project_copy, GATE), path=INVARIANT, where=where, what="expected")
    assert "use one name" in found.remedy


def test_a_system_that_the_settings_do_not_know_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / "pyproject.toml", 'systems = ["DEMO"]', 'systems = ["OTHER"]')
    result = judged(project_copy, GATE)
    refusal(result, path=INVARIANT, where="system", what="DEMO is not in [tool.proofbook] systems")


@pytest.mark.parametrize("folder", ["docs/adr", "notebooks/math"])
def test_a_file_that_an_invariant_names_must_exist(project_copy: Path, folder: str) -> None:
    (gone,) = [
        path
        for path in (project_copy / folder).glob("*tally*")
        if "least" not in path.name and "impl" not in path.name
    ]
    gone.unlink()
    field = "adr" if folder == "docs/adr" else "notebook"
    result = judged(project_copy, GATE)
    refusal(result, path=INVARIANT, where=field, what=f"{folder}/{gone.name} does not exist")


def test_a_lemma_id_that_stands_twice_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / INVARIANT, "id: L2", "id: L1")
    refusal(judged(project_copy, GATE), path=INVARIANT, where="lemmas", what="stands twice")


def test_a_use_of_a_lemma_that_nobody_states_is_refused(project_copy: Path) -> None:
    edit_first(project_copy / INVARIANT, "uses: []", "uses: [INV-DEMO-0009#L1]")
    result = judged(project_copy, GATE)
    refusal(result, path=INVARIANT, where="lemmas L1 uses", what="which no invariant states")


def test_two_files_of_one_invariant_are_refused(project_copy: Path) -> None:
    copy = project_copy / "invariants/INV-DEMO-0003.yaml"
    copy.write_bytes((project_copy / INVARIANT).read_bytes())
    result = judged(project_copy, GATE)
    refusal(result, path="invariants/INV-DEMO-0003.yaml", where="id", what="is INV-DEMO-0001")


# --- the index


def test_an_invariant_that_the_index_leaves_out_is_refused(project_copy: Path) -> None:
    lines = (project_copy / INDEX).read_text().splitlines(keepends=True)
    (project_copy / INDEX).write_text("".join(x for x in lines if "DEMO-0001" not in x))
    refusal(judged(project_copy, GATE), path=INDEX, what="does not list INV-DEMO-0001")


def test_an_index_entry_of_no_invariant_is_refused(project_copy: Path) -> None:
    entry = '  - {id: INV-DEMO-0009, title: "X", status: draft, file: INV-DEMO-0009.yaml}\n'
    (project_copy / INDEX).write_text((project_copy / INDEX).read_text() + entry)
    refusal(
        judged(project_copy, GATE), path=INDEX, what="lists INV-DEMO-0009, which does not exist"
    )


def test_an_invariant_that_the_index_lists_twice_is_refused(project_copy: Path) -> None:
    text = (project_copy / INDEX).read_text()
    (project_copy / INDEX).write_text(text + text.splitlines(keepends=True)[-1])
    refusal(judged(project_copy, GATE), path=INDEX, what="lists INV-DEMO-0002 twice")


@pytest.mark.parametrize(
    ("old", "new"), [('title: "Tally"', "title: Other"), ("INV-DEMO-0001.yaml", "INV-DEMO-1.yaml")]
)
def test_an_index_that_disagrees_is_refused(project_copy: Path, old: str, new: str) -> None:
    edit_text(project_copy / INDEX, old, new)
    refusal(judged(project_copy, GATE), path=INDEX, where="INV-DEMO-0001", what="disagrees")


def test_a_missing_index_is_refused(project_copy: Path) -> None:
    (project_copy / INDEX).unlink()
    refusal(judged(project_copy, GATE), path=INDEX, what="no such file")


# --- the appendix


def test_an_invariant_whose_lemma_is_not_in_the_appendix_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / APPENDIX, "### INV-DEMO-0001#L2 — Nearest", "### Nearest")
    found = refusal(
        judged(project_copy, GATE), path=APPENDIX, what="no section for lemma INV-DEMO-0001#L2"
    )
    assert found.invariant == "INV-DEMO-0001"


def test_a_lemma_of_the_appendix_that_no_invariant_states_is_refused(project_copy: Path) -> None:
    path = project_copy / APPENDIX
    path.write_text(path.read_text() + "\n### INV-DEMO-0001#L3 — More\n\n**Status:** Rev 1.0\n")
    refusal(judged(project_copy, GATE), path=APPENDIX, what="speaks of INV-DEMO-0001#L3")


def test_a_row_of_the_quick_index_without_a_lemma_is_refused(project_copy: Path) -> None:
    row = "| [INV-DEMO-0001#L2]"
    edit_text(project_copy / APPENDIX, row, f"| INV-DEMO-0008#L1 | More | Rev 1.0 |\n{row}")
    refusal(judged(project_copy, GATE), path=APPENDIX, what="speaks of INV-DEMO-0008#L1")


def test_a_lemma_missing_from_the_quick_index_is_refused(project_copy: Path) -> None:
    lines = (project_copy / APPENDIX).read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("| [INV-DEMO-0001#L2]")]
    (project_copy / APPENDIX).write_text("".join(kept))
    result = judged(project_copy, GATE)
    refusal(result, path=APPENDIX, where="Quick index", what="does not list INV-DEMO-0001#L2")


def test_a_lemma_written_twice_is_refused(project_copy: Path) -> None:
    path = project_copy / APPENDIX
    text = path.read_text()
    section = text[text.index("### INV-DEMO-0001#L1") : text.index("### INV-DEMO-0001#L2")]
    path.write_text(text.replace(section, section + section))
    refusal(judged(project_copy, GATE), path=APPENDIX, what="has two sections for INV-DEMO-0001#L1")


def test_another_title_is_refused(project_copy: Path) -> None:
    edit_text(
        project_copy / APPENDIX, "### INV-DEMO-0001#L1 — Bounded", "### INV-DEMO-0001#L1 — Small"
    )
    refusal(judged(project_copy, GATE), path=APPENDIX, where="line ", what="'Small'")


def test_a_lemma_without_prose_is_refused(project_copy: Path) -> None:
    text = (project_copy / APPENDIX).read_text()
    start = text.index("**Statement.**", text.index("### INV-DEMO-0001#L1"))
    end = text.index("### INV-DEMO-0001#L2")
    (project_copy / APPENDIX).write_text(text[:start] + "**Statement.** Clear.\n\n" + text[end:])
    refusal(judged(project_copy, GATE), path=APPENDIX, what="says nothing of INV-DEMO-0001#L1")


def test_an_appendix_that_does_not_link_back_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / APPENDIX, "INV-DEMO-0001.yaml", "INV-DEMO-0001.yml", count=2)
    result = judged(project_copy, GATE)
    refusal(result, path=APPENDIX, where="INV-DEMO-0001", what="does not link to its YAML file")


def test_an_appendix_that_is_not_text_cannot_be_judged(project_copy: Path) -> None:
    (project_copy / APPENDIX).write_bytes(b"\xff")
    with pytest.raises(ProofbookError, match="is not UTF-8") as refused:
        judged(project_copy, GATE)
    assert refused.value.path == APPENDIX


def test_a_missing_appendix_is_refused_lemma_by_lemma(project_copy: Path) -> None:
    (project_copy / APPENDIX).unlink()
    found = [item for item in judged(project_copy, GATE).findings if "no section" in item.what]
    assert len(found) == 4


# --- artifact, symbols, tests


def test_an_artifact_without_evidence_for_a_lemma_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"].pop())
    refusal(judged(project_copy, GATE), path=ARTIFACT, what="has no evidence for INV-DEMO-0001#L2")


def test_evidence_for_a_lemma_that_nobody_states_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["lemmas"][1].update(id="INV-DEMO-0001#L7"))
    result = judged(project_copy, GATE)
    refusal(result, path=ARTIFACT, what="INV-DEMO-0001#L7, which the invariant does not state")


def test_an_artifact_that_does_not_name_its_invariant_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["invariants"].clear())
    refusal(judged(project_copy, GATE), path=ARTIFACT, what="does not name INV-DEMO-0001")


def test_a_function_that_is_not_exported_is_refused(project_copy: Path) -> None:
    edit_text(project_copy / INVARIANT, 'functions: ["tally"]', "functions: [tally, tell]")
    result = judged(project_copy, GATE)
    refusal(result, path=INVARIANT, where="kernel.functions", what="names tell")


@pytest.mark.parametrize(
    "code", ["def tell() -> int:\n    return 1\n", "class Teller:\n    pass\n"]
)
def test_an_export_that_no_invariant_names_is_refused(project_copy: Path, code: str) -> None:
    new_cell(project_copy / NOTEBOOK, "more", f"#| export\n{code}", before="l1")
    refusal(judged(project_copy, GATE), path=NOTEBOOK, what="which no invariant names")


@pytest.mark.parametrize("code", ["_SECRET = 1\n", "LIMIT = 2\n", "def _tell():\n    pass\n"])
def test_constants_and_private_helpers_need_no_invariant(project_copy: Path, code: str) -> None:
    new_cell(project_copy / NOTEBOOK, "more", f"#| export\n{code}", before="l1")
    assert judged(project_copy, GATE).findings == []


def test_an_exported_function_whose_vectors_all_raise_is_refused(project_copy: Path) -> None:
    def change(artifact: Any) -> None:
        for case in artifact["vectors"][0]["cases"]:
            case["outcome"] = {"raises": "ValueError"}

    edit_json(project_copy / ARTIFACT, change)
    refusal(
        judged(project_copy, GATE), path=ARTIFACT, where="vectors tally", what="call that returns"
    )


def test_an_exported_function_without_vectors_is_refused(project_copy: Path) -> None:
    edit_json(project_copy / ARTIFACT, lambda a: a["vectors"].clear())
    result = judged(project_copy, GATE)
    refusal(
        result, path=ARTIFACT, where="vectors tally", what="exported function tally has no vector"
    )


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def test_nothing():\n    assert True\n",
        "from own.verified.tally import tally  # noqa: F401\n\n\ndef test_nothing():\n    pass\n",
        "from own.verified import tally  # noqa: F401\n",
        "# own.verified.tally.tally\n",
        "from own.verified.tally_least import tally\n\nprint(tally(1))\n",
    ],
)
def test_a_symbol_that_no_test_touches_is_refused(project_copy: Path, source: str) -> None:
    (project_copy / TEST).write_text(source)
    refusal(judged(project_copy, GATE), path=TEST, where="tally", what="is used by no test")


@pytest.mark.parametrize(
    "source",
    [
        "from own.verified.tally import tally\n\n\ndef test_it():\n    assert tally(2) == 1\n",
        "from own.verified.tally import tally as t\n\n\ndef test_it():\n    assert t(2) == 1\n",
        "from own.verified import tally as k\n\n\ndef test_it():\n    assert k.tally(2) == 1\n",
        "import own.verified.tally\n\n\ndef test_it():\n    assert own.verified.tally.tally(2) == 1\n",
        "import own.verified.tally as k\n\n\ndef test_it():\n    assert k.tally(2) == 1\n",
    ],
)
def test_a_symbol_is_touched_however_it_is_imported(project_copy: Path, source: str) -> None:
    (project_copy / TEST).write_text(source)
    assert judged(project_copy, GATE).findings == []


def test_any_test_folder_counts(project_copy: Path) -> None:
    path = project_copy / "tests/unit/test_more.py"
    path.parent.mkdir()
    (project_copy / TEST).rename(path)
    assert judged(project_copy, GATE).findings == []


def test_a_notebook_of_no_invariant_is_refused(project_copy: Path) -> None:
    (project_copy / INVARIANT).unlink()
    refusal(judged(project_copy, GATE), path=NOTEBOOK, what="belongs to no invariant")


def test_a_verify_cell_that_uses_nothing_exported_is_refused(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l1", "0 <= tally(x) <= 1", "x <= x + 1")
    result = judged(project_copy, GATE)
    refusal(result, path=NOTEBOOK, where="(l1)", what="L1 without using anything that is exported")


def test_a_verify_cell_may_use_exported_code_through_helpers(project_copy: Path) -> None:
    helpers = "def inner(x):\n    return tally(x)\n\n\noracle = lambda x: inner(x)"
    new_cell(project_copy / NOTEBOOK, "helpers", helpers, before="l1")
    edit_source(project_copy / NOTEBOOK, "l1", "0 <= tally(x) <= 1", "0 <= oracle(x) <= 1")
    assert judged(project_copy, GATE).verdict == "passed"


@pytest.mark.parametrize("folder", ["archive", "zzz"])
def test_a_second_notebook_of_a_kernel_is_refused_wherever_it_stands(
    project_copy: Path, folder: str
) -> None:
    twin = project_copy / f"notebooks/math/{folder}/verify_tally.ipynb"
    twin.parent.mkdir()
    twin.write_bytes((project_copy / NOTEBOOK).read_bytes())
    path = f"notebooks/math/{folder}/verify_tally.ipynb"
    refusal(judged(project_copy, GATE), path=path, what="belongs to no invariant")
    refusal(judged(project_copy, "notebooks"), path=path, what="is not in the plan")


def test_a_lemma_less_in_the_invariant_dangles_everywhere(project_copy: Path) -> None:
    path = project_copy / INVARIANT
    text = path.read_text()
    start = text.index("  - id: L2")
    path.write_text(text[:start] + text[text.index("notebook:", start) :])
    assert Project.open(project_copy).invariants["INV-DEMO-0001"].lemmas[-1].id == "L1"
    result = judged(project_copy, GATE)
    refusal(result, path=APPENDIX, what="speaks of INV-DEMO-0001#L2")
    refusal(result, path=ARTIFACT, what="INV-DEMO-0001#L2, which the invariant does not state")
    refusal(judged(project_copy, "hygiene"), path=NOTEBOOK, what="verifies L2, which no invariant")


def test_cells_that_do_not_matter_here_are_left_alone(project_copy: Path) -> None:
    drop_cell(project_copy / NOTEBOOK, "l1-prose")
    edit_source(project_copy / NOTEBOOK, "l1", "finite =", "# prose\nfinite =")
    assert judged(project_copy, GATE).verdict == "passed"
