"""How many subscriptions a consumer may have; those of the operator are not counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.responses import Response

from services.syndication.webhooks.directory import Directory
from shared.problems import problem

MOST = 100
"""Each costs memory, a look at every article, and requests: without a bound one key could take all of that."""


class Room:
    """Counts what there is with what is being made in this process: many requests at once find no more room than one.

    Other replicas do not know what is being made here: as many as they make at the same time may be too many.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._coming: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, owner: str | None, new: int) -> AsyncIterator[Response | None]:
        """Keep room while subscriptions are made, or yield the answer that refuses them. Raises RedisError."""
        if owner is None:
            yield None
            return
        self._coming[owner] += new
        try:
            await self._directory.refresh()
            count = self._directory.owned(owner)
            yield full(count) if count + self._coming[owner] > MOST else None
        finally:
            self._coming[owner] -= new
            if not self._coming[owner]:
                del self._coming[owner]


def full(count: int) -> Response:
    """Return the 409 for one too many."""
    detail = f"a consumer may have {MOST} subscriptions, and this one has {count}; delete some, or ask the operator"
    return problem(409, detail, extra={"most": MOST, "count": count})
