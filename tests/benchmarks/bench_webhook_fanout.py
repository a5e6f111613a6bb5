"""One article to thousands of receivers: how soon the last is told, beside the raw client posting to as many."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from shared.embedded import EmbeddedServer
from tests.benchmarks import raw_posts
from tests.benchmarks.bed import Everywhere, a_server
from tests.benchmarks.deliveries import Bed, a_bed
from tests.benchmarks.far_receiver import FarReceiver, a_far_receiver
from tests.benchmarks.raw_posts import a_story
from tests.benchmarks.rows import Lap, Row, median_ratio, middle, percentiles
from tests.benchmarks.usage import Meter

COLD = 4.5
"""Seconds after which no connection is kept."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One article's way: ms until half and until all were told, and the µs of CPU that each of them took."""

    lap: Lap
    half: float
    last: float
    cpu: dict[str, float]


async def run(articles: int = 3) -> list[Row]:
    """Measure a thousand and ten thousand on one host with kept connections, and a thousand hosts never asked yet."""
    with a_server() as server, a_far_receiver() as receiver:
        near = [f"{receiver.url}/{number}" for number in range(10_000)]
        far = [f"http://receiver{number}.example:{receiver.port}/" for number in range(1_000)]
        return [
            await _measure("1,000 receivers", server, receiver, near[:1_000], articles),
            await _measure("10,000 receivers", server, receiver, near, articles),
            await _measure("1,000 hosts, no connection kept", server, receiver, far, articles, COLD),
        ]


async def _measure(
    what: str, server: EmbeddedServer, receiver: FarReceiver, urls: Sequence[str], articles: int, rest: float = 0.0
) -> Row:
    raw: list[Lap] = []
    ours: list[_Told] = []
    async with a_bed(server.url, urls, resolver=Everywhere()) as bed:
        await bed.start()
        await _told(server, receiver, bed, len(urls))
        for _ in range(articles):
            await asyncio.sleep(rest)
            ours.append(await _told(server, receiver, bed, len(urls)))
            await receiver.begin()
            raw.append(await raw_posts.flat_out(urls, resolver=Everywhere()))
    laps = [told.lap for told in ours]
    used = ", ".join(f"{name} {median(told.cpu[name] for told in ours):.0f}" for name in ours[0].cpu)
    half, last = median(told.half for told in ours), median(told.last for told in ours)
    return Row(
        name=f"one article to {what}",
        value=middle(laps).rate,
        unit="deliveries/s",
        ceiling=middle(laps).rate / median_ratio(laps, raw),
        note=f"half told after {half:.0f} ms, all after {last:.0f}; CPU us each: {used}, raw {middle(raw).cpu:.0f}",
    )


async def _told(server: EmbeddedServer, receiver: FarReceiver, bed: Bed, count: int) -> _Told:
    """Publish an article, and wait until all are told and all is recorded."""
    await receiver.begin()
    meter = Meter(ours=os.getpid(), redis=server.pid, receiver=receiver.pid)
    began = time.perf_counter()
    bed.ledger.publish(a_story(len(bed.ledger.entries)))
    half, last = percentiles([(came.at - began) * 1000 for came in await receiver.came(count)], 0.5, 1.0)
    await bed.recorded()
    cpu = {name: used / count * 1e6 for name, used in meter.used().items()}
    return _Told(Lap(count / last * 1000, cpu["ours"]), half, last, cpu)
