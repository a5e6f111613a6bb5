"""Whom the operator trusts with articles under an embargo; that is written where consumers are made and changed."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from shared.auth import CONSUMERS
from shared.redis import Store

EARLY = "early"
"""What a consumer's `embargo` is when it is trusted."""

UNTRUSTED = "the operator trusts this consumer with no articles under an embargo"


class Trust:
    """Reads consumers' records, anew each time: what is revoked is revoked at once. Raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, owner: str | None) -> bool:
        """Tell whether a subscription's owner is trusted; the operator's own subscriptions have none."""
        return owner is None or owner in await self.among([owner])

    async def among(self, owners: Iterable[str]) -> frozenset[str]:
        """Return those of some consumers that are trusted."""
        asked = sorted(set(owners))
        kept = await self._store.do("HMGET", CONSUMERS, *asked) if asked else []
        known = zip(asked, kept, strict=True)
        return frozenset(id for id, record in known if record and orjson.loads(record).get("embargo") == EARLY)
