"""Gate 10: extracted code, its implementation notebooks and its tests agree with the artifacts."""

import ast
import re
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.guarded import run_guarded
from proofbook.autopsy.models import Finding
from proofbook.autopsy.notebook import Notebook
from proofbook.autopsy.project import IMPLEMENTATION_SUFFIX, Project
from proofbook.autopsy.replay import replay_all


class ImplementationGate:
    """Extracted code does what its artifact records."""

    number, name = 10, "implementation"
    summary = "implementation notebooks, vectors and tests agree with the artifacts"

    def check(self, given: GateInput) -> list[Finding]:
        """Look for every kernel's implementation notebook, replay its vectors, run its tests."""
        project = given.project
        return [*_notebooks(given), *_vectors(project), *_tests(project)]


def _notebooks(given: GateInput) -> Iterator[Finding]:
    project = given.project
    for notebook in project.implementation_notebooks.values():
        result = given.run.result(notebook.path)
        if result is None or result.status != "passed":
            yield Finding(
                what="did not pass: the extracted code may not do what its artifact records",
                path=notebook.path,
                remedy="see the gate notebooks for its cell",
            )
    for kernel in project.artifacts:
        family = project.covering_family(kernel)
        if family is None:
            yield Finding(
                what=f"no implementation notebook covers kernel {kernel}",
                path=f"{project.settings.notebooks}/{kernel}{IMPLEMENTATION_SUFFIX}",
                remedy="write one that imports the extracted code and replays the artifact",
            )
            continue
        notebook = project.implementation_notebooks[family]
        if kernel not in _loaded(notebook):
            yield Finding(
                what=f"does not hold kernel {kernel} to its artifact",
                path=notebook.path,
                where=kernel,
                remedy=f'call load_artifact("{kernel}") and replay it on the extracted module',
            )


def _loaded(notebook: Notebook) -> set[str]:
    """Return the string constants of a notebook: the kernels it loads, by call or in a loop."""
    return {
        node.value
        for cell in notebook.cells
        for node in (ast.walk(cell.tree) if cell.tree else ())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _vectors(project: Project) -> Iterator[Finding]:
    for result in replay_all(project) if project.artifacts else ():
        if result.problem:
            yield Finding(
                what=f"does not replay on the extracted code: {result.problem}",
                path=project.artifacts[result.kernel].path,
                where="vectors",
                remedy="extract again, or regenerate the artifact, whichever is behind",
            )


@dataclass(frozen=True)
class PytestRun:
    """What pytest said: how many passed, and (test, message) of each that did not."""

    passed: int
    failures: tuple[tuple[str, str], ...]
    closing: str


def _tests(project: Project) -> Iterator[Finding]:
    folder = project.root / project.settings.verified_tests
    path = project.settings.verified_tests
    if not folder.is_dir():
        yield Finding(
            what="there are no tests of the extracted code",
            path=path,
            remedy="write tests that hold it to the artifacts",
        )
        return
    run = run_tests(project)
    for test, message in run.failures:
        yield Finding(
            what=message, path=test, where="pytest", remedy=f"run `pytest {path}` and mend it"
        )
    if not run.passed and not run.failures:
        yield Finding(what=f"no test ran: {run.closing}", path=path, remedy=f"run `pytest {path}`")


def run_tests(project: Project) -> PytestRun:
    """Run the tests of the extracted code with pytest, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="proofbook-tests-") as private:
        report = Path(private) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += [f"--junitxml={report}", project.settings.verified_tests]
        done = run_guarded(command, cwd=project.root, env=project.import_environment())
        lines = (done.stdout + done.stderr).strip().splitlines() or ["pytest said nothing"]
        return _read_report(report, lines[-1])


def _read_report(report: Path, closing: str) -> PytestRun:
    if not report.exists():
        return PytestRun(0, (), closing)
    passed, failures = 0, []
    for case in ET.parse(report).getroot().iter("testcase"):
        bad = [child for child in case if child.tag in {"failure", "error"}]
        skipped = case.find("skipped") is not None
        passed += not bad and not skipped
        for child in bad:
            message = re.sub(r"\s+", " ", child.get("message") or child.tag)
            failures.append((f"{case.get('classname')}::{case.get('name')}", message[:300]))
    return PytestRun(passed, tuple(failures), closing)
