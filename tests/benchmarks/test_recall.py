"""Claims of `benchmarks.recall`: what it reads, what it refuses, what it measures, what it leaves behind."""

import doctest
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.recall import features, locomo, text, vectors
from benchmarks.recall.__main__ import CANNOT_RUN, app
from benchmarks.recall.collections import Collection, CollectionError, Question, Unit
from benchmarks.recall.documents import load_beir, load_cranfield
from benchmarks.recall.evaluate import evaluate
from benchmarks.recall.features import asks_when, is_temporal, log_lengths, names_in
from benchmarks.recall.lanes import DialogueLanes, DocumentLanes, linked_counts, term_counts
from benchmarks.recall.locomo import evidence_ids, load_locomo
from benchmarks.recall.metrics import latency, mean, quality_of_each, uplift
from benchmarks.recall.peers import Bm25, TsRank
from benchmarks.recall.postgres import embedded_postgres
from benchmarks.recall.profiles import PROFILES, tuned_on
from benchmarks.recall.report import as_json, rows
from benchmarks.recall.system import Resonance, variants
from benchmarks.recall.text import terms, words
from proofbook.verified.resonance import check_weights

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LOCOMO = DATA / "locomo" / "locomo_dev.json"
CRANFIELD = DATA / "cranfield"

needs_locomo = pytest.mark.skipif(not LOCOMO.is_file(), reason="LoCoMo is not at hand")
needs_cranfield = pytest.mark.skipif(not CRANFIELD.is_dir(), reason="Cranfield is not at hand")

# A collection of our own in the layout that BEIR uses.
CORPUS = [
    ("tea", "Green tea", "Steep the leaves for two minutes in water well below boiling."),
    ("coffee", "Coffee", "Grind the beans just before brewing; water just off the boil."),
    ("bread", "Sourdough", "The starter ferments flour and water; the dough rises overnight."),
    ("beer", "Ale", "Yeast ferments the wort for a week before it is bottled."),
    ("tides", "", "The moon draws the sea: two high tides on most days."),
    ("comet", "Comets", "A comet's tail points away from the sun."),
]
QUERIES = {
    "q1": "How long should tea leaves steep?",
    "q2": "What is fermented to make bread or beer?",
    "q3": "Why are there tides at sea?",
    "q4": "Which planet has rings?",
}
JUDGED = [
    ("q1", "tea", 1),
    ("q2", "bread", 2),
    ("q2", "beer", 1),
    ("q3", "tides", 1),
    ("q3", "comet", 0),
]


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "kitchen"
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": name, "title": title, "text": text} for name, title, text in CORPUS]
    _write_lines(folder / "corpus.jsonl", documents)
    _write_lines(folder / "queries.jsonl", [{"_id": n, "text": t} for n, t in QUERIES.items()])
    table = ["query-id\tcorpus-id\tscore", *(f"{q}\t{d}\t{g}" for q, d, g in JUDGED)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(table) + "\n")
    return folder


@pytest.fixture
def conversation() -> dict[str, Any]:
    """Two friends, three sessions (the tenth after the second), one turn to find by its neighbour."""
    return {
        "sample_id": "talk-1",
        "conversation": {
            "speaker_a": "Ann",
            "speaker_b": "Bo",
            "session_10_date_time": "9:00 am on 3 March, 2024",
            "session_10": [_turn("Ann", "D10:1", "I adopted a greyhound last week.")],
            "session_1_date_time": "8:00 pm on 1 January, 2024",
            "session_1": [
                _turn("Ann", "D1:1", "Did you enjoy the pottery class?"),
                _turn("Bo", "D1:2", "Yes, loved it.", blip_caption="a photo of a blue vase"),
            ],
            "session_2_date_time": "7:30 pm on 2 February, 2024",
            "session_2": [_turn("Bo", "D2:1", "Rain all day here.")],
        },
        "qa": [
            _asked("Did Bo enjoy pottery?", ["D1:2; D1:01"], 4),
            _asked("Which dog did Ann adopt?", ["D:10:1"], 1),
            _asked("What did Bo say of Mars?", ["D2:1"], 5),
            _asked("Who is not mentioned?", [], 3),
            _asked("What lies beyond the end?", ["D77:7", "D"], 3),
        ],
    }


