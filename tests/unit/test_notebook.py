"""Notebooks as the framework reads them: cells, exports, digests; what is no notebook is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tampering import notebook_of

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.notebook import Notebook, read_notebook


def cell(name: str, source: str, kind: str = "code", **metadata: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": name, "cell_type": kind, "metadata": metadata, "source": source}
    return found | ({"execution_count": 1, "outputs": []} if kind == "code" else {})


CONTENT = {
    "cells": [
        cell("intro", "# The title \n\ntext", "markdown"),
        cell("setup", "import math\n"),
        cell("kernel", "#| export\nLIMIT: int = 1\n\n\ndef f(x):\n    return x\n"),
        cell("more", "#| export\nclass A:\n    pass\n\na, b = 1, 2\nx.y = 3\nx[0] = 4\n"),
        cell("l1", '# VERIFY:L1 — Bounded\nwith v.lemma("L1") as lemma:\n    pass', tags=["slow"]),
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def read(tmp_path: Path, change: Callable[[Any], Any] = lambda _: None) -> Notebook:
    content = json.loads(json.dumps(CONTENT))
    change(content)
    (tmp_path / "n.ipynb").write_text(json.dumps(content))
    return read_notebook(tmp_path, "n.ipynb")


def test_code_cells_are_read_with_their_place_among_all(tmp_path: Path) -> None:
    notebook = read(tmp_path)
    assert notebook.title == "The title"
    assert [(c.id, c.index, c.label) for c in notebook.cells][:2] == [
        ("setup", 1, "cell 2 (setup)"),
        ("kernel", 2, "cell 3 (kernel)"),
    ]
    assert notebook.cells[-1].tags == ("slow",)


def test_exported_names_are_found_with_their_cells(tmp_path: Path) -> None:
    names = [(name, c.id) for name, c, _ in read(tmp_path).exports]
    assert names == [
        ("LIMIT", "kernel"),
        ("f", "kernel"),
        ("A", "more"),
        ("a", "more"),
        ("b", "more"),
    ]


def test_verify_cells_are_found_by_short_and_full_name(tmp_path: Path) -> None:
    notebook = read(tmp_path)
    found = notebook.lemma_cell("INV-DEMO-0001#L1")
    assert found is not None
    assert found.id == "l1"
    assert notebook.lemma_cell("INV-DEMO-0001#L2") is None


def change_source(number: int, source: str) -> Callable[[Any], None]:
    return lambda content: content["cells"][number].update(source=source)


@pytest.mark.parametrize(
    "change",
    [
        change_source(0, "# Another title"),
        change_source(1, "import math  # why\n\n"),
        lambda n: n["cells"][1].update(execution_count=9),
        lambda n: n["cells"][1].update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}]
        ),
        lambda n: n["cells"][1].update(id="other"),
        lambda n: n["cells"][1]["metadata"].update(tags=["for-the-reader"]),
        lambda n: n["cells"][1].update(source=["import ", "math\n"]),
        lambda n: n["cells"].append(cell("end", "prose", "markdown")),
    ],
)
def test_prose_comments_outputs_and_ids_do_not_change_the_digest(
    tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    assert read(tmp_path, change).digest == read(tmp_path).digest


@pytest.mark.parametrize(
    "change",
    [
        change_source(1, "import cmath"),
        change_source(2, "LIMIT: int = 1\n\n\ndef f(x):\n    return x\n"),  # no longer exported
        lambda n: n["cells"].reverse(),
        lambda n: n["cells"].pop(),
        lambda n: (
            n["cells"][1].update(cell_type="raw")
            or n["cells"][1].pop("outputs")
            or n["cells"][1].pop("execution_count")
        ),
        lambda n: n["cells"][1]["metadata"].update(tags=["skip-execution"]),
        lambda n: n["cells"][1]["metadata"].update(tags=["raises-exception"]),
        lambda n: n["cells"].insert(2, cell("new", "y = 1")),
    ],
)
def test_whatever_changes_the_run_changes_the_digest(
    tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    assert read(tmp_path, change).digest != read(tmp_path).digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda n: n.pop("cells"), "is not a notebook"),
        (lambda n: n.update(cells={}), "is not a notebook"),
        (lambda n: n.update(nbformat=3), "is of notebook format 3"),
        (lambda n: n.pop("metadata"), "is not a notebook"),
        (lambda n: n["cells"][1].pop("source"), "is not a notebook"),
        (lambda n: n["cells"][1].update(cell_type="sql"), "is not a notebook"),
        (lambda n: n["cells"][1].update(id="kernel"), "has the id 'kernel' of an earlier cell"),
        (lambda n: n["cells"][1].pop("id"), "has no id"),
        (lambda n: n["cells"][1].update(id="not a slug"), "is not a notebook"),
    ],
)
def test_what_is_no_notebook_is_refused(
    tmp_path: Path, change: Callable[[Any], Any], said: str
) -> None:
    with pytest.raises(ProofbookError, match=said) as refused:
        read(tmp_path, change)
    assert refused.value.path == "n.ipynb"
    assert refused.value.remedy


@pytest.mark.parametrize("data", [b"", b"[]", b"3", b'"x"', b'{"cells": [], "cells": []}'])
def test_a_file_without_a_notebook_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "n.ipynb").write_bytes(data)
    with pytest.raises(ProofbookError, match=r"n\.ipynb"):
        read_notebook(tmp_path, "n.ipynb")


def test_a_cell_that_is_not_python_has_no_tree_and_a_digest() -> None:
    (magic,) = notebook_of("%matplotlib inline").cells
    assert magic.tree is None
    assert len(magic.digest) == 64
