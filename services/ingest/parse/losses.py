"""Keeps account, in words, of what a document says and an article has no place for."""

from __future__ import annotations

from collections import Counter

MOST = 50
LONGEST = 200


class Losses:
    """Notes of one document, each once with its number; those beyond the fiftieth kind are only counted."""

    def __init__(self) -> None:
        self._notes: Counter[str] = Counter()
        self._more = 0

    def note(self, what: str) -> None:
        """Write down a loss."""
        what = " ".join(what.split())[:LONGEST]
        if what in self._notes or len(self._notes) < MOST:
            self._notes[what] += 1
        else:
            self._more += 1

    def fit(self, text: str, most: int, what: str) -> str:
        """Return at most `most` characters of a text, with a note when that is not all."""
        if len(text) > most:
            self.note(f"{what} is cut after {most} characters")
            return text[:most].rstrip()
        return text

    def told(self) -> tuple[str, ...]:
        """Return the notes."""
        lines = [what if count == 1 else f"{what} ({count} times)" for what, count in self._notes.items()]
        return (*lines, f"and {self._more} more") if self._more else tuple(lines)
