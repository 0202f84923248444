"""Symbols of proofs: `from proofbook.lab.symbolic import integer, real, record, several, subset, text`."""

from proofbook.lab.symbolic.domains import (
    boolean,
    integer,
    rational,
    real,
    record,
    several,
    subset,
    text,
)

__all__ = ["boolean", "integer", "rational", "real", "record", "several", "subset", "text"]
