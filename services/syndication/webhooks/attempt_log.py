"""The log of each subscription's attempts, as it is read; the lanes write it with what came of them."""

from __future__ import annotations

from services.syndication.webhooks.lanes import keys
from shared.redis import Store


class AttemptLog:
    """What is kept of attempts. Every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def before(self, subscription: str, entry: str | None, limit: int) -> list[tuple[str, bytes]]:
        """Return attempts, newest first, as (entry id, JSON): those older than an entry, or the newest of all."""
        until = "+" if entry is None else f"({entry}"
        found = await self._store.do("XREVRANGE", keys(subscription)[-1], until, "-", "COUNT", limit)
        return [(id.decode(), fields[b"attempt"]) for id, fields in found]

    async def one(self, subscription: str, entry: str) -> bytes | None:
        """Return one attempt as JSON by its entry's id, None when it is no longer kept."""
        found = await self._store.do("XRANGE", keys(subscription)[-1], entry, entry)
        return found[0][1][b"attempt"] if found else None
