"""Asking solvers: every solver runs in guarded processes of its own, which can be killed and started anew."""

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from proofbook.autopsy.guarded import end, under_guard, without_whims

Result = Literal["sat", "unsat", "unknown", "not run"]
# The distribution and the module that bring each solver.
SOLVERS = {"z3": ("z3-solver", "z3"), "cvc5": ("cvc5", "cvc5")}


@dataclass(frozen=True)
class Question:
    """Is this text satisfiable?

    Attributes:
        key: names the question among those asked with it.
        text: SMT-LIB2.
        limit: how many steps the solver may take, in its own count.
        model: whether values are wanted if it is.
    """

    key: str
    text: str
    limit: int
    model: bool = False


@dataclass(frozen=True)
class Answer:
    """What a solver said; `unknown` is neither yes nor no.

    Attributes:
        result: `not run` where the solver is not installed.
        resource_count: the solver's own count of steps; 0 where it gave none.
        model: exact values ("p/q", or a boolean) of all constants, if `sat`, asked for and all rational.
        reason: why there is no result, or no model.
    """

    key: str
    result: Result
    resource_count: int = 0
    model: Mapping[str, str | bool] | None = None
    reason: str = ""


def available(solver: str) -> str | None:
    """Return the version of an installed solver without importing it; None if it is not there.

    Raises:
        KeyError: the name is not one of `SOLVERS`.
    """
    distribution, module = SOLVERS[solver]
    try:
        if importlib.util.find_spec(module) is None:
            return None
        return importlib.metadata.version(distribution)
    except (ImportError, ValueError):
        return None


def ask(
    questions: Sequence[Question],
    solver: str,
    *,
    workers: int = 2,
    backstop_s: float = 60,
    progress: Callable[[Answer], None] = lambda answer: None,
) -> dict[str, Answer]:
    """Return the answer to each question, by key, in the order of the questions.

    A question that takes longer than `backstop_s`, or whose process dies, is `unknown`; the others go on in
    a new process. No process outlives the call, however it ends.

    Args:
        questions: with different keys.
        solver: `z3` or `cvc5`.
        workers: how many processes answer side by side.
        backstop_s: seconds, the start of a new process included; limits, not seconds, should end questions.
        progress: called with each answer as it comes.

    Raises:
        KeyError: the solver is not one of `SOLVERS`.
        ValueError: two questions have the same key.
    """
    if len({question.key for question in questions}) != len(questions):
        raise ValueError("two questions have the same key")
    answers: dict[str, Answer] = {}

    def note(answer: Answer) -> None:
        answers[answer.key] = answer
        progress(answer)

    if available(solver) is None:
        for question in questions:
            note(Answer(question.key, "not run", reason=f"{SOLVERS[solver][0]} is not installed"))
    elif questions:
        with contextlib.closing(_Pool(solver, min(workers, len(questions)), backstop_s)) as pool:
            pool.work(deque(questions), note)
    return {question.key: answers[question.key] for question in questions}


class _Worker:
    """One process; at most one question is under way in it."""

    def __init__(self, solver: str) -> None:
        command = [sys.executable, "-P", "-m", "proofbook.autopsy.proofs.solver_worker", solver]
        self.process = subprocess.Popen(
            under_guard(command),
            env=without_whims(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.question: Question | None = None
        self.deadline = 0.0
        self.said = b""

    def put(self, question: Question, backstop_s: float) -> None:
        """Hand over a question; a process that died meanwhile shows when its answer is read."""
        self.question, self.said = question, b""
        self.deadline = time.monotonic() + backstop_s
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(asdict(question)).encode() + b"\n")
            self.process.stdin.flush()

    def hear(self) -> Answer | None:
        """Read what is there; return the answer if it is complete, or why there will be none."""
        assert self.process.stdout is not None
        assert self.question is not None
        piece = os.read(self.process.stdout.fileno(), 1 << 16)
        self.said += piece
        if piece and not self.said.endswith(b"\n"):
            return None
        if not piece:
            return Answer(self.question.key, "unknown", reason="died")
        return _understood(self.said, self.question.key)

    def close(self) -> None:
        """End the process with all it started."""
        end(self.process)
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                stream.close() if stream else None
        self.process.wait()


def _understood(line: bytes, key: str) -> Answer:
    with contextlib.suppress(ValueError, TypeError):
        fields: dict[str, Any] = json.loads(line)
        answer = Answer(**fields)
        if answer.key == key and answer.result in {"sat", "unsat", "unknown"}:
            return answer
    return Answer(key, "unknown", reason="gave no answer to this question")


class _Pool:
    """Workers that take questions from one queue, watched by one thread, so that an interrupt ends all."""

    def __init__(self, solver: str, size: int, backstop_s: float) -> None:
        self.solver, self.size, self.backstop_s = solver, max(size, 1), backstop_s
        self.workers: list[_Worker] = []
        self.selector = selectors.DefaultSelector()

    def work(self, waiting: deque[Question], note: Callable[[Answer], None]) -> None:
        """Answer all questions."""
        while len(self.workers) < self.size:
            self._start()
        busy = [worker for worker in self.workers if self._next(worker, waiting)]
        while busy:
            patience = min(worker.deadline for worker in busy) - time.monotonic()
            for key, _ in self.selector.select(max(patience, 0)):
                worker: _Worker = key.data
                if worker.question is None:  # it died between two questions
                    self._replace(worker)
                elif answer := worker.hear():
                    self._settle(worker, answer, waiting, note)
            for worker in list(self.workers):
                if worker.question is not None and worker.deadline <= time.monotonic():
                    reason = f"stopped after {self.backstop_s:g} s"
                    answer = Answer(worker.question.key, "unknown", reason=reason)
                    self._settle(worker, answer, waiting, note)
            busy = [worker for worker in self.workers if worker.question is not None]

    def _settle(
        self,
        worker: _Worker,
        answer: Answer,
        waiting: deque[Question],
        note: Callable[[Answer], None],
    ) -> None:
        clean = answer.reason == "" or worker.said.endswith(b"\n")
        worker.question = None
        note(answer)
        self._next(worker if clean else self._replace(worker), waiting)

    def _next(self, worker: _Worker, waiting: deque[Question]) -> bool:
        if waiting:
            worker.put(waiting.popleft(), self.backstop_s)
        return worker.question is not None

    def _start(self) -> _Worker:
        worker = _Worker(self.solver)
        self.workers.append(worker)
        self.selector.register(worker.process.stdout, selectors.EVENT_READ, worker)  # type: ignore[arg-type]
        return worker

    def _replace(self, worker: _Worker) -> _Worker:
        self._drop(worker)
        return self._start()

    def _drop(self, worker: _Worker) -> None:
        self.selector.unregister(worker.process.stdout)  # type: ignore[arg-type]
        self.workers.remove(worker)
        worker.close()

    def close(self) -> None:
        """End all processes."""
        for worker in list(self.workers):
            self._drop(worker)
        self.selector.close()
