"""One process with the services asked for: a private server when no Redis is named, one port, one Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Protocol

import structlog
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.documents import Documents
from services.enrichment.app import Enrichment
from services.ingest.app import Ingest
from services.syndication.app import Syndication
from shared import auth, collector, logs, open_files, otel, tracing
from shared.bus import Bus, consumer_name
from shared.embedded import EmbeddedServer
from shared.health import Health
from shared.redis import store_at
from shared.refusals import EVERY_SECONDS, Refusals
from shared.server_check import ServerCheck
from shared.settings import Settings
from shared.ticks import Tick
from shared.web import Serving, application, listen

log = structlog.get_logger()


class Service(Protocol):
    """What every service offers to whom runs it."""

    @property
    def loops(self) -> Sequence[Tick]:
        """Loops that must be alive."""

    @property
    def refused(self) -> Sequence[str]:
        """Why files of the newsroom are not in force as they are, a reason for each."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """Finish what is in hand and end."""

    def unready(self) -> str | None:
        """Say in words what is wrong, or None."""


class Process:
    """The services of one process, built from settings and a Redis address; knows no signals."""

    def __init__(self, settings: Settings, url: str, names: Sequence[str], token: str) -> None:
        self._settings, self._url = settings, url
        self.store = store_at(url)
        self._guard = auth.Guard(self.store, token)
        self.services: dict[str, Service] = {}
        self._endless: list[Callable[[], Awaitable[None]]] = []
        self._lost: ASGIApp | None = None
        routes: list[BaseRoute] = []
        for name in names:
            service, more = self._build(name)
            self.services[name] = service
            for route in more:
                route.app = _Spoken(name, route.app)
            routes += more
        self._server = ServerCheck(self.store, settings.partitions)
        checks = [self._server.unready, *(service.unready for service in self.services.values())]
        self._me, self._refusals, self._refusing = consumer_name("process"), Refusals(self.store, time.time), False
        self._refused = Tick("tell of refused files", EVERY_SECONDS, self._tell_refused)
        self.health = Health(self.store, checks, self._loops, self._guard, self._refusals)
        documents = Documents(settings).routes if "syndication" in names else []
        self.routes: list[BaseRoute] = [*self.health.routes, *documents, *routes]
        self.app = application(self.routes, lost=self._lost)

    async def start(self) -> None:
        """Start the services, last of the line first, so that each finds its reader waiting."""
        for name, service in reversed(self.services.items()):
            await asyncio.create_task(_as_itself(name, service.start))
        self._server.tick.start()
        self._refused.start()

    async def hang_up(self) -> None:
        """End answers that never end by themselves, so that the server can stop."""
        for hang_up in self._endless:
            await hang_up()

    async def stop(self) -> None:
        """Stop them in the line's order: what one lets go of, the next may still take."""
        await self._refused.stop()
        for name, service in self.services.items():
            await asyncio.create_task(_as_itself(name, service.stop))
        await self._server.tick.stop()
        await self.store.close()

    def _build(self, name: str) -> tuple[Service, Sequence[Route]]:
        settings = self._settings
        bus = Bus(self._url, self.store, service=name, partitions=settings.partitions)
        guard = self._guard
        if name == "ingest":
            ingest = Ingest(settings, self.store, bus, guard)
            return ingest, ingest.routes
        if name == "enrichment":
            return Enrichment(settings, self.store, bus), []
        syndication = Syndication(settings, self.store, bus, guard)
        self._endless.append(syndication.hang_up)
        self._lost = syndication.lost
        return syndication, syndication.routes

    async def _tell_refused(self) -> None:
        reasons = [reason for service in self.services.values() for reason in service.refused]
        if reasons or self._refusing:
            await self._refusals.tell(self._me, reasons)
        self._refusing = bool(reasons)

    def _loops(self) -> list[Tick]:
        return [loop for service in self.services.values() for loop in service.loops]


async def _as_itself(name: str, act: Callable[[], Awaitable[None]]) -> None:
    """Have a service start or stop in a context of its own, so that it logs under its name."""
    logs.speak_as(name)
    await act()


class _Spoken:
    """Serves a route under the name of the service it belongs to."""

    def __init__(self, name: str, app: ASGIApp) -> None:
        self._name, self._app = name, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        logs.speak_as(self._name)
        await self._app(scope, receive, send)


@asynccontextmanager
async def redis_for(settings: Settings) -> AsyncIterator[str]:
    """Give the address of the Redis to use: the one that is named, or a private one while this lasts."""
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    server = EmbeddedServer(settings.data_dir)
    server.start()
    watch = Tick("watch the embedded server", 1.0, partial(_revive, server))
    watch.start()
    try:
        yield server.url
    finally:
        await watch.stop()
        server.stop()


async def _revive(server: EmbeddedServer) -> None:
    if server.revive():
        log.error("server.restarted", see=str(server.folder / "redis.log"))


def _traced(service: str) -> otel.Tracing | None:
    spans = otel.tracing(service)
    if isinstance(spans, str):
        log.warning("tracing.unavailable", reason=spans)
        return None
    tracing.collect(spans)
    return spans


async def run(settings: Settings, names: Sequence[str], ready: Callable[[str, bool], None]) -> None:
    """Run services until SIGTERM, SIGINT or SIGHUP; `ready` is told the admin token and whether it is new.

    Raises PortInUseError, EmbeddedError: nothing has been taken or changed then.
    """
    open_files.allow()
    logs.configure(settings.log_format, settings.log_level, service="wireroom" if len(names) > 1 else names[0])
    if settings.log_format == "json":
        logs.catch_all()
    spans = _traced("wireroom" if len(names) > 1 else f"wireroom-{names[0]}") if settings.traces else None
    bound = listen(settings.host, settings.port)
    token, made = auth.admin_token(settings.admin_token, settings.data_dir)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Whoever starts it by nohup means it to go on; a shell that starts it behind has SIGINT ignored for no reason.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with redis_for(settings) as url:
        process = Process(settings, url, names, token)
        serving = Serving(process.app, bound)
        await serving.start()
        await process.start()
        collector.calm()
        log.info("services.started", services=list(names), host=settings.host, port=settings.port)
        ready(token, made)
        await stop.wait()
        log.info("services.stopping", services=list(names))
        await process.hang_up()
        await serving.stop()
        await process.stop()
    if spans is not None:
        tracing.collect(None)
        await spans.stop()
    log.info("services.stopped", services=list(names))
