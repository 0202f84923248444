"""A notebook that proves is kept from extracted code, entropy and network by its own interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest
from tampering import new_cell

from proofbook.autopsy.progress import Listeners
from proofbook.autopsy.project import Project
from proofbook.autopsy.regeneration import regenerate

NOTEBOOK = "notebooks/math/verify_tally.ipynb"
CONFINE = """
import sys
sys.path.insert(0, {source!r})
from proofbook.autopsy.confinement import confine
confine("own.verified", {folder!r})
"""


def confined(root: Path, code: str) -> "subprocess.CompletedProcess[str]":
    source, folder = str(root / "src"), str(root / "src/own/verified")
    start = CONFINE.format(source=source, folder=folder)
    return subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=False, cwd=root
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import own.verified.tally", "may not import own.verified"),
        ("import importlib; importlib.import_module('own.verified')", "may not import"),
        ("import pickle; pickle.loads(b'cown.verified.tally\\ntally\\n.')", "may not import"),
        ("open('src/own/verified/tally.py').read()", "may not read extracted code"),
        ("import os; os.open('src/own/../own/verified/tally.py', 0)", "may not read extracted"),
        ("open('/dev/urandom', 'rb').read(1)", "may not draw from /dev/urandom"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "may not reach"),
        ("import socket; socket.socket().connect(('127.0.0.1', 9))", "may not reach"),
    ],
)
def test_it_is_refused_however_it_is_spelled(green_project, code: str, said: str) -> None:
    done = confined(green_project.root, code)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]


def test_other_code_runs_as_ever(green_project) -> None:
    done = confined(
        green_project.root, "import json, own; print(open('pyproject.toml').read(9), own.__name__)"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("own\n")


def test_extracted_code_that_is_read_fails_the_cell(project_copy: Path) -> None:
    hidden = "source = open('../../src/own/verified/tally.py').read()"
    new_cell(project_copy / NOTEBOOK, "hidden", hidden, before="l1")
    done = regenerate(Project.open(project_copy), Listeners(), ["verify_tally"])
    (result,) = done.record.notebooks
    (cell,) = result.failed_cells()
    assert (result.status, cell.id) == ("failed", "hidden")
    assert cell.error
    assert "may not read extracted code" in cell.error.message
