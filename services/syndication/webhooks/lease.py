"""The right to dispatch, which one replica has at a time, and how far it has come; dispatches nothing itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

from services.syndication.webhooks.store import SubscriptionStore

LEASE_MS = 5_000
RENEW_SECONDS = LEASE_MS / 4_000


class Lease:
    """Held from `take` on for as long as `keep` or `advance` renews it in time. Every method may raise RedisError."""

    def __init__(self, store: SubscriptionStore, who: str, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._who, self._clock = store, who, clock
        self._cursor: int | None = None
        self._renewed = -math.inf

    @property
    def cursor(self) -> int | None:
        """The seq up to which the ledger has been dispatched, None while another replica does that."""
        return self._cursor

    async def take(self) -> int | None:
        """Take or renew it, and return the cursor; None when another replica has it."""
        asked = self._clock()
        held = await self._store.hold(self._who, LEASE_MS)
        self._cursor, self._renewed = await self._store.cursor() if held else None, asked
        return self._cursor

    async def keep(self) -> bool:
        """Renew it when a quarter of its time is over; False when it was lost, and nothing more may be written."""
        if self._cursor is not None and self._clock() - self._renewed >= RENEW_SECONDS:
            return await self.advance(self._cursor)
        return self._cursor is not None

    async def advance(self, seq: int) -> bool:
        """Renew it and move the cursor to `seq`; False when it was lost."""
        before, asked = self._cursor, self._clock()
        held = before is not None and await self._store.advance(self._who, before, seq, LEASE_MS)
        self._cursor, self._renewed = seq if held else None, asked
        return held

    def lose(self) -> None:
        """Hold it no more as far as this replica is concerned: how far it came is read again."""
        self._cursor = None

    async def release(self) -> None:
        """Give it up, so that another replica takes over at once."""
        self._cursor = None
        await self._store.release(self._who)
