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
from services.syndication.feeds.archives import Archives
from services.syndication.feeds.listings import Listings
from services.syndication.feeds.press import Press
from services.syndication.feeds.private.api import PrivateFeedRoutes
from services.syndication.feeds.private.records import PrivateFeeds
from services.syndication.feeds.private.serving import routes as private_routes
from services.syndication.feeds.routes import routes as feed_routes
from services.syndication.feeds.searches import Searches
from services.syndication.feeds.site import Site
from services.syndication.handlers import Handlers
from services.syndication.ledger import Ledger
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
        ledger, articles = Ledger(store), Articles(store)
        library = Library(ledger, articles)
        reading, letters = Reading(library), DeadLetters(store, settings.partitions)
        idempotency = Idempotency(store)
        self._bus, self._letters = bus, letters
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
        recording, texts = Recording(ledger, articles, now=now, nudge=self._webhooks.nudge), Texts(store)
        release = Tick("end embargoes", RELEASE_SECONDS, Releases(ledger, texts, recording, now).tick)
        embargoes = Embargoes(ledger, texts, release.wake, self._webhooks.early.wake)
        handlers = Handlers(ledger, recording, embargoes, now=now)
        bus.subscribe(ARTICLE_ENRICHED, handlers.on_article_enriched)
        bus.publishes(ARTICLE_RECALLED)
        recalls = Recalls(store)
        worker = Worker(recalls, library, bus, store=store, depth=self._depth, now=now, me=consumer_name(NAME))
        recall = Tick("complete articles anew", RECALL_SECONDS, worker.tick)
        api = Api(
            library,
            letters,
            embargoes,
            store=store,
            guard=guard,
            idempotency=idempotency,
            now=now,
            leaving=self._webhooks.leave,
        )
        searches = Searches(library)
        site = Site(settings.public_url)
        archives = Archives(library, site, time.monotonic)
        press = Press(searches, site, archived=archives.below)
        self._websub = WebSub(settings, store, self._session, searches, press, site)
        private = PrivateFeeds(store)
        listings = Listings(library, site, now, time.monotonic)

        def present(site: Site) -> None:
            press.present(site)
            archives.present(site)
            listings.present(site)

        self._front = Front(settings, library, searches, present)

        def rewound() -> None:
            for kept in (articles, press, archives, searches, listings, self._front, self._webhooks):
                kept.forget()

        self._tail = Tail(ledger, rewound)
        events = Events(
            library=library, reading=reading, guard=guard, within=Within(store), assigned=self._webhooks.gap
        )
        depths = {stream.name: partial(bus.depth, stream) for stream in WATCHED}
        line = Line(store, depths, ledger.latest, letters.count, time.time)
        sights = Sights(line, Groups(store, settings.partitions), Glance(store), Refusals(store, time.time))

        def printer() -> Printer:
            return self._front.printer

        interfaces = [*api.routes, *events.routes, *self._webhooks.routes]
        self.routes: list[Route] = [
            *feed_routes(press, archives),
            *private_routes(private, press),
            *PrivateFeedRoutes(private, site, guard, idempotency, now).routes,
            *listings.routes,
            *self._front.routes,
            *self._websub.routes,
            *EventStream(ledger, reading, self._tail).routes,
            *EmbargoRoutes(embargoes, guard).routes,
            *interfaces,
            *RecallRoutes(recalls, guard, idempotency, now).routes,
            *portal(guard, interfaces, printer, settings.public_url, self._front.sections),
            *console(guard, interfaces, printer, settings.public_url, sights, self._front.sections),
        ]
        self._own = (
            self._tail.tick,
            Tick("dead letters", COUNT_SECONDS, self._count),
            recall,
            release,
            retention(settings, library, letters, bus, store=store, undelivered=self._webhooks.undelivered),
            self._websub.tick,
            self._front.tick,
            Tick("look at the line", LINE_SECONDS, line.sample),
        )

    @property
    def lost(self) -> ASGIApp:
        """The page for people who ask for what there is not."""
        return self._front.lost

    @property
    def loops(self) -> Sequence[Tick]:
        """Every loop that must be alive for this service to do its work."""
        return (*self._own, *self._webhooks.ticks)

    @property
    def refused(self) -> Sequence[str]:
        """Why files of the newsroom are not in force as they are."""
        return self._front.refused

    async def start(self) -> None:
        """Start delivering, then reading the stream."""
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
