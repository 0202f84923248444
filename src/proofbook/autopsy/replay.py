"""Replay of recorded vectors against the extracted code, in a process of its own.

`python -m proofbook.autopsy.replay ROOT RESULTS` writes one JSON line a kernel. The framework itself never
imports verified code; this process does, by the name in the settings, and dies with what it finds.
"""

import importlib
import json
import sys
import tempfile
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
    # Results go to a file: verified code may print, or crash in the middle of a line.
    with tempfile.TemporaryDirectory(prefix="proofbook-replay-") as private:
        target = Path(private) / "results.jsonl"
        command = [sys.executable, "-m", __name__, str(project.root), str(target)]
        done = run_guarded(command, cwd=project.root, env=project.import_environment())
        lines = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
    results = [Replayed(**json.loads(line)) for line in lines]
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


def main(root: Path, target: Path) -> None:
    """Replay every artifact of the project at `root` and write the results to `target`."""
    project = Project.open(root)
    for kernel in project.artifacts:
        line = json.dumps(_replay(project, kernel).__dict__)
        with target.open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
