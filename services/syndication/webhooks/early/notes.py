"""What of an article went early to which subscription, and what came of it; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from services.syndication.webhooks.lane_replies import Delivery
from shared.redis import Argument, Script, Store

KEPT_SECONDS = 30 * 86_400
"""After the release for so long, as receipts are."""

Kind = Literal["article.embargoed", "article.withdrawn"]
EMBARGOED: Kind = "article.embargoed"
WITHDRAWN: Kind = "article.withdrawn"
KINDS: tuple[Kind, ...] = (EMBARGOED, WITHDRAWN)

OVER = frozenset(("delivered", "gave_up", "refused", "unknown"))

IDENTITY = " identity"
"""The field of what the article is known by; no subscription's id has a blank."""

NOTE = Script("""
local had = redis.call('HGET', KEYS[1], ARGV[1])
if had then
  local version, seq = string.match(had, '^%S+ (%d+) (%d+)')
  if tonumber(version) > tonumber(ARGV[3]) or tonumber(seq) >= tonumber(ARGV[4]) then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], table.concat({ARGV[2], ARGV[3], ARGV[4], '0'}, ' '))
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], ARGV[7], ARGV[6]) end
if redis.call('TTL', KEYS[1]) < 0 then
  redis.call('EXPIREAT', KEYS[1], ARGV[5])
else
  redis.call('EXPIREAT', KEYS[1], ARGV[5], 'GT')
end
return 1
""")
"""ARGV: subscription, kind, version, seq, until when to keep it (s), identity or empty, its field. Newest wins."""

REPLACE = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
""")
"""ARGV: subscription, its note as it is to be now, and then."""

BEGIN = Script("""
local had = redis.call('HGET', KEYS[1], ARGV[1])
if not had or string.match(had, '^%S+ %d+ (%d+)') ~= ARGV[2] then return {0, 0, {}} end
local before = redis.call('HGET', KEYS[1], ARGV[3])
local first = not before or cjson.decode(before).seq ~= tonumber(ARGV[2])
if first then redis.call('HSET', KEYS[1], ARGV[3], ARGV[4]) end
return {1, first and 1 or 0, redis.call('HKEYS', KEYS[1])}
""")
"""ARGV: subscription, seq, field of the mark, mark. Refuses what is not the newest for the subscription."""


@dataclass(frozen=True, slots=True)
class Note:
    """The newest that is to go to a subscription, under which seq, and whether it was put in its lane."""

    kind: Kind
    version: int
    seq: int
    queued: bool

    def __str__(self) -> str:
        """Return it as it is kept."""
        return f"{self.kind} {self.version} {self.seq} {int(self.queued)}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What came of the attempts at one message, under the seq it last had; times in Unix ms."""

    state: str
    seq: int
    first: int
    at: int
    attempts: int


Marks = Mapping[tuple[str, Kind, int], Mark]


@dataclass(frozen=True, slots=True)
class Noted:
    """All that is noted of an article: notes by subscription, marks of what was tried, what it is known by."""

    notes: Mapping[str, Note] = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    identity: Mapping[str, Any] = field(default_factory=dict)

    def over(self, subscription: str, note: Note) -> bool:
        """Tell whether there is nothing more to try of a note's message."""
        mark = self.marks.get((subscription, note.kind, note.version))
        return mark is not None and mark.seq == note.seq and mark.state in OVER

    def got(self, subscription: str) -> int | None:
        """Return the newest version that may have reached a subscription and was not withdrawn there, or None."""
        tried = [(mark.seq, kind, version) for (id, kind, version), mark in self.marks.items() if id == subscription]
        _, kind, version = max(tried, default=(0, WITHDRAWN, 0))
        return version if kind == EMBARGOED else None


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt may be made: the `first` or not; `versions` are those of the article that were tried."""

    first: bool
    versions: tuple[int, ...]


class Notes:
    """Keeps them, one hash an article. Every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, article_id: str) -> Noted:
        """Return what is noted of an article."""
        kept = await self._store.do("HGETALL", _key(article_id))
        notes: dict[str, Note] = {}
        marks: dict[tuple[str, Kind, int], Mark] = {}
        identity = orjson.loads(kept.pop(IDENTITY.encode(), b"{}"))
        for name, value in kept.items():
            subscription, *mark = name.decode().split(" ")
            if mark:
                marks[subscription, mark[0], int(mark[1])] = Mark(**orjson.loads(value))
            else:
                notes[subscription] = _note(value)
        return Noted(notes, marks, identity)

    async def note(
        self, article_id: str, subscription: str, note: Note, until: int, identity: Mapping[str, Any] | None
    ) -> bool:
        """Note what is to go to a subscription next; False when something newer is. Kept past `until` (Unix s)."""
        known = orjson.dumps(identity) if identity is not None else b""
        args: list[Argument] = [subscription, note.kind, note.version, note.seq, until + KEPT_SECONDS, known, IDENTITY]
        return bool(await self._store.run(NOTE, keys=[_key(article_id)], args=args))

    async def queued(self, article_id: str, subscription: str, note: Note, *, queued: bool) -> None:
        """Note that it is in its lane, or that it has to be put there again."""
        turned = Note(note.kind, note.version, note.seq, queued)
        await self._store.run(REPLACE, keys=[_key(article_id)], args=[subscription, str(note), str(turned)])

    async def begin(self, article_id: str, subscription: str, note: Note, now: int) -> Begun | None:
        """Mark that it is sent now, before it is; None when it is not what is to go there any more."""
        mark = orjson.dumps({"state": "sending", "seq": note.seq, "first": now, "at": now, "attempts": 0})
        field = _mark(subscription, note)
        begun, first, fields = await self._store.run(
            BEGIN, keys=[_key(article_id)], args=[subscription, note.seq, field, mark]
        )
        if not begun:
            return None
        stem = f"{subscription} {EMBARGOED} ".encode()
        return Begun(bool(first), tuple(sorted(int(each[len(stem) :]) for each in fields if each.startswith(stem))))

    async def ended(self, article_id: str, subscription: str, note: Note, state: str, now: int, attempts: int) -> None:
        """Mark what came of an attempt."""
        field = _mark(subscription, note)
        before = await self._store.do("HGET", _key(article_id), field)
        first = orjson.loads(before)["first"] if before else now
        mark = {"state": state, "seq": note.seq, "first": first, "at": now, "attempts": attempts}
        await self._store.do("HSET", _key(article_id), field, orjson.dumps(mark))

    async def unsent(self, article_id: str, subscription: str, note: Note) -> None:
        """Take the mark back of what was begun for the first time, and not sent."""
        await self._store.do("HDEL", _key(article_id), _mark(subscription, note))


def is_early(delivery: Delivery) -> bool:
    """Tell whether a delivery is not of the ledger, but of what waits to get there, or is withdrawn before it does."""
    return delivery.type in KINDS


def _key(article_id: str) -> str:
    return f"{{a:{article_id}}}:early"


def _mark(subscription: str, note: Note) -> str:
    return f"{subscription} {note.kind} {note.version}"


def _note(value: bytes) -> Note:
    kind, version, seq, queued = value.decode().split(" ")
    return Note(kind, int(version), int(seq), queued == "1")  # type: ignore[arg-type]  # only `note` writes it