def _turn(speaker: str, name: str, text: str, **more: str) -> dict[str, str]:
    return {"speaker": speaker, "dia_id": name, "text": text, **more}


def _asked(question: str, evidence: list[str], category: int) -> dict[str, Any]:
    return {"question": question, "answer": "…", "evidence": evidence, "category": category}


def _write_lines(path: Path, items: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(item)}\n" for item in items))


def _write_locomo(folder: Path, *conversations: dict[str, Any]) -> Path:
    path = folder / "talks.json"
    path.write_text(json.dumps(conversations))
    return path


def _dialogue(*turns: tuple[str, str, str], questions: tuple[Question, ...] = ()) -> Collection:
    """Turns as (speaker, session, text), named t0, t1, …"""
    units = tuple(
        Unit(f"t{n}", text, speaker, session, "3 March, 2024")
        for n, (speaker, session, text) in enumerate(turns)
    )
    return Collection("own", "talk", "dialogue", units, questions)


def _run(*args: str | Path) -> Any:
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.mark.parametrize("module", [features, locomo, text, vectors])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


class TestText:
    def test_possessive_is_dropped_and_contractions_leave_no_term(self) -> None:
        assert words("Melanie’s and Ann's") == ["melanie", "and", "ann"]
        assert terms("I don't, you weren't, she'll") == []

    def test_tenses_of_irregular_verbs_meet(self) -> None:
        assert terms("went gone goes going") == ["go"] * 4
        assert terms("bought") == terms("buying")

    def test_question_words_carry_no_meaning(self) -> None:
        assert terms("When and where did who do what, and why?") == []

    def test_may_stays_because_it_is_a_month(self) -> None:
        assert terms("7 May 2023") == ["7", "may", "2023"]


class TestLocomo:
    def test_malformed_evidence_is_read(self) -> None:
        assert evidence_ids(["D8:6; D9:17"]) == ["D8:6", "D9:17"]
        assert evidence_ids(["D30:05", "D:11:26"]) == ["D30:5", "D11:26"]
        assert evidence_ids(["D", "", "D1:1", "D1:01"]) == ["D1:1"]

    def test_adversarial_and_unsupported_questions_are_left_out_and_counted(
        self, tmp_path: Path, conversation: dict[str, Any]
    ) -> None:
        [found] = load_locomo(_write_locomo(tmp_path, conversation))
        assert [q.relevant for q in found.questions] == [{"D1:2": 1, "D1:1": 1}, {"D10:1": 1}]
        assert found.left_out == {"adversarial": 1, "without evidence": 2}

    def test_sessions_stand_in_order_of_number_and_captions_are_text(
        self, tmp_path: Path, conversation: dict[str, Any]
    ) -> None:
        [found] = load_locomo(_write_locomo(tmp_path, conversation))
        assert [unit.id for unit in found.units] == ["D1:1", "D1:2", "D2:1", "D10:1"]
        assert "blue vase" in found.units[1].text
        assert found.units[0].date == "1 January, 2024"

    def test_each_conversation_is_a_corpus_of_its_own(
        self, tmp_path: Path, conversation: dict[str, Any]
    ) -> None:
        other = {**conversation, "sample_id": "talk-2"}
        found = load_locomo(_write_locomo(tmp_path, conversation, other))
        assert [collection.name for collection in found] == ["talk-1", "talk-2"]

    @pytest.mark.parametrize(
        ("damage", "named"),
        [
            (lambda c: c.pop("sample_id"), "[0].sample_id: is missing"),
            (lambda c: c.pop("qa"), "[0].qa: is missing"),
            (lambda c: c["qa"][1].pop("question"), "[0].qa[1].question: is missing"),
            (lambda c: c["qa"][0].update(evidence="D1:1"), "[0].qa[0].evidence: is not a list"),
            (lambda c: c["qa"].clear(), "[0].qa: has no question"),
            (lambda c: c.update(conversation=[]), "[0].conversation: is not an object"),
            (lambda c: c.update(conversation={}), "[0].conversation: has no session_<n>"),
            (
                lambda c: c["conversation"]["session_2"][0].pop("text"),
                "[0].conversation.session_2[0].text: is missing",
            ),
            (
                lambda c: c["conversation"]["session_2"][0].update(dia_id="D1:1"),
                "[0].conversation dia_id: 'D1:1' stands twice",
            ),
            (
                lambda c: c["conversation"].pop("session_1_date_time"),
                "[0].conversation.session_1_date_time: is missing",
            ),
        ],
    )
    def test_damage_is_named_by_file_and_field(
        self, tmp_path: Path, conversation: dict[str, Any], damage: Any, named: str
    ) -> None:
        damage(conversation)
        path = _write_locomo(tmp_path, conversation)
        with pytest.raises(CollectionError) as caught:
            load_locomo(path)
        assert str(caught.value).startswith(f"{path}: {named}")


