"""Finished pages, each made once for what stands behind it and looked after on every question; knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from weakref import WeakValueDictionary

import structlog

from services.syndication.cache import Recent
from services.syndication.feeds.document import Document

log = structlog.get_logger()

LIMIT = 48 << 20
FRESH_SECONDS = 0.02
PAUSE = 1.0
"""Seconds without a question to a store that failed, while the last good page is served."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page and the status it is answered with."""

    document: Document
    status: int = 200


Mark = Callable[[], Awaitable[Hashable]]
"""Returns a value that differs whenever the page would."""
Make = Callable[[], Awaitable[Sheet | None]]
"""Makes a page; None for one that there is not."""


@dataclass(slots=True)
class _Held:
    mark: Hashable
    sheet: Sheet
    fresh_until: float


class Kept:
    """Keeps the latest of each page, up to a number of bytes in all."""

    def __init__(
        self, *, limit: int = LIMIT, fresh_for: float = FRESH_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._held: Recent[Hashable, _Held] = Recent(limit)
        self._fresh_for, self._clock = fresh_for, clock
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._failing = False

    def forget(self) -> None:
        """Drop all: what they were made of is another."""
        self._held.clear()

    def ready(self, key: Hashable) -> Sheet | None:
        """Return a page that was looked after a moment ago: the path of most requests."""
        held = self._held.get(key)
        return held.sheet if held is not None and self._clock() < held.fresh_until else None

    async def sheet(self, key: Hashable, mark: Mark, make: Make) -> Sheet | None:
        """Return a page as it is to be now, or None for one that there is not.

        Requests for one page wait for one making of it. While the store fails, the last good page is served; without
        one its error is raised.
        """
        async with self._locks.setdefault(key, asyncio.Lock()):
            ready = self.ready(key)
            if ready is not None:
                return ready
            held = self._held.get(key)
            try:
                return await self._looked_after(key, held, mark, make)
            except Exception:
                if held is None:
                    raise
                if not self._failing:
                    self._failing = True
                    log.exception("page.store.failed", page=str(key)[:200])
                held.fresh_until = self._clock() + PAUSE
                return held.sheet

    async def _looked_after(self, key: Hashable, held: _Held | None, mark: Mark, make: Make) -> Sheet | None:
        fresh_until = self._clock() + self._fresh_for
        # Asked for first: what changes while the page is made must show at the next look.
        found = await mark()
        self._failing = False
        if held is not None and held.mark == found:
            held.fresh_until = fresh_until
            return held.sheet
        sheet = await make()
        if sheet is None:
            self._held.drop(key)
            return None
        self._held.put(key, _Held(found, sheet, fresh_until), sheet.document.size)
        return sheet
