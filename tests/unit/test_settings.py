"""The settings table of a project: typed, with every unknown key refused by name."""

import os
from pathlib import Path
from typing import Any

import pytest

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.place import find_root, read_toml, setting
from proofbook.autopsy.settings import Settings, load_settings


def write(root: Path, table: str) -> Path:
    (root / "pyproject.toml").write_text(f"[project]\nname = 'x'\n\n{table}", encoding="utf-8")
    return root


def test_an_empty_table_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "[tool.proofbook]\n")) == Settings()


def test_settings_are_read(tmp_path: Path) -> None:
    table = '[tool.proofbook]\nsystems = ["AB", "C2"]\nworkers = 3\naccept_yellow_on = []\n'
    settings = load_settings(write(tmp_path, table))
    assert (settings.systems, settings.workers, settings.accept_yellow_on) == (["AB", "C2"], 3, [])


@pytest.mark.parametrize("key", ["notebook", "system", "Workers", "floor"])
def test_an_unknown_setting_is_refused_and_the_known_ones_are_named(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(ProofbookError, match="unknown setting") as refused:
        load_settings(write(tmp_path, f'[tool.proofbook]\n{key} = "x"\n'))
    error = refused.value
    assert error.path == str(tmp_path / "pyproject.toml")
    assert error.field == f"tool.proofbook.{key}"
    assert error.remedy
    for known in Settings.model_fields:
        assert known in error.remedy


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('workers = "many"', "workers"),
        ("workers = -1", "workers"),
        ("workers = 1000", "workers"),
        ("cell_timeout_s = 0", "cell_timeout_s"),
        ("keep_runs = 0", "keep_runs"),
        ("line_length = 10", "line_length"),
        ('systems = "MHE"', "systems"),
        ('systems = ["mhe"]', "systems.0"),
        ("systems = []", "systems"),
        ('verified_package = "own/verified"', "verified_package"),
        ("notebooks = 3", "notebooks"),
        ('accept_yellow_on = "development"', "accept_yellow_on"),
    ],
)
def test_a_setting_of_a_wrong_kind_is_refused_by_field(
    tmp_path: Path, line: str, field: str
) -> None:
    with pytest.raises(ProofbookError) as refused:
        load_settings(write(tmp_path, f"[tool.proofbook]\n{line}\n"))
    assert refused.value.field
    assert refused.value.field.startswith(f"tool.proofbook.{field}")


@pytest.mark.parametrize("key", ["notebooks", "generated", "logs", "verified", "lock", "docs"])
@pytest.mark.parametrize("path", ["/etc", "../other", "a/../../b", "", "a\\b"])
def test_a_path_that_leaves_the_project_is_refused(tmp_path: Path, key: str, path: str) -> None:
    with pytest.raises(ProofbookError, match="must be a path below the root") as refused:
        load_settings(write(tmp_path, f"[tool.proofbook]\n{key} = '{path}'\n"))
    assert refused.value.field == f"tool.proofbook.{key}"


def test_a_table_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProofbookError, match="dictionary"):
        load_settings(write(tmp_path, "[tool]\nproofbook = 3\n"))


@pytest.mark.parametrize("data", [b"[tool", b"x = \xff\n", b"a = 1\na = 2\n"])
def test_what_is_not_toml_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(data)
    with pytest.raises(ProofbookError, match="is not TOML"):
        load_settings(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProofbookError, match="cannot be read"):
        read_toml(tmp_path / "pyproject.toml")


def test_workers_are_as_many_as_said_or_as_there_are_cores() -> None:
    assert Settings(workers=5).worker_count() == 5
    cores: Any = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    assert Settings().worker_count() == len(cores(0))


# --- where the project is


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PROOFBOOK_ROOT", raising=False)
    return write(tmp_path, '[tool.proofbook]\nnotebooks = "books"\n').resolve()


def test_the_root_is_found_from_anywhere_below(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = project / "a/b"
    deep.mkdir(parents=True)
    assert find_root(deep) == find_root(project) == project
    monkeypatch.chdir(deep)
    assert find_root() == project


def test_a_pyproject_of_something_else_is_passed_by(project: Path) -> None:
    inner = project / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    assert find_root(inner) == project


def test_the_nearest_project_wins(project: Path) -> None:
    inner = project / "inner"
    inner.mkdir()
    assert find_root(write(inner, "[tool.proofbook]\n")) == inner


def test_the_environment_names_the_root(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFBOOK_ROOT", str(project))
    monkeypatch.chdir("/")
    assert find_root() == project
    assert setting(project, "notebooks", "x") == "books"
    assert setting(project, "generated", "configs") == "configs"


def test_no_project_in_sight_says_what_to_add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROOFBOOK_ROOT", raising=False)
    with pytest.raises(ProofbookError, match=r"add a \[tool\.proofbook\] table"):
        find_root(tmp_path)
