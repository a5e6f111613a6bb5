"""The ledger: every version that is published, updated, corrected or retracted, under one growing number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.redis import Script, Store

EVENTS = "{ledger}:events"
"""Stream; the entry id is `<seq>-0`."""
SEQ = "{ledger}:seq"
HEADS = "{ledger}:heads"
"""Hash: article -> `<version> <seq> <ms>`, the newest version that is in, and when it came."""
PLACED = "{ledger}:placed"
"""Hash: article -> the feeds it stands in, separated by blanks."""
MARKS = "{ledger}:marks"
"""Hash: feed -> the seq that last changed it."""
FEED = "{ledger}:feed:"
"""Sorted sets, one a feed: article by the seq of its newest version."""

# Numbers one version and places it in its feeds, whole or not at all. The names of the feeds' sets come from what
# the ledger holds, so they cannot all be named as KEYS; they share its slot.
# ARGV: article, version, force, ms, keep feeds, number of fields, fields…, feeds…
APPEND = Script("""
local article, version = ARGV[1], tonumber(ARGV[2])
local head = redis.call('HGET', KEYS[3], article)
local at, seq = 0, 0
if head then
  local v, s = string.match(head, '^(%d+) (%d+)')
  at, seq = tonumber(v), tonumber(s)
end
if version == at then return {'repeated', seq} end
if version < at then return {'stale', at} end
if version > at + 1 and ARGV[3] ~= '1' then return {'early', at} end
seq = redis.call('INCR', KEYS[2])
local fields, feeds = {}, {}
local last = 6 + tonumber(ARGV[6])
for i = 7, last do fields[#fields + 1] = ARGV[i] end
local now, names = {}, {}
if ARGV[5] == '1' then
  for feed in string.gmatch(redis.call('HGET', KEYS[4], article) or '', '%S+') do
    now[feed] = true
    names[#names + 1] = feed
  end
end
for i = last + 1, #ARGV do
  if not now[ARGV[i]] then
    now[ARGV[i]] = true
    names[#names + 1] = ARGV[i]
  end
end
redis.call('XADD', KEYS[1], seq .. '-0', unpack(fields))
for feed in string.gmatch(redis.call('HGET', KEYS[4], article) or '', '%S+') do
  if not now[feed] then
    redis.call('ZREM', KEYS[6] .. feed, article)
    redis.call('HSET', KEYS[5], feed, seq)
  end
end
for _, feed in ipairs(names) do
  redis.call('ZADD', KEYS[6] .. feed, seq, article)
  redis.call('HSET', KEYS[5], feed, seq)
end
redis.call('HSET', KEYS[4], article, table.concat(names, ' '))
redis.call('HSET', KEYS[3], article, version .. ' ' .. seq .. ' ' .. ARGV[4])
return {'appended', seq}
""")

# A version in which nothing a reader sees has changed takes its turn and no number.
PASS = Script("""
local head = redis.call('HGET', KEYS[1], ARGV[1])
if not head then return 0 end
local v, rest = string.match(head, '^(%d+) (.*)')
if tonumber(ARGV[2]) <= tonumber(v) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. rest)
return 1
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger says of one version; the article itself is kept beside it (`store.py`)."""

    type: str
    article_id: str
    version: int
    timestamp: str
    correlation_id: str
    changed: tuple[str, ...] = ()
    correction: str | None = None
    reason: str | None = None
    replacement_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Entry):
    """An entry with its number."""

    seq: int


@dataclass(frozen=True, slots=True)
class Appended:
    """This version is in, for the first time, as `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Known:
    """This version, or a newer one, is in already; nothing was changed."""

    superseded: bool


@dataclass(frozen=True, slots=True)
class Early:
    """An older version is still missing; the newest that is in is `at` (0: none)."""

    at: int


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version of an article in the ledger."""

    version: int
    seq: int
    ms: int


class Ledger:
    """Appends to the ledger and reads it; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def append(
        self, entry: Entry, feeds: Sequence[str], *, ms: int, force: bool = False, keep_feeds: bool = False
    ) -> Appended | Known | Early:
        """Give a version its number and its places in feeds: one atomic step, without effect when it is repeated.

        A version whose elder is missing is refused as Early unless `force`. `keep_feeds` leaves the article also in
        every feed it stood in, so that a retraction reaches all who read it there.
        """
        fields = _fields(entry)
        args: list[str | int] = [entry.article_id, entry.version, int(force), ms, int(keep_feeds), len(fields)]
        keys = [EVENTS, SEQ, HEADS, PLACED, MARKS, FEED]
        outcome, number = await self._store.run(APPEND, keys=keys, args=[*args, *fields, *feeds])
        match outcome:
            case b"appended":
                return Appended(number)
            case b"early":
                return Early(number)
            case _:
                return Known(superseded=outcome == b"stale")

    async def pass_over(self, article_id: str, version: int) -> None:
        """Let a version that changed nothing a reader sees take its turn."""
        await self._store.run(PASS, keys=[HEADS], args=[article_id, version])

    async def head(self, article_id: str) -> Head | None:
        """Return the newest version of an article that is in, or None."""
        return _head(await self._store.do("HGET", HEADS, article_id))

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        """Return the newest versions of articles, in the order asked."""
        if not article_ids:
            return []
        return [_head(value) for value in await self._store.do("HMGET", HEADS, *article_ids)]

    async def latest(self) -> int:
        """Return the number of the newest entry, 0 for an empty ledger."""
        return int(await self._store.do("GET", SEQ) or 0)

    async def read(self, after: int, limit: int, block_ms: int = 0) -> list[Recorded]:
        """Return up to `limit` entries after a number, in order; wait up to `block_ms` for the first."""
        if block_ms:
            found: Any = await self._store.client.xread({EVENTS: f"{after}-0"}, count=limit, block=block_ms)
            entries = found[0][1] if found else []
        else:
            entries = await self._store.do("XRANGE", EVENTS, f"({after}-0", "+", "COUNT", limit)
        return [_recorded(entry_id, fields) for entry_id, fields in entries]

    async def newest(self, feed: str, before: int | None, limit: int) -> list[tuple[str, Head]]:
        """Return up to `limit` articles of a feed and their heads, with seq below `before`, highest first."""
        top = "+inf" if before is None else f"({before}"
        found = await self._store.do("ZRANGE", FEED + feed, top, "-inf", "BYSCORE", "REV", "LIMIT", 0, limit)
        ids = [article.decode() for article in found]
        heads = await self.heads(ids)
        return [(article, head) for article, head in zip(ids, heads, strict=True) if head is not None]

    async def mark(self, feed: str) -> int:
        """Return the number that last changed a feed, 0 when nothing ever stood in it."""
        return int(await self._store.do("HGET", MARKS, feed) or 0)

    async def marks(self) -> dict[str, int]:
        """Return every feed there is with the number that last changed it."""
        found = await self._store.do("HGETALL", MARKS)
        return {feed.decode(): int(seq) for feed, seq in found.items()}


def _fields(entry: Entry) -> list[str]:
    values = {
        "type": entry.type,
        "article": entry.article_id,
        "version": str(entry.version),
        "at": entry.timestamp,
        "correlation": entry.correlation_id,
        "changed": " ".join(entry.changed),
        "correction": entry.correction,
        "reason": entry.reason,
        "replacement": entry.replacement_url,
    }
    return [part for name, value in values.items() if value for part in (name, value)]


def _recorded(entry_id: bytes, fields: dict[bytes, bytes]) -> Recorded:
    def text(name: bytes) -> str | None:
        value = fields.get(name)
        return None if value is None else value.decode()

    return Recorded(
        seq=int(entry_id.partition(b"-")[0]),
        type=text(b"type") or "",
        article_id=text(b"article") or "",
        version=int(text(b"version") or 0),
        timestamp=text(b"at") or "",
        correlation_id=text(b"correlation") or "",
        changed=tuple((text(b"changed") or "").split()),
        correction=text(b"correction"),
        reason=text(b"reason"),
        replacement_url=text(b"replacement"),
    )


def _head(value: bytes | None) -> Head | None:
    return None if value is None else Head(*(int(part) for part in value.split()))
