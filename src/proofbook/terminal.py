"""What people see in a terminal: progress, the table of gates, findings; plain lines when piped."""

import sys
from io import TextIOWrapper
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table

from proofbook.autopsy.models import Finding, GateResult, ScoredInvariant
from proofbook.autopsy.progress import MEASURED, Listeners, Progress
from proofbook.autopsy.scorecard import MARKS

if TYPE_CHECKING:
    from proofbook.autopsy.run_record import RunRecord
    from proofbook.autopsy.validation import Outcome

COLOURS = {
    "green": "green",
    "yellow": "yellow",
    "red": "red",
    "passed": "green",
    "failed": "red",
    "draft only": "yellow",
    "not built": "dim",
    "not run": "yellow",
}
SHOWN_FINDINGS = 40


class Display:
    """Shows a run while it goes on: a bar in all, and a line for each notebook that is running."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.console, self.quiet = console, quiet
        self.live = console.is_terminal and not quiet
        self.running: dict[str, TaskID] = {}
        self.totals: dict[str, tuple[int, int]] = {}
        self.bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not self.live,
        )

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bars.stop()

    def listeners(self) -> Listeners:
        """Return what a validation or a regeneration tells its progress to."""
        return Listeners(
            notebooks=self.notebook, gate=self.gate, phase=self.phase, count=self.count
        )

    def notebook(self, moment: Progress) -> None:
        """Show where a notebook is."""
        name = moment.notebook.rsplit("/", 1)[-1].removesuffix(".ipynb")
        if moment.status:
            task = self.running.pop(name, None)
            if task is not None:
                self.bars.remove_task(task)
            self._line(f"{name}: {moment.status}", moment.status in {"passed", MEASURED})
            return
        text = f"{escape(name)} [dim]{escape(moment.label)}[/dim]"
        if name not in self.running:
            self.running[name] = self.bars.add_task(text, total=moment.total)
        self.bars.update(self.running[name], description=text, completed=moment.done)

    def gate(self, result: GateResult) -> None:
        """Show a gate's verdict as it comes, where there is no table to wait for."""
        self._line(f"gate {result.name}: {result.verdict}", result.verdict != "failed")

    def phase(self, name: str) -> None:
        """Show which part of the work begins."""
        if not self.live and not self.quiet:
            self.console.print(f"[dim]{name} …[/dim]")

    def count(self, what: str, done: int, total: int) -> None:
        """Show how far long work is."""
        if what not in self.running:
            self.running[what] = self.bars.add_task(what, total=total)
        self.bars.update(self.running[what], completed=done, total=total)
        if done >= total:
            self.bars.remove_task(self.running.pop(what))

    def _line(self, text: str, good: bool) -> None:
        if self.live or self.quiet:
            return
        self.console.print(escape(text), style=None if good else "red")


def gate_table(results: list[GateResult]) -> Table:
    """Return the table of gates."""
    table = Table(title=None, show_edge=False, pad_edge=False)
    table.add_column("", justify="right", style="dim")
    table.add_column("Gate")
    table.add_column("Verdict")
    table.add_column("Findings", justify="right")
    table.add_column("Seconds", justify="right", style="dim")
    for result in results:
        colour = COLOURS[result.verdict]
        built = result.verdict != "not built"
        table.add_row(
            str(result.number),
            f"[{colour}]{result.name}[/]" if not built else result.name,
            f"[{colour}]{MARKS[result.verdict]} {result.verdict}[/]",
            str(len(result.findings)) if built else "",
            f"{result.seconds:.1f}" if built else "",
        )
    return table


def print_findings(console: Console, results: list[GateResult]) -> None:
    """Print what the gates refuse, the first forty in full."""
    found = [(result.name, finding) for result in results for finding in result.findings]
    for gate, finding in found[:SHOWN_FINDINGS]:
        print_finding(console, gate, finding)
    if len(found) > SHOWN_FINDINGS:
        more = len(found) - SHOWN_FINDINGS
        console.print(f"… and {more} more findings; scorecard.md under the logs lists all")


def print_finding(console: Console, gate: str, finding: Finding) -> None:
    """Print one finding: gate, place, what is wrong, what to do."""
    where = f" [cyan]{escape(finding.where)}[/]" if finding.where else ""
    console.print(
        f"[red]{gate}[/] [bold]{escape(finding.path)}[/]{where}: {escape(finding.what)}",
        soft_wrap=True,
    )
    console.print(f"    → {escape(finding.remedy)}", style="dim", soft_wrap=True)


def print_outcome(console: Console, outcome: "Outcome", *, quiet: bool, place: str) -> None:
    """Print table, findings and decision; only findings and decision when quiet."""
    if not quiet:
        console.print(gate_table(outcome.results))
        console.print()
    print_findings(console, outcome.results)
    colour = COLOURS[outcome.decision]
    lemmas = sum(len(invariant.lemmas) for invariant in outcome.invariants)
    built = [result for result in outcome.results if result.verdict != "not built"]
    passed = sum(result.verdict == "passed" for result in built)
    console.print(
        f"[bold {colour}]{outcome.decision}[/]: {passed} of {len(built)} gates passed, "
        f"{counted(len(outcome.invariants), 'invariant')}, {counted(lemmas, 'lemma')} "
        f"[dim]({escape(place)})[/]",
        soft_wrap=True,
    )


def print_partial(console: Console, record: "RunRecord", planned: int, place: str) -> bool:
    """Print what came of a run of some notebooks; return whether all of them passed."""
    from proofbook.autopsy.gates.notebooks import findings_of

    findings = [finding for result in record.notebooks for finding in findings_of(result)]
    for finding in findings:
        print_finding(console, "notebooks", finding)
    bad = [result for result in record.notebooks if result.status != "passed"]
    console.print(
        f"{len(record.notebooks) - len(bad)} of {len(record.notebooks)} notebooks passed; "
        f"partial: {planned} are planned, and `proofbook run` without names scores them all "
        f"[dim]({escape(place)})[/]",
        soft_wrap=True,
    )
    return not bad


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 lemma, 2 lemmas."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def standing_table(invariants: list[ScoredInvariant]) -> Table:
    """Return the table of invariants and how far their lemmas are."""
    table = Table(show_edge=False, pad_edge=False)
    for name in ("Invariant", "Title", "Status", "Lemmas", "Lowest rung", "Short of required"):
        table.add_column(name, justify="right" if name == "Lemmas" else "left")
    from proofbook.autopsy.ladder import height

    for invariant in invariants:
        lowest = min((lemma.effective for lemma in invariant.lemmas), key=height)
        short = [
            lemma.id.split("#")[1]
            for lemma in invariant.lemmas
            if height(lemma.effective) < height(lemma.requires)
        ]
        table.add_row(
            invariant.id,
            invariant.title,
            invariant.status,
            str(len(invariant.lemmas)),
            lowest,
            ", ".join(short) or "–",
        )
    return table


class _Console(Console):
    """A console that leaves it to the command what to do when the reader of its output is gone."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console_for(stderr: bool = False) -> Console:
    """Return a console for standard output or standard error."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # a terminal without → shows ?, and that is all
    # Piped output is read by people and tools alike: no wrapping at an imagined width.
    width = None if stream.isatty() else 200
    return _Console(file=stream, width=width, highlight=False)
