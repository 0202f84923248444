"""Replay of recorded vectors against the extracted code, in a process of its own.

`python -m proofbook.autopsy.replay ROOT` prints one JSON line a kernel. The framework itself never
imports verified code; this process does, by the name in the settings, and dies with what it finds.
"""

import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from proofbook.autopsy.guarded import run_guarded
from proofbook.autopsy.project import Project


@dataclass(frozen=True)
class Replayed:
    """A kernel's replay: how many vectors agreed, or what went wrong."""

    kernel: str
    agreed: int
    problem: str


def replay_all(project: Project) -> list[Replayed]:
    """Replay every committed artifact in a fresh process."""
    command = [sys.executable, "-m", __name__, str(project.root)]
    done = run_guarded(command, cwd=project.root, env=project.import_environment())
    results = [Replayed(**json.loads(line)) for line in done.stdout.splitlines()]
    missing = sorted(set(project.artifacts) - {item.kernel for item in results})
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return [
        *results,
        *(Replayed(kernel, 0, f"the replay ended early: {last}") for kernel in missing),
    ]


def _replay(project: Project, kernel: str) -> Replayed:
    from proofbook.lab.artifact import load_artifact

    try:
        module = importlib.import_module(f"{project.settings.verified_package}.{kernel}")
        return Replayed(kernel, load_artifact(kernel).replay(module), "")
    except Exception as error:  # whatever extracted code raises is the finding
        return Replayed(kernel, 0, f"{type(error).__name__}: {error}")


def main(root: Path) -> None:
    """Replay every artifact of the project at `root` and print the results."""
    project = Project.open(root)
    for kernel in project.artifacts:
        result = _replay(project, kernel)
        print(json.dumps(result.__dict__), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