class TestCranfield:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        documents = "".join(
            f"<doc><docno>{n}</docno><title>{title}</title><text>{text}</text></doc>\n"
            for n, title, text in [
                (1, "wing lift .", "wing lift .\nthe lift of a wing ."),
                (2, "heat", "conduction in slabs ."),
                (3, "", ""),
            ]
        )
        (tmp_path / "cran.all.1400.xml").write_text(documents)
        topics = "".join(
            f"<top>\n<num> {number}</num>\n<title>\n{text} .\n</title>\n</top>\n"
            for number, text in [(1, "lift of wings"), (2, "empty"), (4, "heat in slabs")]
        )
        (tmp_path / "cran.qry.xml").write_text(
            f"<?xml version='1.0' encoding='utf-8'?>\n<xml>\n{topics}</xml>"
        )
        (tmp_path / "cranqrel.trec.txt").write_text("1 0 1 1\n1 0 2 0\n3 0 2      1\n")
        return tmp_path

    def test_judgements_number_queries_by_position(self, folder: Path) -> None:
        [found] = load_cranfield(folder)
        by_text = {q.text: q.relevant for q in found.questions}
        # the third query calls itself 4
        assert by_text == {"lift of wings .": {"1": 1}, "heat in slabs .": {"2": 1}}
        assert found.left_out == {"without relevant unit": 1}

    def test_a_title_that_the_text_repeats_counts_once(self, folder: Path) -> None:
        [found] = load_cranfield(folder)
        assert [unit.text.count("wing lift .") for unit in found.units] == [1, 0, 0]
        assert found.units[1].text == "heat\nconduction in slabs ."

    @pytest.mark.parametrize(
        ("name", "content", "named"),
        [
            ("cranqrel.trec.txt", "1 0 9 1\n", "line 1: unit: '9' is not in the corpus"),
            ("cranqrel.trec.txt", "1 0 1 x\n", "line 1: grade: 'x' is not an integer"),
            ("cranqrel.trec.txt", "1 0 1\n", "line 1: is not `query iteration unit grade`"),
            ("cranqrel.trec.txt", "7 0 1 1\n", "query: no query '7'"),
            ("cranqrel.trec.txt", "1 0 1 0\n", "judges no unit relevant"),
            ("cran.all.1400.xml", "<doc><docno>1</docno>", "is not XML"),
            (
                "cran.all.1400.xml",
                "<doc><title>x</title></doc>",
                "doc[0].docno: is missing or empty",
            ),
            ("cran.qry.xml", "<xml></xml>", "top: there is no such element"),
        ],
    )
    def test_damage_is_named_by_file_and_field(
        self, folder: Path, name: str, content: str, named: str
    ) -> None:
        (folder / name).write_text(content)
        with pytest.raises(CollectionError) as caught:
            load_cranfield(folder)
        assert str(caught.value).startswith(f"{folder / name}: {named}")


