"""The process that runs a kernel and a mutant on symbols: a job on stdin, what solvers must refute on stdout.

`python -m proofbook.lab.equivalence_worker FOLDER`. The job is `{"kernel", "function", "mutated"}`; the answer
`{"domain", "texts"}`, or `{"refused"}` with the reason.
"""

import json
import os
import sys
from pathlib import Path

from proofbook.lab.equivalence import equality
from proofbook.lab.kernels import export_source

# A mutant may go round without end; then nothing is proved of it.
CPU_SECONDS = 60
MEMORY_BYTES = 4 * 2**30


def main(folder: Path) -> None:
    """Do one job."""
    _limit()
    job = json.loads(sys.stdin.read())
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)

    def source(kernel: str) -> str:
        return export_source(folder / f"verify_{kernel}.ipynb")

    try:
        found = equality(job["kernel"], job["function"], job["mutated"], source)
        answer = {"domain": found.domain, "texts": found.texts}
    except Exception as error:  # whatever stops it, nothing is proved
        answer = {"refused": f"{error}"}
    answers.write(json.dumps(answer))
    answers.flush()
    os._exit(0)


def _limit() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
