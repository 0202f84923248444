"""The same commit gives the same bytes, whoever runs it, how often, and beside whom."""

from pathlib import Path

from command import findings, proofbook, tree, underway, validated
from tampering import edit_source

GENERATED = ("configs", "src", "notebooks")


def _generated(root: Path) -> dict[str, bytes]:
    return tree(root, *GENERATED)


def test_artifacts_made_from_nothing_under_any_hash_seed_and_thread_count_are_the_committed_ones(
    project_copy: Path,
) -> None:
    before = _generated(project_copy)
    for path in (project_copy / "configs/generated").rglob("*.json"):
        path.unlink()
    elsewhere = {"PYTHONHASHSEED": "4711", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    said = proofbook("run", cwd=project_copy, **elsewhere)
    assert said.code == 0, said
    assert "wrote configs/generated/tally_verification.json" in said.out
    assert _generated(project_copy) == before


def test_regenerating_again_writes_nothing(project_copy: Path) -> None:
    before = _generated(project_copy)
    variables = {"PYTHONHASHSEED": "random", "OPENBLAS_CORETYPE": "Nehalem", "TZ": "Asia/Kolkata"}
    said = proofbook("run", cwd=project_copy, **variables)
    assert said.code == 0, said
    assert "wrote" not in said.out
    assert _generated(project_copy) == before


def test_a_full_validation_runs_everything_twice_under_other_conditions(project_copy: Path) -> None:
    said = proofbook("validate", "--full", cwd=project_copy)
    assert said.code == 0, said
    assert "second run" in said.out


def test_evidence_that_rests_on_the_hash_seed_is_found_out(project_copy: Path) -> None:
    notebook = project_copy / "notebooks/math/verify_tally.ipynb"
    edit_source(
        notebook,
        "l2",
        'domain="0.5 and 2")',
        'domain=" ".join({"half", "two", "three", "four", "five"}))',
    )
    proofbook("run", cwd=project_copy)
    (found,) = findings(validated(project_copy), "determinism")
    assert found["path"] == "notebooks/math/verify_tally.ipynb"
    assert "domain" in found["where"]


def test_two_validations_at_once_both_succeed(project_copy: Path) -> None:
    settings = project_copy / "pyproject.toml"
    settings.write_text(settings.read_text().replace("keep_runs = 3", "keep_runs = 1"))
    with (
        underway("validate", cwd=project_copy) as first,
        underway("validate", cwd=project_copy) as second,
    ):
        one, two = first.ended(), second.ended()
    assert (one.code, two.code) == (0, 0), f"{one}\n{two}"
    assert (one.err, two.err) == ("", "")
