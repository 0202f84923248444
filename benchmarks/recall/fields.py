"""Reading files field by field: whatever is missing or malformed is named by file and field.

Every function raises CollectionError, and nothing else, for what it does not find as expected.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.recall.collections import CollectionError


def read_text(path: Path) -> str:
    """Return a UTF-8 file's text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CollectionError(path, "", "no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionError(path, "", f"cannot be read: {error}") from error


def read_json(path: Path) -> Any:
    """Return a JSON file's content."""
    try:
        return json.loads(read_text(path))
    except ValueError as error:
        raise CollectionError(path, "", f"is not JSON: {error}") from error


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and object of each line that is not blank."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise CollectionError(path, f"line {number}", f"is not JSON: {error}") from error
        if not isinstance(item, dict):
            raise CollectionError(path, f"line {number}", "is not an object")
        yield number, item


def member(path: Path, at: str, item: Any, key: str) -> Any:
    """Return `item[key]`, where `item` stands at `at` in the file and must be an object."""
    if not isinstance(item, dict):
        raise CollectionError(path, at, "is not an object")
    if key not in item:
        raise CollectionError(path, f"{at}.{key}", "is missing")
    return item[key]


def string(path: Path, at: str, value: Any, *, empty: bool = False) -> str:
    """Return the value found at `at` if it is a text, and not a blank one unless `empty`."""
    if not isinstance(value, str) or (not empty and not value.strip()):
        raise CollectionError(path, at, "is missing" if value is None else "is not a text")
    return value


def refuse_duplicates(path: Path, what: str, ids: list[str]) -> None:
    """Refuse ids of which there is none, or one twice."""
    if not ids:
        raise CollectionError(path, what, "there is none")
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise CollectionError(path, what, f"{name!r} stands twice")
        seen.add(name)
