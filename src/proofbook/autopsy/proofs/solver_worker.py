"""A solver as a process: one question a line on stdin, one answer a line on stdout.

`python -m proofbook.autopsy.proofs.solver_worker z3|cvc5`. A question is
`{"key", "text", "limit", "model"}`; its answer `{"key", "result", "resource_count", "model", "reason"}`. Every
question has a context of its own and a limit that counts the solver's steps: no answer depends on the clock or
on the questions before it. Only the solver that was named is imported.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

# Measured on 240 statements with products of two and three constants and facts q*b + r = a. z3's plain solver
# decides what its solvers for QF_NRA and QF_NIA decide, in half the time. cvc5's coverings decide most
# nonlinear statements about reals that its linearisation does not; with integers a run with them did not end.
OPTIONS: dict[str, dict[str, str]] = {
    "z3": {"solver": "simple"},
    "cvc5": {"produce-models": "true"},
    "cvc5 on reals": {"produce-models": "true", "nl-cov": "true"},
}
_DECLARED = re.compile(r"\(declare-const (\S+) (Int|Real|Bool)\)")
# cvc5 reads declare-const as declare-fun.
_COMMANDS = {"set-logic", "declare-const", "declare-fun", "assert", "check-sat"}
Answered: TypeAlias = tuple[str, int, dict[str, str | bool] | None, str]


def options_for(solver: str, text: str) -> dict[str, str]:
    """Return the options with which a solver is asked about a text."""
    return OPTIONS["cvc5 on reals" if solver == "cvc5" and " Int)" not in text else solver]


class NoExactValue(ValueError):
    """A value in a model that is no rational number."""


def ask_z3(text: str, limit: int, model: bool) -> Answered:
    """Return z3's result, its count of resources, its model and why the result is unknown.

    Raises:
        Exception: whatever z3 raises about a text that it cannot read.
    """
    import z3

    context = z3.Context()
    solver = z3.SimpleSolver(ctx=context)
    solver.set("rlimit", limit)
    solver.add(z3.parse_smt2_string(text, ctx=context))
    result = str(solver.check())
    statistics = solver.statistics()
    named = {statistic[0]: statistic[1] for statistic in statistics}
    count = int(named.get("rlimit count", 0))
    if result == "unknown":
        return result, count, None, solver.reason_unknown()
    if result == "unsat" or not model:
        return result, count, None, ""
    return result, count, *_exact(lambda: _z3_model(text, solver.model(), context))


def _z3_model(text: str, model: Any, context: Any) -> dict[str, str | bool]:
    import z3

    sorts = {"Int": z3.IntSort, "Real": z3.RealSort, "Bool": z3.BoolSort}
    found: dict[str, str | bool] = {}
    for name, sort in _DECLARED.findall(text):
        value = model.eval(z3.Const(name, sorts[sort](context)), model_completion=True)
        if sort == "Bool":
            found[name] = bool(z3.is_true(value))
        elif z3.is_int_value(value) or z3.is_rational_value(value):
            found[name] = str(value.as_fraction()) if sort == "Real" else str(value.as_long())
        else:
            raise NoExactValue(name)
    return found


def ask_cvc5(text: str, limit: int, model: bool) -> Answered:
    """Return cvc5's result, its count of resources, its model and why the result is unknown.

    Raises:
        Exception: whatever cvc5 raises about a text that it cannot read.
    """
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    for name, value in options_for("cvc5", text).items():
        solver.setOption(name, value)
    solver.setOption("rlimit", str(limit))
    symbols = read_into(solver, text)
    result = solver.checkSat()
    count = int(solver.getStatistics().get(True, True)["resource::resourceUnitsUsed"]["value"])
    if result.isUnknown():
        return "unknown", count, None, str(result.getUnknownExplanation()).rpartition(".")[2]
    if result.isUnsat() or not model:
        return "unsat" if result.isUnsat() else "sat", count, None, ""
    return "sat", count, *_exact(lambda: _cvc5_model(solver, symbols))


def read_into(solver: Any, text: str) -> Any:
    """Give cvc5 the declarations and assertions of a text; return its table of symbols.

    Raises:
        ValueError: the text holds a command that statements do not hold.
        Exception: whatever cvc5 raises about a text that it cannot read.
    """
    import cvc5

    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "statement")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        if command.getCommandName() not in _COMMANDS:
            raise ValueError(f"holds the command {command.getCommandName()}")
        if command.getCommandName() != "check-sat":
            said = str(command.invoke(solver, symbols))
            if "error" in said:
                raise ValueError(said)
    return symbols


def _cvc5_model(solver: Any, symbols: Any) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    for constant in symbols.getDeclaredTerms():
        value = solver.getValue(constant)
        if value.isBooleanValue():
            found[str(constant)] = bool(value.getBooleanValue())
        elif value.isIntegerValue() or value.isRealValue():
            found[str(constant)] = str(value.toPythonObj())
        else:
            raise NoExactValue(str(constant))
    return found


def _exact(
    model: Callable[[], dict[str, str | bool]],
) -> tuple[dict[str, str | bool] | None, str]:
    try:
        return model(), ""
    except NoExactValue as error:
        return None, f"the value of {error} is not rational"


ASK = {"z3": ask_z3, "cvc5": ask_cvc5}


def answer(solver: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one question; a text that cannot be read is `unknown`, with the reason."""
    try:
        said = ASK[solver](question["text"], question["limit"], question["model"])
    except Exception as error:  # solvers raise their own kinds, and plain ones
        said = "unknown", 0, None, " ".join(f"error: {_words(error)}".split())
    return {
        "key": question["key"],
        **dict(zip(("result", "resource_count", "model", "reason"), said, strict=True)),
    }


def _words(error: Exception) -> str:
    value = getattr(error, "value", None) or (error.args[0] if error.args else type(error).__name__)
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def main(solver: str) -> None:
    """Answer questions until stdin ends."""
    # Whatever a solver prints goes elsewhere: stdout carries answers alone.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            print(json.dumps(answer(solver, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
