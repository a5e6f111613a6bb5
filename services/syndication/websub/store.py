"""Keeps the hub's subscriptions and the requests that wait to be verified, in Redis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

import orjson
import structlog

from services.syndication.websub.asked import Asked
from shared.redis import Script, Store
from shared.sealing import Sealer, SealError, is_sealed

log = structlog.get_logger()

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


# Puts a value in the place of the one that was read, or takes it away, unless another was put there meanwhile.
SWAP = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
""")

Kept = TypeVar("Kept", Asked, Subscription)


class Hubs:
    """Reads and writes both, their secrets sealed; every method may raise RedisError."""

    def __init__(self, store: Store, seals: Sealer) -> None:
        self._store, self._seals = store, seals

    async def ask(self, asked: Asked) -> bool:
        """Have a request verified; False when too many wait, or there are too many subscriptions."""
        waiting, held = await self._store.do("HLEN", PENDING), await self._store.do("HLEN", SUBSCRIPTIONS)
        if waiting >= MOST_PENDING or held >= MOST:
            return False
        await self._store.do("HSET", PENDING, asked.id, self._sealed(asked))
        return True

    async def pending(self) -> list[Asked]:
        """Return the requests that wait to be verified."""
        return self._readable(Asked, await self._store.do("HVALS", PENDING))

    async def settled(self, asked: Asked) -> None:
        """Forget a request, unless a newer one took its place."""
        kept = await self._store.do("HGET", PENDING, asked.id)
        if kept is not None and self._readable(Asked, [kept]) in ([asked], []):
            await self._store.run(SWAP, keys=[PENDING], args=[asked.id, kept, ""])

    async def subscriptions(self) -> list[Subscription]:
        """Return all subscriptions."""
        return self._readable(Subscription, await self._store.do("HVALS", SUBSCRIPTIONS))

    async def get(self, id: str) -> Subscription | None:
        """Return a subscription, or None."""
        found = await self._store.do("HGET", SUBSCRIPTIONS, id)
        return next(iter(self._readable(Subscription, [found] if found else [])), None)

    async def put(self, subscription: Subscription) -> None:
        """Keep a subscription, in place of the one of its topic and callback."""
        await self._store.do("HSET", SUBSCRIPTIONS, subscription.id, self._sealed(subscription))

    async def note(self, subscription: Subscription) -> None:
        """Keep how delivery went, unless the subscription was ended meanwhile; a renewed one keeps its new terms."""
        while (kept := await self._store.do("HGET", SUBSCRIPTIONS, subscription.id)) is not None:
            terms = orjson.loads(kept)
            noted = asdict(subscription) | {name: terms[name] for name in ("secret", "expires")}
            args = [subscription.id, kept, orjson.dumps(noted)]
            if await self._store.run(SWAP, keys=[SUBSCRIPTIONS], args=args):
                return

    async def drop(self, id: str) -> None:
        """End a subscription."""
        await self._store.do("HDEL", SUBSCRIPTIONS, id)

    def _sealed(self, record: Asked | Subscription) -> bytes:
        secret = record.secret and self._seals.seal(record.secret.encode("utf-8", "surrogatepass"), record.id)
        return orjson.dumps(asdict(replace(record, secret=secret)))

    def _readable(self, kind: type[Kept], kept: Iterable[bytes]) -> list[Kept]:
        """Return records with their secrets; one whose secret cannot be opened is left out, never served unsigned."""
        found = []
        for value in kept:
            record = kind(**orjson.loads(value))
            try:
                found.append(replace(record, secret=self._opened(record)))
            except SealError as error:
                log.warning("websub.secret.unreadable", subscription=record.id, error=str(error))
        return found

    def _opened(self, record: Asked | Subscription) -> str:
        if not is_sealed(record.secret):
            return record.secret
        return self._seals.open(record.secret, record.id).decode("utf-8", "surrogatepass")
