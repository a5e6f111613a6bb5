"""The newest articles of each tag, in Redis, with the words that tell them apart; choosing is left to ranking.py."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from services.enrichment.related.words import WORDS
from shared.redis import Argument, Script, Store

MOST = 120
"""Articles kept of a tag: few enough for Redis to keep them as one listpack, some 70 bytes each."""
READ = 40
WINDOW = timedelta(days=7)

# Answers the newest members with their scores, then puts one there, in place of its older versions among those.
# ARGV: least score, how many to read; and of who is put: member, moment, how many to keep, seconds to live.
READ_AND_PUT = Script("""
local found = redis.call('ZRANGE', KEYS[1], '+inf', ARGV[1], 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
local member = ARGV[3]
if not member then return found end
local id, there = string.sub(member, 25), false
for i = 1, #found, 2 do
  if string.sub(found[i], 25) == id then
    if found[i] == member then there = true else redis.call('ZREM', KEYS[1], found[i]) end
  end
end
if there then return found end
redis.call('ZADD', KEYS[1], ARGV[4], member)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return found
""")


class Shelved(NamedTuple):
    """An article on a tag's shelf: when it was published (Unix seconds), and its telling words (`words.telling`)."""

    id: str
    at: float
    words: bytes


Row = tuple[str, float, bytes]
"""What a `Shelved` is, without its names: many are read and few are shown, and names take time."""


class Shelves:
    """Reads and fills the shelves; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(self, tags: Sequence[str], moment: datetime, put: Shelved | None = None) -> list[asyncio.Future[Any]]:
        """Ask for the newest articles of each tag no older than a week before `moment`, and put one there as well."""
        args: list[Argument] = [(moment - WINDOW).timestamp(), READ]
        if put is not None:
            args += [_member(put), put.at, MOST, int(WINDOW.total_seconds())]
        return [self._store.call(READ_AND_PUT, keys=[_key(tag)], args=args) for tag in tags]

    async def newest(self, tags: Sequence[str], moment: datetime, put: Shelved | None = None) -> list[list[Row]]:
        """Return what `ask` asks for, as it stood before: the newest first."""
        return [shelved(reply) for reply in await asyncio.gather(*self.ask(tags, moment, put))]

    async def take_out(self, tags: Sequence[str], one: Shelved) -> None:
        """Take an article off the shelves of its tags."""
        await asyncio.gather(*(self._store.ask("ZREM", _key(tag), _member(one)) for tag in tags))


def moment_of(published: datetime, ingested: datetime) -> float:
    """Return when an article counts as published: not after it came, or a wrong date would keep it on top."""
    return min(published, ingested).astimezone(UTC).timestamp()


def _key(tag: str) -> str:
    return f"{{tag2:{tag}}}"


def _member(one: Shelved) -> bytes:
    return one.words + one.id.encode()


def shelved(reply: Sequence[bytes]) -> list[Row]:
    """Read members and scores, which come in turn."""
    cut, members = 2 * WORDS, reply[::2]
    ids = [member[cut:].decode() for member in members]
    return list(zip(ids, map(float, reply[1::2]), [member[:cut] for member in members], strict=True))
