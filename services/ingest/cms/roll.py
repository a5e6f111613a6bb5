"""What a reader of a content system remembers from one poll to the next, and which posts have vanished since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from services.ingest.cms.values import document, object_of

KNOWN = 60
"""Posts asked after again: as many as go into one address."""

SURE = 2
"""Polls in a row that must miss a post before it counts as withdrawn; a site half restored looks the same once."""

TOLD = 4
"""Polls in a row after which a missing post is forgotten: it was told of often enough to outlast a crash."""

FEW = 10


@dataclass(frozen=True, slots=True)
class Roll:
    """The state of one source: stored as its `cursor`, all or nothing with what was read.

    `at` is the latest change seen, as the system writes it. `posts` are the ids of those changed last, newest
    first, and `missing` how often in a row each of them was not found. `gone` are those withdrawn last, which are
    published again should they come back. `notes` are the reader's own.
    """

    at: str = ""
    posts: tuple[str, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None) -> Roll:
        """Build it from what `write` gave; empty for anything else."""
        kept = object_of(document((cursor or "").encode("utf-8", "replace")))
        return cls(
            at=kept["at"] if isinstance(kept.get("at"), str) else "",
            posts=tuple(_texts(kept.get("posts")))[:KNOWN],
            missing={id: n for id, n in object_of(kept.get("missing")).items() if isinstance(n, int)},
            gone=tuple(_texts(kept.get("gone")))[:KNOWN],
            notes={name: note for name, note in object_of(kept.get("notes")).items() if isinstance(note, str)},
        )

    def write(self) -> str:
        """Return it as it is stored."""
        plain = {"at": self.at, "posts": self.posts, "missing": self.missing, "gone": self.gone, "notes": self.notes}
        return orjson.dumps(plain).decode()

    def after(self, at: str, newest_first: Sequence[str]) -> Roll:
        """Return the roll once these posts were read."""
        posts = dict.fromkeys([*newest_first, *self.posts])
        missing = {id: times for id, times in self.missing.items() if id not in set(newest_first)}
        gone = tuple(id for id in self.gone if id not in set(newest_first))
        return replace(self, at=max(at, self.at), posts=tuple(posts)[:KNOWN], missing=missing, gone=gone)

    def noted(self, **notes: str) -> Roll:
        """Return the roll with more notes."""
        return replace(self, notes={**self.notes, **notes})

    def called(self, present: Collection[str]) -> tuple[Roll, tuple[str, ...]]:
        """Return the roll after its posts were asked after and `present` were found, and which are withdrawn.

        When most of many are missing, nothing is withdrawn: that is a site that lost its memory, not an editor.
        """
        absent = [id for id in self.posts if id not in present]
        if len(absent) > FEW and len(absent) * 2 > len(self.posts):
            return self, ()
        times = {id: self.missing.get(id, 0) + 1 for id in absent}
        kept = tuple(id for id in self.posts if times.get(id, 0) < TOLD)
        gone = tuple(id for id in absent if times[id] >= SURE)
        missing = {id: count for id, count in times.items() if count < TOLD}
        known = tuple(dict.fromkeys([*gone, *self.gone]))[:KNOWN]
        return replace(self, posts=kept, missing=missing, gone=known), gone


def _texts(value: Any) -> list[str]:
    return [inner for inner in value if isinstance(inner, str)] if isinstance(value, list) else []
