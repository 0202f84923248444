"""The prose side of the lemmas: `docs/math/<SYSTEM>_LEMMAS_APPENDIX.md`, read for its headings."""

import re
from dataclasses import dataclass
from pathlib import Path

from proofbook.autopsy.canonical import read_text

_HEADING = re.compile(r"^###\s+(?P<id>INV-[A-Z][A-Z0-9]*-\d{4}#L\d+)\s+[—–-]+\s+(?P<title>.+?)\s*$")
_SECTION = re.compile(r"^##\s+(?P<id>INV-[A-Z][A-Z0-9]*-\d{4})\b")
_STATUS = re.compile(r"^\*\*Status:\*\*\s*(?P<status>Draft|Rev \d+\.\d+|Deprecated)\s*$")
_INDEX_ROW = re.compile(
    r"^\|\s*\[?(?P<id>INV-[A-Z][A-Z0-9]*-\d{4}#L\d+)\]?[^|]*\|\s*(?P<title>[^|]*?)\s*\|"
    r"\s*(?P<status>[^|]*?)\s*\|\s*$"
)
APPENDIX_SUFFIX = "_LEMMAS_APPENDIX.md"


@dataclass(frozen=True)
class ProseLemma:
    """A lemma's heading in the appendix; `status` is empty where it has none."""

    id: str
    title: str
    status: str
    line: int
    words: int


@dataclass(frozen=True)
class Appendix:
    """What an appendix says: lemmas by heading, rows of the quick index, files its sections link to."""

    path: str
    lemmas: tuple[ProseLemma, ...]
    index: tuple[tuple[str, str, str], ...]
    links: dict[str, str]


def appendix_path(docs: str, system: str) -> str:
    """Return where a system's appendix stands, relative to the root."""
    return f"{docs}/{system}{APPENDIX_SUFFIX}"


def read_appendix(root: Path, path: str) -> Appendix:
    """Read an appendix; a missing file is an empty one."""
    file = root / path
    lines = read_text(file, path).splitlines() if file.exists() else []
    lemmas: list[ProseLemma] = []
    index: list[tuple[str, str, str]] = []
    links: dict[str, str] = {}
    section = ""
    for number, line in enumerate(lines):
        row = _INDEX_ROW.match(line)
        if row:
            index.append((row["id"], row["title"], row["status"]))
        found = _SECTION.match(line)
        if found:
            section = found["id"]
            links[section] = ""
        elif section and not line.startswith("#"):
            links[section] += line + "\n"
        heading = _HEADING.match(line)
        if heading:
            status, words = _body(lines[number + 1 :])
            lemmas.append(ProseLemma(heading["id"], heading["title"], status, number + 1, words))
    return Appendix(path, tuple(lemmas), tuple(index), links)


def _body(lines: list[str]) -> tuple[str, int]:
    status, words = "", 0
    for line in lines:
        if line.startswith("#"):
            break
        found = _STATUS.match(line)
        if found and not status:
            status = found["status"]
        elif line.strip():
            words += len(line.split())
    return status, words
