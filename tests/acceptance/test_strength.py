"""`proofbook strength` measures, shows what is missed, and exits with the verdict."""

from pathlib import Path

from command import proofbook
from tampering import edit_source

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
CHECK = '\n    lemma.exhaust(refused, [math.nan, math.inf, -math.inf], domain="NaN and both infinities")'


def test_strong_kernels_are_shown_and_accepted(project_copy: Path) -> None:
    said = proofbook("strength", cwd=project_copy)
    assert (said.code, said.err) == (0, ""), said
    rows = {line.split()[0]: line for line in said.out.splitlines() if line}
    assert "100.0 % (10 of 10)" in rows["tally"]
    assert "no proofs" in rows["tally"]
    assert "100.0 % (2 of 2)" in rows["tally_least"]


def test_a_weak_kernel_is_refused_with_the_mutant_it_missed(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l2", CHECK, "")
    said = proofbook("strength", "tally", cwd=project_copy)
    assert said.code == 1, said
    assert "wrote configs/generated/strength/tally.json" in said.out
    assert "tally line 12: statement survives the asserts" in said.out
    assert "-    if not math.isfinite(x):" in said.out
    assert "90.0 % (9 of 10)" in said.out


def test_a_run_measures_what_is_stale_unless_told_not_to(project_copy: Path) -> None:
    edit_source(project_copy / NOTEBOOK, "l2", CHECK, CHECK + "\n    assert tally(0.5) == 0.5")
    said = proofbook("run", "--no-strength", cwd=project_copy)
    assert said.code == 1, said
    assert "strength/tally.json checks: is stale" in said.out
    said = proofbook("run", cwd=project_copy)
    assert said.code == 0, said
    assert "wrote configs/generated/strength/tally.json" in said.out


def test_a_kernel_that_is_not_there_and_one_that_fails_cannot_be_measured(
    project_copy: Path,
) -> None:
    assert "'tale'" in proofbook("strength", "tale", cwd=project_copy).refusal()
    edit_source(project_copy / NOTEBOOK, "l2", CHECK, "\n    assert tally(0.5) == 0.25")
    line = proofbook("strength", "tally", cwd=project_copy).refusal()
    assert "verify_tally.ipynb: l2: does not pass as it is" in line
