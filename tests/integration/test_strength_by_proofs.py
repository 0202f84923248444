"""Mutants of what proofs run: what claims notice, what they leave, and which functions they leave out."""

import json
import re
from pathlib import Path

import pytest
from tampering import edit_cell, edit_json, judged, new_cell, refusal

from proofbook.autopsy.canonical import canonical_bytes
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.project import Project
from proofbook.autopsy.proofs import solvers
from proofbook.autopsy.strength import harness as harness_module
from proofbook.autopsy.strength import measuring as measuring_module
from proofbook.autopsy.strength.cells import proof_cells
from proofbook.autopsy.strength.harness import Harness, Verdict
from proofbook.autopsy.strength.measuring import Measuring, write_record
from proofbook.autopsy.strength.mutants import mutants_of

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
KERNEL = """\
#| export
def need(n: int) -> None:
    if type(n) is not int:
        raise TypeError("no int")


def larger(a: int, b: int) -> int:
    need(a)
    need(b)
    return a if a >= b else b


def total(values: list[int]) -> int:
    done = 0
    left = 3
    while left > 0:
        done += values[left - 1]
        left -= 1
    return done


def tally(x: float) -> float:
    return min(max(x, 0.0), 1.0)
"""
SETUP = "# VERIFY:L1 — Bounded\nv.lemma('L1').holds('x', tally(2.0) == 1.0)\n"
PROOF = """\
# VERIFY:L2 — Nearest
from proofbook.lab.symbolic import integer, several
with v.lemma("L2") as lemma:
    lemma.prove(
        larger, that="as large as both", scope="two", then=lambda a, b, result: {claim},
        a=integer(), b=integer(),
    )
    lemma.prove(
        total, that="the sum", scope="three", then=lambda values, result: {sum},
        values=several(integer(0), 3),
    )
    lemma.holds("larger", larger(1, 2) == 2)
"""
WEAK = PROOF.replace("{claim}", "(a <= result) & (b <= result)").replace("{sum}", "result >= 0")
STRONG = PROOF.replace(
    "{claim}", "(a <= result) and (b <= result) and (result == a or result == b)"
).replace("{sum}", "result == values[0] + values[1] + values[2]")


def with_proofs(root: Path, proof: str) -> Path:
    edit_cell(root / NOTEBOOK, "kernel", KERNEL)
    edit_cell(root / NOTEBOOK, "l1", SETUP)
    edit_cell(root / NOTEBOOK, "l2", proof)
    edit_cell(root / NOTEBOOK, "vectors", "v.emit()")
    return root


def run(root: Path, kind: str = "proofs") -> dict[tuple[str, str], Verdict]:
    """Return the verdicts on all mutants of what is proved, by function and changed lines."""
    project = Project.open(root)
    mutants = {item.id: item for item in mutants_of(project.kernel_notebooks["tally"])}
    mutants = {key: item for key, item in mutants.items() if item.function != "tally"}
    found: list[Verdict] = []
    Harness(project, "tally", kind, workers=2).run(list(mutants.values()), found.append)
    shown = {}
    for verdict in found:
        mutant = mutants[verdict.id]
        new = [x[1:].strip() for x in mutant.diff.splitlines()[3:] if x.startswith("+")]
        shown[mutant.function, "".join(new)] = verdict
    return shown


def test_a_bound_leaves_what_a_functional_claim_notices(project_copy: Path) -> None:
    weak = run(with_proofs(project_copy, WEAK))
    strong = run(with_proofs(project_copy, STRONG))
    first = ("total", "left = 2")
    assert weak[first].how == "survived"
    assert (strong[first].how, strong[first].by) == ("failed", "l2")
    swapped = ("larger", "return a if a < b else b")
    assert (weak[swapped].how, strong[swapped].how) == ("failed", "failed")


def test_mutants_within_loops_and_loops_without_end_are_noticed(project_copy: Path) -> None:
    found = run(with_proofs(project_copy, STRONG))
    assert found["total", "done -= values[left - 1]"].how == "failed"
    assert found["total", "left += 1"].killed
    assert found["total", "left -= 0"].how == "budget"


def test_equal_mutants_survive_proofs(project_copy: Path) -> None:
    assert (
        run(with_proofs(project_copy, STRONG))["larger", "return a if a > b else b"].how
        == "survived"
    )


def test_no_claim_is_looked_at_where_asserts_count(project_copy: Path) -> None:
    false = STRONG.replace("result == a or result == b", "result == a")
    root = with_proofs(project_copy, false)
    found = run(root, "asserts")
    assert found["total", "done -= values[left - 1]"].how == "survived"
    assert found["larger", "return a if a < b else b"].killed
    with pytest.raises(
        ProofbookError, match="does not pass as it is, with proofs alone"
    ) as refused:
        run(root)
    assert refused.value.field == "l2"


def test_proofs_are_not_measured_without_a_solver(
    project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness_module, "available", lambda solver: None)
    with pytest.raises(ProofbookError, match="z3-solver is not installed"):
        run(with_proofs(project_copy, STRONG))


