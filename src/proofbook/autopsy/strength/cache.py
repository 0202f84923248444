"""Verdicts that are already known, kept under the logs: an interrupted run goes on where it stopped."""

import json
from pathlib import Path

from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.strength.harness import Kind, Verdict


class Verdicts:
    """The verdicts of one kernel and kind, valid under one key; others are forgotten."""

    def __init__(self, folder: Path, kernel: str, kind: Kind, key: str) -> None:
        self.path, self.key = folder / f"{kernel}-{kind}.json", key
        self.known = self._read()

    def _read(self) -> dict[str, Verdict]:
        try:
            content = json.loads(self.path.read_bytes())
            if content["key"] != self.key:
                return {}
            return {name: Verdict(name, *item) for name, item in content["verdicts"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}  # a cache that cannot be read is an empty one

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict.

        Raises:
            ProofbookError: the logs cannot be written.
        """
        self.known[verdict.id] = verdict
        kept = {name: [item.how, item.by] for name, item in sorted(self.known.items())}
        write_atomic(self.path, json.dumps({"key": self.key, "verdicts": kept}).encode())
