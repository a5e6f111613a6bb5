"""Tells how sources fare while somebody looks on, and has polled what they ask for; showing it is left to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.ingest.source import Source, shown
from services.ingest.store import SourceStore
from shared.glance import Glance
from shared.times import rfc3339

MOST = 300
"""Sources that are told one by one; of the others only how many there are."""

FIELDS = (
    *("id", "kind", "name", "url", "moved_to", "status", "error", "failures", "imperfect"),
    *("polled_at", "succeeded_at", "next_poll_at", "pushed_at", "items_a_day", "origin"),
)
ORDER = ("failing", "gone", "stopped", "active")


class Telling:
    """Looks whether anybody does, when ticked."""

    def __init__(
        self, sources: SourceStore, glance: Glance, now: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        self._sources, self._glance, self._now, self._wake = sources, glance, now, wake

    async def tick(self) -> None:
        """Tell, if it is time, and plan the polls that were asked for. Raises RedisError."""
        for id in await self._glance.wishes():
            source = await self._sources.get(id)
            if source is not None and source.polled:
                await self._sources.due(id, self._now().timestamp())
                self._wake()
        if await self._glance.my_turn():
            await self._glance.tell(told(await self._sources.all(), self._now()))


def told(sources: Sequence[Source], now: datetime) -> dict[str, Any]:
    """Return what is told: how many there are of each standing, and how the first of them fare."""
    by_need = sorted(sources, key=lambda source: (ORDER.index(source.status), not source.health.failures))
    return {
        "at": rfc3339(now),
        "counts": Counter(source.status for source in sources),
        "sources": [{"polled": source.polled, **_row(source, now)} for source in by_need[:MOST]],
    }


def _row(source: Source, now: datetime) -> dict[str, Any]:
    row = shown(source, now)
    return {name: row[name] for name in FIELDS}
