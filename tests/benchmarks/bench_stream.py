"""Server-sent events to a thousand clients: how late each is told, and what each costs the server in memory."""

from __future__ import annotations

import asyncio
import random
import time
from typing import cast

from services.syndication.handlers import Handlers
from shared.redis import Store, connect
from tests.benchmarks.line_apart import HOST, an_item, filled, the_line
from tests.benchmarks.rows import Row, percentiles
from tests.benchmarks.usage import resident
from tests.builders import an_enriched

CLIENTS = 1_000
EVENTS = 40
PAUSE = 0.25
"""Seconds between stories: four a second is more than any newsroom publishes."""


async def run() -> list[Row]:
    """Measure with the whole line as the server, in a process of its own; the clients are in this one."""
    with the_line() as served:
        store = Store(connect(served.redis))
        try:
            handlers = await filled(store, 1)
            return await _measured(served.pid, served.port, handlers)
        finally:
            await store.close()


async def _measured(pid: int, port: int, handlers: Handlers) -> list[Row]:
    before = resident(pid)
    loop = asyncio.get_running_loop()
    clients = [Listener() for _ in range(CLIENTS)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, HOST, port)  # type: ignore[misc]  # mypy's lambda
    await asyncio.gather(*(client.ready.wait() for client in clients))
    each = (resident(pid) - before) / CLIENTS / 1024
    chance, late = random.Random(7), []
    for number in range(EVENTS):
        for client in clients:
            client.got.clear()
        await handlers.on_article_enriched(an_enriched(article=an_item(chance, 10_000 + number)))
        published = time.perf_counter()
        await asyncio.gather(*(client.got.wait() for client in clients))
        late += [(client.at - published) * 1e3 for client in clients]
        await asyncio.sleep(PAUSE)
    after = (resident(pid) - before) / CLIENTS / 1024
    for client in clients:
        client.close()
    p50, p99 = percentiles(late, 0.5, 0.99)
    note = f"from the ledger to each of {CLIENTS:,} clients, {EVENTS} events; median {p50:.1f} ms"
    return [
        Row(name="live event, p99", value=p99, unit="ms", note=note),
        Row(name="live event, one client's memory", value=each, unit="KB", note=f"{after:.1f} KB after the events"),
    ]


class Listener(asyncio.Protocol):
    """One client; `at` is when it was told last."""

    def __init__(self) -> None:
        self.ready, self.got, self.at = asyncio.Event(), asyncio.Event(), 0.0
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"GET /events/stream HTTP/1.1\r\nhost: x\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if b"retry: 2000" in self._rest:
            self.ready.set()
        if b"\nid: " in self._rest and self._rest.endswith(b"\n\n\r\n"):
            self.at = time.perf_counter()
            self.got.set()
        if self._rest.endswith(b"\n\n\r\n"):
            self._rest = b""

    def close(self) -> None:
        self._transport.close()
