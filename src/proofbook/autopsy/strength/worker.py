"""The process that runs a notebook's cells with mutants in them: `python -m … JOB`, one verdict a line.

It runs the notebook once, cell by cell, and forks before each export cell: every child executes that cell
with one mutant in it, and the rest of the notebook, from exactly the state that the notebook itself has
there. Where `fork` does not exist, a process is started for each mutant.
"""

import builtins
import contextlib
import json
import linecache
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from proofbook.autopsy import confinement
from proofbook.autopsy.strength.instrument import TICK, instrumented

OVER_BUDGET = 86  # exit code of a child that went round too often
# A cell may go round this many times as often as the unmutated one, and this often in any case.
ROUNDS_FACTOR, ROUNDS_FLOOR = 20, 200_000
# Behind the count of rounds, for loops within compiled code: seconds of processor time, not of the clock.
CPU_FACTOR, CPU_FLOOR_S = 8, 20
MEMORY_BYTES = 4 * 2**30


class _Rounds:
    """Counts rounds; without a limit it only counts."""

    def __init__(self) -> None:
        self.count, self.limit = 0, sys.maxsize

    def __call__(self) -> None:
        self.count += 1
        if self.count > self.limit:
            os._exit(OVER_BUDGET)  # no `except` of a mutant can catch this


class _Failed(Exception):
    """A cell failed; says which, and how."""


