"""What is kept of proofs: obligations in the artifact, and a record beside each statement."""

from typing import Annotated, Any, Literal

from pydantic import Field

from proofbook.autopsy.field_types import LemmaId, Sha256, Strict


class SolverAnswer(Strict):
    """What a solver answered to a statement's text."""

    tool: Literal["z3", "cvc5"]
    version: str
    options: str
    result: Literal["unsat", "sat", "unknown", "not run"]
    resource_count: int = Field(ge=0, description="The solver's own count, no seconds.")


class CertificateCheck(Strict):
    """A certificate that the checker accepts."""

    tool: Literal["certificate"]
    checker: str
    certificate_sha256: Sha256
    result: Literal["accepted"]


class Recheck(Strict):
    """A proof object that an independent proof checker accepts."""

    tool: Literal["ethos"]
    version: str
    proof_sha256: Sha256
    result: Literal["accepted"]


ProofEvidence = Annotated[SolverAnswer | CertificateCheck | Recheck, Field(discriminator="tool")]


class ControlResult(Strict):
    """What a control of a statement showed."""

    kind: Literal["hypotheses", "dropped", "variant"]
    hypothesis: str | None = Field(description="The one that was dropped.")
    result: Literal["shown", "dead", "vacuous", "unknown"]


class WitnessedControl(ControlResult):
    """A control with the numbers that show it, rationals as `p/q`."""

    witness: dict[str, str | bool] | None


class ProofRecord(Strict):
    """`obligations/<sha256>.json`: all that is known of the statement of that digest."""

    schema_: Literal["proofbook/proof@1"] = Field(alias="schema")
    statement_sha256: Sha256
    evidence: list[ProofEvidence]
    controls: list[WitnessedControl]
    certificate: Any = Field(description="A polynomial certificate, or null.")


class Binding(Strict):
    """An exported function whose code was run to make a statement."""

    symbol: str
    cell: str
    ast_sha256: Sha256


class Obligation(Strict):
    """A statement about exported code, and what discharges it."""

    id: str = Field(pattern=r"^INV-[A-Z][A-Z0-9]{1,9}-[0-9]{4}#L[1-9][0-9]*/[1-9][0-9]*$")
    lemma: LemmaId
    claim: str
    scope: str = Field(description="For which sizes and values it speaks.")
    semantics: Literal["real", "rounded"]
    logic: Literal["QF_NIRA"]
    expected: Literal["unsat"]
    statement_sha256: Sha256
    hypotheses: list[str]
    assumes: list[str] = Field(description="What symbols assume by what they are.")
    bindings: list[Binding] = Field(min_length=1)
    evidence: list[ProofEvidence]
    controls: list[ControlResult]
