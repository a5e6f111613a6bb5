"""Keeps private feeds in Redis; of an address only the hash is kept, as of a consumer's key."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import asdict, dataclass, replace

import orjson

from services.syndication.within import Terms, terms_of
from shared.auth import CONSUMERS, digest
from shared.events import Reuse
from shared.redis import Store

FEEDS = "private-feeds"
"""Hash: private feed -> its record as JSON."""
MOST = 100
"""Feeds of one consumer."""
TOKEN = re.compile(r"([0-9a-f]{16})-[0-9a-f]{48}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateFeed:
    """One consumer's feed: what is in it, how much of each story at most, and the hash of its token."""

    id: str
    consumer: str
    created_at: str
    name: str = ""
    query: str = ""
    reuse: Reuse = "full"
    digest: str = ""


class PrivateFeeds:
    """Reads and writes them; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def make(self, feed: PrivateFeed) -> str:
        """Keep a feed and return its token, which nobody can be told again."""
        token = f"{feed.id}-{secrets.token_hex(24)}"
        kept = asdict(replace(feed, digest=digest(token)))
        await self._store.do("HSET", FEEDS, feed.id, orjson.dumps(kept))
        return token

    async def list(self) -> list[PrivateFeed]:
        """Return all whose consumer is still there, oldest first; the others are let go of."""
        # One after the other: the consumer of a feed that was just made is there before it.
        kept, consumers = await self._store.do("HVALS", FEEDS), await self._store.do("HKEYS", CONSUMERS)
        known = {name.decode() for name in consumers}
        feeds = sorted((PrivateFeed(**orjson.loads(value)) for value in kept), key=lambda one: one.created_at)
        if orphans := [one.id for one in feeds if one.consumer not in known]:
            await self._store.do("HDEL", FEEDS, *orphans)
        return [one for one in feeds if one.consumer in known]

    async def get(self, id: str) -> PrivateFeed | None:
        """Return a feed by its id, or None."""
        kept = await self._store.do("HGET", FEEDS, id)
        return PrivateFeed(**orjson.loads(kept)) if kept else None

    async def drop(self, id: str) -> None:
        """Take a feed away; its address is nothing from now on."""
        await self._store.do("HDEL", FEEDS, id)

    async def terms(self, consumer: str) -> Terms | None:
        """Return what a consumer may have, or None when there is none of that id."""
        kept = await self._store.do("HGET", CONSUMERS, consumer)
        return terms_of(orjson.loads(kept)) if kept else None

    async def opened(self, token: str) -> tuple[PrivateFeed, Terms] | None:
        """Return the feed that a token opens and its consumer's terms, or None."""
        found = TOKEN.fullmatch(token)
        feed = await self.get(found[1]) if found else None
        if feed is None or not hmac.compare_digest(feed.digest, digest(token)):
            return None
        terms = await self.terms(feed.consumer)
        return None if terms is None else (feed, terms)