class Runner:
    """Runs the cells of one job in one namespace, as a kernel does."""

    def __init__(self, job: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
        self.job, self.tell = job, tell
        self.cells: list[dict[str, Any]] = job["cells"]
        self.rounds = _Rounds()
        self.module = ModuleType("__main__")
        sys.modules["__main__"] = self.module
        vars(builtins)[TICK] = self.rounds
        vars(builtins).setdefault("display", lambda *_, **__: None)
        self.limits: list[int] = []
        self.cpu_limit = 0

    def run_cell(self, index: int, source: str | None = None) -> None:
        """Run one cell, or a mutant of it.

        Raises:
            _Failed: it did not end as it should.
        """
        cell = self.cells[index]
        text = cell["source"] if source is None else source
        name = f"<cell {cell['id']}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        self.rounds.count = 0
        self.rounds.limit = self.limits[index] if self.limits else sys.maxsize
        strip = bool(cell["verifies"]) and self.job["kind"] == "proofs"
        try:
            code = compile(instrumented(text, without_asserts=strip), name, "exec")
            exec(code, vars(self.module))
        except BaseException as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise _Failed(cell["id"], said) from error

    def baseline(self) -> dict[str, Any]:
        """Run all cells as they are, and say how often each went round."""
        rounds = []
        for index in range(len(self.cells)):
            try:
                self.run_cell(index)
            except _Failed as failed:
                return {"failed": list(failed.args)}
            rounds.append(self.rounds.count)
        return {"rounds": rounds, "cpu": time.process_time()}

    def limited(self, baseline: dict[str, Any]) -> None:
        """Set the budgets that a baseline calls for."""
        self.limits = [ROUNDS_FACTOR * count + ROUNDS_FLOOR for count in baseline["rounds"]]
        self.cpu_limit = int(CPU_FACTOR * baseline["cpu"]) + CPU_FLOOR_S

    def mutant(self, first: int, source: str, skipped: list[str]) -> dict[str, Any]:
        """Run one mutant from its cell to the notebook's end, without the cells that cannot notice it."""
        for index in range(first, len(self.cells)):
            if self.cells[index]["id"] in skipped:
                continue
            try:
                self.run_cell(index, source if index == first else None)
            except _Failed as failed:
                return {"verdict": "failed", "by": failed.args[0], "said": failed.args[1]}
        return {"verdict": "survived", "by": "", "said": ""}


def main(path: str) -> None:
    """Do a job; every verdict is one line of JSON on standard output."""
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115

    def tell(line: dict[str, Any]) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    sys.path.insert(0, "")  # as for a kernel, whose folder this is
    confinement.confine(job["package"], job["verified"])
    runner = Runner(job, tell)
    if job["alone"]:
        tell(_alone(runner))
    else:
        _forking(runner)
    os._exit(0)  # what cells left behind, threads included, has no say any more


def _alone(runner: Runner) -> dict[str, Any]:
    """Run the baseline, or one mutant under the budget of a baseline, in this very process."""
    mutants, known = runner.job["mutants"], runner.job["baseline"]
    if not known:
        return runner.baseline()
    runner.limited(known)
    (item,) = mutants
    first = [cell["id"] for cell in runner.cells].index(item["cell"])
    for index in range(first):
        runner.run_cell(index)
    return {"id": item["id"], **runner.mutant(first, item["source"], item["skipped"])}


def _forking(runner: Runner) -> None:
    answer = _in_child(runner, runner.baseline).collect()
    runner.tell({"baseline": answer})
    if "rounds" not in answer:
        return
    runner.limited(answer)
    places = {cell["id"]: index for index, cell in enumerate(runner.cells)}
    waiting: dict[int, list[dict[str, Any]]] = {}
    for item in runner.job["mutants"]:
        waiting.setdefault(places[item["cell"]], []).append(item)
    for index in range(max(waiting, default=-1) + 1):
        _run_all(runner, index, waiting.get(index, []))
        limits, runner.limits = runner.limits, []
        runner.run_cell(index)
        runner.limits = limits


def _run_all(runner: Runner, index: int, items: list[dict[str, Any]]) -> None:
    """Run mutants of one cell, several at once."""
    under_way: dict[int, tuple[str, _Child]] = {}
    queue = list(items)
    while queue or under_way:
        while queue and len(under_way) < runner.job["workers"]:
            item = queue.pop(0)
            child = _in_child(
                runner, partial(runner.mutant, index, item["source"], item["skipped"])
            )
            under_way[child.process] = item["id"], child
        process, status = os.waitpid(-1, 0)
        if process in under_way:
            name, child = under_way.pop(process)
            runner.tell({"id": name, **child.verdict(status)})


class _Child:
    """A forked process and the pipe on which it answers; no answer means that it died."""

    def __init__(self, process: int, answers: int) -> None:
        self.process, self.answers = process, answers

    def collect(self) -> dict[str, Any]:
        """Wait for the end and return the answer."""
        _, status = os.waitpid(self.process, 0)
        return self.verdict(status)

    def verdict(self, status: int) -> dict[str, Any]:
        """Return the answer of a child that ended."""
        with os.fdopen(self.answers, "rb") as stream:
            os.set_blocking(self.answers, False)
            data = stream.read() or b""
        with contextlib.suppress(ValueError):
            answer = json.loads(data)
            if isinstance(answer, dict):
                return answer
        out_of_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {
            signal.SIGXCPU,
            signal.SIGALRM,
        }
        if out_of_time or (os.WIFEXITED(status) and os.WEXITSTATUS(status) == OVER_BUDGET):
            return {"verdict": "budget", "by": "", "said": "went round too often"}
        return {"verdict": "died", "by": "", "said": f"wait status {status}"}


def _in_child(runner: Runner, work: Callable[[], dict[str, Any]]) -> _Child:
    answers, answer = os.pipe()
    process = os.fork()
    if process:
        os.close(answer)
        return _Child(process, answers)
    try:
        _limit(runner.cpu_limit)
        os.close(answers)
        os.write(answer, json.dumps(work()).encode())
    finally:
        _end()


def _end() -> NoReturn:
    os._exit(0)


def _limit(cpu: int) -> None:
    """Hold this process to its memory and, where there is a baseline, to its time."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))
    if cpu:
        # Where both limits are one, Linux kills without saying why.
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(20 * cpu)  # for one that waits for ever and computes nothing


if __name__ == "__main__":
    main(sys.argv[1])
