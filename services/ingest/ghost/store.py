"""Remembers the hooks that were acted on, for as long as their signatures would be good."""

from __future__ import annotations

from hashlib import blake2b

from services.ingest.ghost.hook import LEEWAY_SECONDS
from shared.redis import Store

KEPT_SECONDS = int(2 * LEEWAY_SECONDS) + 60


class Replays:
    """The signatures of each source's hooks; one seen before is not acted on again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def known(self, source_id: str, signature: str) -> bool:
        """Tell whether a hook was acted on before. Raises RedisError."""
        return bool(await self._store.do("EXISTS", _key(source_id, signature)))

    async def keep(self, source_id: str, signature: str) -> None:
        """Remember a hook once what it says is durable. Raises RedisError."""
        await self._store.do("SET", _key(source_id, signature), "1", "EX", KEPT_SECONDS)


def _key(source_id: str, signature: str) -> str:
    # Letters of either case and spaces are the same signature; the key holds none of it.
    digest = blake2b(signature.lower().replace(" ", "").encode(), digest_size=16).hexdigest()
    return f"{{src:{source_id}}}:hook:{digest}"