class TestBeir:
    def test_layout_is_read_and_grade_zero_is_not_relevant(self, beir: Path) -> None:
        [found] = load_beir(beir)
        assert found.name == "kitchen"
        assert len(found.units) == len(CORPUS)
        assert found.units[0].text.startswith("Green tea\nSteep")
        assert {q.id: dict(q.relevant) for q in found.questions} == {
            "kitchen/q1": {"tea": 1},
            "kitchen/q2": {"bread": 2, "beer": 1},
            "kitchen/q3": {"tides": 1},
        }
        assert found.left_out == {"without relevant unit": 1}

    @pytest.mark.parametrize(
        ("name", "content", "named"),
        [
            ("corpus.jsonl", "{}\n", "line 1: _id: is missing"),
            ("corpus.jsonl", '{"_id": "a"}\n', "line 1: text: is missing"),
            ("corpus.jsonl", '{"_id": 3, "text": ""}\n', "line 1: _id: is not a text"),
            ("corpus.jsonl", "\n", "_id: there is none"),
            ("corpus.jsonl", '{"_id": "a", "text": ""}\n' * 2, "_id: 'a' stands twice"),
            ("queries.jsonl", '{"_id": "q"}\n[]\n', "line 1: text: is missing"),
            ("queries.jsonl", "nonsense\n", "line 1: is not JSON"),
            ("queries.jsonl", "[]\n", "line 1: is not an object"),
            ("qrels/test.tsv", "q1\ttea\t1\n", "line 1: is not the head"),
            ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1 tea 1\n", "line 2: is not"),
            ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tsoup\t1\n", "line 2: unit: 'soup'"),
        ],
    )
    def test_damage_is_named_by_file_and_field(
        self, beir: Path, name: str, content: str, named: str
    ) -> None:
        (beir / name).write_text(content)
        with pytest.raises(CollectionError) as caught:
            load_beir(beir)
        assert str(caught.value).startswith(f"{beir / name}: {named}")


class TestVectors:
    def test_a_projection_is_the_sum_of_the_directions_of_its_grams(self) -> None:
        expected = sum(vectors.direction(gram) for gram in ["_go", "go_", "_go_"])
        assert vectors.project(["go"]).tolist() == expected.tolist()
        assert vectors.project(["go", "go"]).tolist() == (2 * expected).tolist()
        assert set(vectors.direction("_go").tolist()) == {-1, 1}

    def test_directions_are_pinned(self) -> None:
        """BLAKE2b-384 of `tea` begins 0xd39; its bits, most significant first, are the first signs."""
        assert vectors.direction("tea").tolist()[:12] == [1, 1, -1, 1, -1, -1, 1, 1, 1, -1, -1, 1]
        assert vectors.direction("").shape == (384,)

    def test_spelling_variants_are_nearer_than_other_words(self) -> None:
        units = vectors.to_unit(
            np.array([vectors.project([word]) for word in ("colour", "zebra", "")])
        )
        units[2] = 0
        lengths = np.sqrt(vectors.squared_lengths(units).astype(np.float64))
        near, far, nothing = vectors.cosines(units, lengths, vectors.project(["color"]))
        assert near > 0.3 > abs(far)
        assert nothing == 0.0

    def test_a_vector_is_at_cosine_one_with_itself(self) -> None:
        vector = vectors.project(["resonance"])[np.newaxis]
        lengths = np.sqrt(vectors.squared_lengths(vector).astype(np.float64))
        assert vectors.cosines(vector, lengths, vector[0])[0] == pytest.approx(1.0, abs=1e-15)

    def test_smoothing_stops_at_the_session(self) -> None:
        rows = np.eye(3, vectors.DIMENSIONS, dtype=np.int64)
        smoothed = vectors.smooth_with_previous(rows, ["a", "a", "b"])
        assert smoothed[:, :3].tolist() == [[2, 0, 0], [1, 2, 0], [0, 0, 2]]

    def test_a_unit_is_not_similar_to_itself(self) -> None:
        rows = np.full((2, vectors.DIMENSIONS), 1, dtype=np.int64)
        found = list(vectors.similarities(vectors.to_unit(rows)))
        assert [row[place] for place, row in enumerate(found)] == [0.0, 0.0]
        assert found[0][1] == pytest.approx(1.0, abs=1e-3)


