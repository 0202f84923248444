"""What is searched and asked: units, questions, and the collections that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["dialogue", "documents"]


class CollectionError(Exception):
    """A collection that cannot be read; the message names file, field and what is wrong."""

    def __init__(self, path: Path, field_name: str, problem: str) -> None:
        super().__init__(f"{path}: {field_name}: {problem}" if field_name else f"{path}: {problem}")


@dataclass(frozen=True)
class Unit:
    """What is searched for: a dialogue turn or a document.

    `session` groups consecutive turns; `speaker`, `session` and `date` are empty for documents.
    """

    id: str
    text: str
    speaker: str = ""
    session: str = ""
    date: str = ""

    @property
    def line(self) -> str:
        """Everything that is known of the unit as one text, for systems that search plain text."""
        return f"{self.speaker} ({self.date}): {self.text}" if self.speaker else self.text


@dataclass(frozen=True)
class Question:
    """A query and the grades (positive integers) of the units that answer it."""

    id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class Collection:
    """One corpus with its questions; `left_out` counts, by reason, what the files held and this does not.

    `origin` names the data set and `name` this corpus in it; units of a dialogue stand in order of time.
    """

    origin: str
    name: str
    kind: Kind
    units: tuple[Unit, ...]
    questions: tuple[Question, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
