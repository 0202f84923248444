"""Which kinds of evidence a run gathers: all of them, or, while strength is measured, one kind at a time."""

import os
from typing import Literal

from proofbook.autopsy.errors import ProofbookError

Kind = Literal["asserts", "proofs"]
VARIABLE = "PROOFBOOK_EVIDENCE_KINDS"
FIRST_FAILURE = "PROOFBOOK_FIRST_FAILURE"


def wanted(kind: Kind) -> bool:
    """Say whether evidence of a kind is gathered: `asserts` are checks and measures, `proofs` are proofs.

    What is not gathered is not recorded either, so a notebook that switches its own checks off proves
    nothing.

    Raises:
        ProofbookError: the variable holds neither `asserts` nor `proofs`.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen is None:
        return True
    if chosen not in {"asserts", "proofs"}:
        raise ProofbookError(f"is {chosen!r}", field=VARIABLE, remedy="asserts, proofs, or unset")
    return chosen == kind


def stops_at_first_failure() -> bool:
    """Say whether only the verdict is wanted: the counterexample is not shrunk, the verdict is the same."""
    return os.environ.get(FIRST_FAILURE) == "1"
