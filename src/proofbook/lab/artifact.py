"""Reading an artifact back: hold extracted code to the vectors and bounds its notebook recorded."""

import json
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from proofbook.autopsy.canonical import digest, read_json
from proofbook.autopsy.encoding import decode, encode, read_exact_number
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.ladder import height
from proofbook.autopsy.place import GENERATED, find_root, setting


@dataclass(frozen=True)
class Artifact:
    """A verification artifact as read from `path`; `content` is its JSON."""

    path: Path
    content: dict[str, Any]

    def rung(self, lemma: str) -> str:
        """Return the rung recorded for a lemma (`L1`, or `INV-…#L1`).

        Raises:
            KeyError: the artifact has no such lemma, or several.
        """
        found = [
            item["rung"]
            for item in self.content["lemmas"]
            if item["id"] == lemma or item["id"].endswith(f"#{lemma}")
        ]
        if len(found) != 1:
            raise KeyError(f"{self.path.name} has {len(found)} lemmas {lemma}")
        return str(found[0])

    def reaches(self, lemma: str, least: str) -> bool:
        """Say whether the rung recorded for a lemma is at least this one.

        Raises:
            KeyError: the artifact has no such lemma, or several; there is no such rung.
        """
        return height(self.rung(lemma)) >= height(least)

    def measure(self, name: str) -> tuple[Fraction, Fraction]:
        """Return the value and the bound of a measure, as exact rationals.

        Raises:
            KeyError: the artifact has no such measure, or several.
        """
        found = [item for item in self.content["measures"] if item["name"] == name]
        if len(found) != 1:
            raise KeyError(f"{self.path.name} has {len(found)} measures {name}")
        return read_exact_number(found[0]["value"]), read_exact_number(found[0]["bound"])

    def cases(self, symbol: str, module: Any) -> list[tuple[list[Any], Any]]:
        """Return the decoded arguments and the encoded outcome of each vector of a symbol."""
        return [
            ([decode(item, module) for item in case["args"]], case["outcome"])
            for entry in self.content["vectors"]
            if entry["symbol"] == symbol
            for case in entry["cases"]
        ]

    def symbols(self) -> list[str]:
        """Return the exported symbols that have vectors."""
        return [entry["symbol"] for entry in self.content["vectors"]]

    def replay(self, module: Any, symbol: str | None = None) -> int:
        """Call `module`'s functions on every recorded vector and compare the outcomes bit for bit.

        Returns:
            The number of vectors that agreed.

        Raises:
            AssertionError: an outcome differs; the message names symbol, case and both outcomes.
            LookupError: there is no vector to replay.
        """
        count = 0
        for name in [symbol] if symbol else self.symbols():
            for index, (args, expected) in enumerate(self.cases(name, module)):
                got = outcome_of(getattr(module, name), args)
                if got != expected:
                    raise AssertionError(
                        f"{self.path.name}: {name} case {index}: "
                        f"recorded {expected!r:.200}, got {got!r:.200}"
                    )
                count += 1
        if not count:
            raise LookupError(f"{self.path.name} has no vectors for {symbol or 'any symbol'}")
        self._note_replay(symbol, count)
        return count

    def _note_replay(self, symbol: str | None, count: int) -> None:
        """Tell the run that executes this notebook what was replayed in it."""
        target = os.environ.get("PROOFBOOK_REPLAYED")
        if target and symbol is None:
            line = json.dumps({"kernel": self.content["kernel"], "agreed": count})
            with Path(target).open("a", encoding="utf-8") as stream:
                stream.write(f"{line}\n")

    def sha256(self) -> str:
        """Return the digest of the artifact's canonical bytes."""
        return digest(self.content)


def outcome_of(function: Any, args: list[Any]) -> dict[str, Any]:
    """Return `{"returns": encoded}` or `{"raises": exception name}` of a call.

    Raises:
        TypeError: the result has no exact JSON form.
    """
    try:
        result = function(*args)
    except (ArithmeticError, ValueError, TypeError, LookupError) as error:
        return {"raises": type(error).__name__}
    return {"returns": encode(result)}


def load_artifact(kernel: str) -> Artifact:
    """Read the committed `<kernel>_verification.json` of the project around.

    Raises:
        ProofbookError: there is no such artifact, or it is not strict JSON.
    """
    root = find_root()
    path = root / setting(root, "generated", GENERATED) / f"{kernel}_verification.json"
    content = read_json(path)
    if not isinstance(content, dict) or "vectors" not in content:
        raise ProofbookError("is not a verification artifact", path=path)
    return Artifact(path, content)