class TestLanes:
    def test_counts_spread_within_the_session_and_carry_speaker_and_date(self) -> None:
        talk = _dialogue(("Ann", "s1", "pottery"), ("Bo", "s1", "loved"), ("Bo", "s2", "rain"))
        counts = [term_counts(unit) for unit in talk.units]
        spread = linked_counts(talk.units, counts, PROFILES["dialogue"])
        date = {"3": 1.0, "march": 1.0, "2024": 1.0}
        assert spread[1] == {"potteri": 1.0, "love": 1.0, "bo": 2.0, **date}
        assert spread[2] == {"rain": 1.0, "bo": 2.0, **date}

    def test_context_reaches_the_answer_beside_the_matching_turn(self) -> None:
        talk = _dialogue(
            ("Ann", "s1", "Did you enjoy the pottery class?"),
            ("Bo", "s1", "Yes, loved it."),
            ("Bo", "s2", "Rain all day."),
        )
        lanes = DialogueLanes(talk, PROFILES["dialogue"])("pottery class")
        assert lanes.precision[1] == 0.0
        assert lanes.context[1] > 0.0
        assert lanes.context[2] == 0.0

    def test_names_of_speakers_are_no_part_of_the_question_vector(self) -> None:
        talk = _dialogue(("Ann", "s1", "Ann Ann Ann"), ("Bo", "s1", "a greyhound"))
        make = DialogueLanes(talk, PROFILES["dialogue"])
        assert make("Ann greyhound").resonance.tolist() == make("greyhound").resonance.tolist()

    def test_a_document_without_the_word_inherits_from_one_most_like_it(self) -> None:
        texts = ["sourdough starter", "sourdough starter bread", "comet"]
        units = tuple(Unit(str(n), text) for n, text in enumerate(texts))
        collection = Collection("own", "docs", "documents", units, ())
        lanes = DocumentLanes(collection, PROFILES["documents"])("bread")
        assert lanes.precision[0] == 0.0
        assert lanes.context[0] > 0.5


class TestSystem:
    def test_words_that_nobody_said_find_nothing(self) -> None:
        talk = _dialogue(("Ann", "s1", "tea"), ("Bo", "s1", "coffee"))
        system = Resonance(talk, PROFILES["dialogue"])
        assert system.search("你好") == []
        assert system.search("Who are you?") == []

    def test_the_named_speaker_is_favoured_among_equals(self) -> None:
        talk = _dialogue(("Ann", "s1", "I like tea."), ("Bo", "s2", "I like tea."))
        system = Resonance(talk, PROFILES["dialogue"])
        assert system.search("Does Bo like tea?")[0] == "t1"
        assert system.search("Does Ann like tea?")[0] == "t0"

    def test_ties_go_to_the_earliest_unit(self) -> None:
        units = tuple(Unit(name, "same words") for name in ("z", "a", "m"))
        system = Resonance(Collection("own", "docs", "documents", units, ()), PROFILES["documents"])
        assert system.search("same words") == ["z", "a", "m"]

    def test_weights_of_every_profile_and_variant_are_on_the_simplex(self) -> None:
        for profile in PROFILES.values():
            for used in (profile, *(variant.profile for variant in variants(profile))):
                assert check_weights(used.weights) == used.weights

    def test_features_lie_in_the_unit_interval(self) -> None:
        talk = _dialogue(
            ("Ann", "s1", ""), ("Bo", "s1", "rain rain"), ("Bo", "s1", "a long day of rain")
        )
        assert log_lengths(talk.units) == sorted(log_lengths(talk.units))
        assert log_lengths(talk.units)[0] == 0.0
        assert log_lengths(talk.units)[2] == 1.0

    def test_time_is_recognised_in_questions_and_answers(self) -> None:
        assert asks_when("When did they meet?")
        assert not asks_when("Where did they meet?")
        assert is_temporal("We met in 2019.")
        assert is_temporal("See you next Friday")
        assert not is_temporal("We met 12345 people")
        assert names_in("ann's tea", frozenset({"Ann", "Bo"})) == {"Ann"}


