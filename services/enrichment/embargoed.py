"""Remembers which articles are under an embargo, so that no other says it is a copy of one, or points to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.redis import Store

UNTIL = "embargoed:until"
"""Sorted set: article -> the end of its embargo (Unix seconds)."""


class Embargoed:
    """The articles that nobody may hear of yet; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def note(self, id: str, until: datetime | None, moment: datetime) -> None:
        """Remember until when an article is under an embargo, or that it is under none."""
        if until is None or until <= moment:
            await self._store.do("ZREM", UNTIL, id)
            return
        await self._store.do("ZADD", UNTIL, until.timestamp(), id)
        await self._store.do("ZREMRANGEBYSCORE", UNTIL, "-inf", moment.timestamp())

    async def among(self, ids: Sequence[str], moment: datetime) -> frozenset[str]:
        """Return those of the articles that nobody may hear of yet."""
        if not ids:
            return frozenset()
        ends = zip(ids, await self._store.do("ZMSCORE", UNTIL, *ids), strict=True)
        return frozenset(id for id, until in ends if until is not None and float(until) > moment.timestamp())
