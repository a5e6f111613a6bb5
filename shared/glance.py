"""How sources fare, for who looks on from another service, and which to poll now: asked for in Redis, of ingest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from shared.redis import Store

ASKED, TOLD, TURN, POLLS = "{glance}:asked", "{glance}:told", "{glance}:turn", "{glance}:polls"

LOOKING_SECONDS = 60
"""For how long after somebody looked it is told on."""

EVERY_SECONDS = 10
"""How often at the most, by all replicas together."""

KEPT_SECONDS = 300

MOST_POLLS = 1_000
"""Wishes that are kept until ingest takes them."""


class Glance:
    """Both sides of it; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self) -> None:
        """Have it told, now and for a while."""
        await self._store.do("SET", ASKED, "1", "EX", LOOKING_SECONDS)

    async def wish(self, source_id: str) -> bool:
        """Ask for a source to be polled now; False when too many wishes wait already."""
        if await self._store.do("SCARD", POLLS) >= MOST_POLLS:
            return False
        await self._store.do("SADD", POLLS, source_id)
        await self._store.do("EXPIRE", POLLS, KEPT_SECONDS)
        return True

    async def wishes(self) -> list[str]:
        """Take the sources that are to be polled now; each wish is taken once."""
        return [member.decode() for member in await self._store.do("SPOP", POLLS, MOST_POLLS)]

    async def my_turn(self) -> bool:
        """Tell whether somebody looks, and nobody told them a moment ago; who is told so is to tell."""
        if not await self._store.do("EXISTS", ASKED):
            return False
        return bool(await self._store.do("SET", TURN, "1", "NX", "EX", EVERY_SECONDS))

    async def tell(self, told: Mapping[str, Any]) -> None:
        """Answer who looks."""
        await self._store.do("SET", TOLD, orjson.dumps(told), "EX", KEPT_SECONDS)

    async def told(self) -> dict[str, Any] | None:
        """Return what was told last, None when nothing was for minutes."""
        found = await self._store.do("GET", TOLD)
        told: dict[str, Any] | None = None if found is None else orjson.loads(found)
        return told
