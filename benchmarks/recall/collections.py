"""Collections to search: LoCoMo conversations, Cranfield, and anything in the BEIR layout.

Each loader checks what it reads and names file and field where it is not as the format says.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

Kind = Literal["dialogue", "documents"]

CRANFIELD_FILES = ("cran.all.1400.xml", "cran.qry.xml", "cranqrel.trec.txt")
BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")
ADVERSARIAL = 5
"""LoCoMo's category of questions that the conversation does not answer."""

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SESSION = re.compile(r"^session_(\d+)$")
_TURN_ID = re.compile(r"D:?(\d+):(\d+)")


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


def load_locomo(path: Path) -> list[Collection]:
    """Read LoCoMo conversations, one collection each (Maharana et al., 2024, arXiv:2402.17753).

    A unit is a dialogue turn with the caption of the picture it shares. Questions of category 5
    (adversarial: the conversation does not answer them) and without evidence are left out.

    Raises:
        CollectionError: the file is missing or malformed.
    """
    content = _read_json(path)
    if not isinstance(content, list) or not content:
        raise CollectionError(path, "", "is not a non-empty list of conversations")
    return [_conversation(path, f"[{n}]", item) for n, item in enumerate(content)]


def load_cranfield(folder: Path) -> list[Collection]:
    """Read the Cranfield collection: 1,400 abstracts, 225 queries, TREC judgements.

    The judgements number queries by their position in the query file, not by `<num>`.

    Raises:
        CollectionError: a file is missing or malformed.
    """
    documents, topics, judgements = (folder / name for name in CRANFIELD_FILES)
    units = tuple(
        Unit(
            _element(documents, f"doc[{n}]", item, "docno"),
            _title_and_text(_text_of(item, "title"), _text_of(item, "text")),
        )
        for n, item in enumerate(_elements(documents, "doc"))
    )
    _refuse_duplicates(documents, "docno", [unit.id for unit in units])
    graded = _trec_judgements(judgements, {unit.id for unit in units})
    texts = [
        _element(topics, f"top[{n}]", item, "title")
        for n, item in enumerate(_elements(topics, "top"))
    ]
    queries = {str(position): text for position, text in enumerate(texts, start=1)}
    return [_judged("cranfield", "cranfield", units, queries, graded, judgements=judgements)]


def load_beir(folder: Path) -> list[Collection]:
    """Read a collection in the BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`
    (Thakur et al., 2021, arXiv:2104.08663).

    Raises:
        CollectionError: a file is missing or malformed.
    """
    corpus, queries, judgements = (folder / name for name in BEIR_FILES)
    units = tuple(
        Unit(
            _string(corpus, f"line {line}: _id", item.get("_id")),
            _title_and_text(
                _string(corpus, f"line {line}: title", item.get("title", ""), empty=True),
                _string(corpus, f"line {line}: text", item.get("text"), empty=True),
            ),
        )
        for line, item in _json_lines(corpus)
    )
    _refuse_duplicates(corpus, "_id", [unit.id for unit in units])
    asked = [
        (
            _string(queries, f"line {line}: _id", item.get("_id")),
            _string(queries, f"line {line}: text", item.get("text")),
        )
        for line, item in _json_lines(queries)
    ]
    _refuse_duplicates(queries, "_id", [name for name, _ in asked])
    graded = _beir_judgements(judgements, {unit.id for unit in units})
    return [
        _judged("beir", folder.resolve().name, units, dict(asked), graded, judgements=judgements)
    ]


def evidence_ids(entries: list[str]) -> list[str]:
    """Return the turn ids named in a question's evidence, each once, in order.

    Some entries hold several ids, leading zeros, or a colon too many.

    >>> evidence_ids(["D8:6; D9:17", "D30:05", "D:11:26", "D"])
    ['D8:6', 'D9:17', 'D30:5', 'D11:26']
    """
    found = [match for entry in entries for match in _TURN_ID.findall(entry)]
    return list(dict.fromkeys(f"D{int(session)}:{int(turn)}" for session, turn in found))


def _conversation(path: Path, at: str, item: Any) -> Collection:
    name = _string(path, f"{at}.sample_id", _member(path, at, item, "sample_id"))
    units = tuple(_turns(path, f"{at}.conversation", _member(path, at, item, "conversation")))
    _refuse_duplicates(path, f"{at}.conversation dia_id", [unit.id for unit in units])
    known = {unit.id for unit in units}
    asked = _member(path, at, item, "qa")
    if not isinstance(asked, list):
        raise CollectionError(path, f"{at}.qa", "is not a list")
    questions: list[Question] = []
    left_out = {"adversarial": 0, "without evidence": 0}
    for n, entry in enumerate(asked):
        place = f"{at}.qa[{n}]"
        text = _string(path, f"{place}.question", _member(path, place, entry, "question"))
        evidence = _member(path, place, entry, "evidence")
        if not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
            raise CollectionError(path, f"{place}.evidence", "is not a list of strings")
        relevant = [turn for turn in evidence_ids(evidence) if turn in known]
        if _member(path, place, entry, "category") == ADVERSARIAL:
            left_out["adversarial"] += 1
        elif not relevant:
            left_out["without evidence"] += 1
        else:
            questions.append(Question(f"{name}/{n}", text, dict.fromkeys(relevant, 1)))
    if not questions:
        raise CollectionError(path, f"{at}.qa", "has no question with evidence")
    return Collection("locomo", name, "dialogue", units, tuple(questions), left_out)


