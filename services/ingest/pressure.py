"""Says when intake must wait: the line is too long, or the server is full; ends by itself when that ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.ingest.metrics import DEPTH
from shared.redis import is_full

LIMIT = 20_000
RESUME = 0.8
"""Intake resumes below this part of the limit, so that it does not flutter at the limit itself."""

FULL_SECONDS = 3.0
RETRY_AFTER = 5


class Pressure:
    """Measures the line by `depth` when ticked, and is told of refused writes."""

    def __init__(self, depth: Callable[[], Awaitable[int]], clock: Callable[[], float], limit: int = LIMIT) -> None:
        self._depth, self._clock, self._limit = depth, clock, limit
        self._long = False
        self._full_until = 0.0

    async def measure(self) -> None:
        """Look how much is on the line. Raises RedisError."""
        depth = await self._depth()
        DEPTH.set(depth)
        self._long = depth > self._limit * (RESUME if self._long else 1.0)

    def tell(self, error: BaseException) -> None:
        """Take note of a failed write: after one for want of memory, intake waits before it tries again."""
        if is_full(error):
            self.tell_full()

    def tell_full(self) -> None:
        """Take note that the server has no memory left."""
        self._full_until = self._clock() + FULL_SECONDS

    def reason(self) -> str | None:
        """Return in words why intake waits, or None."""
        if self._clock() < self._full_until:
            return "the store is full"
        if self._long:
            return f"more than {self._limit} articles wait to be handled"
        return None
