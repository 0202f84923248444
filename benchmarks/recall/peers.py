"""What recall is measured against: plain BM25 (`bm25s`) and PostgreSQL `ts_rank` with OR queries.

Both search the same line of text as the resonance kernel does: for a dialogue turn its speaker, date and
words. Without speaker and date they do much worse on dialogue, and the comparison would flatter us.
"""

from importlib.resources import files

import bm25s
import psycopg
import snowballstemmer

from benchmarks.recall.collections import Collection
from benchmarks.recall.profiles import DEPTH, Profile

NORMALISATION = {"dialogue": 0, "documents": 1}
"""`ts_rank`'s treatment of length: the one that serves it better on each kind (0 none, 1 log length)."""


class Bm25:
    """BM25 with the library's own English stop words and the Snowball stemmer; k₁ and b as ours."""

    name = "BM25"

    def __init__(self, collection: Collection, profile: Profile) -> None:
        self._stem = snowballstemmer.stemmer("english").stemWords
        self._ids = [unit.id for unit in collection.units]
        tokens = self._tokens([unit.line for unit in collection.units])
        # the library cannot index a corpus without words
        self._index = bm25s.BM25(k1=profile.k1, b=profile.b_precision) if any(tokens.ids) else None
        if self._index is not None:
            self._index.index(tokens, show_progress=False)

    def search(self, text: str) -> list[str]:
        """Return at most 100 unit ids, best first, those with no word of the question left out."""
        if self._index is None:
            return []
        places, scores = self._index.retrieve(
            self._tokens([text]),
            k=min(DEPTH, len(self._ids)),
            show_progress=False,
        )
        found = zip(places[0].tolist(), scores[0].tolist(), strict=True)
        ordered = sorted((-score, place) for place, score in found if score > 0.0)
        return [self._ids[place] for _, place in ordered]

    def _tokens(self, texts: list[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stem, show_progress=False)


class TsRank:
    """PostgreSQL full-text search: English configuration, lexemes joined by OR, ranked by `ts_rank`."""

    name = "ts_rank"

    def __init__(self, collection: Collection, connection: psycopg.Connection) -> None:
        self._ids = [unit.id for unit in collection.units]
        self._normalisation = NORMALISATION[collection.kind]
        self._connection = connection
        self._search = _sql("search")
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(_sql("drop"))
            cursor.execute(_sql("schema"))
            cursor.executemany(
                _sql("add_unit"),
                # PostgreSQL's text holds no NUL
                [
                    {"position": place, "text": unit.line.replace("\0", " ")}
                    for place, unit in enumerate(collection.units)
                ],
            )
            cursor.execute(_sql("index"))

    def search(self, text: str) -> list[str]:
        """Return at most 100 unit ids, best first, ties to the earliest unit."""
        rows = self._connection.execute(
            self._search,
            {
                "text": text.replace("\0", " "),
                "normalisation": self._normalisation,
                "depth": DEPTH,
            },
        )
        return [self._ids[place] for (place,) in rows]


def _sql(name: str) -> bytes:
    return files(__package__).joinpath("sql", f"{name}.sql").read_bytes()
