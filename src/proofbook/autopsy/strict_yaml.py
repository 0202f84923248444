"""YAML that means what it shows: YAML 1.2 core scalars, no duplicate keys, anchors, aliases or tags.

PyYAML by itself lets the last of two equal keys win, reads `no` as False and `1e9` as a string.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from proofbook.autopsy.canonical import read_bytes
from proofbook.autopsy.errors import ProofbookError

MAX_BYTES = 1 << 20


class NotStrict(ValueError):
    """The YAML parses, but uses what is refused here; `line` is one-based."""

    def __init__(self, what: str, line: int) -> None:
        self.what, self.line = what, line
        super().__init__(f"line {line}: {what}")


class _StrictLoader(yaml.SafeLoader):
    """A SafeLoader in pure Python: overriding the C loader's `compose_node` would do nothing."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise NotStrict(f"alias *{event.anchor}: write the value out", line)
        if getattr(event, "anchor", None):
            raise NotStrict(f"anchor &{event.anchor}: write the value out", line)
        if getattr(event, "tag", None):
            raise NotStrict(f"tag {event.tag}: leave it out", line)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith(":str"):
                raise NotStrict("a key must be text", line)
            if key.value in seen:
                raise NotStrict(f"duplicate key {key.value!r}: keep one", line)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_CORE = [
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("tag:yaml.org,2002:int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+0123456789."),
    ),
]
for _tag, _pattern, _first in _CORE:
    _StrictLoader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


def _construct_int(_: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(node.value)
    try:
        return int(text, 0) if text[:2] in {"0o", "0x"} else int(text, 10)
    except ValueError as error:  # Python reads no more than 4300 digits
        raise NotStrict("an integer of too many digits", node.start_mark.line + 1) from error


def _construct_float(_: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    text = str(node.value).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _construct_int)
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _construct_float)


def parse_yaml(text: str) -> Any:
    """Parse one YAML document.

    Raises:
        NotStrict: it is YAML, but with duplicate keys, anchors, aliases, tags or non-text keys.
        yaml.YAMLError: it is not YAML.
    """
    loader = _StrictLoader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def read_yaml(path: Path) -> Any:
    """Read one YAML document.

    Raises:
        ProofbookError: the file is missing, too large or not YAML at all.
        NotStrict: it is YAML, but not of the strict kind.
    """
    data = read_bytes(path)
    if len(data) > MAX_BYTES:
        raise ProofbookError(f"is larger than {MAX_BYTES} bytes", path=path)
    try:
        return parse_yaml(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProofbookError("is not UTF-8", path=path, remedy="save it as UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "nested too deeply or unreadable"
        field = f"line {mark.line + 1} column {mark.column + 1}" if mark else None
        raise ProofbookError(
            f"is not YAML: {problem}", path=path, field=field, remedy="mend the line"
        ) from error
