"""The verdicts of a notebook's lemmas as a small table, for the eye."""

import html
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdicts:
    """A small table of the lemmas' verdicts, for the eye."""

    kernel: str
    content: dict[str, Any]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return (lemma, verdict, evidence in words) in the order stated."""
        return [
            (
                lemma["id"],
                "passed" if lemma["passed"] else "FAILED",
                "; ".join(_in_words(item) for item in lemma["evidence"]),
            )
            for lemma in self.content["lemmas"]
        ]

    def __repr__(self) -> str:
        rows = self.rows()
        wide = max((len(row[0]) for row in rows), default=0)
        lines = [f"{lemma:<{wide}}  {verdict}  {words}" for lemma, verdict, words in rows]
        return "\n".join([f"{self.kernel}: {len(rows)} lemmas", *lines])

    def _repr_html_(self) -> str:
        body = "".join(
            "<tr>"
            + "".join(f"<td style='text-align:left'>{html.escape(c)}</td>" for c in row)
            + "</tr>"
            for row in self.rows()
        )
        head = "<tr><th>Lemma</th><th>Verdict</th><th style='text-align:left'>Evidence</th></tr>"
        return f"<table><caption>{html.escape(self.kernel)}</caption>{head}{body}</table>"


def _in_words(item: dict[str, Any]) -> str:
    match item["kind"]:
        case "asserted":
            return str(item["claim"])
        case "tested" if item["method"] == "hypothesis":
            return f"{item['property']}: {item['examples']} random examples over {item['domain']}"
        case "tested":
            return f"{item['property']}: all {item['examples']} cases of {item['domain']}"
        case "control":
            return f"control {item['property']} refuted over {item['domain']}"
        case "claimed":
            return f"to be proved ({item['scope']}): {item['claim']}"
        case "enclosed":
            return f"enclosed: {item['claim']} ({item['parts']} parts at {item['precision']} bits)"
        case "unclaimed":
            return f"not run: {item['claim']}: {item['reason']}"
        case _:
            return f"measured {item['measure']}"
