"""What a thousand deliveries take: CPU and memory of the process that makes them, of Redis, and of the receiver."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from shared.embedded import EmbeddedServer
from shared.redis import Store, connect
from tests.benchmarks import raw_posts
from tests.benchmarks.apart import apart, hung_up
from tests.benchmarks.bed import a_server
from tests.benchmarks.deliveries import a_bed
from tests.benchmarks.far_receiver import FarReceiver, a_far_receiver
from tests.benchmarks.raw_posts import a_story
from tests.benchmarks.rows import Row
from tests.benchmarks.usage import Meter, resident


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds of CPU by process, bytes that the process has at its end, that it grew by, and that Redis grew by."""

    cpu: dict[str, float]
    memory: int
    grown: int
    kept: int


async def run(count: int = 10_000) -> list[Row]:
    """Measure fan-out 1 in a process of its own, fresh for ours and for the raw client."""
    with a_server() as server, a_far_receiver() as receiver:
        raw, ours = [await _measure(server, receiver, kind, count) for kind in ("raw", "ours")]
    cpu, other = ({name: used / count * 1e6 for name, used in cost.cpu.items()} for cost in (ours, raw))
    return [
        Row(
            name="1,000 deliveries, CPU of the process",
            value=cpu["process"],
            unit="ms",
            ceiling=other["process"],
            note=f"beside it Redis {cpu['redis']:.0f}, receiver {cpu['receiver']:.0f}; "
            f"raw's receiver {other['receiver']:.0f}",
        ),
        Row(
            name="1,000 deliveries, memory in Redis",
            value=ours.kept / count,
            unit="KB",
            note="what is left of them when all are done: log, receipts and who carries what",
        ),
        Row(
            name=f"{count:,} deliveries, memory of the process",
            value=ours.grown / 1e6,
            unit="MB",
            ceiling=raw.grown / 1e6,
            note=f"to {ours.memory / 1e6:.0f} MB, its ledger included; raw to {raw.memory / 1e6:.0f}",
        ),
    ]


async def _measure(server: EmbeddedServer, receiver: FarReceiver, kind: str, count: int) -> _Cost:
    await receiver.begin()
    store = Store(connect(server.url))
    with apart(_deliver) as process:
        process.pipe.send((kind, server.url, f"{receiver.url}/hook", count))
        await process.hear()
        meter = Meter(process=process.pid, redis=server.pid, receiver=receiver.pid)
        before, kept = resident(process.pid), await _used(store)
        process.pipe.send("go on")
        await process.hear()
        cpu, grown = meter.used(), resident(process.pid) - before
        cost = _Cost(cpu, resident(process.pid), grown, await _used(store) - kept)
    await store.close()
    return cost


async def _used(store: Store) -> int:
    return int((await store.client.info("memory"))["used_memory"])


async def _deliver(pipe: Connection) -> None:
    """Say when all is ready, and when all is delivered; each time go on when told to."""
    kind, redis, url, count = pipe.recv()
    async with contextlib.AsyncExitStack() as stack:
        deliver = partial(raw_posts.flat_out, [url] * count)
        if kind == "ours":
            bed = await stack.enter_async_context(a_bed(redis, [url]))
            for number in range(count):
                bed.ledger.publish(a_story(number))
            deliver = partial(bed.delivered, count)
        pipe.send("ready")
        pipe.recv()
        await deliver()
        pipe.send("done")
        await hung_up(pipe)
