"""Extracted code follows its notebook; an edit made in it is carried back, or refused, and never lost."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command import proofbook, tree
from tampering import cell_source, edit_source, edit_text, new_cell

MODULE = "src/own/verified/tally.py"
NOTEBOOK = "notebooks/math/verify_tally.ipynb"


def test_extract_check_names_cell_and_writes_nothing(project_copy: Path) -> None:
    assert proofbook("extract", "--check", cwd=project_copy).code == 0
    edit_source(project_copy / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "max(min(x, 1.0), 0.0)")
    before = tree(project_copy, "src")
    said = proofbook("extract", "--check", cwd=project_copy)
    assert said.code == 1
    assert f"{MODULE} {NOTEBOOK} cell 4 (kernel): is behind its notebook" in said.out
    assert "run `proofbook extract`" in said.out
    assert tree(project_copy, "src") == before
    said = proofbook("extract", cwd=project_copy)
    assert f"wrote {MODULE}" in said.out
    assert proofbook("extract", "--check", cwd=project_copy).code == 0


def test_extract_refuses_to_overwrite_a_hand_edit_and_writes_nothing(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "1.0)", "1.5)")
    (project_copy / "src/own/verified/tally_least.py").unlink()
    before = tree(project_copy, "src")
    line = proofbook("extract", cwd=project_copy).refusal()
    assert MODULE in line
    assert "edited by hand" in line
    assert "proofbook sync" in line
    assert tree(project_copy, "src") == before
    assert "edited by hand" in proofbook("run", cwd=project_copy).refusal()
    assert proofbook("extract", "--discard-edits", cwd=project_copy).code == 0
    assert proofbook("extract", "--check", cwd=project_copy).code == 0


def test_a_hand_edit_is_refused_by_validation_naming_its_cell(project_copy: Path) -> None:
    edit_text(project_copy / MODULE, "1.0)", "1.5)")
    said = proofbook("extract", "--check", cwd=project_copy)
    assert said.code == 1
    assert f"{NOTEBOOK} cell 4 (kernel): was edited by hand" in said.out


def test_edits_come_back_into_their_cells_and_are_verified_again(project_copy: Path) -> None:
    new_cell(
        project_copy / NOTEBOOK,
        "more",
        "#| export\nfrom decimal import Decimal\n\n\ndef _exact(x: float) -> Decimal:\n"
        '    """Return x exactly."""\n    return Decimal(x)\n',
        before="l1",
    )
    assert proofbook("run", cwd=project_copy).code == 0
    module = project_copy / MODULE
    # A new body, a new constant, a new import, and an import that is no longer needed.
    edit_text(
        module, "return min(max(x, 0.0), 1.0)", "return max(min(x, UPPER), operator.index(0))"
    )
    edit_text(module, "\n\n# %% kernel\n", "\n\n# %% kernel\nUPPER = 1.0\n\n\n")
    edit_text(module, "import math\n", "import math\nimport operator\n")
    edit_text(module, "from decimal import Decimal\n", "")
    edit_text(module, "def _exact(x: float) -> Decimal:", "def _exact(x: float) -> float:")
    edit_text(module, "return Decimal(x)", "return x")
    said = proofbook("sync", cwd=project_copy)
    assert said.code == 0, said
    assert f"{NOTEBOOK}: kernel, more" in said.out
    kernel = cell_source(project_copy / NOTEBOOK, "kernel")
    assert kernel.startswith("#| export\nimport math\nimport operator\n\nUPPER = 1.0\n")
    assert "return max(min(x, UPPER), operator.index(0))" in kernel
    more = cell_source(project_copy / NOTEBOOK, "more")
    assert more == (
        '#| export\ndef _exact(x: float) -> float:\n    """Return x exactly."""\n    return x'
    )
    outputs = [
        cell["outputs"]
        for cell in json.loads((project_copy / NOTEBOOK).read_text())["cells"]
        if cell["cell_type"] == "code"
    ]
    assert not any(outputs)
    assert proofbook("extract", "--check", cwd=project_copy).code == 0
    said = proofbook("run", cwd=project_copy)
    assert said.code == 0, said
    assert proofbook("validate", "-q", cwd=project_copy).code == 0


def test_a_constant_written_under_the_imports_is_carried_back(project_copy: Path) -> None:
    module = project_copy / MODULE
    edit_text(module, "import math\n", "import math\n\nUPPER = 1.0\n")
    edit_text(module, "0.0), 1.0)", "0.0), UPPER)")
    said = proofbook("sync", cwd=project_copy)
    assert said.code == 0, said
    kernel = cell_source(project_copy / NOTEBOOK, "kernel")
    assert "\nUPPER = 1.0\n" in kernel
    assert proofbook("run", cwd=project_copy).code == 0


def test_an_import_of_another_kernel_comes_back_as_one_of_the_laboratory(
    project_copy: Path,
) -> None:
    module = project_copy / "src/own/verified/tally_least.py"
    edit_text(
        module,
        "from own.verified.tally import tally\n",
        "import math\n\nfrom own.verified.tally import tally\n",
    )
    edit_text(module, "return min(", "assert not math.isnan(x)\n    return min(")
    said = proofbook("sync", cwd=project_copy)
    assert said.code == 0, said
    kernel = cell_source(project_copy / "notebooks/math/verify_tally_least.ipynb", "kernel")
    assert "from proofbook.lab.kernels.tally import tally\n" in kernel
    assert "import math\n" in kernel
    assert "own.verified" not in kernel


def test_sync_without_edits_changes_nothing(project_copy: Path) -> None:
    before = tree(project_copy, "src", "notebooks")
    said = proofbook("sync", cwd=project_copy)
    assert (said.code, said.out) == (0, "")
    assert tree(project_copy, "src", "notebooks") == before


def test_comments_and_layout_are_carried_back_too(project_copy: Path) -> None:
    module = project_copy / MODULE
    edit_text(module, "import math\n", "import math\n\n# Doubles only.\n")
    edit_text(module, "    if not math", "\n\n    # NaN is no number\n    if not math")
    said = proofbook("sync", cwd=project_copy)
    assert said.code == 0, said
    kernel = cell_source(project_copy / NOTEBOOK, "kernel")
    assert "# Doubles only.\n" in kernel
    assert "    # NaN is no number\n" in kernel
    assert proofbook("extract", "--check", cwd=project_copy).code == 0


def test_sync_leaves_other_files_alone(project_copy: Path) -> None:
    stranger = project_copy / "src/own/verified/mine.py"
    stranger.write_text("X = 1\n")
    edit_text(project_copy / MODULE, "0.0), 1.0)", "0.0), 1.00)")
    assert proofbook("sync", cwd=project_copy).code == 0
    assert stranger.read_text() == "X = 1\n"
    assert "1.00" in cell_source(project_copy / NOTEBOOK, "kernel")


def _both_sides(root: Path) -> None:
    edit_text(root / MODULE, "0.0), 1.0)", "0.0), 1.5)")
    edit_source(root / NOTEBOOK, "kernel", "min(max(x, 0.0), 1.0)", "max(min(x, 1.0), 0.0)")


def _unknown_section(root: Path) -> None:
    (root / MODULE).write_text((root / MODULE).read_text() + "\n\n# %% elsewhere\nX = 1\n")


def _twice_the_section(root: Path) -> None:
    (root / MODULE).write_text((root / MODULE).read_text() + "\n\n# %% kernel\nX = 1\n")


def _no_python(root: Path) -> None:
    edit_text(root / MODULE, "import math\n", "import math as\n")


def _no_python_below(root: Path) -> None:
    edit_text(root / MODULE, "return min(", "return min((")


def _other_names_listed(root: Path) -> None:
    edit_text(root / MODULE, '    "tally",\n', '    "other",\n    "tally",\n')


def _other_title(root: Path) -> None:
    edit_text(root / MODULE, '"""Tally (kernel', '"""Total (kernel')


def _other_comments_on_both_sides(root: Path) -> None:
    edit_text(root / MODULE, "    if not math", "    # NaN is no number\n    if not math")
    edit_source(root / NOTEBOOK, "kernel", "    if not math", "    # not a number\n    if not math")


def _no_header(root: Path) -> None:
    text = (root / MODULE).read_text()
    (root / MODULE).write_text(text[text.index('"""') :])


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (_both_sides, NOTEBOOK),
        (_unknown_section, "elsewhere"),
        (_twice_the_section, "kernel"),
        (_no_python, "line"),
        (_no_python_below, "line"),
        (_other_names_listed, "__all__"),
        (_other_title, "title"),
        (_other_comments_on_both_sides, NOTEBOOK),
        (_no_header, "not extracted"),
    ],
)
def test_an_edit_that_fits_nowhere_is_refused_and_kept(
    project_copy: Path, change: Callable[[Path], None], names: str
) -> None:
    change(project_copy)
    before = tree(project_copy, "src", "notebooks")
    line = proofbook("sync", cwd=project_copy).refusal()
    assert MODULE in line
    assert names in line
    assert tree(project_copy, "src", "notebooks") == before
