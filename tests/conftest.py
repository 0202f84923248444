"""Projects to test with: one small green project, made once by the framework itself, and copies of it."""

import importlib.metadata
import shutil
from pathlib import Path

import pytest
from tampering import Green, edit_cell, edit_text, new_cell

SETTINGS = """\
[project]
name = "own"
version = "0"

[tool.proofbook]
systems = ["DEMO"]
verified = "src/own/verified"
verified_package = "own.verified"
lock = "requirements.lock"
keep_runs = 3
"""

LEAST = '''\
#| export
from proofbook.lab.kernels.tally import tally


def tally_least(x: float, y: float) -> float:
    """Return the lesser tally of two finite numbers."""
    return min(tally(x), tally(y))
'''

LEAST_BOUNDED = """\
# VERIFY:L1 — Bounded
from proofbook.lab.symbolic import real

finite = st.floats(allow_nan=False, allow_infinity=False)
readings = [float(line) for line in v.input("data/readings.csv").read_text().split()]

with v.lemma("L1") as lemma:
    lemma.prove(
        tally_least,
        that="the lesser of two tallies lies in [0, 1]",
        scope="two numbers",
        then=lambda x, y: (0 <= tally_least(x, y)) and (tally_least(x, y) <= 1),
        x=real(),
        y=real(),
    )
    lemma.prove(
        tally_least,
        that="of numbers in the interval it is the lesser one",
        scope="two numbers",
        then=lambda x, y: tally_least(x, y) == (x if x <= y else y),
        x=real(0, 1),
        y=real(0, 1),
    )
    lemma.check(
        lambda x, y: 0 <= tally_least(x, y) <= 1, domain="pairs of finite doubles", x=finite, y=finite
    )
    lemma.exhaust(
        lambda x: tally_least(x, x) <= 1, readings, domain="the readings in data/readings.csv"
    )
    lemma.measure("largest_reading", max(tally_least(x, x) for x in readings), bound=1)
"""

LEAST_NEAREST = """\
# VERIFY:L2 — Nearest
def nearest(x, y, z):
    p = Fraction(tally_least(x, y))
    least = Fraction(min(x, y))
    return abs(least - p) <= abs(least - Fraction(z))


with v.lemma("L2") as lemma:
    lemma.check(
        nearest,
        domain="finite doubles x and y, doubles z in [0, 1]",
        x=finite,
        y=finite,
        z=st.floats(min_value=0, max_value=1),
    )
    lemma.refute(lambda x: tally_least(x, x) == x, [0.5, 2.0], domain="0.5 and 2")
    assert tally_least(0.5, 2.0) == 0.5
"""

LEAST_VECTORS = """\
v.vectors(tally_least, [(x, y) for x in (-1.0, 0.25, 7.0, float("nan")) for y in (0.5, -0.0)])
v.emit()
"""

LEAST_TEST = '''\
"""`own.verified.tally_least` does what its artifact records."""

from proofbook.lab import load_artifact

from own.verified import tally_least as kernel
from own.verified.tally_least import tally_least


def test_every_recorded_vector_is_reproduced():
    assert load_artifact("tally_least").replay(kernel) == 8


def test_the_lesser_tally_wins():
    assert tally_least(0.75, 0.25) == 0.25
'''

REPLAY_BOTH = """\
from proofbook.lab import load_artifact

from own.verified import tally, tally_least

for kernel, module in (("tally", tally), ("tally_least", tally_least)):
    print(load_artifact(kernel).replay(module), "vectors agree")
"""


def write_green_project(root: Path) -> None:
    """Write a project of two accepted kernels; `tally_least` uses `tally`, and reads a data file."""
    from proofbook.autopsy.project import Project
    from proofbook.autopsy.scaffold import scaffold

    (root / "src/own").mkdir(parents=True)
    (root / "src/own/__init__.py").write_text('"""Own."""\n')
    (root / "pyproject.toml").write_text(SETTINGS)
    (root / "requirements.lock").write_text(
        f"hypothesis=={importlib.metadata.version('hypothesis')}\n"
    )
    (root / "data").mkdir()
    (root / "data/readings.csv").write_text("-2.5\n0.25\n0.75\n9\n")
    scaffold(Project.open(root), "tally", None, "Tally")
    scaffold(Project.open(root), "tally_least", None, "Least tally")
    _write_least(root)
    for number in ("0001", "0002"):
        invariant = root / f"invariants/INV-DEMO-{number}.yaml"
        edit_text(invariant, "status: draft", "status: accepted")
        edit_text(invariant, 'revision: "0.1"', 'revision: "1.0"')
    edit_text(root / "invariants/INDEX.yaml", "status: draft", "status: accepted", count=2)
    appendix = root / "docs/math/DEMO_LEMMAS_APPENDIX.md"
    edit_text(appendix, "**Status:** Draft", "**Status:** Rev 1.0", count=4)
    edit_text(appendix, "| Draft |", "| Rev 1.0 |", count=4)


def _write_least(root: Path) -> None:
    notebook = root / "notebooks/math/verify_tally_least.ipynb"
    for cell, source in {
        "kernel": LEAST,
        "l1": LEAST_BOUNDED,
        "l2": LEAST_NEAREST,
        "vectors": LEAST_VECTORS,
    }.items():
        edit_cell(notebook, cell, source)
    invariant = root / "invariants/INV-DEMO-0002.yaml"
    text = invariant.read_text()
    for lemma in ("L1", "L2"):
        text = text.replace("uses: []", f"uses: [INV-DEMO-0001#{lemma}]", 1)
    invariant.write_text(text)
    (root / "tests/verified/test_tally_least.py").write_text(LEAST_TEST)
    # One implementation notebook covers the family.
    (root / "notebooks/math/tally_least_implementation_verification.ipynb").unlink()
    family = root / "notebooks/math/tally_implementation_verification.ipynb"
    edit_cell(family, "replay", REPLAY_BOTH)
    new_cell(family, "closing", "print('both kernels do what their artifacts record')")


@pytest.fixture(scope="session")
def green_project(tmp_path_factory: pytest.TempPathFactory) -> Green:
    """A project that the framework scaffolded, ran and found green, with the record of that run.

    Read it, never write into it: ask for `project_copy` to change something.
    """
    from proofbook.autopsy.project import Project
    from proofbook.autopsy.regeneration import regenerate
    from proofbook.autopsy.run_record import load_run
    from proofbook.autopsy.validation import Listeners

    root = tmp_path_factory.mktemp("green") / "own"
    write_green_project(root)
    done = regenerate(Project.open(root), Listeners())
    assert done.outcome
    found = [finding for result in done.outcome.results for finding in result.findings]
    assert done.outcome.decision == "green", found
    return Green(root, load_run(done.outcome.folder))


@pytest.fixture
def project_copy(green_project: Green, tmp_path: Path) -> Path:
    """The root of a fresh copy of the green project, run record included."""
    root = tmp_path / "own"
    shutil.copytree(green_project.root, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root
