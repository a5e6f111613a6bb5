"""Finding the sources behind an address over HTTP; where they are looked for is left to discovery."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.ingest.api.answers import answer, busy
from services.ingest.asking import Asking
from services.ingest.discovery import discover
from services.ingest.discovery.search import PREVIEW
from services.ingest.reader import Read
from services.ingest.source import Kind, Settings, Source
from services.ingest.submission import Input, Url
from shared.auth import Guard
from shared.problems import problem
from shared.requests import read_body, read_model

log = structlog.get_logger()

BODY_LIMIT = 16 * 1024
AT_ONCE = 4
"""Searches at once; each asks up to 30 times."""

Check = Callable[[str], Awaitable[str | None]]
"""Says in words that follow "url" why an address may not be asked, or None."""


class DiscoverInput(Input):
    """An address of which the sources are wanted: a site, a page, or a feed."""

    url: Url


class Discover:
    """POST /api/v1/sources/discover, for the admin."""

    def __init__(self, guard: Guard, check: Check, asking: Asking, readers: Mapping[Kind, Read]) -> None:
        self._guard, self._check, self._asking, self._readers = guard, check, asking, readers
        self._running = 0

    @property
    def routes(self) -> list[Route]:
        """The one; it must stand before those of a single source."""
        return [Route("/api/v1/sources/discover", self._guard.admins(self.discover), methods=["POST"])]

    async def discover(self, request: Request) -> Response:
        """Answer what was found with five items of each, and what went wrong on the way."""
        body = await read_body(request, BODY_LIMIT)
        given = body if isinstance(body, Response) else read_model(DiscoverInput, body)
        if isinstance(given, Response):
            return given
        reason = await self._check(given.url)
        if reason:
            return problem(422, f"url {reason}", errors=[("url", reason)])
        if self._running >= AT_ONCE:
            return busy("as many searches as there may be are under way")
        return await self._found(given.url)

    async def _found(self, url: str) -> Response:
        self._running += 1
        ask, started = self._asking.of(Source(Settings(id=PREVIEW, url=url))), time.perf_counter()
        try:
            found = await discover(url, ask, self._readers, time.monotonic)
        finally:
            self._running -= 1
        ms = round((time.perf_counter() - started) * 1000, 2)
        log.info(
            "sources.discovered",
            host=urlsplit(url).hostname,
            feeds=len(found.feeds),
            problems=len(found.problems),
            ms=ms,
        )
        return answer(asdict(found))
