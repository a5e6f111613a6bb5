"""Webhook delivery beside the same client posting the same bytes to the same receiver with no pipeline before it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from ipaddress import ip_network
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from services.syndication.webhooks.message import body, render
from services.syndication.webhooks.sign import secret_of, signatures
from services.syndication.webhooks.wiring import SESSION_LIMITS, Webhooks, create
from shared import collector, logs
from shared.auth import Guard
from shared.embedded import EmbeddedServer
from shared.events import to_json
from shared.http_client import connect
from shared.idempotency import Idempotency
from shared.redis import Store
from shared.redis import connect as connect_redis
from shared.settings import Settings
from tests.benchmarks.rows import Lap, Row, Stopwatch, median_ratio, middle
from tests.syndication.webhooks.bed import KEY, SEALING_KEY, MemoryLedger, story, subscribe
from tests.waiting import until

LOOPBACK = (ip_network("127.0.0.0/8"),)
IN_FLIGHT = 64
LOOK = 0.02
"""Seconds between looks whether all is done: looking costs round trips of the process that is measured."""
TEXT = "Crews raised the old earth bank by lamp light while the river rose again. " * 14


async def run(deliveries: int = 10_000, rounds: int = 3) -> list[Row]:
    """Measure delivery at fan-out 1 and 1,000, logs rendered to /dev/null, rounds alternated with the raw client."""
    with tempfile.TemporaryDirectory(prefix="wr-") as folder, _receiver() as url:
        server = EmbeddedServer(Path(folder), durable=False)
        server.start()
        try:
            return [await _measure(server.url, url, deliveries, rounds, fan_out) for fan_out in (1, 1_000)]
        finally:
            server.stop()


async def _measure(redis: str, url: str, deliveries: int, rounds: int, fan_out: int) -> Row:
    raw: list[Lap] = []
    ours: list[Lap] = []
    for _ in range(rounds):
        raw.append(await _raw(url, deliveries))
        ours.append(await _ours(redis, url, deliveries, fan_out))
    got = middle(ours)
    return Row(
        name=f"webhook delivery, fan-out {fan_out:,}",
        value=got.rate,
        unit="deliveries/s",
        ceiling=got.rate / median_ratio(ours, raw),
        target=0.8,
        note=f"{got.cpu:.0f} us of CPU each, raw {middle(raw).cpu:.0f}; {len(_body()):,} bytes",
    )


async def _raw(url: str, deliveries: int) -> Lap:
    content, left = _body(), iter(range(deliveries))
    id, timestamp = "msg_0123456789abcdef01234567", 1_700_000_000
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures([KEY], id, timestamp, content),
    }
    async with connect(LOOPBACK, limits=SESSION_LIMITS) as session:

        async def post_some() -> None:
            for _ in left:
                async with session.post(url, data=content, headers=headers, allow_redirects=False) as answer:
                    await answer.read()

        watch = Stopwatch()
        await asyncio.gather(*(post_some() for _ in range(IN_FLIGHT)))
        return watch.lap(deliveries)


async def _ours(redis: str, url: str, deliveries: int, fan_out: int) -> Lap:
    store, ledger = Store(connect_redis(redis)), MemoryLedger()
    await store.do("FLUSHALL")
    for _ in range(fan_out):
        await subscribe(store, url)
    for number in range(deliveries // fan_out):
        ledger.publish(story(number, body_text=TEXT))
    async with connect(LOOPBACK, limits=SESSION_LIMITS) as session:
        webhooks = create(
            settings=Settings(allow_networks=LOOPBACK, secret_key=(SEALING_KEY,)),
            store=store,
            ledger=ledger,
            session=session,
            guard=Guard(store, secret_of(KEY)),
            idempotency=Idempotency(store),
        )
        collector.calm()  # as every process of ours does once it is wired
        with _quiet():
            watch = Stopwatch()
            await webhooks.start()
            await until(lambda: _done(store, ledger, webhooks), 120, LOOK)
            lap = watch.lap(deliveries)
            await webhooks.stop()

    await store.close()
    return lap


async def _done(store: Store, ledger: MemoryLedger, webhooks: Webhooks) -> bool:
    """Tell whether everything is dispatched, acknowledged and recorded: nobody is due any more."""
    dispatched = await webhooks.api.store.cursor() == len(ledger.entries)
    return dispatched and not await store.do("ZCARD", "{subscriptions}:due")


def _body() -> bytes:
    ledger = MemoryLedger()
    ledger.publish(story(1, body_text=TEXT))
    rendered = render(ledger.entries[0], to_json(story(1, body_text=TEXT)))
    assert rendered is not None
    return body(rendered, None, b"[]")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Render every log line as in production, and send it nowhere."""
    shown = sys.stdout
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = nowhere
        logs.configure("json", "info", service="bench")
        try:
            yield
        finally:
            sys.stdout = shown


@contextlib.contextmanager
def _receiver() -> Iterator[str]:
    """Run a receiver in a process of its own; its socket's port comes back over a pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_receive, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/hook"
    finally:
        process.terminate()
        process.join()


class _Bare(asyncio.Protocol):
    """Answers 200 to each request as soon as its body is there; knows as little HTTP as it may."""

    def __init__(self) -> None:
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            at = self._held.lower().find(b"content-length:", 0, end)
            size = int(self._held[at + 15 : self._held.find(b"\r\n", at)])
            if len(self._held) < end + 4 + size:
                return
            self._held = self._held[end + 4 + size :]
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


def _receive(pipe: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Bare, "127.0.0.1", 0, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415  # the receiver must cost less than what is measured

        uvloop.run(serve())
        return
    asyncio.run(serve())
