"""A poller on a store, a host that serves it feeds, and words for what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from ipaddress import ip_network
from typing import Any

from services.ingest.asking import Asking
from services.ingest.completing import Complete
from services.ingest.fetch import Get
from services.ingest.poller import Poller
from services.ingest.reader import Read
from services.ingest.readers import feed
from services.ingest.source import Kind, Settings, Source
from services.ingest.taking import Noticed, Taking
from services.ingest.turns import Turns
from shared import http_client
from shared.redis import Store
from tests.ingest.feeds import Host, a_host
from tests.ingest.parts import Bench
from tests.waiting import until

HOUR = 3_600.0


class Polling(Bench):
    """A bench with one feed, one poller, and a host that serves it; `draw` is what chance says."""

    def __init__(self, store: Store, host: Host, get: Get) -> None:
        super().__init__(store)
        self.host, self.get, self.draw = host, get, 0.5
        self.complete: Complete | None = None
        self.noticed: Noticed | None = None
        self.turns = Turns(store, self.clock, spacing=0)
        self.readers: dict[Kind, Read] = {"feed": partial(feed.read, parsers=asyncio.Semaphore(1))}
        self.poller = self.another()

    def another(self) -> Poller:
        asking = Asking(self.get, self.turns, self.clock)
        taking = Taking(self.sources, self.intake, self.clock, self.complete, self.noticed)
        args = (self.sources, taking, self.pressure, self.readers, asking, self.turns, self.clock)
        return Poller(*args, random=lambda: self.draw)

    async def add(self, source_id: str = "bay", url: str | None = None, **over: Any) -> None:
        await self.sources.add(Settings(**{"id": source_id, "url": url or self.host.url} | over))
        await self.sources.due(source_id, self.clock.seconds())

    async def poll(self, source_id: str = "bay") -> Source:
        """Poll what is due and return how the source stands."""
        await self.poller.tick()
        await until(lambda: not self.poller.busy)
        source = await self.sources.get(source_id)
        assert source is not None
        return source

    async def again(self, body: bytes | None = None, *, seconds: float = HOUR) -> Source:
        """Poll once more a while later, when the feed may be another."""
        if body is not None:
            self.host.body = body
        self.clock.forward(seconds)
        return await self.poll()

    def sent_headlines(self) -> list[str]:
        return [body["article"]["headline"] for body in self.line.bodies]

    async def news(self) -> list[str]:
        """Return the headlines that reached the line since the last look."""
        await self.sent()
        found = self.sent_headlines()
        self.line.bodies.clear()
        return found


@asynccontextmanager
async def a_polling(store: Store) -> AsyncIterator[Polling]:
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(a_host())
        session = http_client.connect((ip_network("127.0.0.0/8"),))
        stack.push_async_callback(session.close)
        bench = Polling(store, host, partial(http_client.get, session))
        stack.push_async_callback(bench.outbox.idle, 5)
        yield bench
        await bench.poller.stop()
