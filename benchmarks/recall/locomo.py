"""LoCoMo: long conversations with questions and the turns that answer them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.recall.collections import Collection, CollectionError, Question, Unit
from benchmarks.recall.fields import member, read_json, refuse_duplicates, string

ADVERSARIAL = 5
"""LoCoMo's category of questions that the conversation does not answer."""

_SESSION = re.compile(r"^session_(\d+)$")
_TURN_ID = re.compile(r"D:?(\d+):(\d+)")


def load_locomo(path: Path) -> list[Collection]:
    """Read LoCoMo conversations, one collection each (Maharana et al., 2024, arXiv:2402.17753).

    A unit is a dialogue turn with the caption of the picture it shares. Questions of category 5
    (adversarial: the conversation does not answer them) and without evidence are left out.

    Raises:
        CollectionError: the file is missing or malformed.
    """
    content = read_json(path)
    if not isinstance(content, list) or not content:
        raise CollectionError(path, "", "is not a non-empty list of conversations")
    return [_conversation(path, f"[{n}]", item) for n, item in enumerate(content)]


def evidence_ids(entries: list[str]) -> list[str]:
    """Return the turn ids named in a question's evidence, each once, in order.

    Some entries hold several ids, leading zeros, or a colon too many.

    >>> evidence_ids(["D8:6; D9:17", "D30:05", "D:11:26", "D"])
    ['D8:6', 'D9:17', 'D30:5', 'D11:26']
    """
    found = [match for entry in entries for match in _TURN_ID.findall(entry)]
    return list(dict.fromkeys(f"D{int(session)}:{int(turn)}" for session, turn in found))


def _conversation(path: Path, at: str, item: Any) -> Collection:
    name = string(path, f"{at}.sample_id", member(path, at, item, "sample_id"))
    units = tuple(_turns(path, f"{at}.conversation", member(path, at, item, "conversation")))
    refuse_duplicates(path, f"{at}.conversation dia_id", [unit.id for unit in units])
    known = {unit.id for unit in units}
    asked = member(path, at, item, "qa")
    if not isinstance(asked, list):
        raise CollectionError(path, f"{at}.qa", "is not a list")
    questions: list[Question] = []
    left_out = {"adversarial": 0, "without evidence": 0}
    for n, entry in enumerate(asked):
        place = f"{at}.qa[{n}]"
        text = string(path, f"{place}.question", member(path, place, entry, "question"))
        evidence = member(path, place, entry, "evidence")
        if not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
            raise CollectionError(path, f"{place}.evidence", "is not a list of strings")
        relevant = [turn for turn in evidence_ids(evidence) if turn in known]
        if member(path, place, entry, "category") == ADVERSARIAL:
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
        date = string(path, f"{at}.{key}_date_time", conversation.get(f"{key}_date_time"))
        for n, turn in enumerate(turns):
            yield _turn(path, f"{at}.{key}[{n}]", turn, key, date)


def _turn(path: Path, at: str, turn: Any, session: str, date: str) -> Unit:
    text = string(path, f"{at}.text", member(path, at, turn, "text"), empty=True)
    caption = string(path, f"{at}.blip_caption", turn.get("blip_caption", ""), empty=True)
    return Unit(
        id=string(path, f"{at}.dia_id", member(path, at, turn, "dia_id")),
        text=f"{text}\n{caption}".strip(),
        speaker=string(path, f"{at}.speaker", member(path, at, turn, "speaker")),
        session=session,
        # "1:56 pm on 8 May, 2023": nobody asks for the minute
        date=date.rpartition(" on ")[2],
    )
