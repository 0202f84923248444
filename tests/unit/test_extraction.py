"""Export cells become one module: imports on top, one section for each cell, digests in the header."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tampering import notebook_of

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.extraction import (
    differing_cells,
    render,
    split_imports,
    take_apart,
    to_laboratory,
    to_verified,
)
from proofbook.autopsy.settings import Settings

SETTINGS = Settings(verified="src/own/verified", verified_package="own.verified")
FIRST = '''\
#| export
import math
from collections.abc import Sequence


def least(xs: Sequence[float]) -> float:
    """Return the least of some numbers."""
    return min(xs, default=math.inf)
'''
SECOND = '''\
# Prose about the second cell.
#| export
from proofbook.lab.kernels.tally import tally
import math
import numpy as np

SCALE = 2  # a constant
_HIDDEN = 3

class Pair:
    """Two of them."""
'''
NOTEBOOK = notebook_of("x = 1", FIRST, "assert least([1]) == 1", SECOND)


@pytest.fixture(scope="module")
def text() -> str:
    return render(NOTEBOOK, "demo", SETTINGS)


def test_the_header_names_the_notebook_and_its_digest(text: str) -> None:
    assert text.startswith("# Extracted from notebooks/math/verify_x.ipynb: edit that notebook")
    assert f"# Digest of the exported code: {NOTEBOOK.exports_digest}\n" in text


def test_imports_are_merged_sorted_and_stand_on_top(text: str) -> None:
    assert text.count("import math") == 1
    tree = ast.parse(text)
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == [
        "import math",
        "from collections.abc import Sequence",
        "import numpy as np",
        "from own.verified.tally import tally",
    ]
    assert tree.body.index(imports[-1]) == len(imports)  # after the docstring, before all else


def test_sections_keep_notebook_order_and_comments(text: str) -> None:
    module = take_apart(text, "demo.py")
    assert [section.cell for section in module.sections] == ["c2", "c4"]
    assert "# a constant" in module.sections[1].code
    assert "# Prose about the second cell." in module.sections[1].code
    assert "#|" not in text


def test_code_of_other_cells_is_left_out(text: str) -> None:
    assert "x = 1" not in text
    assert "assert" not in text


def test_only_public_names_are_listed(text: str) -> None:
    (listed,) = [
        ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert listed == ["SCALE", "Pair", "least"]  # sorted as ruff sorts


def test_the_module_passes_the_linter_of_the_project_around_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "src/own/verified/demo.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    for package in ("own", "own/verified"):
        (tmp_path / "src" / package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.ruff]\nline-length = 100\n[tool.ruff.lint]\nselect = ["I", "E", "RUF022"]\n'
    )
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_extraction_is_the_same_every_time(text: str) -> None:
    assert render(NOTEBOOK, "demo", SETTINGS) == text
    assert not take_apart(text, "demo.py").edited


@pytest.mark.parametrize(
    "change",
    [("SCALE = 2", "SCALE = 3"), ("# a constant", "# another word"), ("import math\n", "")],
)
def test_any_edit_of_the_text_is_noticed(text: str, change: tuple[str, str]) -> None:
    assert take_apart(text.replace(*change), "demo.py").edited


def test_the_edited_cell_is_named(text: str) -> None:
    assert differing_cells(text, text.replace("SCALE = 2", "SCALE = 3"), "demo.py") == ["c4"]
    assert differing_cells(text, text.replace("default=math.inf", "default=0"), "p") == ["c2"]
    assert differing_cells(text, text.replace("import math\n", ""), "p") == ["imports"]
    assert differing_cells(text, text + "\n# a comment\n", "p") == []


def test_a_module_that_was_never_extracted_is_refused() -> None:
    with pytest.raises(ProofbookError, match="was not extracted from a notebook"):
        take_apart("x = 1\n", "demo.py")


@pytest.mark.parametrize(
    ("source", "imports", "rest"),
    [
        ("import a\nx = 1", ["import a"], "x = 1\n"),
        ("x = 1\nimport a", ["import a"], "x = 1\n"),
        (
            "from a import (\n    b,\n    c,\n)\nx = 1",
            ["from a import (\n    b,\n    c,\n)"],
            "x = 1\n",
        ),
        ("def f():\n    import a", [], "def f():\n    import a\n"),
        ("import a", ["import a"], ""),
        ("# why\nimport a  # noqa\nx = 1", ["import a  # noqa"], "# why\nx = 1\n"),
    ],
)
def test_top_level_imports_are_split_off(source: str, imports: list[str], rest: str) -> None:
    (cell,) = notebook_of(f"#| export\n{source}").cells
    assert split_imports(cell, "n.ipynb") == (imports, rest)


@pytest.mark.parametrize(
    "line", ["import a; x = 1", "x = 1; import a", "import a; import b", "f(); import a; g()"]
)
def test_an_import_that_shares_its_line_is_refused(line: str) -> None:
    (cell,) = notebook_of(f"#| export\n{line}").cells
    with pytest.raises(ProofbookError, match="shares its line") as refused:
        split_imports(cell, "n.ipynb")
    assert refused.value.field == "cell 2 (c1)"


@pytest.mark.parametrize("source", ["%magic\nx = 1", "!ls", "x = ("])
def test_an_export_cell_that_is_not_python_is_refused(source: str) -> None:
    (cell,) = notebook_of(f"#| export\n{source}").cells
    with pytest.raises(ProofbookError, match="must be plain Python") as refused:
        split_imports(cell, "n.ipynb")
    assert (refused.value.path, refused.value.field) == ("n.ipynb", "cell 2 (c1)")


@pytest.mark.parametrize(
    "statement",
    [
        "from proofbook.lab.kernels.tally import tally",
        "from proofbook.lab.kernels import tally as t",
        "import proofbook.lab.kernels.tally as t",
    ],
)
def test_imports_of_kernels_are_rewritten_and_back(statement: str) -> None:
    verified = to_verified(statement, SETTINGS)
    assert verified == statement.replace("proofbook.lab.kernels", "own.verified")
    assert to_laboratory(verified, SETTINGS) == statement


@pytest.mark.parametrize(
    "title",
    ['He said "so"', "back\\slash", 'three """ quotes', "ends with \\", 'ends with "', "ünï → ℝ"],
)
def test_any_title_makes_a_docstring(title: str) -> None:
    notebook = notebook_of(FIRST)
    titled = type(notebook)(notebook.path, title, notebook.kernel_spec, notebook.cells)
    assert "(kernel `demo`)" in str(ast.get_docstring(ast.parse(render(titled, "demo", SETTINGS))))


