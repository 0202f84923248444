"""Code as a notebook holds it, and claims about it."""

import itertools
import linecache
from collections.abc import Callable
from typing import Any

from proofbook.autopsy.proofs.solvers import Question, ask
from proofbook.lab.proving import Claim, Proposed, propose

_numbers = itertools.count()


def cell(source: str) -> dict[str, Any]:
    """Run source as a notebook's cell; return its names. `inspect` finds the source, as in IPython."""
    name = f"<cell {next(_numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), names)
    return names


def proposed(
    about: Any,
    then: Callable[..., Any],
    *,
    given: Any = (),
    semantics: Any = "real",
    **symbols: Any,
) -> Proposed:
    """Return what lemma.prove would make of a claim."""
    functions = about if isinstance(about, tuple) else (about,)
    return propose(Claim(functions, given, then, symbols, semantics), "claim")


def refuted(found: Proposed, solver: str = "z3") -> str:
    """Return what a solver, in a process of its own, says of a statement's text."""
    return ask([Question("it", found.statement.text(), 3_000_000)], solver)["it"].result
