"""Webhooks of one replica on an empty server, for benchmarks: subscribed, and asked when all is delivered."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp.abc import AbstractResolver

from services.syndication.webhooks.subscriptions import Subscription
from services.syndication.webhooks.wiring import Webhooks
from shared import collector
from shared.redis import Store, connect
from tests.benchmarks.bed import quiet
from tests.benchmarks.raw_posts import a_story
from tests.benchmarks.rows import Lap, Stopwatch
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, subscribe
from tests.waiting import until

LOOK = 0.02
"""Seconds between looks whether all is done: looking costs round trips of the process that is measured."""

SUBSCRIBED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Bed:
    """A ledger in memory, and webhooks that are not started yet."""

    store: Store
    ledger: MemoryLedger
    webhooks: Webhooks
    subscriptions: Sequence[Subscription]

    async def start(self) -> None:
        """Have the webhooks wait for what is published."""
        await self.webhooks.start()
        await until(lambda: self.webhooks.dispatcher.leading)

    async def done(self) -> bool:
        """Tell whether everything is dispatched, acknowledged and recorded: nobody is due any more."""
        dispatched = await self.webhooks.api.store.cursor() == len(self.ledger.entries)
        return dispatched and not await self.store.do("ZCARD", "{subscriptions}:due")

    async def delivered(self, count: int) -> Lap:
        """Start the webhooks, have so many deliveries made of what was published before, and time that."""
        watch = Stopwatch()
        await self.webhooks.start()
        await self.recorded()
        return watch.lap(count)

    async def recorded(self) -> None:
        """Wait until all is done."""
        await until(self.done, 120, LOOK)

    async def publish(self, rate: float, seconds: float, first: int = 1) -> dict[int, float]:
        """Publish in an open loop; returns when each seq was due."""
        began, due = time.perf_counter(), {}
        for number in range(int(rate * seconds)):
            moment = began + number / rate
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            due[self.ledger.publish(a_story(first + number))] = moment
        return due


@contextlib.asynccontextmanager
async def a_bed(
    redis: str, urls: Sequence[str], *, resolver: AbstractResolver | None = None, **chosen: Any
) -> AsyncIterator[Bed]:
    """Subscribe each URL, with what is chosen, on a server that is emptied; logs are rendered to /dev/null."""
    store, ledger = Store(connect(redis)), MemoryLedger()
    await store.do("FLUSHALL")
    made: list[Subscription] = []
    for start in range(0, len(urls), SUBSCRIBED_AT_ONCE):
        some = urls[start : start + SUBSCRIBED_AT_ONCE]
        made += await asyncio.gather(*(subscribe(store, url, **chosen) for url in some))
    with quiet():
        async with a_replica(store, ledger, started=False, resolver=resolver) as webhooks:
            collector.calm()  # as every process of ours does once it is wired
            yield Bed(store, ledger, webhooks, made)
    await store.close()


async def flat_out(redis: str, urls: Sequence[str], articles: int) -> Lap:
    """Deliver so many articles, which lie ready in the ledger, to every URL."""
    async with a_bed(redis, urls) as bed:
        for number in range(articles):
            bed.ledger.publish(a_story(number))
        return await bed.delivered(articles * len(urls))