def _turns(path: Path, at: str, conversation: Any) -> Iterator[Unit]:
    if not isinstance(conversation, dict):
        raise CollectionError(path, at, "is not an object")
    sessions = sorted(
        (int(match[1]), key) for key in conversation if (match := _SESSION.match(key)) is not None
    )
    if not sessions:
        raise CollectionError(path, at, "has no session_<n>")
    for _, key in sessions:
        turns = conversation[key]
        if not isinstance(turns, list):
            raise CollectionError(path, f"{at}.{key}", "is not a list of turns")
        date = _string(path, f"{at}.{key}_date_time", conversation.get(f"{key}_date_time"))
        for n, turn in enumerate(turns):
            yield _turn(path, f"{at}.{key}[{n}]", turn, key, date)


def _turn(path: Path, at: str, turn: Any, session: str, date: str) -> Unit:
    text = _string(path, f"{at}.text", _member(path, at, turn, "text"), empty=True)
    caption = _string(path, f"{at}.blip_caption", turn.get("blip_caption", ""), empty=True)
    return Unit(
        id=_string(path, f"{at}.dia_id", _member(path, at, turn, "dia_id")),
        text=f"{text}\n{caption}".strip(),
        speaker=_string(path, f"{at}.speaker", _member(path, at, turn, "speaker")),
        session=session,
        # "1:56 pm on 8 May, 2023": nobody asks for the minute
        date=date.rpartition(" on ")[2],
    )


def _judged(
    origin: str,
    name: str,
    units: tuple[Unit, ...],
    queries: Mapping[str, str],
    graded: Mapping[str, Mapping[str, int]],
    *,
    judgements: Path,
) -> Collection:
    """Return the collection of those queries that have a relevant unit."""
    for query in graded:
        if query not in queries:
            raise CollectionError(judgements, "query", f"no query {query!r}")
    questions = tuple(
        Question(f"{name}/{query}", text, graded[query])
        for query, text in queries.items()
        if graded.get(query)
    )
    if not questions:
        raise CollectionError(judgements, "", "judges no unit relevant")
    left_out = {"without relevant unit": len(queries) - len(questions)}
    return Collection(origin, name, "documents", units, questions, left_out)


def _title_and_text(title: str, text: str) -> str:
    """Return title and text; Cranfield's texts begin with their title, which then counts once."""
    if not title or text.startswith(title):
        return text
    return f"{title}\n{text}".strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CollectionError(path, "", "no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionError(path, "", f"cannot be read: {error}") from error


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except ValueError as error:
        raise CollectionError(path, "", f"is not JSON: {error}") from error


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise CollectionError(path, f"line {number}", f"is not JSON: {error}") from error
        if not isinstance(item, dict):
            raise CollectionError(path, f"line {number}", "is not an object")
        yield number, item


def _elements(path: Path, tag: str) -> list[ElementTree.Element]:
    """Return the elements of that tag; Cranfield's document file has no root element of its own."""
    text = _XML_DECLARATION.sub("", _read(path))
    try:
        root = ElementTree.fromstring(f"<collection>{text}</collection>")
    except ElementTree.ParseError as error:
        raise CollectionError(path, "", f"is not XML: {error}") from error
    found = list(root.iter(tag))
    if not found:
        raise CollectionError(path, tag, "there is no such element")
    return found


def _text_of(item: ElementTree.Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()


def _element(path: Path, at: str, item: ElementTree.Element, tag: str) -> str:
    text = _text_of(item, tag)
    if not text:
        raise CollectionError(path, f"{at}.{tag}", "is missing or empty")
    return text


def _trec_judgements(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    """Return query → unit → grade of lines `query iteration unit grade`, grades above 0 alone."""
    rows = [
        (number, line.split())
        for number, line in enumerate(_read(path).splitlines(), start=1)
        if line.strip()
    ]
    for number, row in rows:
        if len(row) != 4:
            raise CollectionError(path, f"line {number}", "is not `query iteration unit grade`")
    return _graded(path, [(number, row[0], row[2], row[3]) for number, row in rows], known)


def _beir_judgements(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    """Return query → unit → grade of a tab-separated table with the head query-id, corpus-id, score."""
    lines = _read(path).splitlines()
    if not lines or lines[0].split("\t") != ["query-id", "corpus-id", "score"]:
        raise CollectionError(
            path, "line 1", "is not the head `query-id corpus-id score`, tab-separated"
        )
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        row = line.split("\t")
        if len(row) != 3:
            raise CollectionError(path, f"line {number}", "is not `query-id corpus-id score`")
        rows.append((number, row[0], row[1], row[2]))
    return _graded(path, rows, known)


def _graded(
    path: Path, rows: list[tuple[int, str, str, str]], known: set[str]
) -> dict[str, dict[str, int]]:
    graded: dict[str, dict[str, int]] = {}
    for number, query, unit, grade in rows:
        if not re.fullmatch(r"-?\d+", grade):
            raise CollectionError(path, f"line {number}: grade", f"{grade!r} is not an integer")
        if unit not in known:
            raise CollectionError(path, f"line {number}: unit", f"{unit!r} is not in the corpus")
        units = graded.setdefault(query, {})
        if int(grade) > 0:
            units[unit] = int(grade)
    return graded


def _member(path: Path, at: str, item: Any, key: str) -> Any:
    if not isinstance(item, dict):
        raise CollectionError(path, at, "is not an object")
    if key not in item:
        raise CollectionError(path, f"{at}.{key}", "is missing")
    return item[key]


def _string(path: Path, at: str, value: Any, *, empty: bool = False) -> str:
    if not isinstance(value, str) or (not empty and not value.strip()):
        raise CollectionError(path, at, "is missing" if value is None else "is not a text")
    return value


def _refuse_duplicates(path: Path, what: str, ids: list[str]) -> None:
    if not ids:
        raise CollectionError(path, what, "there is none")
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise CollectionError(path, what, f"{name!r} stands twice")
        seen.add(name)
