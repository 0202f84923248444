"""Holding a strength record to its form, to the tree, and to itself; nothing that it says is believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from proofbook.autopsy.canonical import canonical_bytes, parse_json, read_bytes, sha256_hex
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.models import KindStrength, ShownMutant, StrengthRecord
from proofbook.autopsy.project import Project, describe
from proofbook.autopsy.strength.cells import has_proofs, run_cells
from proofbook.autopsy.strength.equivalence import PROVER, equivalents
from proofbook.autopsy.strength.mutants import Mutant, mutants_of, sample
from proofbook.autopsy.strength.subject import record_path, stale_fields, subject_of


@dataclass(frozen=True)
class Problem:
    """Something wrong with a record: in which field, and what."""

    where: str
    what: str


@dataclass(frozen=True)
class Audit:
    """A record as far as it can be read, and what is wrong with it."""

    record: StrengthRecord | None
    problems: list[Problem] = field(default_factory=list)


def audit(project: Project, kernel: str) -> Audit:
    """Hold a kernel's record to the tree.

    Raises:
        ProofbookError: it is not strict JSON.
    """
    path = record_path(project, kernel)
    if not path.is_file():
        return Audit(None, [Problem("", "there is no such record")])
    data = read_bytes(path)
    content = parse_json(data, project.relative(path))
    try:
        record = StrengthRecord.model_validate(content)
    except ValidationError as error:
        where, _, what = describe(error).partition(": ")
        return Audit(None, [Problem(where, what)])
    try:
        canonical = canonical_bytes(content) == data
    except ValueError:
        canonical = False
    if not canonical:
        return Audit(record, [Problem("", "its bytes are not canonical (RFC 8785)")])
    if record.kernel != kernel:
        return Audit(record, [Problem("kernel", f"speaks of {record.kernel}")])
    try:
        stale = stale_fields(record, subject_of(project, kernel))
    except ProofbookError as error:
        return Audit(record, [Problem(error.field or "", error.what)])
    if stale:
        return Audit(record, [Problem(x, "is stale: this was changed since") for x in stale])
    return Audit(record, _consistency(project, kernel, record))


def shown(mutant: Mutant) -> ShownMutant:
    """Return a mutant as a record shows it."""
    return ShownMutant(
        id=mutant.id,
        function=mutant.function,
        operator=mutant.operator,
        line=mutant.line,
        diff=mutant.diff,
        diff_sha256=sha256_hex(mutant.diff.encode()),
    )


def _consistency(project: Project, kernel: str, record: StrengthRecord) -> list[Problem]:
    """Make the mutants anew, and hold population, sample and lists to them."""
    notebook = project.kernel_notebooks[kernel]
    population = mutants_of(notebook)
    problems = []
    if record.population != len(population):
        problems.append(Problem("population", f"is {record.population}, not {len(population)}"))
    least = min(len(population), project.settings.strength_budget)
    chosen = sample(population, len(record.sample))
    if len(record.sample) < least:
        what = f"holds {len(record.sample)} mutants, fewer than the {least} of the budget"
        problems.append(Problem("sample", what))
    if record.sample != [mutant.id for mutant in chosen]:
        return [*problems, Problem("sample", "is not the sample that the mutants' ids give")]
    proved = equivalents(chosen, PROVER)
    stated = {item.id: item.reason for item in record.equivalent}
    if stated != proved or len(record.equivalent) != len(proved):
        problems.append(Problem("equivalent", "holds other mutants than are proved equivalent"))
    problems += _as_made("equivalent", record.equivalent, chosen)
    if (record.proofs is None) == has_proofs(notebook):
        what = "is there without proofs, or missing with them"
        return [*problems, Problem("proofs", what)]
    cells = {cell.id for cell in run_cells(notebook)}
    running = [mutant for mutant in chosen if mutant.id not in proved]
    for name, kind in (("asserts", record.asserts), ("proofs", record.proofs)):
        if kind is not None:
            problems += _lists(name, kind, running, cells)
    return problems


def _lists(name: str, kind: KindStrength, running: list[Mutant], cells: set[str]) -> list[Problem]:
    killed, survivors = [x.id for x in kind.killed], [x.id for x in kind.survivors]
    if sorted([*killed, *survivors]) != [mutant.id for mutant in running]:
        return [Problem(name, "does not hold every mutant that was run exactly once")]
    problems = _as_made(f"{name}.survivors", kind.survivors, running)
    for item in kind.killed:
        if (item.how == "failed") != (item.by in cells):
            problems.append(Problem(f"{name}.killed {item.id}", f"no cell {item.by!r} was run"))
    return problems


def _as_made(name: str, stated: Sequence[ShownMutant], mutants: list[Mutant]) -> list[Problem]:
    made = {mutant.id: mutant for mutant in mutants}
    fields = set(ShownMutant.model_fields)
    return [
        Problem(f"{name} {item.id}", "is not shown as it is")
        for item in stated
        if item.id not in made
        or item.model_dump(include=fields) != shown(made[item.id]).model_dump()
    ]
