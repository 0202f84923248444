"""Canonical bytes (RFC 8785) and digests of JSON values that hold no floats."""

import hashlib
import json
from pathlib import Path
from typing import Any

import rfc8785

from proofbook.autopsy.errors import ProofbookError


def canonical_bytes(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value.

    Floats are refused: their shortest decimal form is a property of the printer, and evidence must
    not rest on one. Integers beyond 2^53 - 1 are refused too, since JSON readers round them.

    Raises:
        ValueError: the value holds a float, an integer out of range, or something that is not JSON.
    """
    _refuse_floats(value, "$")
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def _refuse_floats(value: Any, where: str) -> None:
    if isinstance(value, float):
        raise ValueError(f"{where}: floats are not allowed in hashed JSON; write float.hex()")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_floats(item, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _refuse_floats(item, f"{where}[{index}]")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes of a JSON value."""
    return sha256_hex(canonical_bytes(value))


def read_json(path: Path) -> Any:
    """Read strict JSON: duplicate keys, NaN and infinities are refused.

    Raises:
        ProofbookError: the file is missing, unreadable or not strict JSON.
    """
    return parse_json(read_bytes(path), path)


def parse_json(data: bytes, path: Path | str) -> Any:
    """Parse strict JSON bytes; `path` is for the message only."""
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise ProofbookError("is not UTF-8", path=path, remedy="save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise ProofbookError(
            f"is not JSON: {error.msg}",
            path=path,
            field=f"line {error.lineno} column {error.colno}",
            remedy="restore it from version control or regenerate it",
        ) from error
    except RecursionError as error:
        raise ProofbookError("is nested too deeply", path=path, remedy="flatten it") from error
    except ValueError as error:
        raise ProofbookError(str(error), path=path, remedy="write each key once") from error


def read_bytes(path: Path) -> bytes:
    """Read a file's bytes.

    Raises:
        ProofbookError: the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ProofbookError("no such file", path=path) from error
    except OSError as error:
        raise ProofbookError(f"cannot be read: {error.strerror}", path=path) from error


def read_text(path: Path, name: str | None = None) -> str:
    """Read a file's text; `name` is what messages call it.

    Raises:
        ProofbookError: the file is missing, cannot be read or is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProofbookError(
            "is not UTF-8", path=name or path, remedy="save it as UTF-8"
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"duplicate key {key!r}")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
