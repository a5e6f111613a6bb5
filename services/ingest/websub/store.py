"""Keeps subscriptions with their sources, their secrets sealed, and when each is to be seen to."""

from __future__ import annotations

from collections.abc import Mapping

from services.ingest.websub.subscription import Subscription
from shared.redis import Script, Store
from shared.sealing import Sealer, SealError, is_sealed

DUE = "websub:due"
REVIEWED = "websub:reviewed"

PUT = Script("""
redis.call('DEL', KEYS[1])
for at = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
""")

CHANGE = Script("""
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
for at = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
""")

REMOVE = Script("""
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")

CLAIM = Script("""
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[2], id) end
return due
""")


class SubscriptionStore:
    """The subscriptions of all sources; a change holds only for the subscription it was made for."""

    def __init__(self, store: Store, seals: Sealer) -> None:
        self._store, self._seals = store, seals

    async def get(self, source_id: str) -> Subscription | None:
        """Return a source's subscription; one whose secret cannot be opened is none, and is made anew.

        Raises RedisError.
        """
        stored = await self._store.do("HGETALL", _key(source_id))
        found = {name.decode(): value.decode("utf-8", "replace") for name, value in stored.items()}
        if is_sealed(sealed := found.get("secret", "")):
            try:
                found["secret"] = self._seals.open(sealed, _about(source_id)).decode()
            except SealError:
                return None
        return Subscription.read(found)

    async def put(self, source_id: str, subscription: Subscription) -> None:
        """Keep a new subscription in place of the one there was."""
        secret = self._seals.seal(subscription.secret.encode(), _about(source_id))
        fields = subscription.write() | {"secret": secret}
        await self._store.run(PUT, keys=[_key(source_id)], args=_pairs(fields))

    async def seal(self, source_id: str) -> bool:
        """Seal the secret of a subscription that was made before any were; tell whether it was one."""
        token, secret = await self._store.do("HMGET", _key(source_id), "token", "secret")
        if token is None or secret is None or is_sealed(secret.decode()):
            return False
        sealed = self._seals.seal(secret, _about(source_id))
        return await self.change(source_id, token.decode(), {"secret": sealed})

    async def change(self, source_id: str, token: str, fields: Mapping[str, str]) -> bool:
        """Write fields of a subscription that is still this one; tell whether it was."""
        args = [token, *_pairs(fields)]
        return bool(await self._store.run(CHANGE, keys=[_key(source_id)], args=args))

    async def remove(self, source_id: str, token: str) -> None:
        """Forget a subscription that is still this one."""
        if await self._store.run(REMOVE, keys=[_key(source_id)], args=[token]):
            await self.never(source_id)

    async def claim(self, now: float, lease: float, most: int) -> list[str]:
        """Take up to `most` sources whose subscriptions are due; no one else is given them for `lease` seconds."""
        return [member.decode() for member in await self._store.run(CLAIM, keys=[DUE], args=[now, lease, most])]

    async def due(self, source_id: str, at: float) -> None:
        """See to a subscription at `at`, in seconds since 1970."""
        await self._store.do("ZADD", DUE, at, source_id)

    async def due_if_unplanned(self, source_id: str, at: float) -> None:
        """See to a subscription at `at` unless something is planned."""
        await self._store.do("ZADD", DUE, "NX", at, source_id)

    async def never(self, source_id: str) -> None:
        """See to a subscription no more."""
        await self._store.do("ZREM", DUE, source_id)

    async def ids(self) -> list[str]:
        """Return the sources that have a subscription."""
        return [member.decode() for member in await self._store.do("ZRANGE", DUE, 0, -1)]

    async def may_review(self, seconds: int) -> bool:
        """Tell whether no process looked through all subscriptions in the last so many seconds; this one does now."""
        return bool(await self._store.do("SET", REVIEWED, "1", "NX", "EX", seconds))


def _key(source_id: str) -> str:
    return f"{{src:{source_id}}}:websub"


def _about(source_id: str) -> str:
    return f"the hub's secret of source {source_id}"


def _pairs(fields: Mapping[str, str]) -> list[str]:
    return [part for pair in fields.items() for part in pair]
