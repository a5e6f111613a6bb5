"""How long an article takes from the ledger to its receiver at open-loop rates, beside the raw client at the same."""

from __future__ import annotations

from tests.benchmarks import raw_posts
from tests.benchmarks.bed import a_server
from tests.benchmarks.deliveries import a_bed
from tests.benchmarks.far_receiver import FarReceiver, a_far_receiver
from tests.benchmarks.rows import Row, percentiles

RATES = (50, 200, 500, 1_000)


async def run(seconds: float = 4.0) -> list[Row]:
    """Measure each rate for some seconds at fan-out 1; what is published does not wait for what is delivered."""
    with a_server() as server, a_far_receiver() as receiver:
        return [await _measure(server.url, receiver, rate, seconds) for rate in RATES]


async def _measure(redis: str, receiver: FarReceiver, rate: int, seconds: float) -> Row:
    url = f"{receiver.url}/hook"
    await receiver.begin()
    raw = await late(receiver, await raw_posts.open_loop(url, rate, seconds))
    async with a_bed(redis, [url]) as bed:
        await bed.start()
        await receiver.begin()
        due = await bed.publish(rate, seconds)
        ours = await late(receiver, due)
    p50, p95, p99 = percentiles(ours, 0.5, 0.95, 0.99)
    raw_p50, raw_p95, raw_p99 = percentiles(raw, 0.5, 0.95, 0.99)
    return Row(
        name=f"webhook, ledger to receiver at {rate:,}/s, p95",
        value=p95,
        unit="ms",
        ceiling=raw_p95,
        note=f"p50 {p50:.1f}, p99 {p99:.1f}; raw {raw_p50:.1f}, {raw_p99:.1f}"
        + ("; target 50 ms" if rate <= 200 else ""),
    )


async def late(receiver: FarReceiver, due: dict[int, float]) -> list[float]:
    """Return how many ms after its moment each message came; waits for all."""
    return [(came.at - due[came.seq]) * 1000 for came in await receiver.came(len(due))]
