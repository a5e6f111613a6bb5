"""How ingest is wired: the ways in, the outbox, and the loops that keep them going."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.routing import Route

from services.ingest.api.articles import Articles
from services.ingest.api.discover import Discover
from services.ingest.api.hooks import GhostHooks
from services.ingest.api.hooks_websub import WebSubHooks
from services.ingest.api.openapi import openapi
from services.ingest.api.opml import Opml
from services.ingest.api.sources import Sources
from services.ingest.asking import Asking
from services.ingest.drop import DropFolder
from services.ingest.drop.memory import Memory
from services.ingest.forgotten import Forgotten
from services.ingest.ghost.store import Replays
from services.ingest.intake import Intake
from services.ingest.outbox import Outbox
from services.ingest.pages.complete import Pages
from services.ingest.pages.robots import Robots
from services.ingest.poller import Poller
from services.ingest.pressure import Pressure
from services.ingest.reader import Read
from services.ingest.readers import feed, ghost, page, sitemap, wordpress
from services.ingest.recalled import Recalled
from services.ingest.sealing import Sealing
from services.ingest.source import Kind
from services.ingest.sources_file import SourcesFile
from services.ingest.store import ItemStore, SourceStore
from services.ingest.taking import Taking
from services.ingest.telling import Telling
from services.ingest.turns import Turns
from services.ingest.websub.reachable import reachable
from services.ingest.websub.store import SubscriptionStore
from services.ingest.websub.subscriber import REVIEW_SECONDS, Subscriber
from shared import http_client
from shared.auth import Guard
from shared.bus import Bus
from shared.glance import Glance
from shared.http_client import Answer, NoAnswer, Page, TooLarge
from shared.idempotency import Idempotency
from shared.netguard import check_url
from shared.redis import Store
from shared.sealing import sealer
from shared.settings import Settings
from shared.streams import ARTICLE_ENRICHED, ARTICLE_FORGOTTEN, ARTICLE_INGESTED, ARTICLE_RECALLED
from shared.ticks import Tick
from shared.times import now

__all__ = ["NAME", "Ingest", "openapi"]

NAME = "ingest"
PRESSURE_SECONDS = 1.0
SWEEP_SECONDS = 4.0
POLL_SECONDS = 0.5
PLAN_SECONDS = 60.0
DROP_SECONDS = 1.0
FILE_SECONDS = 2.0
WEBSUB_SECONDS = 5.0
SEALING_SECONDS = 3_600.0
TELLING_SECONDS = 1.0
GRACE_SECONDS = 5.0


def readers(robots: Robots) -> Mapping[Kind, Read]:
    """Return the ways in which each kind of source is read; what costs CPU is done one document at a time."""
    parsers = asyncio.Semaphore(feed.PARSERS)
    return {
        "feed": partial(feed.read, parsers=parsers),
        "page": partial(page.read, robots=robots, parsers=parsers),
        "sitemap": partial(sitemap.read, parsers=parsers),
        "ghost": ghost.read,
        "wordpress": wordpress.read,
    }


class Ingest:
    """The ingest service of one process."""

    def __init__(self, settings: Settings, store: Store, bus: Bus, guard: Guard) -> None:
        self._settings, self._bus = settings, bus
        bus.publishes(ARTICLE_INGESTED)
        seals = sealer(settings.secret_key, settings.data_dir)
        sources, items = SourceStore(store, seals), ItemStore(store)
        self._outbox = Outbox(items, sources, bus)
        bus.subscribe(ARTICLE_RECALLED, Recalled(items, self._outbox, now).on_article_recalled)
        bus.subscribe(ARTICLE_FORGOTTEN, Forgotten(items, sources).on_article_forgotten)
        self._pressure = Pressure(self._depth, time.monotonic)
        intake = Intake(sources, items, self._outbox, self._pressure, now)
        turns = Turns(store, now)
        asking = Asking(self._get, turns, now)
        pages = Pages(time.monotonic)
        subscriptions = SubscriptionStore(store, seals)
        subscriber = Subscriber(sources, subscriptions, self._post, turns, _callback(settings), now)
        taking = Taking(sources, intake, now, complete=pages.completed, noticed=subscriber.noticed)
        ways = readers(pages.robots)
        self._poller = Poller(sources, taking, self._pressure, ways, asking, turns, now)
        stories, site = settings.newsroom / "drop", settings.public_url
        drop = DropFolder(stories, Memory(store), intake, self._pressure, time.time, site)
        self._file = SourcesFile(settings.newsroom / "sources.toml", sources, now)
        self._session: http_client.Session | None = None
        poll = Tick("poll sources", POLL_SECONDS, self._poller.tick)
        self._poller.wake = poll.wake
        subscribe = Tick("see to hubs", WEBSUB_SECONDS, subscriber.tick)
        subscriber.wake = subscribe.wake
        idempotency = Idempotency(store)
        check = partial(check_url, allowed=settings.allow_networks)
        self.routes: list[Route] = [
            *Articles(intake, self._pressure, guard, idempotency, site).routes,
            *Discover(guard, check, asking, ways).routes,
            *Opml(sources, guard, idempotency, check, now, poll.wake).routes,
            *Sources(sources, guard, idempotency, check, now, poll.wake).routes,
            *GhostHooks(sources, intake, self._pressure, Replays(store), now).routes,
            *WebSubHooks(sources, subscriptions, intake, self._pressure, now, poll.wake).routes,
        ]
        self.loops: Sequence[Tick] = (
            Tick("measure pressure", PRESSURE_SECONDS, self._pressure.measure),
            Tick("sweep outboxes", SWEEP_SECONDS, self._outbox.sweep),
            Tick("seal secrets", SEALING_SECONDS, Sealing(sources, subscriptions).tick),
            Tick("tell of sources", TELLING_SECONDS, Telling(sources, Glance(store), now, poll.wake).tick),
            Tick("read sources.toml", FILE_SECONDS, self._file.tick),
            Tick("plan polls", PLAN_SECONDS, self._poller.plan),
            poll,
            subscribe,
            Tick("review hubs", REVIEW_SECONDS, subscriber.review),
            Tick("look into the drop folder", DROP_SECONDS, drop.tick),
        )

    async def start(self) -> None:
        """Open the ways in that are not HTTP; Redis may still be away."""
        self._session = http_client.connect(
            self._settings.allow_networks,
            public_url=self._settings.public_url,
            proxy=self._settings.egress_proxy,
        )
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

    @property
    def refused(self) -> Sequence[str]:
        """Why sources.toml is not in force as it is, if so."""
        return self._file.refused

    def unready(self) -> str | None:
        """Return in words why nothing is taken in, or None."""
        return self._pressure.reason() or self._bus.unready()

    async def _depth(self) -> int:
        ingested, enriched = await asyncio.gather(self._bus.depth(ARTICLE_INGESTED), self._bus.depth(ARTICLE_ENRICHED))
        return ingested + enriched

    async def _get(self, url: str, **asked: Any) -> Page | TooLarge | NoAnswer:
        if self._session is None:
            raise RuntimeError("start() comes first")
        return await http_client.get(self._session, url, **asked)

    async def _post(self, url: str, **asked: Any) -> Answer | NoAnswer:
        if self._session is None:
            raise RuntimeError("start() comes first")
        return await http_client.post(self._session, url, **asked)


def _callback(settings: Settings) -> str | None:
    """Return where hubs reach us, None when they could not."""
    public = settings.public_url
    return f"{public}/hooks/websub" if reachable(public, settings.allow_networks) else None
