"""Files are replaced whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from proofbook.autopsy import atomic
from proofbook.autopsy.atomic import write_atomic, write_if_changed
from proofbook.autopsy.errors import ProofbookError


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c.json"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


class Broken(Exception):
    """Stands for a crash between the first byte and the rename."""


def test_a_crash_leaves_the_old_bytes_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b"old")

    def crash(_: int) -> None:
        raise Broken

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(Broken):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_line_and_leaves_the_old_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProofbookError, match="cannot be written: No space left on device"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(ProofbookError, match="cannot be written") as refused:
        write_atomic(tmp_path / "a/b.json", b"x")
    assert refused.value.remedy == "make the folder writable"


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_bytes(b"old")
    path.chmod(0o755)
    write_atomic(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_a_new_file_has_the_mode_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "new", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_what_has_not_changed_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    assert write_if_changed(path, b"one")
    place = path.stat().st_ino
    assert not write_if_changed(path, b"one")
    assert path.stat().st_ino == place
    assert write_if_changed(path, b"two")


def test_the_bytes_reach_the_disk_before_the_name_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(atomic.os, "fsync", lambda fd: (order.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda a, b: (order.append("rename"), replace(a, b))[1])
    write_atomic(tmp_path / "c.json", b"x")
    assert order == ["fsync", "rename", "fsync"]
