"""What a cell is for is read off its first lines."""

import pytest

from proofbook.autopsy.cells import VerifyMark, exported_code, is_export, verify_marks


@pytest.mark.parametrize(
    "source",
    [
        "#| export\nx = 1",
        "#|export\nx = 1",
        "#|  export  \nx = 1",
        "# A comment first.\n\n#| export\nx = 1",
        "#| hide\n#| export\nx = 1",
    ],
)
def test_a_directive_above_the_code_exports_the_cell(source: str) -> None:
    assert is_export(source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1",
        "x = 1\n#| export",
        "# export\nx = 1",
        "# | export\nx = 1",
        "#| exported\nx = 1",
        "#| export as y\nx = 1",
        " #| export\nx = 1",
        's = """\n#| export\n"""',
    ],
)
def test_nothing_else_exports_a_cell(source: str) -> None:
    assert not is_export(source)


def test_exported_code_has_no_directives() -> None:
    source = "#| export\n#| hide_input\n# kept\n\nx = 1\n\n"
    assert exported_code(source) == "# kept\n\nx = 1\n"


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("# VERIFY:L1 — Bounded", VerifyMark("L1", None, "Bounded")),
        ("# VERIFY:L12", VerifyMark("L12", None, "")),
        ("#VERIFY:L1 - x - y", VerifyMark("L1", None, "x - y")),
        ("# VERIFY:L1: Bounded  ", VerifyMark("L1", None, "Bounded")),
        ("# VERIFY:INV-MHE-0001#L2 – Nearest", VerifyMark("L2", "INV-MHE-0001", "Nearest")),
    ],
)
def test_verify_marks_name_lemma_invariant_and_title(line: str, mark: VerifyMark) -> None:
    assert verify_marks(f"{line}\nassert f()") == [mark]


@pytest.mark.parametrize(
    "line",
    [
        "# VERIFY: L1",
        "# VERIFY:L0",
        "# VERIFY:L01",
        "# VERIFY:L1x",
        "# VERIFY:l1",
        "# VERIFY:INV-MHE-1#L1",
        "# verify:L1",
        "x = 1  # VERIFY:L1",
        "# see VERIFY:L1",
        "# VERIFY:L1 without a dash",
    ],
)
def test_other_comments_are_no_marks(line: str) -> None:
    assert verify_marks(line) == []


def test_all_marks_of_a_cell_are_found() -> None:
    assert [mark.lemma for mark in verify_marks("# VERIFY:L1 — a\n# VERIFY:L2 — b\n")] == [
        "L1",
        "L2",
    ]
