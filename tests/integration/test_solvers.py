"""Real solvers in real processes: their answers, their limits, and how they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import proofbook
from proofbook.autopsy.proofs.solvers import Answer, Question, ask, available

BOTH = pytest.mark.parametrize("solver", ["z3", "cvc5"])
HEAD = "(set-logic QF_NIRA)\n(declare-const x {sort})\n(declare-const y {sort})\n"
UNSAT = HEAD.format(sort="Real") + (
    "(assert (! (< 0.0 x) :named a))\n(assert (! (< 0.0 y) :named b))\n"
    "(assert (<= (* x y) 0.0))\n(check-sat)\n"
)
SAT = HEAD.format(sort="Real") + (
    "(declare-const p Bool)\n(declare-const n Int)\n(assert (! (= (* 3.0 x) y) :named a))\n"
    "(assert (and p (= y 1.0) (= (* 2 n) 14)))\n(check-sat)\n"
)
ROOT = HEAD.format(sort="Real") + "(assert (= (* x x) 2.0))\n(check-sat)\n"
CUBES = "(declare-const z Int)\n" + "".join(f"(assert (< 0 {v}))\n" for v in "xyz")
FERMAT = (
    HEAD.format(sort="Int")
    + CUBES
    + "(assert (= (+ (* x x x) (* y y y)) (* z z z)))\n(check-sat)\n"
)
NO_LIMIT = 4_000_000_000
LIMIT = 10**6


def one(text: str, solver: str, limit: int = LIMIT, **options: float) -> Answer:
    return ask([Question("it", text, limit, model=True)], solver, **options)["it"]  # type: ignore[arg-type]


def children(pid: int) -> list[int]:
    """Return all that a process started, and what that started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found += [int(stat.parent.name), *children(int(stat.parent.name))]
    return found


def wait_for(what, seconds: float = 20):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)
    return found


def busy_solver(pid: int) -> int:
    """Return the process that solves, once it has used half a second of processor time."""

    def solving() -> list[int]:
        found = []
        for child in children(pid):
            try:
                command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                used = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11]
            except OSError:
                continue
            if command[1] == b"-P" and int(used) >= os.sysconf("SC_CLK_TCK") // 2:
                found.append(child)
        return found

    return wait_for(solving)[0]


@BOTH
def test_unsatisfiable_is_unsat(solver: str):
    answer = one(UNSAT, solver)
    assert (answer.result, answer.model, answer.reason) == ("unsat", None, "")
    assert answer.resource_count > 0


@BOTH
def test_models_are_exact(solver: str):
    answer = one(SAT, solver)
    assert answer.result == "sat"
    assert answer.model == {"x": "1/3", "y": "1", "p": True, "n": "7"}


def test_an_irrational_value_is_not_rounded():
    answer = one(ROOT, "z3")
    assert (answer.result, answer.model) == ("sat", None)
    assert "not rational" in answer.reason


@BOTH
def test_the_limit_counts_steps_the_same_every_time(solver: str):
    first, second = (one(FERMAT, solver, 50_000) for _ in range(2))
    assert first.result == "unknown"
    assert first == second
    assert first.resource_count >= 50_000


@BOTH
def test_answers_do_not_depend_on_what_was_asked_before(solver: str):
    texts = [UNSAT, SAT, UNSAT, FERMAT, SAT]
    questions = [Question(str(n), text, 50_000, model=True) for n, text in enumerate(texts)]
    seen: list[str] = []
    answers = ask(questions, solver, workers=1, progress=lambda answer: seen.append(answer.key))
    assert list(answers) == seen == [question.key for question in questions]
    assert ask(questions[::-1], solver, workers=2) == answers
    assert answers["0"].resource_count == answers["2"].resource_count


@BOTH
@pytest.mark.parametrize("text", ["(assert", "(assert (= x 1))", "what"])
def test_a_text_that_cannot_be_read_is_unknown(solver: str, text: str):
    questions = [Question("bad", text, LIMIT), Question("good", UNSAT, LIMIT)]
    answers = ask(questions, solver, workers=1)
    assert answers["bad"].result == "unknown"
    assert answers["bad"].reason.startswith("error: ")
    assert answers["good"].result == "unsat"


@BOTH
def test_the_backstop_ends_one_question_and_the_others_go_on(solver: str):
    questions = [
        Question("before", UNSAT, LIMIT),
        Question("hard", FERMAT, NO_LIMIT),
        Question("after", SAT, LIMIT),
    ]
    answers = ask(questions, solver, workers=1, backstop_s=3)
    assert [answer.result for answer in answers.values()] == ["unsat", "unknown", "sat"]
    assert answers["hard"].reason == "stopped after 3 s"
    assert children(os.getpid()) == []


SCRIPT = """
import sys
from proofbook.autopsy.proofs.solvers import Question, ask
hard, easy = sys.argv[2:]
questions = [Question("hard", hard, 4_000_000_000), Question("easy", easy, 10**6)]
for answer in ask(questions, sys.argv[1], workers=1, backstop_s=100).values():
    print(answer.key, answer.result, answer.reason)
"""


def underway(solver: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, solver, FERMAT, UNSAT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@BOTH
def test_a_killed_process_costs_one_answer(solver: str):
    with underway(solver) as process:
        os.kill(busy_solver(process.pid), signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
    assert out.splitlines() == ["hard unknown died", "easy unsat "]


@BOTH
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_solver_outlives_the_asking_process(solver: str, number: int):
    with underway(solver) as process:
        busy_solver(process.pid)
        started = children(process.pid)
        os.killpg(process.pid, number)
        process.communicate(timeout=60)
        assert process.returncode == -number
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


@BOTH
def test_a_solver_that_is_not_installed_has_not_run(solver: str):
    # -S leaves out site-packages, so that nothing but the standard library is installed.
    script = (
        "import sys; from proofbook.autopsy.proofs.solvers import *;"
        "print(available(sys.argv[1]), ask([Question('it', '', 1)], sys.argv[1])['it'].result)"
    )
    said = subprocess.run(
        [sys.executable, "-S", "-c", script, solver],
        env={**os.environ, "PYTHONPATH": str(Path(proofbook.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split(maxsplit=1) == ["None", "not run\n"]


@BOTH
def test_the_version_is_known_without_an_import(solver: str):
    script = (
        "import sys; from proofbook.autopsy.proofs.solvers import available;"
        "print(available(sys.argv[1]), sys.argv[1] in sys.modules)"
    )
    command = [sys.executable, "-c", script, solver]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert said == [available(solver), "False"]


def test_two_questions_of_one_name_are_refused():
    with pytest.raises(ValueError, match="same key"):
        ask([Question("it", UNSAT, 1), Question("it", SAT, 1)], "z3")
