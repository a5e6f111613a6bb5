"""Keeps the hub's subscriptions and the requests that wait to be verified, in Redis."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import orjson

from services.syndication.websub.asked import Asked
from shared.redis import Store

SUBSCRIPTIONS = "{websub}:subscriptions"
"""Hash: subscription -> its record as JSON."""
PENDING = "{websub}:pending"
"""Hash: subscription -> the newest request about it that is not verified yet; an older one is of no more use."""
MOST = 50_000
MOST_PENDING = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A verified subscription: times are Unix seconds, `mark` is the state of the topic that was delivered last."""

    id: str
    topic: str
    callback: str
    secret: str
    expires: float
    mark: str
    failures: int = 0
    due: float = 0.0
    delivered: float = 0.0


class Hubs:
    """Reads and writes both; every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, asked: Asked) -> bool:
        """Have a request verified; False when too many wait, or there are too many subscriptions."""
        waiting, held = await self._store.do("HLEN", PENDING), await self._store.do("HLEN", SUBSCRIPTIONS)
        if waiting >= MOST_PENDING or held >= MOST:
            return False
        await self._store.do("HSET", PENDING, asked.id, orjson.dumps(asdict(asked)))
        return True

    async def pending(self) -> list[Asked]:
        """Return the requests that wait to be verified."""
        found = await self._store.do("HVALS", PENDING)
        return [Asked(**orjson.loads(value)) for value in found]

    async def settled(self, asked: Asked) -> None:
        """Forget a request, unless a newer one took its place."""
        if await self._store.do("HGET", PENDING, asked.id) == orjson.dumps(asdict(asked)):
            await self._store.do("HDEL", PENDING, asked.id)

    async def subscriptions(self) -> list[Subscription]:
        """Return all subscriptions."""
        found = await self._store.do("HVALS", SUBSCRIPTIONS)
        return [Subscription(**orjson.loads(value)) for value in found]

    async def get(self, id: str) -> Subscription | None:
        """Return a subscription, or None."""
        found = await self._store.do("HGET", SUBSCRIPTIONS, id)
        return Subscription(**orjson.loads(found)) if found else None

    async def put(self, subscription: Subscription) -> None:
        """Keep a subscription, in place of the one of its topic and callback."""
        await self._store.do("HSET", SUBSCRIPTIONS, subscription.id, orjson.dumps(asdict(subscription)))

    async def note(self, subscription: Subscription) -> None:
        """Keep how delivery went, unless the subscription was ended meanwhile; a renewed one keeps its new terms."""
        now = await self.get(subscription.id)
        if now is not None:
            terms = {"secret": now.secret, "expires": now.expires}
            await self.put(replace(subscription, **terms))  # type: ignore[arg-type]  # by its own names

    async def drop(self, id: str) -> None:
        """End a subscription."""
        await self._store.do("HDEL", SUBSCRIPTIONS, id)
