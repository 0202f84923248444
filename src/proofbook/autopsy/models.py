"""What flows: invariants, plan, evidence, artifacts, findings, scorecards. JSON Schemas come from here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from proofbook.autopsy.field_types import (
    Comparison,
    ExactNumber,
    InvariantId,
    KernelName,
    LemmaId,
    LemmaName,
    Path,
    Sha256,
    Status,
    Strict,
)
from proofbook.autopsy.ladder import Rung
from proofbook.autopsy.proofs.records import Obligation, ProofRecord


class LemmaSpec(Strict):
    """A law that an invariant states."""

    id: LemmaName
    title: str = Field(min_length=1)
    kind: Literal[
        "bound",
        "monotonicity",
        "symmetry",
        "order",
        "algebra",
        "functional",
        "soundness",
        "completeness",
        "exactness",
        "convergence",
        "security",
        "rounding",
    ]
    requires: Rung = Field(description="The least rung an accepted invariant needs.")
    semantics: Literal["real", "rounded", "ieee754", "discrete"]
    uses: list[LemmaId] = Field(description="Lemmas that its proof rests on.")


class KernelSpec(Strict):
    """The extracted module and its public functions and classes."""

    module: str = Field(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+$")
    functions: list[str] = Field(min_length=1)


class Telemetry(Strict):
    """What a running system reports to show that the invariant still holds."""

    metric: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    op: Comparison
    bound: ExactNumber
    unit: str


class StrengthFloors(Strict):
    """The least share of mutants, in per cent, that a kernel's VERIFY cells must notice."""

    asserts: int | None = Field(default=None, ge=0, le=100, description="By checks and tests.")
    proofs: int | None = Field(default=None, ge=0, le=100, description="By proofs alone.")


class Invariant(Strict):
    """One invariant: `invariants/INV-<SYSTEM>-<NNNN>.yaml`."""

    schema_: Literal["proofbook/invariant@1"] = Field(alias="schema")
    id: InvariantId
    title: str = Field(min_length=1)
    system: str
    status: Status
    revision: str = Field(pattern=r"^[0-9]+\.[0-9]+$")
    owner: str = Field(min_length=1)
    kernel: KernelSpec
    intent: str = Field(min_length=1)
    statement: str = Field(min_length=1)
    formula: str = Field(min_length=1, description="LaTeX.")
    lemmas: list[LemmaSpec] = Field(min_length=1)
    notebook: Path
    artifact: Path
    adr: Path
    telemetry: list[Telemetry]
    strength: StrengthFloors | None = Field(
        default=None, description="Other floors than those of the settings."
    )

    def lemma_id(self, lemma: LemmaSpec) -> str:
        """Return the full id, `INV-…#L1`."""
        return f"{self.id}#{lemma.id}"

    def kernel_name(self) -> str:
        """Return the last part of the kernel's module."""
        return self.kernel.module.rsplit(".", 1)[1]


class IndexEntry(Strict):
    """One line of the index of invariants."""

    id: InvariantId
    title: str
    status: Status
    file: str


class InvariantIndex(Strict):
    """`invariants/INDEX.yaml`: all invariants."""

    schema_: Literal["proofbook/invariant-index@1"] = Field(alias="schema")
    invariants: list[IndexEntry]


class PlannedNotebook(Strict):
    """A notebook of the plan."""

    path: Path
    kind: Literal["kernel", "implementation"]
    kernels: list[KernelName] = Field(description="What it proves, or what it holds to artifacts.")
    cell_timeout_s: int = Field(ge=1)
    notebook_timeout_s: int = Field(ge=1)


class NotebookPlan(Strict):
    """`configs/generated/notebook_plan.json`: what is run."""

    schema_: Literal["proofbook/notebook-plan@1"] = Field(alias="schema")
    notebooks: list[PlannedNotebook]


class Digested(Strict):
    """A file and the digest of its bytes or of its normalised content."""

    path: Path
    sha256: Sha256


class DigestedInvariant(Strict):
    """An invariant and the digest of its content."""

    id: InvariantId
    sha256: Sha256


