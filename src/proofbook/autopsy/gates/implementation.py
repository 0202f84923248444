"""Gate 10: extracted code, its implementation notebooks and its tests agree with the artifacts."""

import ast
import json
import re
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proofbook.autopsy.execution import replayed_name
from proofbook.autopsy.gates.base import GateInput
from proofbook.autopsy.guarded import run_guarded
from proofbook.autopsy.models import Finding
from proofbook.autopsy.notebook import Notebook
from proofbook.autopsy.project import IMPLEMENTATION_SUFFIX, Project
from proofbook.autopsy.replay import replay_all
from proofbook.autopsy.tested_symbols import used_by_tests


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
        if result is None:
            yield Finding(
                what="was not run", path=notebook.path, remedy="run the plan: `proofbook validate`"
            )
        elif result.status != "passed":
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
        if kernel not in _replayed(given, notebook):
            yield Finding(
                what=f"does not hold kernel {kernel} to its artifact",
                path=notebook.path,
                where=kernel,
                remedy=f'run load_artifact("{kernel}").replay(…) on the extracted module in it',
            )


def _replayed(given: GateInput, notebook: Notebook) -> set[str]:
    """Return the kernels whose whole artifact was replayed while a notebook ran, as the run noted it."""
    noted = given.run.folder / "evidence" / replayed_name(notebook.path)
    lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
    return {str(json.loads(line)["kernel"]) for line in lines}


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
    """What pytest said: (file, test) of those that passed, (file, test, message) of the others."""

    passed: tuple[tuple[str, str], ...]
    failures: tuple[tuple[str, str, str], ...]
    closing: str

    def ran(self) -> set[tuple[str, str]]:
        """Return file and name of every test function that ran, whatever its parameters."""
        places = [*self.passed, *((file, test) for file, test, _ in self.failures)]
        return {(file, test.split("[")[0]) for file, test in places}


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
        return
    used = used_by_tests(project, path)
    held = {kernel for file, _ in run.passed for kernel, _ in used.get(file, ())}
    for kernel in sorted(set(project.artifacts) - held):
        yield Finding(
            what=f"no test that uses kernel {kernel} passed",
            path=path,
            where=kernel,
            remedy=f"write one in {path}/test_{kernel}.py",
        )
    for file, test in sorted(set(_written_tests(project)) - run.ran()):
        yield Finding(
            what="was written and did not run",
            path=file,
            where=test,
            remedy="take out what deselects it: a hook, a marker, an option",
        )


def _written_tests(project: Project) -> Iterator[tuple[str, str]]:
    """Yield file and name of every test function that stands at the top of a test file."""
    for path in sorted((project.root / project.settings.verified_tests).rglob("test_*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # pytest says so itself
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield project.relative(path), node.name


def run_tests(project: Project) -> PytestRun:
    """Run the tests of the extracted code with pytest, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="proofbook-tests-") as private:
        report = Path(private) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += [f"--junitxml={report}", project.settings.verified_tests]
        environment = project.import_environment()
        environment["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{private}/hypothesis"
        done = run_guarded(command, cwd=project.root, env=environment)
        lines = (done.stdout + done.stderr).strip().splitlines() or ["pytest said nothing"]
        return _read_report(project.root, report, lines[-1])


def _read_report(root: Path, report: Path, closing: str) -> PytestRun:
    if not report.exists():
        return PytestRun((), (), closing)
    passed, failures = [], []
    for case in ET.parse(report).getroot().iter("testcase"):
        bad = [child for child in case if child.tag in {"failure", "error", "skipped"}]
        passed += [] if bad else [_place(root, case)]
        for child in bad:
            failures.append((*_place(root, case), _message(child)))
    return PytestRun(tuple(passed), tuple(failures), closing)


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
