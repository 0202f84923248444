"""What flows: invariants, plan, evidence, artifacts, findings, scorecards. JSON Schemas come from here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from proofbook.autopsy.ladder import Rung

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
InvariantId = Annotated[str, Field(pattern=r"^INV-[A-Z][A-Z0-9]{1,9}-[0-9]{4}$")]
LemmaName = Annotated[str, Field(pattern=r"^L[1-9][0-9]*$")]
LemmaId = Annotated[str, Field(pattern=r"^INV-[A-Z][A-Z0-9]{1,9}-[0-9]{4}#L[1-9][0-9]*$")]
KernelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
Path = Annotated[str, Field(pattern=r"^[^/\\][^\\]*$", description="Relative to the root, with /.")]
# JSON readers round integers beyond 2^53 - 1; larger ones are written as "n/1".
_SafeInteger = Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
ExactNumber = (
    _SafeInteger
    | Annotated[str, Field(pattern=r"^(-?[0-9]+/[1-9][0-9]*|-?0x[01]\.[0-9a-f]+p[+-][0-9]+)$")]
)
Comparison = Literal["<=", ">=", "==", "<", ">"]
Status = Literal["draft", "accepted", "deprecated"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LemmaSpec(_Strict):
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
    semantics: Literal["real", "rounded", "ieee754"]
    uses: list[LemmaId] = Field(description="Lemmas that its proof rests on.")


class KernelSpec(_Strict):
    """The extracted module and its public functions and classes."""

    module: str = Field(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+$")
    functions: list[str] = Field(min_length=1)


class Telemetry(_Strict):
    """What a running system reports to show that the invariant still holds."""

    metric: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    op: Comparison
    bound: ExactNumber
    unit: str


class StrengthFloors(_Strict):
    """The least share of mutants, in per cent, that a kernel's VERIFY cells must notice."""

    asserts: int | None = Field(default=None, ge=0, le=100, description="By checks and tests.")
    proofs: int | None = Field(default=None, ge=0, le=100, description="By proofs alone.")


class Invariant(_Strict):
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


class IndexEntry(_Strict):
    """One line of the index of invariants."""

    id: InvariantId
    title: str
    status: Status
    file: str


class InvariantIndex(_Strict):
    """`invariants/INDEX.yaml`: all invariants."""

    schema_: Literal["proofbook/invariant-index@1"] = Field(alias="schema")
    invariants: list[IndexEntry]


class PlannedNotebook(_Strict):
    """A notebook of the plan."""

    path: Path
    kind: Literal["kernel", "implementation"]
    kernels: list[KernelName] = Field(description="What it proves, or what it holds to artifacts.")
    cell_timeout_s: int = Field(ge=1)
    notebook_timeout_s: int = Field(ge=1)


class NotebookPlan(_Strict):
    """`configs/generated/notebook_plan.json`: what is run."""

    schema_: Literal["proofbook/notebook-plan@1"] = Field(alias="schema")
    notebooks: list[PlannedNotebook]


class Digested(_Strict):
    """A file and the digest of its bytes or of its normalised content."""

    path: Path
    sha256: Sha256


class DigestedInvariant(_Strict):
    """An invariant and the digest of its content."""

    id: InvariantId
    sha256: Sha256


class Export(_Strict):
    """A top-level name that a notebook exports."""

    symbol: str
    cell: str = Field(description="Id of the cell that defines it.")
    ast_sha256: Sha256


class Asserted(_Strict):
    """A plain fact, or the plain assertions of a VERIFY cell."""

    kind: Literal["asserted"]
    claim: str


class Tested(_Strict):
    """A property that was tested, at random or on every case."""

    kind: Literal["tested"]
    method: Literal["hypothesis", "exhaustive"]
    property: str
    domain: str
    examples: int = Field(ge=1)


class Control(_Strict):
    """A false claim that was found out."""

    kind: Literal["control"]
    property: str
    domain: str


class Measured(_Strict):
    """A measure that met its bound."""

    kind: Literal["measured"]
    measure: str


Evidence = Annotated[Asserted | Tested | Control | Measured, Field(discriminator="kind")]


class VerifyingCell(_Strict):
    """The VERIFY cell that a lemma's evidence came from."""

    id: str
    ast_sha256: Sha256


class VerifiedLemma(_Strict):
    """A lemma, the rung its evidence reaches, and the evidence."""

    id: LemmaId
    rung: Rung
    cell: VerifyingCell
    evidence: list[Evidence]


class Measure(_Strict):
    """A number with its bound, both exact."""

    lemma: LemmaId
    name: str
    value: ExactNumber
    op: Comparison
    bound: ExactNumber
    unit: str


class VectorCase(_Strict):
    """Arguments and outcome of one call, encoded."""

    args: list[Any]
    outcome: dict[Literal["returns", "raises"], Any] = Field(min_length=1, max_length=1)


class Vectors(_Strict):
    """Calls of an exported function."""

    symbol: str
    cases: list[VectorCase] = Field(min_length=1)


class RequiredKernel(_Strict):
    """Another notebook's kernel that the notebook imported."""

    kernel: KernelName
    sha256: Sha256 = Field(description="Digest of that kernel's exported code.")


class Artifact(_Strict):
    """`configs/generated/<kernel>_verification.json`: what a notebook's run established."""

    schema_: Literal["proofbook/artifact@1"] = Field(alias="schema")
    kernel: KernelName
    invariants: list[DigestedInvariant]
    notebook: Digested
    exports: list[Export]
    lemmas: list[VerifiedLemma]
    measures: list[Measure]
    vectors: list[Vectors]
    inputs: list[Digested]
    requires: list[RequiredKernel]
    toolchain: dict[str, str] = Field(description="Versions that the evidence rests on.")


class EmittedLemma(_Strict):
    """A lemma as the notebook hands it over."""

    id: LemmaId
    passed: bool
    evidence: list[Evidence]


class EmittedEvidence(_Strict):
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


class KilledMutant(_Strict):
    """A mutant that the notebook noticed: in the cell `by`, or by its end or its budget."""

    id: MutantId
    how: Literal["failed", "budget", "died"]
    by: str


class ShownMutant(_Strict):
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


class KindStrength(_Strict):
    """What became of the sample where one kind of evidence was gathered."""

    killed: list[KilledMutant]
    survivors: list[ShownMutant]


class StrengthRecord(_Strict):
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


class Finding(_Strict):
    """Something a gate refuses: what, where, and what to do about it."""

    what: str
    path: str
    where: str = Field(default="", description="Field, cell, lemma or line.")
    remedy: str
    invariant: str | None = Field(
        default=None, description="The invariant it is about, if only one."
    )


class GateResult(_Strict):
    """One gate's verdict."""

    number: int
    name: str
    verdict: Verdict
    findings: list[Finding]
    seconds: float


class ScoredLemma(_Strict):
    """A lemma's place on the ladder."""

    id: LemmaId
    title: str
    requires: Rung
    rung: str
    effective: str


class ScoredInvariant(_Strict):
    """An invariant on the scorecard."""

    id: InvariantId
    title: str
    status: Status
    lemmas: list[ScoredLemma]


class ScoredGate(_Strict):
    """A gate on the committed scorecard."""

    number: int
    name: str
    verdict: Verdict


class ScoredArtifact(_Strict):
    """An artifact on the scorecard."""

    kernel: KernelName
    sha256: Sha256


class Scorecard(_Strict):
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
    "evidence": EmittedEvidence,
    "scorecard": Scorecard,
    "strength": StrengthRecord,
}