class Export(Strict):
    """A top-level name that a notebook exports."""

    symbol: str
    cell: str = Field(description="Id of the cell that defines it.")
    ast_sha256: Sha256


class Asserted(Strict):
    """A plain fact, or the plain assertions of a VERIFY cell."""

    kind: Literal["asserted"]
    claim: str


class Tested(Strict):
    """A property that was tested, at random or on every case."""

    kind: Literal["tested"]
    method: Literal["hypothesis", "exhaustive"]
    property: str
    domain: str
    examples: int = Field(ge=1)


class Control(Strict):
    """A false claim that was found out."""

    kind: Literal["control"]
    property: str
    domain: str


class Measured(Strict):
    """A measure that met its bound."""

    kind: Literal["measured"]
    measure: str


class Enclosed(Strict):
    """A bound that ball arithmetic (Arb) shows on every point of a box."""

    kind: Literal["enclosed"]
    claim: str
    box: list[list[ExactNumber]]
    op: Literal["<=", ">="]
    bound: ExactNumber
    parts: int = Field(ge=1, description="Sub-boxes that cover the box.")
    precision: int = Field(ge=2, description="Of the balls, in bits.")


class Proved(Strict):
    """A claim about the kernel's code that is an obligation of the artifact."""

    kind: Literal["proved"]
    obligation: str = Field(description="Id of the obligation.")


Evidence = Annotated[Asserted | Tested | Control | Measured | Proved, Field(discriminator="kind")]


class VerifyingCell(Strict):
    """The VERIFY cell that a lemma's evidence came from."""

    id: str
    ast_sha256: Sha256


class VerifiedLemma(Strict):
    """A lemma, the rung its evidence reaches, and the evidence."""

    id: LemmaId
    rung: Rung
    cell: VerifyingCell
    evidence: list[Evidence]


class Measure(Strict):
    """A number with its bound, both exact."""

    lemma: LemmaId
    name: str
    value: ExactNumber
    op: Comparison
    bound: ExactNumber
    unit: str


class VectorCase(Strict):
    """Arguments and outcome of one call, encoded."""

    args: list[Any]
    outcome: dict[Literal["returns", "raises"], Any] = Field(min_length=1, max_length=1)


class Vectors(Strict):
    """Calls of an exported function."""

    symbol: str
    cases: list[VectorCase] = Field(min_length=1)


class RequiredKernel(Strict):
    """Another notebook's kernel that the notebook imported."""

    kernel: KernelName
    sha256: Sha256 = Field(description="Digest of that kernel's exported code.")


class Artifact(Strict):
    """`configs/generated/<kernel>_verification.json`: what a notebook's run established."""

    schema_: Literal["proofbook/artifact@1"] = Field(alias="schema")
    kernel: KernelName
    invariants: list[DigestedInvariant]
    notebook: Digested
    exports: list[Export]
    lemmas: list[VerifiedLemma]
    obligations: list[Obligation]
    measures: list[Measure]
    vectors: list[Vectors]
    inputs: list[Digested]
    requires: list[RequiredKernel]
    toolchain: dict[str, str] = Field(description="Versions that the evidence rests on.")


class Claimed(Strict):
    """A claim that a notebook makes a statement of: what ran for it, and the statement's text."""

    kind: Literal["claimed"]
    claim: str = Field(min_length=1)
    scope: str = Field(min_length=1)
    semantics: Literal["real", "rounded"]
    about: list[str] = Field(min_length=1)
    hypotheses: list[str]
    assumes: list[str]
    ran: dict[str, Sha256] = Field(
        description="Functions that were run, and digests of their code."
    )
    statement: str = Field(description="SMT-LIB2.")


class Unclaimed(Strict):
    """A claim of which no statement could be made, since the solver is not installed."""

    kind: Literal["unclaimed"]
    claim: str
    reason: str


EmittedItem = Annotated[
    Asserted | Tested | Control | Measured | Enclosed | Claimed | Unclaimed,
    Field(discriminator="kind"),
]


