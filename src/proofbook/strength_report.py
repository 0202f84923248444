"""What `proofbook strength` does and shows: progress, a table of scores, and every survivor with its diff."""

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import EquivalentMutant, KindStrength, ShownMutant, StrengthRecord
from proofbook.autopsy.project import Project
from proofbook.autopsy.strength.measuring import Measuring, write_record
from proofbook.autopsy.strength.score import floor_of, score_of
from proofbook.terminal import Display


def measure(
    project: Project,
    console: Console,
    kernels: list[str] | None,
    budget: int | None,
    *,
    every: bool,
    fresh: bool,
    quiet: bool,
) -> bool:
    """Measure kernels, write and show their records; return whether all reach their floors.

    Raises:
        ProofbookError: there is no such kernel, or one does not pass as it is.
    """
    project.load()
    chosen = _chosen(project, kernels)
    limit = None if every else budget or project.settings.strength_budget
    records = []
    with Display(console, quiet=quiet) as display:
        measuring = Measuring(project, limit, fresh=fresh, progress=display.notebook)
        for kernel in chosen:
            record = measuring.record(kernel)
            for path in write_record(project, record):
                console.print(f"wrote {escape(path)}")
            records.append(record)
    if not quiet:
        for record in records:
            _show(console, record)
    console.print(_table(project, records))
    return all(_reaches(project, record) for record in records)


def _chosen(project: Project, kernels: list[str] | None) -> list[str]:
    known = sorted(project.kernel_notebooks)
    for kernel in kernels or ():
        if kernel not in known:
            raise ProofbookError(
                f"no kernel is called {kernel!r}", remedy=f"the kernels are {', '.join(known)}"
            )
    return list(dict.fromkeys(kernels)) if kernels else known


def _kinds(record: StrengthRecord) -> list[tuple[str, KindStrength | None]]:
    return [("asserts", record.asserts), ("proofs", record.proofs)]


def _reaches(project: Project, record: StrengthRecord) -> bool:
    return all(
        score_of(kind, record.population, len(record.sample)).reaches(
            floor_of(project, record.kernel, name)
        )
        for name, kind in _kinds(record)
        if kind is not None
    )


def _table(project: Project, records: list[StrengthRecord]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for name in ("Kernel", "Mutants", "Asserts", "Proofs", "Equivalent"):
        table.add_column(name, justify="right" if name in {"Mutants", "Equivalent"} else "left")
    for record in records:
        shown = []
        for name, kind in _kinds(record):
            if kind is None:
                shown.append("[dim]no proofs[/]")
                continue
            score = score_of(kind, record.population, len(record.sample))
            good = score.reaches(floor_of(project, record.kernel, name))
            shown.append(f"[{'green' if good else 'red'}]{score.shown()}[/]")
        table.add_row(record.kernel, str(record.population), *shown, str(len(record.equivalent)))
    return table


def _show(console: Console, record: StrengthRecord) -> None:
    for name, kind in _kinds(record):
        for item in kind.survivors if kind else ():
            _show_one(console, record.kernel, f"survives the {name}", item)
    for item in record.equivalent:
        _show_one(console, record.kernel, "is equivalent", item)


def _show_one(console: Console, kernel: str, what: str, item: ShownMutant) -> None:
    reason = f": {item.reason}" if isinstance(item, EquivalentMutant) else ""
    console.print(
        f"[bold]{kernel}[/] {escape(item.function)} line {item.line}: {item.operator} "
        f"{what}{escape(reason)} [dim]{item.id}[/]",
        soft_wrap=True,
    )
    console.print(Syntax(item.diff.split("\n", 2)[2], "diff", background_color="default"))
