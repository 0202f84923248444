"""Records of runs: kept in folders of their own, read back whole, pruned from the oldest."""

from pathlib import Path

import pytest

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.run_record import (
    CellError,
    CellResult,
    NotebookResult,
    RunRecord,
    last_run,
    load_run,
    new_run_folder,
    prune_runs,
)

CELLS = [
    CellResult("setup", "cell 1 (setup)", [], "passed", 0.5),
    CellResult("l1", "cell 2 (l1)", ["L1"], "failed", 0.1, CellError("LemmaFailed", "no", "…")),
    CellResult("l2", "cell 3 (l2)", ["L2"], "not run", 0.0),
]
RESULT = NotebookResult(
    "n.ipynb", "kernel", ["k"], "failed", 1.5, "0" * 64, CELLS, "why", "what to do"
)


def test_a_record_is_read_back_as_it_was(tmp_path: Path) -> None:
    record = RunRecord(new_run_folder(tmp_path), "2026-01-01T00:00:00", {"A": "b"}, [RESULT])
    record.save()
    assert load_run(record.folder) == last_run(tmp_path) == record


def test_only_cells_that_ran_and_did_not_pass_have_failed() -> None:
    assert [cell.id for cell in RESULT.failed_cells()] == ["l1"]


def test_results_are_found_by_path(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "", {}, [RESULT])
    assert record.result("n.ipynb") is RESULT
    assert record.result("other.ipynb") is None


def test_artifacts_of_both_runs_are_kept_apart(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "", {})
    for again in (False, True):
        assert record.artifact_bytes("k", again=again) is None
        folder = record.artifact_folder(again=again)
        folder.mkdir()
        (folder / "k_verification.json").write_bytes(b"second" if again else b"first")
    assert record.artifact_bytes("k") == b"first"
    assert record.artifact_bytes("k", again=True) == b"second"


def test_two_runs_at_once_get_two_folders(tmp_path: Path) -> None:
    assert len({new_run_folder(tmp_path) for _ in range(20)}) == 20


def test_the_newest_finished_run_is_the_last(tmp_path: Path) -> None:
    first, second, unfinished = (new_run_folder(tmp_path) for _ in range(3))
    for folder in (first, second):
        RunRecord(folder, folder.name, {}).save()
    assert unfinished.is_dir()
    assert last_run(tmp_path).folder == second


def test_without_a_run_there_is_nothing_to_judge(tmp_path: Path) -> None:
    with pytest.raises(ProofbookError, match="no run to judge") as refused:
        last_run(tmp_path)
    assert refused.value.remedy


def test_the_oldest_runs_are_pruned(tmp_path: Path) -> None:
    folders = [new_run_folder(tmp_path) for _ in range(5)]
    for folder in folders:
        (folder / "scorecard.json").touch()
    prune_runs(tmp_path, 2)
    assert sorted((tmp_path / "runs").iterdir()) == folders[-2:]


def test_a_run_that_goes_on_is_not_pruned(tmp_path: Path) -> None:
    folders = [new_run_folder(tmp_path) for _ in range(3)]
    (folders[1] / "scorecard.json").touch()
    prune_runs(tmp_path, 1)
    assert sorted((tmp_path / "runs").iterdir()) == [folders[0], folders[2]]


@pytest.mark.parametrize("text", ["{}", "[]", "3", '{"notebooks": [{}]}', '{"notebooks": [3]}'])
def test_a_record_of_something_else_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ProofbookError, match="is not the record of a run") as refused:
        load_run(tmp_path)
    assert refused.value.path == str(tmp_path / "run.json")


def test_logs_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(ProofbookError, match="cannot be written") as refused:
        new_run_folder(tmp_path / "logs")
    assert refused.value.remedy
    assert "logs" in refused.value.remedy
