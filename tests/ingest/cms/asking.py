"""Asks over real HTTP on loopback as the poller does, without turns; and runs the servers that are asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import ip_network
from typing import Any

from aiohttp import web

from services.ingest.fetch import FetchOutcome, fetch
from services.ingest.reader import Ask
from shared import http_client
from shared.times import now

LOOPBACK = (ip_network("127.0.0.0/8"),)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def an_ask() -> AsyncIterator[Ask]:
    session = http_client.connect(LOOPBACK)

    async def ask(
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> FetchOutcome:
        get = partial(http_client.get, session)
        return await fetch(get, url, etag, last_modified, accept=accept, headers=headers, now=now)

    try:
        yield ask
    finally:
        await session.close()


@asynccontextmanager
async def a_server(answer: Answer) -> AsyncIterator[str]:
    """Serve every path by `answer`; gives the address with a slash at its end."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner: Any = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
