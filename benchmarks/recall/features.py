"""What a unit is favoured for, whatever it says of the question: features in [0, 1] behind the priors."""

import re

import gmpy2

from benchmarks.recall.collections import Unit
from benchmarks.recall.text import terms, words

_MONTHS = "january february march april may june july august september october november december"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_RELATIVE = """
    yesterday today tonight tomorrow ago last next recently week weeks weekend weekends month months
    year years day days morning evening night summer winter spring autumn fall
"""
TEMPORAL_WORDS = frozenset(f"{_MONTHS} {_WEEKDAYS} {_RELATIVE}".split())

_YEAR = re.compile(r"(?:19|20)\d\d")


def is_temporal(text: str) -> bool:
    """Say whether a text places something in time: a month, a weekday, a year, "last week".

    >>> is_temporal("We signed up last week"), is_temporal("We signed up")
    (True, False)
    """
    return any(word in TEMPORAL_WORDS or _YEAR.fullmatch(word) for word in words(text))


def asks_when(question: str) -> bool:
    """Say whether a question asks for a time."""
    return "when" in words(question)


def names_in(question: str, speakers: frozenset[str]) -> frozenset[str]:
    """Return the speakers whom the question names.

    >>> sorted(names_in("What did Melanie paint?", frozenset({"Melanie", "Caroline"})))
    ['Melanie']
    """
    asked = set(words(question))
    return frozenset(name for name in speakers if asked & set(words(name)))


def log_lengths(units: tuple[Unit, ...]) -> list[float]:
    """Return log(1 + terms) of each unit over that of the longest, in [0, 1]; gmpy2's logarithm is
    correctly rounded, hence the same on every machine.
    """
    logs = [float(gmpy2.log2(1 + len(terms(unit.text)))) for unit in units]
    longest = max(logs)
    return [value / longest if longest else 0.0 for value in logs]
