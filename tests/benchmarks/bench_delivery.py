"""Webhook delivery beside the same client posting the same bytes to the same receiver with no pipeline before it."""

from __future__ import annotations

from tests.benchmarks import deliveries, raw_posts
from tests.benchmarks.bed import a_server
from tests.benchmarks.far_receiver import FarReceiver, a_far_receiver
from tests.benchmarks.rows import Lap, Row, median_ratio, middle


async def run(count: int = 10_000, rounds: int = 3) -> list[Row]:
    """Measure delivery at fan-out 1 and 1,000, logs rendered to /dev/null, rounds alternated with the raw client."""
    with a_server() as server, a_far_receiver() as receiver:
        return [await _measure(server.url, receiver, count, rounds, fan_out) for fan_out in (1, 1_000)]


async def _measure(redis: str, receiver: FarReceiver, count: int, rounds: int, fan_out: int) -> Row:
    raw: list[Lap] = []
    ours: list[Lap] = []
    url = f"{receiver.url}/hook"
    for _ in range(rounds):
        await receiver.begin()
        raw.append(await raw_posts.flat_out([url] * count))
        await receiver.begin()
        ours.append(await deliveries.flat_out(redis, [url] * fan_out, count // fan_out))
    got = middle(ours)
    return Row(
        name=f"webhook delivery, fan-out {fan_out:,}",
        value=got.rate,
        unit="deliveries/s",
        ceiling=got.rate / median_ratio(ours, raw),
        target=0.8,
        note=f"{got.cpu:.0f} us of CPU each, raw {middle(raw).cpu:.0f}; {len(raw_posts.payload()):,} bytes",
    )
