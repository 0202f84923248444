"""Types of fields that several kinds of files share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
InvariantId = Annotated[str, Field(pattern=r"^INV-[A-Z][A-Z0-9]{1,9}-[0-9]{4}$")]
LemmaName = Annotated[str, Field(pattern=r"^L[1-9][0-9]*$")]
LemmaId = Annotated[str, Field(pattern=r"^INV-[A-Z][A-Z0-9]{1,9}-[0-9]{4}#L[1-9][0-9]*$")]
KernelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
Path = Annotated[str, Field(pattern=r"^[^/\\][^\\]*$", description="Relative to the root, with /.")]
# JSON readers round integers beyond 2^53 - 1; larger ones are written as "n/1".
SafeInteger = Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
ExactNumber = (
    SafeInteger
    | Annotated[str, Field(pattern=r"^(-?[0-9]+/[1-9][0-9]*|-?0x[01]\.[0-9a-f]+p[+-][0-9]+)$")]
)
Comparison = Literal["<=", ">=", "==", "<", ">"]
Status = Literal["draft", "accepted", "deprecated"]


class Strict(BaseModel):
    """A part of a file: no unknown fields, no coercion, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
