"""Source text by the places of its syntax nodes; offsets are bytes, as Python counts columns."""

import ast
import itertools
import re
from collections.abc import Sequence

_Node = ast.expr | ast.stmt


class Source:
    """A text and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        lengths = (len(line) for line in self.data.splitlines(keepends=True))
        self.starts = [0, *itertools.accumulate(lengths)]

    def span(self, node: _Node) -> tuple[int, int]:
        """Return where a node begins and ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: _Node) -> str:
        """Return a node's text, without parentheses around it."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def gap(self, left: _Node, right: _Node) -> str:
        """Return what stands between two nodes."""
        return self.data[self.span(left)[1] : self.span(right)[0]].decode()

    def with_token(self, whole: _Node, left: _Node, right: _Node, old: str, new: str) -> str:
        """Return a node's text with the operator between two of its operands replaced."""
        start, end = self.span(whole)
        begin, stop = self.span(left)[1], self.span(right)[0]
        before, after = self.data[start:begin].decode(), self.data[stop:end].decode()
        return before + _replace(self.data[begin:stop].decode(), old, new) + after

    def with_tokens(self, whole: _Node, operands: Sequence[_Node], old: str, new: str) -> str:
        """Return a node's text with the operator between all of its operands replaced."""
        start, end = self.span(whole)
        parts, at = [], start
        for left, right in itertools.pairwise(operands):
            begin, stop = self.span(left)[1], self.span(right)[0]
            parts.append(self.data[at:begin].decode())
            parts.append(_replace(self.data[begin:stop].decode(), old, new))
            at = stop
        return "".join([*parts, self.data[at:end].decode()])

    def edited(self, start: int, end: int, text: str) -> str:
        """Return the whole text with the bytes from `start` to `end` replaced."""
        return (self.data[:start] + text.encode() + self.data[end:]).decode()


def _replace(text: str, old: str, new: str) -> str:
    """Replace an operator between two operands; comments there are left alone."""
    pattern = re.escape(old).replace(r"\ ", r"\s+")
    lines = text.split("\n")
    for number, line in enumerate(lines):
        code, mark, comment = line.partition("#")
        changed, count = re.subn(pattern, new, code, count=1)
        if count:
            lines[number] = changed + mark + comment
            break
    return "\n".join(lines)
