"""The one error a user may cause: it names the file, the field and the remedy."""

from pathlib import Path


class ProofbookError(Exception):
    """The tool could not run: bad configuration, unreadable input, missing file (exit code 2).

    Attributes:
        what: one sentence that says what is wrong.
        path: the file or folder it is about, if any.
        field: the field, cell or line inside that file, if any.
        remedy: what the user can do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        path: Path | str | None = None,
        field: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.path = str(path) if path is not None else None
        self.field = field
        self.remedy = remedy
        super().__init__(self.line())

    def line(self) -> str:
        """Return the message as one line: `path: field: what (remedy)`."""
        place = ": ".join(part for part in (self.path, self.field) if part)
        text = f"{place}: {self.what}" if place else self.what
        text = f"{text} ({self.remedy})" if self.remedy else text
        return " ".join(text.split())


class NotAssembled(ValueError):
    """A notebook ran, but what it emitted makes no artifact; `where` names the cell or field."""

    def __init__(self, what: str, where: str, remedy: str) -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(f"{where}: {what}")
