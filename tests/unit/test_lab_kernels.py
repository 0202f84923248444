"""Kernels of other notebooks are imported from their export cells, and from nothing else."""

import inspect
import json
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from proofbook.autopsy.errors import ProofbookError
from proofbook.lab import kernels
from proofbook.lab.kernels import export_source, loaded_kernels

FIRST = "#| export\nimport math\n\n\ndef grow(x):\n    return math.floor(x) + STEP\n"


def write_notebook(path: Path, *sources: str) -> None:
    cells = [
        {
            "id": f"c{number}",
            "cell_type": "code",
            "metadata": {},
            "source": source.splitlines(keepends=True),
            "execution_count": None,
            "outputs": [],
        }
        for number, source in enumerate(sources)
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The notebooks folder of a project around; modules and the list of imports are put back after."""
    (tmp_path / "pyproject.toml").write_text('[tool.proofbook]\nnotebooks = "books"\n')
    monkeypatch.setenv("PROOFBOOK_ROOT", str(tmp_path))
    monkeypatch.setattr(kernels, "_loaded", [])
    yield tmp_path / "books"
    for name in [name for name in sys.modules if name.startswith("proofbook.lab.kernels.")]:
        del sys.modules[name]


def test_the_export_cells_run_as_one_module(books: Path) -> None:
    write_notebook(books / "verify_grow.ipynb", "raise ValueError", FIRST, "#| export\nSTEP = 2\n")
    module = import_module("proofbook.lab.kernels.grow")
    assert module.grow(1.5) == 3
    assert not hasattr(module, "v")
    assert loaded_kernels() == ["grow"]


def test_a_kernel_may_import_another_and_both_are_noted(books: Path) -> None:
    write_notebook(books / "verify_grow.ipynb", FIRST, "#| export\nSTEP = 2\n")
    imported = "#| export\nfrom proofbook.lab.kernels.grow import grow\n"
    twice = "#| export\ndef twice(x):\n    return grow(grow(x))\n"
    write_notebook(books / "verify_twice.ipynb", imported, twice)
    assert import_module("proofbook.lab.kernels.twice").twice(0) == 4
    assert loaded_kernels() == ["grow", "twice"]


def test_tracebacks_show_the_line_of_the_cell(books: Path) -> None:
    write_notebook(books / "verify_grow.ipynb", FIRST, "#| export\nSTEP = 2\n")
    module = import_module("proofbook.lab.kernels.grow")
    with pytest.raises(TypeError) as failed:
        module.grow("x")
    shown = "".join(traceback.format_exception(failed.value))
    assert "<verify_grow.ipynb exports>" in shown
    assert "return math.floor(x) + STEP" in shown
    assert "def grow(x)" in inspect.getsource(module.grow)


@pytest.mark.parametrize("name", ["gone", "grow_more"])
def test_a_kernel_without_a_notebook_is_refused(books: Path, name: str) -> None:
    with pytest.raises(ProofbookError, match="no such notebook") as refused:
        import_module(f"proofbook.lab.kernels.{name}")
    assert refused.value.path == str(books / f"verify_{name}.ipynb")
    assert loaded_kernels() == []


def test_there_are_no_kernels_within_kernels(books: Path) -> None:
    write_notebook(books / "verify_grow.ipynb", FIRST)
    with pytest.raises(ModuleNotFoundError):
        import_module("proofbook.lab.kernels.grow.deep")


def test_a_notebook_that_exports_nothing_is_refused(books: Path) -> None:
    write_notebook(books / "verify_grow.ipynb", "x = 1")
    with pytest.raises(ProofbookError, match="exports nothing"):
        import_module("proofbook.lab.kernels.grow")


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}'])
def test_what_is_no_notebook_is_refused(books: Path, text: str) -> None:
    books.mkdir()
    path = books / "verify_grow.ipynb"
    path.write_text(text)
    with pytest.raises(ProofbookError, match=r"is not a notebook|exports nothing"):
        export_source(path)


def test_an_error_in_a_kernel_is_its_own(books: Path) -> None:
    write_notebook(books / "verify_grow.ipynb", "#| export\nraise LookupError('broken')\n")
    with pytest.raises(LookupError, match="broken"):
        import_module("proofbook.lab.kernels.grow")
    assert loaded_kernels() == []
    assert "proofbook.lab.kernels.grow" not in sys.modules