class TestMetrics:
    QUESTIONS = (Question("a", "", {"x": 1}), Question("b", "", {"y": 1, "z": 1}))

    def test_values_are_those_computed_by_hand(self) -> None:
        found = quality_of_each(self.QUESTIONS, {"a": ["w", "x"], "b": ["y", "w"]})
        assert found["a"] == pytest.approx(
            {"MRR": 1 / 2, "NDCG@10": 1 / math.log2(3), "Recall@10": 1.0}
        )
        ideal = 1.0 + 1 / math.log2(3)
        assert found["b"] == pytest.approx({"MRR": 1.0, "NDCG@10": 1 / ideal, "Recall@10": 0.5})
        assert mean(list(found.values()))["MRR"] == pytest.approx(0.75)

    def test_a_question_that_found_nothing_counts_zero(self) -> None:
        found = quality_of_each(self.QUESTIONS, {"a": [], "b": ["w"]})
        assert mean(list(found.values())) == {"MRR": 0.0, "NDCG@10": 0.0, "Recall@10": 0.0}

    def test_uplift_over_oneself_is_nothing_and_over_nothing_undefined(self) -> None:
        some = [{"MRR": 0.5}, {"MRR": 1.0}, {"MRR": 0.25}]
        none = [{"MRR": 0.0}] * 3
        same = uplift(some, some, "MRR")
        assert same is not None
        assert (same.low, same.gain, same.high) == (0.0, 0.0, 0.0)
        assert uplift(some, none, "MRR") is None
        better = uplift(some, [{"MRR": value["MRR"] / 2} for value in some], "MRR")
        assert better is not None
        assert better.gain == pytest.approx(1.0)

    def test_percentiles_are_of_nearest_rank_in_microseconds(self) -> None:
        found = latency([n * 1000 for n in range(1, 101)])
        assert (found.p50, found.p95) == (50, 95)
        assert latency([7999]).p95 == 7

    def test_questions_looked_at_while_tuning_are_told_apart(self) -> None:
        asked = [Question("cranfield/7", "", {"1": 1}), Question("cranfield/8", "", {"1": 1})]
        cranfield = Collection("cranfield", "cranfield", "documents", (), tuple(asked))
        assert [tuned_on(cranfield, question) for question in asked] == [True, False]
        seen, unseen = (
            Collection("locomo", name, "dialogue", (), ()) for name in ("conv-26", "conv-44")
        )
        assert tuned_on(seen, asked[0])
        assert not tuned_on(unseen, asked[0])


class TestPeers:
    def test_any_word_of_the_question_is_enough_for_ts_rank(self) -> None:
        collection = _dialogue(("Ann", "s1", "green tea"), ("Bo", "s1", "black coffee"))
        with embedded_postgres() as connection:
            found = TsRank(collection, connection)
            assert found.search("tea or lemonade") == ["t0"]
            assert found.search("Bo's coffee?") == ["t1"]
            assert found.search("the \\ ' & | ! lemonade") == []
            assert found.search("\0") == []

    def test_bm25_searches_speaker_and_text_and_stands_an_empty_corpus(self) -> None:
        talk = _dialogue(("Ann", "s1", "green tea"), ("Bo", "s1", "black coffee"))
        peer = Bm25(talk, PROFILES["dialogue"])
        assert peer.search("Bo") == ["t1"]
        assert peer.search("Who are you?") == []
        empty = Collection("own", "docs", "documents", (Unit("a", ""),), ())
        assert Bm25(empty, PROFILES["documents"]).search("tea") == []

    def test_postgres_is_stopped_and_removed_when_interrupted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        process = 0

        def interrupted() -> None:
            nonlocal process
            with embedded_postgres() as connection:
                process = connection.info.backend_pid
                assert list(tmp_path.iterdir())
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