NAMES = st.from_regex(r"[a-z]{3,8}", fullmatch=True).map(lambda name: f"n_{name}")
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, st.integers()),
    st.builds("{} = {!a}".format, NAMES, st.text(max_size=12)),
    st.builds(
        "def {}(x: int) -> int:\n    '''Doc.'''\n    return x + {}".format,
        NAMES,
        st.integers(0, 99),
    ),
    st.builds("import {}".format, st.sampled_from(["math", "json", "re", "collections.abc"])),
    st.builds("from math import {}".format, st.sampled_from(["sqrt", "floor", "inf as top"])),
    st.builds("# {}".format, st.sampled_from(["why", "because of equation 3"])),
)


@settings(max_examples=25)  # each runs ruff twice
@given(st.lists(st.lists(STATEMENTS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_every_statement_of_every_export_cell_arrives_once_in_order(cells: list[list[str]]) -> None:
    notebook = notebook_of(*("#| export\n" + "\n".join(cell) for cell in cells))
    tree = ast.parse(render(notebook, "demo", SETTINGS))
    expected = [
        ast.unparse(node)
        for cell in cells
        for node in ast.parse("\n".join(cell)).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    listing = [i for i, node in enumerate(tree.body) if ast.unparse(node).startswith("__all__")]
    imports = [i for i, n in enumerate(tree.body) if isinstance(n, ast.Import | ast.ImportFrom)]
    start = max([0, *listing, *imports]) + 1
    assert [ast.unparse(node) for node in tree.body[start:]] == expected
