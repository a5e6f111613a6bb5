"""The newest articles of each tag, in Redis, with the words that tell them apart; choosing is left to ranking.py."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from services.enrichment.related.words import WORDS
from shared.redis import Script, Store

MOST = 120
"""Articles kept of a tag: few enough for Redis to keep them as one listpack, some 70 bytes each."""
READ = 40
WINDOW = timedelta(days=7)

# ARGV: moment, member, how many to keep, seconds to live, members of older versions…
PUT = Script("""
for i = 5, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
""")


class Shelved(NamedTuple):
    """An article on a tag's shelf: when it was published (Unix seconds), and its telling words (`words.telling`)."""

    id: str
    at: float
    words: bytes


class Shelves:
    """Reads and fills the shelves; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def newest(self, tags: Sequence[str], moment: datetime) -> list[list[Shelved]]:
        """Return the newest articles of each tag that are no older than a week before `moment`."""
        if not tags:
            return []
        least = (moment - WINDOW).timestamp()
        asked = (
            self._store.do("ZRANGE", _key(tag), "+inf", least, "BYSCORE", "REV", "LIMIT", 0, READ, "WITHSCORES")
            for tag in tags
        )
        return [_shelved(reply) for reply in await asyncio.gather(*asked)]

    async def put(self, tags: Sequence[str], one: Shelved, before: Iterable[Shelved]) -> None:
        """Put an article on the shelves of its tags, in place of `before`: what was found of it there."""
        member, life = _member(one), int(WINDOW.total_seconds())
        gone = {_member(each) for each in before} - {member}
        args: list[float | int | bytes] = [one.at, member, MOST, life, *gone]
        await asyncio.gather(*(self._store.run(PUT, keys=[_key(tag)], args=args) for tag in tags))


def moment_of(published: datetime, ingested: datetime) -> float:
    """Return when an article counts as published: not after it came, or a wrong date would keep it on top."""
    return min(published, ingested).astimezone(UTC).timestamp()


def _key(tag: str) -> str:
    return f"{{tag1:{tag}}}"


def _member(one: Shelved) -> bytes:
    return one.words + one.id.encode()


def _shelved(reply: Sequence[Any]) -> list[Shelved]:
    """Read members and scores: in pairs, as RESP3 has them, or in turn, as RESP2 does."""
    pairs = reply if not reply or not isinstance(reply[0], bytes) else zip(reply[::2], reply[1::2], strict=True)
    cut = 2 * WORDS
    return [Shelved(member[cut:].decode(), float(score), member[:cut]) for member, score in pairs]
