"""A mapping bounded by the bytes of what it holds; the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

OVERHEAD = 512
"""Bytes counted for each entry beside its content, so that a flood of tiny ones is bounded too."""


class Recent(Generic[Key, Value]):
    """Keeps values up to a number of bytes in all; for one thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Key) -> Value | None:
        """Return a value and count it as used, or None."""
        entry = self._held.get(key)
        if entry is None:
            return None
        self._held.move_to_end(key)
        return entry[0]

    def peek(self, key: Key) -> Value | None:
        """Return a value, or None; it counts as used no more than before."""
        entry = self._held.get(key)
        return None if entry is None else entry[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of `size` bytes; one larger than the whole bound is not kept."""
        self.drop(key)
        self._held[key] = (value, size + OVERHEAD)
        self.size += size + OVERHEAD
        while self.size > self._limit:
            _, (_, freed) = self._held.popitem(last=False)
            self.size -= freed

    def clear(self) -> None:
        """Drop everything."""
        self._held.clear()
        self.size = 0

    def drop(self, key: Key) -> None:
        """Forget a value, if it is held."""
        entry = self._held.pop(key, None)
        if entry is not None:
            self.size -= entry[1]
