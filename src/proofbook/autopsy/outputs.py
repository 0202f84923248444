"""Outputs of executed cells: streams joined and kept short, the same on every run.

nbclient can join streams too, by regular expressions whose time is quadratic in the length of a line: one line
of a megabyte would hold up the runner, and with it every time limit.
"""

from typing import Any

# Characters of a stream that an executed copy keeps: more than anybody reads, less than git minds.
LONGEST_STREAM = 200_000


def tidy(outputs: list[Any]) -> list[Any]:
    """Return a cell's outputs with each stream in one piece where it began, standard output before error."""
    streams: dict[str, list[str]] = {}
    kept: list[Any] = []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
            continue
        if output["name"] not in streams:
            kept.append(output)
        streams.setdefault(output["name"], []).append(output["text"])
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = shortened(_as_shown("".join(streams[output["name"]])))
    for place in range(len(kept) - 1):  # they come over different sockets, in any order
        names = [item.get("name") for item in kept[place : place + 2]]
        if names == ["stderr", "stdout"]:
            kept[place : place + 2] = kept[place + 1], kept[place]
    return kept


def _as_shown(text: str) -> str:
    """Return text as a terminal leaves it: what a carriage return overwrites, as progress bars do, is gone."""
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def shortened(text: str, longest: int = LONGEST_STREAM) -> str:
    """Return text with its middle left out where it is longer than `longest` characters."""
    out = len(text) - longest
    if out <= 0:
        return text
    half = longest // 2
    return f"{text[:half]}\n… {out} characters left out …\n{text[-half:]}"
