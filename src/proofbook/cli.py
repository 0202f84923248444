"""The command `proofbook`: parses, calls, prints. Exit codes: 0 accepted, 1 refused, 2 could not run."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from proofbook import __version__
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.place import find_root
from proofbook.autopsy.project import Project, planned
from proofbook.exit_codes import ACCEPTED, REFUSED, run_and_exit
from proofbook.terminal import (
    Display,
    console_for,
    print_finding,
    print_outcome,
    print_partial,
    standing_table,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Write and prove mathematics in notebooks, gate it, ship exactly the code that was proved.\n\n"
    "Exit codes: 0 accepted, 1 refused by a gate, 2 could not run, 130 interrupted.",
)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print findings and decision only.")]


def _project() -> Project:
    return Project.open(find_root())


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"proofbook {__version__}")
        raise typer.Exit(ACCEPTED)


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback where the tool could not run.")
    ] = False,
) -> None:
    """Options common to all commands."""


@app.command()
def plan(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if outdated.")
    ] = False,
) -> None:
    """Write the notebook plan and the JSON Schemas, and list what is planned."""
    from proofbook.autopsy.regeneration import write_plan

    project = _project()
    console = console_for()
    wanted = planned(project)
    for item in wanted.notebooks:
        console.print(f"{item.kind:<15} {escape(item.path)}  {', '.join(item.kernels)}")
    if check:
        if project.plan != wanted:
            console.print("[red]the plan is outdated[/]: run `proofbook plan`")
            raise typer.Exit(REFUSED)
        return
    for path in write_plan(project):
        console.print(f"wrote {escape(path)}")


@app.command()
def run(
    notebooks: Annotated[
        list[str] | None, typer.Argument(help="Notebooks or kernels to run; all without any.")
    ] = None,
    quiet: Quiet = False,
    no_strength: Annotated[
        bool, typer.Option("--no-strength", help="Leave stale strength records as they are.")
    ] = False,
) -> None:
    """Run the plan and regenerate artifacts, extracted code, strength records and scorecard."""
    from proofbook.autopsy.regeneration import regenerate
    from proofbook.autopsy.validation import accepted

    project, console = _project(), console_for()
    with Display(console, quiet=quiet) as display:
        done = regenerate(project, display.listeners(), notebooks, strength=not no_strength)
    for path in done.written:
        console.print(f"wrote {escape(path)}")
    place = project.relative(done.record.folder)
    if done.outcome is None:
        passed = print_partial(console, done.record, done.planned, place)
        raise typer.Exit(ACCEPTED if passed else REFUSED)
    print_outcome(console, done.outcome, quiet=quiet, place=place)
    fine = accepted(project, done.outcome.decision, current_branch(project.root))
    raise typer.Exit(ACCEPTED if fine else REFUSED)


@app.command()
def validate(
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scorecard as JSON.")] = False,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Run every notebook twice, under different hash seed and BLAS."
        ),
    ] = False,
    branch: Annotated[
        str | None, typer.Option(help="Branch whose rule applies; by default the current one.")
    ] = None,
) -> None:
    """Run the plan and judge it by the gates. Writes to the logs only."""
    from proofbook.autopsy.validation import accepted
    from proofbook.autopsy.validation import validate as validate_project

    project, console = _project(), console_for(stderr=as_json)
    with Display(console, quiet=quiet or as_json) as display:
        outcome = validate_project(project, display.listeners(), full=full)
    if as_json:
        typer.echo((outcome.folder / "scorecard.json").read_text(encoding="utf-8"), nl=False)
    else:
        print_outcome(console, outcome, quiet=quiet, place=project.relative(outcome.folder))
    rule = branch if branch is not None else current_branch(project.root)
    raise typer.Exit(ACCEPTED if accepted(project, outcome.decision, rule) else REFUSED)


def current_branch(root: Path) -> str:
    """Return the branch that is checked out, or nothing where that is unknown."""
    command = ["git", "-C", str(root), "symbolic-ref", "--short", "-q", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


@app.command()
def status() -> None:
    """Show every invariant: status, lemmas, rungs. Runs no notebook."""
    from proofbook.autopsy.standing import scored_invariants

    project = _project().load()
    console = console_for()
    console.print(standing_table(scored_invariants(project)))
    for finding in project.unreadable:
        print_finding(console, "unreadable", finding)
    console.print(_last_decision(project))


def _last_decision(project: Project) -> str:
    path = project.logs / "scorecard.json"
    if not path.exists():
        return "never validated here"
    from proofbook.autopsy.canonical import read_json

    content = read_json(path)
    try:
        return f"last validated {content['finished']}: {content['decision']}"
    except (KeyError, TypeError) as error:
        raise ProofbookError(
            "is not a scorecard", path=path, remedy="run `proofbook validate`"
        ) from error


@app.command()
def strength(
    kernels: Annotated[
        list[str] | None, typer.Argument(help="Kernels to measure; all without any.")
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(min=1, help="Mutants of a kernel to run; by default that of the settings."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run all mutants, not a sample.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Run again what the cache already knows.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Mutate the kernels, count which mutants their VERIFY cells notice, and write the records."""
    from proofbook.strength_report import measure

    fine = measure(
        _project(), console_for(), kernels, budget, every=every, fresh=fresh, quiet=quiet
    )
    raise typer.Exit(ACCEPTED if fine else REFUSED)


