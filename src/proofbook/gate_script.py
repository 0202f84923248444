"""The command lines of `scripts/ci/*.py` and `tools/aggregate_scorecard.py`."""

from pathlib import Path
from typing import Annotated

import typer

from proofbook.autopsy.entry import aggregate, judge_gate, run_notebooks
from proofbook.autopsy.place import find_root
from proofbook.cli import current_branch
from proofbook.exit_codes import ACCEPTED, REFUSED, run_and_exit
from proofbook.terminal import Display, console_for, gate_table, print_finding, print_findings

Run = Annotated[Path | None, typer.Option("--run", help="Folder of the run; by default the last.")]


def _start(command: object) -> None:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)  # type: ignore[type-var]
    run_and_exit(app)


def main(gate: str) -> None:
    """Let one gate judge a run, and exit with its verdict."""

    def judge(run: Run = None) -> None:
        console = console_for()
        result = judge_gate(gate, run)
        for finding in result.findings:
            print_finding(console, gate, finding)
        console.print(f"{gate}: {result.verdict}")
        raise typer.Exit(ACCEPTED if result.verdict in {"passed", "draft only"} else REFUSED)

    _start(judge)


def run_plan_main() -> None:
    """Run a plan; exit 1 if a notebook did not pass."""

    def run(
        plan: Annotated[
            Path | None, typer.Option(help="Plan; by default the committed one.")
        ] = None,
        full: Annotated[bool, typer.Option("--full", help="Run every notebook twice.")] = False,
    ) -> None:
        console = console_for()
        with Display(console) as display:
            record = run_notebooks(plan, display.listeners(), full=full)
        bad = [result for result in record.notebooks if result.status != "passed"]
        for result in bad:
            console.print(f"[red]{result.path}[/]: {result.problem or result.status}")
        console.print(
            f"{len(record.notebooks) - len(bad)} of {len(record.notebooks)} notebooks passed"
        )
        raise typer.Exit(REFUSED if bad else ACCEPTED)

    _start(run)


def aggregate_main() -> None:
    """Sum up the gates' results of a run; exit with the decision."""

    def total(
        run: Run = None,
        branch: Annotated[str | None, typer.Option(help="Branch whose rule applies.")] = None,
    ) -> None:
        console = console_for()
        rule = branch if branch is not None else current_branch(find_root())
        decision, fine, results = aggregate(run, rule)
        console.print(gate_table(results))
        print_findings(console, results)
        console.print(f"decision: {decision}")
        raise typer.Exit(ACCEPTED if fine else REFUSED)

    _start(total)
