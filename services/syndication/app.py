"""How syndication is wired: the stream it reads, the ledger it writes, and all that is served from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from starlette.routing import Route
from starlette.types import ASGIApp

from services.syndication.api import Api
from services.syndication.console.line import SECONDS as LINE_SECONDS
from services.syndication.console.line import Line
from services.syndication.console.wiring import Sights, console
from services.syndication.embargo import Embargoes, Releases, Texts
from services.syndication.embargo.api import EmbargoRoutes
from services.syndication.events import Events
from services.syndication.feeds.wiring import Feeds
from services.syndication.handlers import Handlers
from services.syndication.ledger import Ledger
from services.syndication.ledger.highwater import HighWater
from services.syndication.openapi import openapi
from services.syndication.page.printing import Printer
from services.syndication.page.wiring import Front
from services.syndication.portal.wiring import portal
from services.syndication.reading import Reading
from services.syndication.recall.api import RecallRoutes
from services.syndication.recall.worker import Worker
from services.syndication.recording import Recording
from services.syndication.retention.wiring import retention
from services.syndication.sse import EventStream, Tail
from services.syndication.store import Articles, Library
from services.syndication.webhooks import wiring as webhooks
from services.syndication.websub.wiring import WebSub
from services.syndication.within import Within
from shared.auth import Guard
from shared.bus import Bus, DeadLetters, Groups, consumer_name
from shared.glance import Glance
from shared.http_client import connect
from shared.idempotency import Idempotency
from shared.metrics import DEAD
from shared.recalls import Recalls
from shared.redis import Store
from shared.refusals import Refusals
from shared.settings import Settings
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED, ARTICLE_RECALLED
from shared.ticks import Tick
from shared.times import now

__all__ = ["NAME", "Syndication", "openapi"]

NAME = "syndication"
COUNT_SECONDS = 5.0
WATCHED = (ARTICLE_INGESTED, ARTICLE_ENRICHED, ARTICLE_RECALLED)
RECALL_SECONDS = 1.0
RELEASE_SECONDS = 1.0
"""At the most, until this replica sees what another holds: only that one knows at once when to release it."""


class Syndication:
    """The syndication service of one process; built in the loop it is to run in."""

    def __init__(self, settings: Settings, store: Store, bus: Bus, guard: Guard) -> None:
        library, idempotency = Library(Ledger(store), Articles(store)), Idempotency(store)
        self._bus, self._letters = bus, DeadLetters(store, settings.partitions)
        self._session = connect(
            settings.allow_networks,
            limits=webhooks.SESSION_LIMITS,
            public_url=settings.public_url,
            proxy=settings.egress_proxy,
        )
        self._webhooks = webhooks.create(
            settings=settings,
            store=store,
            ledger=library,
            session=self._session,
            guard=guard,
            idempotency=idempotency,
        )
        self._high_water = HighWater(settings.data_dir, library.ledger, self._webhooks.engines)
        embargoes, release = self._taking_in(library, store)
        recalls = Recalls(store)
        feeds = Feeds(settings.public_url, library, store)
        self._websub = WebSub(settings, store, self._session, feeds.searches, feeds.press, feeds.site)
        self._front = Front(settings, library, feeds.searches, feeds.present)
        self._tail = Tail(library.ledger, partial(self._rewound, library.articles, feeds))
        reading, line = Reading(library), self._line(library.ledger, store)
        interfaces = self._interfaces(library, reading, embargoes, store, guard, idempotency)
        self.routes: list[Route] = [
            *feeds.routes(guard, idempotency),
            *self._front.routes,
            *self._websub.routes,
            *EventStream(library.ledger, reading, self._tail).routes,
            *EmbargoRoutes(embargoes, guard).routes,
            *interfaces,
            *RecallRoutes(recalls, guard, idempotency, now).routes,
            *self._desks(settings, store, guard, interfaces, line),
        ]
        self._own = (
            self._tail.tick,
            Tick("dead letters", COUNT_SECONDS, self._count),
            self._recalling(recalls, library, store),
            release,
            retention(settings, library, self._letters, bus, store=store, undelivered=self._webhooks.undelivered),
            self._websub.tick,
            self._front.tick,
            Tick("look at the line", LINE_SECONDS, line.sample),
        )

    def _taking_in(self, library: Library, store: Store) -> tuple[Embargoes, Tick]:
        """Have the stream read into the ledger, what is under an embargo when that ends."""
        ledger, texts = library.ledger, Texts(store)
        recording = Recording(ledger, library.articles, now=now, nudge=self._webhooks.nudge)
        release = Tick("end embargoes", RELEASE_SECONDS, Releases(ledger, texts, recording, now).tick)
        embargoes = Embargoes(ledger, texts, release.wake, self._webhooks.early.wake)
        handlers = Handlers(ledger, recording, embargoes, now=now)
        self._bus.subscribe(ARTICLE_ENRICHED, handlers.on_article_enriched)
        return embargoes, release

    def _recalling(self, recalls: Recalls, library: Library, store: Store) -> Tick:
        """Have articles sent round again that are to be completed anew."""
        self._bus.publishes(ARTICLE_RECALLED)
        me = consumer_name(NAME)
        worker = Worker(recalls, library, self._bus, store=store, depth=self._depth, now=now, me=me)
        return Tick("complete articles anew", RECALL_SECONDS, worker.tick)

    def _line(self, ledger: Ledger, store: Store) -> Line:
        depths = {stream.name: partial(self._bus.depth, stream) for stream in WATCHED}
        return Line(store, depths, ledger.latest, self._letters.count, time.time)

    def _interfaces(
        self,
        library: Library,
        reading: Reading,
        embargoes: Embargoes,
        store: Store,
        guard: Guard,
        idempotency: Idempotency,
    ) -> list[Route]:
        """Return the API that programs ask, and portal and console for people."""
        api = Api(
            library,
            self._letters,
            embargoes,
            store=store,
            guard=guard,
            idempotency=idempotency,
            now=now,
            leaving=self._webhooks.leave,
        )
        gap = self._webhooks.gap
        events = Events(library=library, reading=reading, guard=guard, within=Within(store), assigned=gap)
        return [*api.routes, *events.routes, *self._webhooks.routes]

    def _desks(
        self, settings: Settings, store: Store, guard: Guard, interfaces: Sequence[Route], line: Line
    ) -> list[Route]:
        """Return portal and console, which ask the API for people."""
        url, sections = settings.public_url, self._front.sections
        sights = Sights(line, Groups(store, settings.partitions), Glance(store), Refusals(store, time.time))

        def printer() -> Printer:
            return self._front.printer

        return [
            *portal(guard, interfaces, printer, url, sections),
            *console(guard, interfaces, printer, url, sights, sections),
        ]

    def _rewound(self, articles: Articles, feeds: Feeds) -> None:
        """Drop what is kept by numbers that began anew."""
        for kept in (articles, feeds, self._front, self._webhooks):
            kept.forget()

    @property
    def lost(self) -> ASGIApp:
        """The page for people who ask for what there is not."""
        return self._front.lost

    @property
    def loops(self) -> Sequence[Tick]:
        """Every loop that must be alive for this service to do its work."""
        return (self._high_water.tick, *self._own, *self._webhooks.ticks)

    @property
    def refused(self) -> Sequence[str]:
        """Why files of the newsroom are not in force as they are."""
        return self._front.refused

    async def start(self) -> None:
        """Start delivering, then reading the stream."""
        await self._high_water.start()
        await self._front.refresh()
        await self._webhooks.start()
        for loop in self._own:
            loop.start()
        await self._bus.start()

    async def stop(self) -> None:
        """Stop reading, then let deliveries under way finish."""
        await self._bus.stop()
        await self._webhooks.stop()
        for loop in self._own:
            await loop.stop()
        await self._high_water.stop()
        await self._websub.hub.stop()
        await self._session.close()

    async def hang_up(self) -> None:
        """End the answers that would never end by themselves."""
        await self._tail.close()

    def unready(self) -> str | None:
        """Return in words what keeps this service from its work."""
        return self._bus.unready()

    async def _depth(self) -> int:
        streams = (ARTICLE_RECALLED, ARTICLE_INGESTED, ARTICLE_ENRICHED)
        return sum(await asyncio.gather(*(self._bus.depth(stream) for stream in streams)))

    async def _count(self) -> None:
        DEAD.set(await self._letters.count())
