"""Documents with judged queries: Cranfield, and anything in the BEIR layout."""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.recall.collections import Collection, CollectionError, Question, Unit
from benchmarks.recall.fields import json_lines, read_text, refuse_duplicates, string

CRANFIELD_FILES = ("cran.all.1400.xml", "cran.qry.xml", "cranqrel.trec.txt")
BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


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
    refuse_duplicates(documents, "docno", [unit.id for unit in units])
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
            string(corpus, f"line {line}: _id", item.get("_id")),
            _title_and_text(
                string(corpus, f"line {line}: title", item.get("title", ""), empty=True),
                string(corpus, f"line {line}: text", item.get("text"), empty=True),
            ),
        )
        for line, item in json_lines(corpus)
    )
    refuse_duplicates(corpus, "_id", [unit.id for unit in units])
    asked = [
        (
            string(queries, f"line {line}: _id", item.get("_id")),
            string(queries, f"line {line}: text", item.get("text")),
        )
        for line, item in json_lines(queries)
    ]
    refuse_duplicates(queries, "_id", [name for name, _ in asked])
    graded = _beir_judgements(judgements, {unit.id for unit in units})
    return [
        _judged("beir", folder.resolve().name, units, dict(asked), graded, judgements=judgements)
    ]


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


def _elements(path: Path, tag: str) -> list[ElementTree.Element]:
    """Return the elements of that tag; Cranfield's document file has no root element of its own."""
    text = _XML_DECLARATION.sub("", read_text(path))
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
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if line.strip()
    ]
    for number, row in rows:
        if len(row) != 4:
            raise CollectionError(path, f"line {number}", "is not `query iteration unit grade`")
    return _graded(path, [(number, row[0], row[2], row[3]) for number, row in rows], known)


def _beir_judgements(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    """Return query → unit → grade of a tab-separated table with the head query-id, corpus-id, score."""
    lines = read_text(path).splitlines()
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