@app.command()
def extract(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 on a difference.")
    ] = False,
    discard_edits: Annotated[
        bool, typer.Option("--discard-edits", help="Overwrite modules that were edited by hand.")
    ] = False,
) -> None:
    """Write the notebooks' export cells to the verified package."""
    from proofbook.autopsy.gates.extraction import check_extraction
    from proofbook.autopsy.regeneration import extract as extract_project

    project, console = _project(), console_for()
    if check:
        findings = check_extraction(project)
        for finding in findings:
            print_finding(console, "extraction", finding)
        raise typer.Exit(REFUSED if findings else ACCEPTED)
    for path in extract_project(project, discard_edits=discard_edits):
        console.print(f"wrote {escape(path)}")


@app.command()
def sync() -> None:
    """Carry edits made in the verified package back into the notebook cells they came from."""
    from proofbook.autopsy.regeneration import extract_again
    from proofbook.autopsy.sync import sync as sync_project

    project, console = _project(), console_for()
    done = sync_project(project)
    for synced in done:
        if synced.cells:
            console.print(f"{escape(synced.notebook)}: {', '.join(synced.cells)}")
    # The notebooks are right now; writing their modules again brings the digests up to date.
    for path in extract_again(_project(), [synced.kernel for synced in done]):
        console.print(f"wrote {escape(path)}")


@app.command()
def scorecard() -> None:
    """Show the last scorecard."""
    from proofbook.autopsy.canonical import read_bytes

    path = _project().logs / "scorecard.md"
    if not path.exists():
        raise ProofbookError("no scorecard yet", path=path, remedy="run `proofbook validate`")
    typer.echo(read_bytes(path).decode(), nl=False)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="INV-SYSTEM-NNNN, INV-SYSTEM-NNNN#L1, or L1.")],
) -> None:
    """Show an invariant or a lemma: statement, rungs, evidence, cell, symbols, tests."""
    from proofbook.autopsy.explanation import explain as explain_name

    console = console_for()
    for item in explain_name(_project().load(), name):
        invariant = item.invariant
        console.print(f"[bold]{invariant.id}[/] {escape(invariant.title)}  [dim]{item.path}[/]")
        console.print(f"  {invariant.status}, revision {invariant.revision}, {invariant.adr}")
        console.print(f"  {escape(invariant.statement)}")
        console.print(f"  {escape(invariant.formula)}", style="italic")
        for lemma in item.lemmas:
            console.print(f"\n  [bold]{lemma.id}[/] {escape(lemma.title)} ({lemma.kind})")
            console.print(
                f"    rung {lemma.rung}, effective {lemma.effective}, requires {lemma.requires}; "
                f"about {lemma.semantics} numbers"
            )
            for title, lines in (
                ("uses", lemma.uses),
                ("used by", lemma.used_by),
                ("cell", [lemma.cell]),
                ("evidence", lemma.evidence),
                ("measured", lemma.measures),
            ):
                for line in lines:
                    console.print(f"    {title}: {escape(line)}", soft_wrap=True)
        console.print("\n  [bold]verified symbols[/]")
        for line in item.symbols:
            console.print(f"    {escape(line)}")
        console.print("  [bold]tests[/]")
        for line in item.tests or ["none"]:
            console.print(f"    {escape(line)}")


@app.command()
def prove(
    replay: Annotated[
        bool, typer.Option("--replay", help="Verify all committed proofs from the files alone.")
    ] = False,
    solver: Annotated[
        str | None,
        typer.Option("--solver", help="With --replay: ask this solver alone, z3 or cvc5."),
    ] = None,
) -> None:
    """Show every obligation and what discharges it; with --replay, verify them all again."""
    from proofbook.autopsy.gates.proofs import findings_of
    from proofbook.autopsy.proof_replay import replay_proofs
    from proofbook.autopsy.proofs.solvers import SOLVERS
    from proofbook.proof_tables import obligations_table, replayed_table

    project, console = _project(), console_for()
    if solver is not None and (solver not in SOLVERS or not replay):
        raise ProofbookError(
            f"--solver {solver} is not possible", remedy="use --replay --solver z3 (or cvc5)"
        )
    if not replay:
        console.print(obligations_table(project))
        return
    with Display(console) as display:
        found = replay_proofs(
            project, display.listeners(), solvers=[solver] if solver else tuple(SOLVERS)
        )
    console.print(replayed_table(found))
    refused = [finding for item in found for finding in findings_of(item)]
    for finding in refused:
        print_finding(console, "proofs", finding)
    lacking = sorted({tool for item in found for tool in item.not_run})
    if lacking:
        console.print(f"not run: {', '.join(lacking)} is not installed")
    if refused or lacking:
        raise typer.Exit(REFUSED)


@app.command()
def new(
    kernel: Annotated[str, typer.Argument(help="Name of the kernel, in snake_case.")],
    system: Annotated[
        str | None, typer.Option(help="System code; by default the first of the settings.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the invariant.")] = None,
) -> None:
    """Start a kernel: invariant, lemma section, notebook, ADR and test, from templates."""
    from proofbook.autopsy.scaffold import scaffold

    console = console_for()
    for path in scaffold(_project(), kernel, system, title):
        console.print(f"wrote {escape(path)}")
    console.print("next: edit the notebook, then `proofbook run` and `proofbook validate`")


def main() -> None:
    """Run the command and exit with its code."""
    run_and_exit(app)
