"""How long an article takes from the ledger to its receiver at open-loop rates, both ends on the same cores."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from shared.embedded import EmbeddedServer
from shared.redis import Store, connect
from tests.benchmarks.bench_delivery import _quiet
from tests.benchmarks.rows import Row
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, story, subscribe
from tests.waiting import until

RATES = (50, 200, 500, 1_000)
TARGET_MS = 50


async def run(seconds: float = 5.0) -> list[Row]:
    """Measure each rate for some seconds at fan-out 1; what is published does not wait for what is delivered."""
    with tempfile.TemporaryDirectory(prefix="wr-") as folder, _quiet():
        server = EmbeddedServer(Path(folder), durable=False)
        server.start()
        try:
            return [await _measure(server.url, rate, seconds) for rate in RATES]
        finally:
            server.stop()


async def _measure(redis: str, rate: int, seconds: float) -> Row:
    store, ledger = Store(connect(redis)), MemoryLedger()
    await store.do("FLUSHALL")
    published: dict[int, float] = {}
    got: dict[int, float] = {}

    async def answer(call: Call) -> Reply:
        got[call.seq] = time.perf_counter()
        return Reply()

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        await subscribe(store, receiver.url)
        await until(lambda: replica.dispatcher.leading)
        began, count = time.perf_counter(), int(rate * seconds)
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            published[ledger.publish(story(number))] = began + number / rate
        await until(lambda: len(got) == count, 60, 0.05)
    await store.close()
    times = sorted((got[seq] - at) * 1000 for seq, at in published.items())
    p50, p95, p99 = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
    return Row(
        name=f"webhook, ledger to receiver at {rate:,}/s, p95",
        value=p95,
        unit="ms",
        target=TARGET_MS if rate <= 200 else None,
        note=f"p50 {p50:.1f}, p99 {p99:.1f}",
    )