class EmittedLemma(Strict):
    """A lemma as the notebook hands it over."""

    id: LemmaId
    passed: bool
    evidence: list[EmittedItem]


class EmittedEvidence(Strict):
    """What a notebook's `emit()` hands to the run."""

    schema_: Literal["proofbook/evidence@1"] = Field(alias="schema")
    kernel: KernelName
    invariants: list[InvariantId]
    lemmas: list[EmittedLemma]
    measures: list[Measure]
    vectors: list[Vectors]
    inputs: list[Path]
    requires: list[KernelName]


MutantId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class KilledMutant(Strict):
    """A mutant that the notebook noticed: in the cell `by`, or by its end or its budget."""

    id: MutantId
    how: Literal["failed", "budget", "died"]
    by: str


class ShownMutant(Strict):
    """A mutant as a reader sees it; `line` counts from the function's `def`, which is line 1."""

    id: MutantId
    function: str
    operator: str
    line: int = Field(ge=1)
    diff: str
    diff_sha256: Sha256


class EquivalentMutant(ShownMutant):
    """A mutant that was proved to mean the same as the kernel."""

    reason: str = Field(min_length=1)


class KindStrength(Strict):
    """What became of the sample where one kind of evidence was gathered."""

    killed: list[KilledMutant]
    survivors: list[ShownMutant]


class StrengthRecord(Strict):
    """`configs/generated/strength/<kernel>.json`: which mutants of a kernel its notebook notices."""

    schema_: Literal["proofbook/strength@1"] = Field(alias="schema")
    kernel: KernelName
    operators: int = Field(ge=1, description="Version of the mutation operators.")
    exports: Sha256 = Field(description="Digest of the exported code.")
    checks: Sha256 = Field(description="Digest of all other cells that are run.")
    requires: list[RequiredKernel]
    inputs: list[Digested]
    population: int = Field(ge=0, description="How many distinct mutants there are.")
    sample: list[MutantId] = Field(description="Those that were run: the first by id.")
    equivalent: list[EquivalentMutant]
    asserts: KindStrength
    proofs: KindStrength | None = Field(description="None where the notebook proves nothing.")


Verdict = Literal["passed", "failed", "draft only", "not built", "not run"]
Decision = Literal["green", "yellow", "red"]


class Finding(Strict):
    """Something a gate refuses: what, where, and what to do about it."""

    what: str
    path: str
    where: str = Field(default="", description="Field, cell, lemma or line.")
    remedy: str
    invariant: str | None = Field(
        default=None, description="The invariant it is about, if only one."
    )


class GateResult(Strict):
    """One gate's verdict."""

    number: int
    name: str
    verdict: Verdict
    findings: list[Finding]
    seconds: float


class ScoredLemma(Strict):
    """A lemma's place on the ladder."""

    id: LemmaId
    title: str
    requires: Rung
    rung: str
    effective: str


class ScoredInvariant(Strict):
    """An invariant on the scorecard."""

    id: InvariantId
    title: str
    status: Status
    lemmas: list[ScoredLemma]


class ScoredGate(Strict):
    """A gate on the committed scorecard."""

    number: int
    name: str
    verdict: Verdict


class ScoredArtifact(Strict):
    """An artifact on the scorecard."""

    kernel: KernelName
    sha256: Sha256


class Scorecard(Strict):
    """`configs/generated/scorecard.json`: the decision and what it rests on; no clock, no host."""

    schema_: Literal["proofbook/scorecard@1"] = Field(alias="schema")
    decision: Decision
    gates: list[ScoredGate]
    invariants: list[ScoredInvariant]
    artifacts: list[ScoredArtifact]


FILE_KINDS: dict[str, type[BaseModel]] = {
    "invariant": Invariant,
    "invariant_index": InvariantIndex,
    "notebook_plan": NotebookPlan,
    "artifact": Artifact,
    "proof": ProofRecord,
    "evidence": EmittedEvidence,
    "scorecard": Scorecard,
    "strength": StrengthRecord,
}