def test_only_cells_that_proofs_need_are_run(project_copy: Path) -> None:
    root = with_proofs(project_copy, STRONG.replace("integer(0)", "integer(LOW[0])"))
    for name, source in {
        "low": "LOW = [1]",
        "lower": "LOW.append(0)\nLOW.reverse()",
        "table": "rows = [larger(i, 0) for i in range(10)]\nrows",
    }.items():
        new_cell(root / NOTEBOOK, name, source, before="l1")
    notebook = Project.open(root).kernel_notebooks["tally"]
    ran = [cell.id for cell in proof_cells(notebook)]
    assert {"low", "lower", "l2", "kernel"} <= set(ran)
    assert not {"table", "l1", "vectors"} & set(ran)
    assert run(root)["total", "left = 2"].killed


def test_a_mutant_is_run_against_the_proofs_that_run_its_function(project_copy: Path) -> None:
    other = PROOF.replace("L2", "L1").replace("Nearest", "Bounded")
    root = with_proofs(project_copy, STRONG)
    edit_cell(
        root / NOTEBOOK, "l1", other.replace("{claim}", "a <= result").replace("{sum}", "True")
    )
    notebook = Project.open(root).kernel_notebooks["tally"]
    everything = {cell.id for cell in proof_cells(notebook)}
    assert (
        everything - {x.id for x in proof_cells(notebook, ["INV-DEMO-0001#L2"])} == set()
    )  # imports
    assert everything - {x.id for x in proof_cells(notebook, ["INV-DEMO-0001#L1"])} == {"l2"}


def record_of(root: Path, *reached: str):  # type: ignore[no-untyped-def]
    """Measure a kernel whose artifact says that some functions were proved."""
    project = Project.open(root).load()
    project.artifact("tally").obligations[:] = [_Obligation(reached)]  # type: ignore[union-attr, list-item]
    return project, Measuring(project, None).record("tally")


class _Obligation:
    def __init__(self, symbols: tuple[str, ...]) -> None:
        self.lemma = "INV-DEMO-0001#L2"
        self.bindings = [type("Binding", (), {"symbol": name}) for name in symbols]


def test_proofs_are_measured_on_what_they_run_and_the_rest_is_named(project_copy: Path) -> None:
    _, record = record_of(with_proofs(project_copy, STRONG), "larger", "need", "total")
    mutants = mutants_of(Project.open(project_copy).kernel_notebooks["tally"])
    proofs = [*record.proofs.killed, *record.proofs.survivors]
    expected = {x.id for x in mutants if x.function != "tally"} - {x.id for x in record.equivalent}
    assert {x.id for x in proofs} == expected
    assert record.unproved == ["tally"]


def test_survivors_that_solvers_prove_equal_are_set_aside(project_copy: Path) -> None:
    _, record = record_of(with_proofs(project_copy, STRONG), "larger", "need", "total")
    (found,) = [x for x in record.equivalent if x.function == "larger" and "a > b" in x.diff]
    versions = r"equal on all int a, int b: cvc5 [\d.]+, z3 [\d.]+"
    assert re.fullmatch(versions, found.reason)
    ids = {x.id for kind in (record.asserts, record.proofs) for x in kind.survivors}
    assert found.id not in ids
    assert {x.function for x in record.equivalent} <= {"larger", "need"}


def without_solvers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring_module, "installed_solvers", dict)


def test_without_solvers_nothing_is_set_aside_and_no_record_is_lost(
    project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = with_proofs(project_copy, SETUP.replace("L1", "L2").replace("Bounded", "Nearest"))
    project = Project.open(root).load()
    with_them = Measuring(project, None).record("tally")
    assert write_record(project, with_them)
    without_solvers(monkeypatch)
    without = Measuring(project, None).record("tally")
    assert (without.solvers, without.equivalent) == ({}, [])
    assert with_them.equivalent
    assert write_record(project, without) == []
    record = root / "configs/generated/strength/tally.json"
    assert record.read_bytes() == canonical_bytes(with_them.model_dump(by_alias=True))
    assert set(json.loads(record.read_bytes())["solvers"]) == set(solvers.SOLVERS)


def test_the_gate_proves_again_and_refuses_what_it_cannot(project_copy: Path) -> None:
    path = "configs/generated/strength/tally.json"
    root = with_proofs(project_copy, SETUP.replace("L1", "L2").replace("Bounded", "Nearest"))
    project = Project.open(root).load()
    write_record(project, Measuring(project, None).record("tally"))
    found = judged(root, "strength").findings
    assert not [x for x in found if x.path == path and x.where == "equivalent"]

    def forge(content: dict) -> None:
        moved = content["asserts"]["survivors"].pop()
        content["equivalent"].append({**moved, "reason": content["equivalent"][0]["reason"]})

    edit_json(root / path, forge)
    refusal(judged(root, "strength"), path=path, where="equivalent", what="than are proved")
