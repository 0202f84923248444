"""The folder of statements and proof records, each named by the digest of its statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from proofbook.autopsy.atomic import write_if_changed
from proofbook.autopsy.canonical import canonical_bytes, read_bytes, read_json
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.proofs.records import ProofRecord
from proofbook.autopsy.proofs.statement import statement_digest

FOLDER = "obligations"


@dataclass(frozen=True)
class ProofStore:
    """Statements (`<sha256>.smt2`) and their records (`<sha256>.json`) in one folder."""

    folder: Path

    def statement_path(self, sha256: str) -> Path:
        """Return where a statement's text is."""
        return self.folder / f"{sha256}.smt2"

    def record_path(self, sha256: str) -> Path:
        """Return where a statement's record is."""
        return self.folder / f"{sha256}.json"

    def text(self, sha256: str) -> str:
        """Return a statement's text, held to its digest.

        Raises:
            ProofbookError: it is missing, or is not the text of that digest.
        """
        path = self.statement_path(sha256)
        data = read_bytes(path)
        text = data.decode("utf-8", errors="replace")
        if statement_digest(text) != sha256:
            raise ProofbookError(
                "is not the statement of its name: it was changed",
                path=path,
                remedy="`proofbook run` writes statements anew",
            )
        return text

    def record(self, sha256: str) -> ProofRecord | None:
        """Return a statement's record, None where there is none.

        Raises:
            ProofbookError: it cannot be read, or is another statement's.
        """
        path = self.record_path(sha256)
        if not path.exists():
            return None
        try:
            record = ProofRecord.model_validate(read_json(path))
        except ValidationError as error:
            where = "/".join(str(part) for part in error.errors()[0]["loc"])
            raise ProofbookError(
                error.errors()[0]["msg"], path=path, field=where, remedy=_AGAIN
            ) from error
        if record.statement_sha256 != sha256:
            raise ProofbookError("is the record of another statement", path=path, remedy=_AGAIN)
        return record

    def keep(self, text: str, record: ProofRecord) -> list[Path]:
        """Write a statement and its record; return what changed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        sha256 = record.statement_sha256
        data = canonical_bytes(record.model_dump(by_alias=True))
        pairs = [(self.statement_path(sha256), text.encode()), (self.record_path(sha256), data)]
        return [path for path, content in pairs if write_if_changed(path, content)]

    def names(self) -> list[Path]:
        """Return all files of the folder."""
        return sorted(self.folder.iterdir()) if self.folder.is_dir() else []

    def strangers(self, wanted: Iterable[str]) -> list[Path]:
        """Return the files that belong to none of these statements."""
        kept = set(wanted)
        return [p for p in self.names() if p.stem not in kept or p.suffix not in {".smt2", ".json"}]


_AGAIN = "remove it, and let `proofbook run` make it again"
