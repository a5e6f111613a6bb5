"""How enrichment is wired: what it reads, what it emits, and which newsroom files it completes from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog

from services.enrichment.authors import AuthorBook
from services.enrichment.edits import Edits
from services.enrichment.handlers import Handlers
from services.enrichment.image_sizes import AT_ONCE, HEAD, SECONDS, ImageSizes
from services.enrichment.neighbours import Neighbours
from services.enrichment.newsroom import Newsroom
from shared import http_client
from shared.bus import Bus
from shared.http_client import NoAnswer, TooLarge
from shared.newsroom import Loaded, Refused
from shared.recalls import Recalls
from shared.redis import Store
from shared.settings import Settings
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from shared.ticks import Tick
from shared.times import now

log = structlog.get_logger()

NAME = "enrichment"
REFRESH_SECONDS = 2.0


class Enrichment:
    """The enrichment service of one process."""

    def __init__(self, settings: Settings, store: Store, bus: Bus) -> None:
        self._settings, self._bus = settings, bus
        self._newsroom = Newsroom(settings.newsroom, settings.public_url.rstrip("/"))
        self._edits = Edits(store, Recalls(store), settings.re_enrich_days, now)
        self._noticed: AuthorBook | None = None
        self._session: http_client.Session | None = None
        sizes = ImageSizes(store, self._fetch, time.monotonic) if settings.image_sizes else None
        handlers = Handlers(self._newsroom, Neighbours(store), sizes)
        bus.subscribe(ARTICLE_INGESTED, handlers.on_article_ingested, emits=ARTICLE_ENRICHED)
        self.loops: Sequence[Tick] = (Tick("newsroom files", REFRESH_SECONDS, self._tick),)

    async def start(self) -> None:
        """Read the newsroom's files, then the stream."""
        if self._settings.image_sizes:
            limits = http_client.Limits(connections=AT_ONCE)
            self._session = http_client.connect(
                self._settings.allow_networks,
                limits=limits,
                public_url=self._settings.public_url,
                proxy=self._settings.egress_proxy,
            )
        await self._refresh()
        for loop in self.loops:
            loop.start()
        await self._bus.start()

    async def stop(self) -> None:
        """Finish what is in hand and stop."""
        await self._bus.stop()
        for loop in self.loops:
            await loop.stop()
        if self._session is not None:
            await self._session.close()

    @property
    def refused(self) -> Sequence[str]:
        """Why files of the newsroom are not in force as they are."""
        return self._newsroom.refusals

    def unready(self) -> str | None:
        """Return in words what keeps this service from its work."""
        return self._bus.unready()

    async def _fetch(self, url: str, headers: Mapping[str, str]) -> http_client.Page | TooLarge | NoAnswer:
        if self._session is None:
            raise RuntimeError("start() comes first")
        return await http_client.get(self._session, url, headers=headers, timeout=SECONDS, max_bytes=HEAD)

    async def _tick(self) -> None:
        """Look at the files, and have what an edit of the authors concerns completed anew. Raises RedisError."""
        await self._refresh()
        authors = self._newsroom.current.authors
        # While a file is refused from the start on, no authors are in force: that is no edit of theirs.
        if authors is not self._noticed and not self._newsroom.refusals:
            await self._edits.on_authors_loaded(authors)
            self._noticed = authors

    async def _refresh(self) -> None:
        """Look at the files in a thread: a taxonomy of thousands of terms takes a while to read."""
        for outcome in await asyncio.to_thread(self._newsroom.refresh):
            match outcome:
                case Loaded(path, digest):
                    log.info("newsroom_file.loaded", file=path.name, digest=digest[:12])
                case Refused(path, reason):
                    log.error("newsroom_file.refused", file=path.name, reason=reason)
