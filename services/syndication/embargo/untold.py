"""Which articles' embargoes began, moved or ended since somebody told of them early; telling is left to webhooks."""

from __future__ import annotations

from services.syndication.ledger.scripts import DUE, DUE_NOW, UNTOLD
from shared.redis import Script, Store

PART = 1_000

TOLD = Script("""
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
""")
"""ARGV: article, end of the lease, when to look again or empty. Leaves one alone that has changed since."""


class Untold:
    """The ledger scripts put articles in; each stays until it was looked at. Every method may raise RedisError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def some(self, now: int, lease: int, most: int) -> tuple[list[str], int | None]:
        """Return articles to look at, ours until `lease` (ms), and when the next is due."""
        following, found = await self._store.run(DUE_NOW, keys=[UNTOLD], args=[now, lease, most])
        return [article.decode() for article in found], int(float(following)) if following else None

    async def told(self, article_id: str, lease: int) -> None:
        """Note that there is nothing more to tell, unless something came meanwhile."""
        await self._store.run(TOLD, keys=[UNTOLD], args=[article_id, lease, ""])

    async def later(self, article_id: str, lease: int, moment: int) -> None:
        """Have it looked at again at a moment (ms)."""
        await self._store.run(TOLD, keys=[UNTOLD], args=[article_id, lease, moment])

    async def again(self, article_id: str) -> None:
        """Have one looked at again."""
        await self._store.do("ZADD", UNTOLD, 0, article_id)

    async def all_again(self) -> None:
        """Have all looked at that waits: there is somebody new to be told."""
        cursor = None
        while cursor != 0:
            # By ranks one would be passed over for each that is released meanwhile.
            cursor, found = await self._store.do("ZSCAN", DUE, cursor or 0, "COUNT", PART)
            if found:
                await self._store.do("ZADD", UNTOLD, "NX", *(part for article, _ in found for part in (0, article)))