class TestCommand:
    def test_a_collection_is_measured_end_to_end(self, beir: Path, tmp_path: Path) -> None:
        report = tmp_path / "report.json"
        found = _run("--beir", beir, "--json", report)
        assert found.exit_code == 0, found.output
        assert "resonance beside plain BM25 and ts_rank" in found.output
        content = json.loads(report.read_text())
        assert content["collections"] == [
            {
                "origin": "beir",
                "name": "kitchen",
                "kind": "documents",
                "units": 6,
                "questions": 3,
                "left_out": {"without relevant unit": 1},
            }
        ]
        overall = {row["system"]: row for row in content["quality"] if row["part"] == "all"}
        assert {"resonance", "BM25", "ts_rank", "context alone"} <= set(overall)
        assert overall["resonance"]["quality"]["Recall@10"] == 1.0
        assert {row["part"] for row in content["quality"]} == {"all", "held out"}
        assert [entry["system"] for entry in content["latency_us"]] == [
            "resonance",
            "BM25",
            "ts_rank",
        ]
        assert all(0 < entry["p50"] <= entry["p95"] for entry in content["latency_us"])

    def test_two_processes_report_the_same_but_for_time(self, beir: Path, tmp_path: Path) -> None:
        found = []
        for seed in ("1", "2"):
            report = tmp_path / f"{seed}.json"
            subprocess.run(
                [sys.executable, "-m", "benchmarks.recall", "--beir", beir, "--json", report],
                cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": seed},
                check=True,
                capture_output=True,
            )
            content = json.loads(report.read_text())
            assert content.pop("latency_us")
            found.append(content)
        assert found[0] == found[1]

    @pytest.mark.parametrize(
        ("args", "named"),
        [
            ((), "nothing to measure"),
            (("--locomo", "absent.json"), "absent.json: no such file"),
            (("--cranfield", "absent"), "cran.all.1400.xml: no such file"),
            (("--beir", "absent"), "corpus.jsonl: no such file"),
        ],
    )
    def test_missing_input_is_refused_with_code_2(self, args: tuple[str, ...], named: str) -> None:
        found = _run(*args)
        assert found.exit_code == CANNOT_RUN == 2
        assert named in found.stderr

    def test_malformed_input_is_refused_in_one_line(self, beir: Path) -> None:
        (beir / "queries.jsonl").write_text('{"_id": "q1"}\n')
        found = _run("--beir", beir)
        assert found.exit_code == CANNOT_RUN
        assert found.stderr.strip() == f"error: {beir / 'queries.jsonl'}: line 1: text: is missing"

    def test_a_report_that_cannot_be_written_is_refused_before_the_work(
        self, beir: Path, tmp_path: Path
    ) -> None:
        found = _run("--beir", beir, "--json", tmp_path / "absent" / "report.json")
        assert found.exit_code == CANNOT_RUN
        assert "--json" in found.stderr


class TestRealData:
    @needs_locomo
    def test_locomo_is_read_whole(self) -> None:
        found = load_locomo(LOCOMO)
        assert [len(c.questions) for c in found] == [150, 81, 152, 199, 178]
        assert sum(len(c.units) for c in found) == 2760

    @needs_cranfield
    def test_cranfield_is_read_whole(self) -> None:
        [found] = load_cranfield(CRANFIELD)
        assert (len(found.units), len(found.questions)) == (1400, 225)

    @needs_locomo
    def test_a_held_out_conversation_gains_15_percent_over_both_peers(self) -> None:
        [talk] = [c for c in load_locomo(LOCOMO) if c.name == "conv-41"]
        assert not tuned_on(talk, talk.questions[0])
        with embedded_postgres() as connection:
            outcome = evaluate(talk, connection, lambda: None)
        means = {row.system: row.quality for row in rows([outcome]) if row.part == "all"}
        for measure in ("MRR", "NDCG@10"):
            best_peer = max(means["BM25"][measure], means["ts_rank"][measure])
            assert means["resonance"][measure] >= 1.15 * best_peer
        assert as_json([outcome])["collections"][0]["questions"] == 152
