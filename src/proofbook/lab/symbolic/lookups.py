"""Dictionaries and sets of a kernel, as lifted code sees them: they know when a symbolic text is looked up.

A text that is none of its words may still be a key that is none of its words: such a lookup is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from proofbook.lab.symbolic.words import SymbolicText, covering


@contextmanager
def _looking_up(keys: Any, key: Any) -> Iterator[None]:
    if not isinstance(key, SymbolicText):
        yield
        return
    token = covering.set(frozenset(name for name in keys if isinstance(name, str)))
    try:
        yield
    finally:
        covering.reset(token)


class _Dict(dict[Any, Any]):
    def __getitem__(self, key: Any) -> Any:
        with _looking_up(self, key):
            return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        with _looking_up(self, key):
            return super().__contains__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what stands under a key."""
        with _looking_up(self, key):
            return super().get(key, default)


class _Set(set[Any]):
    def __contains__(self, key: Any) -> bool:
        with _looking_up(self, key):
            return super().__contains__(key)


class _FrozenSet(frozenset[Any]):
    def __contains__(self, key: Any) -> bool:
        with _looking_up(self, key):
            return super().__contains__(key)


LOOKUPS: dict[type, Callable[[Any], Any]] = {dict: _Dict, set: _Set, frozenset: _FrozenSet}
