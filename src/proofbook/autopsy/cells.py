"""What a code cell is for, read off its first lines: `#| export` and `# VERIFY:L1`."""

import re
from dataclasses import dataclass

# Kernels of other notebooks, as notebooks import them; extraction rewrites the prefix.
LAB_KERNELS = "proofbook.lab.kernels"
_DIRECTIVE = re.compile(r"^#\|\s*(?P<text>.+?)\s*$")
_VERIFY = re.compile(
    r"^#\s*VERIFY:(?:(?P<invariant>INV-[A-Z][A-Z0-9]*-\d{4})#)?(?P<lemma>L[1-9]\d*)\b"
    r"\s*(?:[—–:-]\s*(?P<title>.*\S))?\s*$"
)


@dataclass(frozen=True)
class VerifyMark:
    """A `# VERIFY:` line: `lemma` is `L1`; `invariant` is None where the notebook has only one."""

    lemma: str
    invariant: str | None
    title: str


def is_export(source: str) -> bool:
    """Say whether a cell is marked `#| export` above its first statement."""
    for line in source.splitlines():
        found = _DIRECTIVE.match(line)
        if found:
            if found["text"] == "export":
                return True
        elif line.strip() and not line.lstrip().startswith("#"):
            return False
    return False


def exported_code(source: str) -> str:
    """Return an export cell's source without its `#|` directive lines."""
    lines = [line for line in source.splitlines() if not _DIRECTIVE.match(line)]
    return "\n".join(lines).strip("\n") + "\n"


def verify_marks(source: str) -> list[VerifyMark]:
    """Return the VERIFY marks of a cell, in order."""
    marks = []
    for line in source.splitlines():
        found = _VERIFY.match(line)
        if found:
            marks.append(VerifyMark(found["lemma"], found["invariant"], found["title"] or ""))
    return marks
