"""How punctual further tries are while a thousand messages to receivers that failed together wait for theirs."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from urllib.parse import urlsplit

from tests.benchmarks.bed import a_server
from tests.benchmarks.deliveries import Bed, a_bed
from tests.benchmarks.far_receiver import Came, FarReceiver, a_far_receiver
from tests.benchmarks.raw_posts import a_story
from tests.benchmarks.rows import Row, percentiles
from tests.syndication.webhooks.lateness import Try, lateness

RECEIVERS = 200
ARTICLES = 5
SCHEDULE = (1.0, 2.0, 4.0)
"""So few failures in a row that no breaker opens: it would put tries off on purpose."""

OUT_SECONDS = 4.5
"""By then the third try has failed, and the fourth is to come."""


async def run() -> list[Row]:
    """Measure from the moment that the log says to the arrival at a receiver in a process of its own."""
    with a_server() as server, a_far_receiver() as receiver:
        urls = [f"{receiver.url}/{number}" for number in range(RECEIVERS)]
        async with a_bed(server.url, urls, schedule=SCHEDULE) as bed:
            late = await _late(receiver, bed)
    p50, p99, last = percentiles(late, 0.5, 0.99, 1.0)
    return [
        Row(
            name="webhook, lateness of further tries, p99",
            value=p99,
            unit="ms",
            note=f"{len(late):,} tries at {RECEIVERS} receivers that were out; median {p50:.1f}, most {last:.1f}; "
            "target 100 ms",
        )
    ]


async def _late(receiver: FarReceiver, bed: Bed) -> list[float]:
    await bed.start()
    await receiver.begin(500)
    for number in range(ARTICLES):
        bed.ledger.publish(a_story(number))
    await asyncio.sleep(OUT_SECONDS)
    failed = await receiver.begin()
    await bed.recorded()
    came = failed + await receiver.came()
    paths = {each.id: urlsplit(each.url).path for each in bed.subscriptions}
    return await lateness(bed.store, paths, _tries(came))


def _tries(came: list[Came]) -> dict[Try, float]:
    """Return when each try came, in Unix time."""
    counted: Counter[tuple[bytes, int]] = Counter()
    tries, offset = {}, time.time() - time.perf_counter()
    for each in came:
        counted[each.path, each.seq] += 1
        tries[each.path.decode(), each.seq, counted[each.path, each.seq]] = each.at + offset
    return tries
