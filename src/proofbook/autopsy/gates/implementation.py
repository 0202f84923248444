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
        if kernel not in _replayed(notebook):
            yield Finding(
                what=f"does not hold kernel {kernel} to its artifact",
                path=notebook.path,
                where=kernel,
                remedy=f'call load_artifact("{kernel}") and replay it on the extracted module',
            )


def _replayed(notebook: Notebook) -> set[str]:
    """Return the kernels whose artifacts a notebook loads and replays, by call or in a loop.

    These are its string constants, if it calls `load_artifact` and `replay` at all.
    """
    nodes = [node for cell in notebook.cells if cell.tree for node in ast.walk(cell.tree)]
    called = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                called.add(name)
    if not {"load_artifact", "replay"} <= called:
        return set()
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


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
    """What pytest said: how many passed, and (file, test, message) of each that did not."""

    passed: int
    failures: tuple[tuple[str, str, str], ...]
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
    for file, test, message in run.failures:
        yield Finding(
            what=message, path=file, where=test, remedy=f"run `pytest {file}` and mend it"
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
        return _read_report(project.root, report, lines[-1])


def _read_report(root: Path, report: Path, closing: str) -> PytestRun:
    if not report.exists():
        return PytestRun(0, (), closing)
    passed, failures = 0, []
    for case in ET.parse(report).getroot().iter("testcase"):
        bad = [child for child in case if child.tag in {"failure", "error", "skipped"}]
        passed += not bad
        for child in bad:
            failures.append((*_place(root, case), _message(child)))
    return PytestRun(passed, tuple(failures), closing)


def _message(child: ET.Element) -> str:
    """Return why a test did not pass, in one line; a test that was skipped tells nothing."""
    said = child.get("message") or ""
    if child.tag == "skipped":
        expected = child.get("type") == "pytest.xfail"
        said = f"was {'expected to fail' if expected else 'skipped'}: {said or 'no reason given'}"
    elif said in {"", "collection failure"}:
        lines = (child.text or child.tag).strip().splitlines()
        said = next((line[1:] for line in reversed(lines) if line.startswith("E ")), lines[-1])
    return re.sub(r"\s+", " ", said).strip()[:300]


def _place(root: Path, case: ET.Element) -> tuple[str, str]:
    """Return the file and the name of a test; pytest's report has the module's dotted name."""
    name = case.get("name") or ""
    parts = (case.get("classname") or name).split(".")
    for length in range(len(parts), 0, -1):
        file = "/".join(parts[:length]) + ".py"
        if (root / file).is_file():
            inner = [*parts[length:], name] if case.get("classname") else ["collection"]
            return file, "::".join(inner)
    return ".".join(parts), name
