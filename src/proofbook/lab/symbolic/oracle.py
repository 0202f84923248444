"""An oracle for symbolic runs: z3 in this process, limited by its own count of steps."""

from fractions import Fraction
from typing import Any

from proofbook.autopsy.proofs.evaluation import Value, holds
from proofbook.autopsy.proofs.statement import Sort, Term, write

STEPS = 400_000


class SolverMissing(Exception):
    """The solver that symbolic runs need is not installed."""


class Z3Oracle:
    """Asks z3 whether formulas can be true together, and for numbers that make them so.

    Raises:
        SolverMissing: z3 is not installed.
    """

    def __init__(self) -> None:
        try:
            import z3
        except ImportError as error:
            raise SolverMissing(
                "z3-solver is not installed: pip install proofbook[prove]"
            ) from error
        self._z3 = z3
        self._context = z3.Context()
        self._known: dict[str, bool] = {}

    def feasible(self, formulas: list[Term], sorts: dict[str, Sort]) -> bool:
        """Return False only if the formulas cannot be true together."""
        text = _text(formulas, sorts)
        if text not in self._known:
            solver = self._solver(text)
            self._known[text] = solver.check() != self._z3.unsat
        return self._known[text]

    def example(self, formulas: list[Term], sorts: dict[str, Sort]) -> dict[str, Value] | None:
        """Return numbers that make the formulas true, checked exactly; None where none was found."""
        solver = self._solver(_text(formulas, sorts))
        if solver.check() != self._z3.sat:
            return None
        model = solver.model()
        found = {name: self._value(model, name, sort) for name, sort in sorts.items()}
        values = {name: value for name, value in found.items() if value is not None}
        if len(values) != len(found) or not all(holds(formula, values) for formula in formulas):
            return None
        return values

    def _solver(self, text: str) -> Any:
        solver = self._z3.SimpleSolver(ctx=self._context)
        solver.set("rlimit", STEPS)
        solver.from_string(text)
        return solver

    def _value(self, model: Any, name: str, sort: Sort) -> Value | None:
        make = {"Int": self._z3.Int, "Real": self._z3.Real, "Bool": self._z3.Bool}[sort]
        value = model.eval(make(name, ctx=model.ctx), model_completion=True)
        if sort == "Bool":
            return bool(self._z3.is_true(value))
        if sort == "Int":
            return Fraction(value.as_long()) if self._z3.is_int_value(value) else None
        return Fraction(value.as_fraction()) if self._z3.is_rational_value(value) else None


def _text(formulas: list[Term], sorts: dict[str, Sort]) -> str:
    lines = [f"(declare-const {name} {sort})" for name, sort in sorts.items()]
    return "\n".join([*lines, *(f"(assert {write(formula)})" for formula in formulas)])
