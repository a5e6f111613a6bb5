"""How enrichment is wired: what it reads, what it emits, and which newsroom files it completes from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from services.enrichment.handlers import Handlers
from services.enrichment.newsroom import Newsroom
from shared.bus import Bus
from shared.newsroom import Loaded, Refused
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from shared.ticks import Tick

log = structlog.get_logger()

NAME = "enrichment"
REFRESH_SECONDS = 2.0


class Enrichment:
    """The enrichment service of one process."""

    def __init__(self, folder: Path, bus: Bus) -> None:
        self._newsroom = Newsroom(folder)
        self._bus = bus
        bus.subscribe(ARTICLE_INGESTED, Handlers(self._newsroom).on_article_ingested, emits=ARTICLE_ENRICHED)
        self.loops: Sequence[Tick] = (Tick("newsroom files", REFRESH_SECONDS, self._refresh),)

    async def start(self) -> None:
        """Read the newsroom's files, then the stream."""
        await self._refresh()
        for loop in self.loops:
            loop.start()
        await self._bus.start()

    async def stop(self) -> None:
        """Finish what is in hand and stop."""
        await self._bus.stop()
        for loop in self.loops:
            await loop.stop()

    def unready(self) -> str | None:
        """Return in words what keeps this service from its work."""
        return self._bus.unready()

    async def _refresh(self) -> None:
        """Look at the files in a thread: a taxonomy of thousands of terms takes a while to read."""
        for outcome in await asyncio.to_thread(self._newsroom.refresh):
            match outcome:
                case Loaded(path, digest):
                    log.info("newsroom_file.loaded", file=path.name, digest=digest[:12])
                case Refused(path, reason):
                    log.error("newsroom_file.refused", file=path.name, reason=reason)
