"""Mutants run against a small notebook: what its cells notice, what they miss, what never ends."""

from pathlib import Path

import pytest
from tampering import Green, edit_cell, new_cell

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.execution import Engine
from proofbook.autopsy.project import Project, planned
from proofbook.autopsy.strength.harness import Harness, Verdict
from proofbook.autopsy.strength.mutants import mutants_of

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
COUNT_DOWN = """\
#| export
import math
import os


def steps(n: int) -> int:
    count = 0
    while n > 0:
        n -= 1
        count += 1
    return count


def tally(x: float) -> float:
    return min(max(x, 0.0), 1.0)
"""
WEAK = "# VERIFY:L2 — Nearest\nwith v.lemma('L2') as lemma:\n    assert steps(3) >= 0\n"
STRONG = "# VERIFY:L2 — Nearest\nwith v.lemma('L2') as lemma:\n    assert steps(3) == 3\n"


def run(root: Path, kind: str = "asserts", *, forks: bool = True) -> dict[tuple[str, str], Verdict]:
    """Return the verdicts on all mutants, by function and changed lines."""
    project = Project.open(root)
    mutants = {item.id: item for item in mutants_of(project.kernel_notebooks["tally"])}
    found: list[Verdict] = []
    Harness(project, "tally", kind, workers=2, forks=forks).run(
        list(mutants.values()), found.append
    )
    assert sorted(item.id for item in found) == sorted(mutants)
    shown = {}
    for verdict in found:
        mutant = mutants[verdict.id]
        new = [x.strip() for x in mutant.diff.splitlines()[3:] if x.startswith("+")]
        shown[mutant.function, "".join(new).lstrip("+ ")] = verdict
    return shown


def with_steps(root: Path, check: str, kernel: str = COUNT_DOWN) -> Path:
    edit_cell(root / NOTEBOOK, "kernel", kernel)
    edit_cell(
        root / NOTEBOOK, "l1", "# VERIFY:L1 — Bounded\nv.lemma('L1').holds('x', tally(2.0) == 1.0)"
    )
    edit_cell(root / NOTEBOOK, "l2", check)
    edit_cell(root / NOTEBOOK, "vectors", "v.emit()")
    return root


def test_a_strong_assertion_notices_what_a_weak_one_misses(project_copy: Path) -> None:
    weak = run(with_steps(project_copy, WEAK))
    strong = run(with_steps(project_copy, STRONG))
    doubled = ("steps", "count += 2")
    assert weak[doubled].how == "survived"
    assert (strong[doubled].how, strong[doubled].by) == ("failed", "l2")


def test_a_loop_without_end_is_stopped_by_its_budget(project_copy: Path) -> None:
    found = run(with_steps(project_copy, WEAK))
    assert found["steps", "n += 1"].how == "budget"
    assert found["steps", "n -= 0"].how == "budget"


def test_an_end_of_the_process_counts_as_noticed_whatever_its_exit_code(project_copy: Path) -> None:
    leaving = COUNT_DOWN.replace(
        "    return count\n", "    if n < 0:\n        os._exit(0)\n    return count\n"
    )
    found = run(with_steps(project_copy, WEAK, leaving))
    assert found["steps", "if n <= 0:"].how == "died"


def test_one_process_for_each_mutant_gives_the_same_verdicts(project_copy: Path) -> None:
    root = with_steps(project_copy, STRONG)
    forked, alone = run(root), run(root, forks=False)
    assert {key: verdict.killed for key, verdict in forked.items()} == {
        key: verdict.killed for key, verdict in alone.items()
    }


def test_a_later_cell_that_needs_the_notebook_counts(project_copy: Path) -> None:
    root = with_steps(project_copy, WEAK)
    new_cell(
        root / NOTEBOOK, "table", "thirds = {1: 'a', 2: 'b', 3: 'c'}[steps(3)]", before="vectors"
    )
    found = run(root)["steps", "count += 2"]
    assert (found.how, found.by) == ("failed", "table")


def test_checks_do_not_count_where_only_proofs_do(project_copy: Path) -> None:
    root = with_steps(project_copy, STRONG)
    assert run(root)["steps", "count += 2"].killed
    found = run(root, "proofs")
    assert not found["steps", "count += 2"].killed
    assert not found["tally", "return min(0.0, 1.0)"].killed


def test_a_notebook_that_does_not_pass_as_it_is_is_refused(project_copy: Path) -> None:
    root = with_steps(project_copy, STRONG.replace("== 3", "== 4"))
    with pytest.raises(ProofbookError, match="does not pass as it is") as refused:
        run(root)
    assert refused.value.field == "l2"
    assert "AssertionError" in refused.value.what


def test_mutants_run_as_confined_as_the_notebook_itself(project_copy: Path) -> None:
    root = with_steps(project_copy, STRONG)
    new_cell(
        root / NOTEBOOK,
        "conditions",
        "assert os.environ['PYTHONHASHSEED'] == '0', os.environ\n"
        f"assert os.environ['PROOFBOOK_ROOT'] == {str(root)!r}, os.environ\n"
        f"assert os.getcwd() == {str(root / 'notebooks/math')!r}, os.getcwd()\n"
        "assert __name__ == '__main__', __name__\n"
        "for secret in ('/dev/urandom', '../../src/own/verified/tally.py'):\n"
        "    try:\n        open(secret)\n"
        "    except PermissionError:\n        pass\n"
        "    else:\n        raise AssertionError(secret)\n"
        "import sys\nsys.path.insert(0, '../../src')\n"
        "try:\n    import own.verified.tally\n"
        "except ImportError as error:\n    assert 'may not import' in str(error)\n"
        "else:\n    raise AssertionError('imported')\n",
        before="vectors",
    )
    assert run(root)


def test_a_run_does_not_inherit_which_kinds_are_wanted(
    green_project: Green, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFBOOK_EVIDENCE_KINDS", "proofs")
    monkeypatch.setenv("PROOFBOOK_FIRST_FAILURE", "1")
    root = green_project.root
    (item, *_) = [x for x in planned(Project.open(root)).notebooks if x.path == NOTEBOOK]
    variables = Engine(root, root, root, 1).variables(item)
    assert not {"PROOFBOOK_EVIDENCE_KINDS", "PROOFBOOK_FIRST_FAILURE"} & set(variables)
