"""Finished pages, each made once for what stands behind it and looked after on every question; knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from services.syndication.cache import Recent
from services.syndication.failing import tell
from services.syndication.feeds.document import Document

LIMIT = 48 << 20
FRESH_SECONDS = 0.02
AHEAD = 0.75
"""After which part of its freshness a page that is asked for is looked after anew."""

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
    look_from: float
    """From when on the next look is taken while this is still served: nobody waits for one while many ask."""

    def looked_after(self, look_from: float, fresh_until: float) -> Sheet:
        """Return the page, good for longer."""
        self.look_from, self.fresh_until = look_from, fresh_until
        return self.sheet


class Kept:
    """Keeps the latest of each page, up to a number of bytes in all."""

    def __init__(
        self, *, limit: int = LIMIT, fresh_for: float = FRESH_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._held: Recent[Hashable, _Held] = Recent(limit)
        self._fresh_for, self._clock = fresh_for, clock
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._failing = False
        self._looks: set[asyncio.Task[Sheet | None]] = set()

    def forget(self) -> None:
        """Drop all: what they were made of is another."""
        self._held.clear()

    def at_once(self, key: Hashable) -> Sheet | None:
        """Return a page if nothing is to be done for it: the path of most requests."""
        held = self._held.peek(key)
        return held.sheet if held is not None and self._clock() < held.look_from else None

    async def sheet(self, key: Hashable, mark: Mark, make: Make) -> Sheet | None:
        """Return a page as it is to be now, or None for one that there is not.

        One that was looked after a moment ago will do, and has the next look taken in time.
        Requests for one page wait for one making of it. While the store fails, the last good page is served; without
        one its error is raised.
        """
        held, now = self._held.get(key), self._clock()
        if held is None or now >= held.fresh_until:
            return await self._looked(key, mark, make)
        if now >= held.look_from:
            held.look_from = held.fresh_until
            look = asyncio.create_task(self._looked(key, mark, make, ahead=True))
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)
        return held.sheet

    async def _looked(self, key: Hashable, mark: Mark, make: Make, *, ahead: bool = False) -> Sheet | None:
        async with self._locks.setdefault(key, asyncio.Lock()):
            held = self._held.get(key)
            if held is not None and not ahead and self._clock() < held.fresh_until:
                return held.sheet
            try:
                return await self._looked_after(key, held, mark, make)
            except Exception as error:
                if held is None:
                    raise
                if not self._failing:
                    self._failing = True
                    tell("page.store.failed", error, page=str(key)[:200])
                later = self._clock() + PAUSE
                return held.looked_after(later, later)

    async def _looked_after(self, key: Hashable, held: _Held | None, mark: Mark, make: Make) -> Sheet | None:
        now = self._clock()
        times = now + self._fresh_for * AHEAD, now + self._fresh_for
        # Asked for first: what changes while the page is made must show at the next look.
        found = await mark()
        self._failing = False
        if held is not None and held.mark == found:
            return held.looked_after(*times)
        sheet = await make()
        if sheet is None:
            self._held.drop(key)
            return None
        self._held.put(key, _Held(found, sheet, times[1], times[0]), sheet.document.size)
        return sheet
