"""How ingest is wired: the ways in, the outbox, and the loops that keep them going."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from starlette.routing import Route

from services.ingest.api.articles import Articles
from services.ingest.api.openapi import openapi
from services.ingest.api.sources import Sources
from services.ingest.drop import DropFolder
from services.ingest.drop.memory import Memory
from services.ingest.fetch import FetchOutcome, fetch
from services.ingest.intake import Intake
from services.ingest.outbox import Outbox
from services.ingest.poller import Poller
from services.ingest.pressure import Pressure
from services.ingest.sources_file import SourcesFile
from services.ingest.store import ItemStore, SourceStore
from shared import http_client
from shared.auth import Guard
from shared.bus import Bus
from shared.idempotency import Idempotency
from shared.netguard import check_url
from shared.redis import Store
from shared.settings import Settings
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from shared.ticks import Tick
from shared.times import now

__all__ = ["NAME", "Ingest", "openapi"]

NAME = "ingest"
PRESSURE_SECONDS = 1.0
SWEEP_SECONDS = 4.0
POLL_SECONDS = 1.0
PLAN_SECONDS = 60.0
DROP_SECONDS = 1.0
FILE_SECONDS = 2.0
GRACE_SECONDS = 5.0


class Ingest:
    """The ingest service of one process."""

    def __init__(self, settings: Settings, store: Store, bus: Bus, guard: Guard) -> None:
        self._settings, self._bus = settings, bus
        bus.publishes(ARTICLE_INGESTED)
        sources, items = SourceStore(store), ItemStore(store)
        self._outbox = Outbox(items, sources, bus)
        self._pressure = Pressure(self._depth, time.monotonic)
        intake = Intake(sources, items, self._outbox, self._pressure, now)
        self._poller = Poller(sources, intake, self._pressure, self._fetch, now)
        drop = DropFolder(settings.newsroom / "drop", Memory(store), intake, self._pressure, time.time)
        file = SourcesFile(settings.newsroom / "sources.toml", sources, now)
        self._session: http_client.Session | None = None
        poll = Tick("poll sources", POLL_SECONDS, self._poller.tick)
        self._poller.wake = poll.wake
        idempotency = Idempotency(store)
        check = partial(check_url, allowed=settings.allow_networks)
        self.routes: list[Route] = [
            *Articles(intake, self._pressure, guard, idempotency).routes,
            *Sources(sources, guard, idempotency, check, now, poll.wake).routes,
        ]
        self.loops: Sequence[Tick] = (
            Tick("measure pressure", PRESSURE_SECONDS, self._pressure.measure),
            Tick("sweep outboxes", SWEEP_SECONDS, self._outbox.sweep),
            Tick("read sources.toml", FILE_SECONDS, file.tick),
            Tick("plan polls", PLAN_SECONDS, self._poller.plan),
            poll,
            Tick("look into the drop folder", DROP_SECONDS, drop.tick),
        )

    async def start(self) -> None:
        """Open the ways in that are not HTTP; Redis may still be away."""
        self._session = http_client.connect(self._settings.allow_networks, public_url=self._settings.public_url)
        await self._bus.start()
        for loop in self.loops:
            loop.start()

    async def stop(self) -> None:
        """Take nothing more in, relay what was, within a grace period."""
        await asyncio.gather(*(loop.stop() for loop in self.loops))
        await self._poller.stop()
        await self._outbox.idle(GRACE_SECONDS)
        await self._bus.stop()
        if self._session is not None:
            await self._session.close()

    def unready(self) -> str | None:
        """Return in words why nothing is taken in, or None."""
        return self._pressure.reason() or self._bus.unready()

    async def _depth(self) -> int:
        ingested, enriched = await asyncio.gather(self._bus.depth(ARTICLE_INGESTED), self._bus.depth(ARTICLE_ENRICHED))
        return ingested + enriched

    async def _fetch(self, url: str, etag: str | None, last_modified: str | None) -> FetchOutcome:
        if self._session is None:
            raise RuntimeError("start() comes first")
        return await fetch(partial(http_client.get, self._session), url, etag, last_modified, now=now)
