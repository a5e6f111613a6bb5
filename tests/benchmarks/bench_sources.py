"""Ten thousand sources at one ingest process, a quarter of an hour between polls: its CPU, and how late it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson

from services.ingest.app import FILE_SECONDS, PLAN_SECONDS, POLL_SECONDS, PRESSURE_SECONDS, SWEEP_SECONDS, readers
from services.ingest.asking import Asking
from services.ingest.intake import Intake
from services.ingest.outbox import Outbox
from services.ingest.pages.robots import Robots
from services.ingest.poller import PACE, Poller
from services.ingest.pressure import Pressure
from services.ingest.source import Settings
from services.ingest.sources_file import SourcesFile
from services.ingest.store import DUE, ItemStore, SourceStore
from services.ingest.taking import Taking
from services.ingest.turns import AT_ONCE, SPACING_SECONDS, Turns
from shared import collector, http_client
from shared.redis import Argument, Store
from shared.redis import connect as connect_redis
from shared.ticks import Tick
from shared.times import now
from tests.benchmarks.bed import Everywhere, a_server, quiet
from tests.benchmarks.feed_hosts import feed_hosts
from tests.benchmarks.rows import Row, percentiles
from tests.builders import SEALS
from tests.ingest.parts import FakeLine, no_depth
from tests.waiting import until

SOURCES = 10_000
INTERVAL = 15
SHARED = 20
"""Hosts that have many feeds, as blog and audio platforms do: each tenth source is at one of them."""

LOOPBACK = (ip_network("127.0.0.0/8"),)


class _Counted(Store):
    """A store that counts what it is asked: a script counts as one."""

    asked = 0

    async def do(self, *command: Argument) -> Any:
        self.asked += 1
        return await super().do(*command)


@dataclass(frozen=True, slots=True)
class _Bed:
    store: _Counted
    sources: SourceStore
    session: http_client.Session
    port: int

    async def tally(self) -> dict[str, Any]:
        """Return what the hosts saw since the last tally."""
        async with self.session.get(f"http://tally.example:{self.port}/tally") as answer:
            found: dict[str, Any] = orjson.loads(await answer.read())
        return found


@dataclass(frozen=True, slots=True)
class _Lap:
    """One stretch of polling: its share of a core, commands a poll, and what the hosts saw."""

    seconds: float
    core: float
    commands: float
    tally: dict[str, Any]


async def run(seconds: float = 60.0) -> list[Row]:
    """Measure a catch-up after a standstill, then the steady rate; logs are rendered to /dev/null.

    Real time, not compressed: of the sources those that come due within `seconds` have been polled before.
    """
    window = int(SOURCES * (seconds + 5) / (INTERVAL * 60))
    with a_server() as server, feed_hosts() as port:
        async with _bed(server.url, port, server.folder) as bed:
            herd = await _caught_up(bed, window)
            started = time.time() + 1
            await _plan(bed, started)
            lap = await _lap(bed, seconds + 1)
            return [*_rows(lap, started), *_herd_rows(herd, window)]


@asynccontextmanager
async def _bed(redis: str, port: int, folder: Path) -> AsyncIterator[_Bed]:
    store = _Counted(connect_redis(redis))
    sources, items = SourceStore(store, SEALS), ItemStore(store)
    outbox = Outbox(items, sources, FakeLine())
    pressure = Pressure(no_depth, time.monotonic)
    async with http_client.connect(LOOPBACK, resolver=Everywhere()) as session:
        turns = Turns(store, now)
        poller = Poller(
            sources,
            Taking(sources, Intake(sources, items, outbox, pressure, now), now),
            pressure,
            readers(Robots(time.monotonic)),
            Asking(partial(http_client.get, session), turns, now),
            turns,
            now,
        )
        poll = Tick("poll sources", POLL_SECONDS, poller.tick)
        poller.wake = poll.wake
        ticks = (
            poll,
            Tick("plan polls", PLAN_SECONDS, poller.plan),
            Tick("sweep outboxes", SWEEP_SECONDS, outbox.sweep),
            Tick("measure pressure", PRESSURE_SECONDS, pressure.measure),
            Tick("read sources.toml", FILE_SECONDS, SourcesFile(folder / "sources.toml", sources, now).tick),
        )
        await _register(sources, port)
        collector.calm()  # as every process of ours does once it is wired
        with quiet():
            for tick in ticks:
                tick.start()
            yield _Bed(store, sources, session, port)
            await asyncio.gather(*(tick.stop() for tick in ticks))
            await poller.stop()
            await outbox.idle(5)
    await store.close()


def _host(number: int) -> str:
    return f"shared{number // 10 % SHARED}.example" if number % 10 == 0 else f"h{number}.example"


async def _register(sources: SourceStore, port: int) -> None:
    """Add all sources, due in some hours: nothing begins before it is planned."""
    later = time.time() + 36_000
    for number in range(SOURCES):
        url = f"http://{_host(number)}:{port}/{number}"
        settings = Settings(id=f"s{number}", url=url, interval_minutes=INTERVAL)
        await asyncio.gather(sources.add(settings), sources.due(settings.id, later))


async def _caught_up(bed: _Bed, count: int) -> _Lap:
    """Poll so many sources for the first time, all of them due at once."""
    moment = time.time()
    await asyncio.gather(*(bed.sources.due(f"s{number}", moment) for number in range(count)))
    wall, cpu, commands = time.perf_counter(), time.process_time(), bed.store.asked
    await until(lambda: _none_due(bed), 120, 0.1)
    return await _measured(bed, wall, cpu, commands)


async def _none_due(bed: _Bed) -> bool:
    return not await bed.store.do("ZCOUNT", DUE, "-inf", time.time() + 150)


async def _plan(bed: _Bed, started: float) -> None:
    """Have each source due in its place of the quarter of an hour."""
    step = INTERVAL * 60 / SOURCES
    await asyncio.gather(*(bed.sources.due(f"s{number}", started + number * step) for number in range(SOURCES)))


async def _lap(bed: _Bed, seconds: float) -> _Lap:
    await bed.tally()
    wall, cpu, commands = time.perf_counter(), time.process_time(), bed.store.asked
    await asyncio.sleep(seconds)
    return await _measured(bed, wall, cpu, commands)


async def _measured(bed: _Bed, wall: float, cpu: float, commands: int) -> _Lap:
    taken, used = time.perf_counter() - wall, time.process_time() - cpu
    sent = bed.store.asked - commands
    tally = await bed.tally()
    return _Lap(taken, used / taken * 100, sent / max(1, len(tally["asked"])), tally)


def _rows(lap: _Lap, started: float) -> list[Row]:
    step, tally = INTERVAL * 60 / SOURCES, lap.tally
    late = [(at - (started + number * step)) * 1000 for number, at in tally["asked"]]
    p50, p99 = percentiles(late, 0.5, 0.99)
    rate = len(late) / lap.seconds
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(tally["answers"].items()))
    return [
        Row(
            name=f"{SOURCES:,} sources, {INTERVAL} min: CPU",
            value=lap.core,
            unit="% of a core",
            target=30,
            note=f"{rate:.1f} polls/s; {answers}",
        ),
        Row(
            name="a poll's lateness, p99",
            value=p99,
            unit="ms",
            note=f"median {p50:.0f}; looked for every {POLL_SECONDS:g} s",
        ),
        Row(
            name="Redis commands a poll",
            value=lap.commands,
            unit="commands",
            note="those of all loops included; a script is one",
        ),
    ]


def _herd_rows(herd: _Lap, count: int) -> list[Row]:
    """Return what a catch-up looked like: when all are due at once, hosts are asked as closely as they ever are."""
    tally = herd.tally
    return [
        Row(
            name="new sources, all due at once",
            value=len(tally["asked"]) / herd.seconds,
            unit="polls/s",
            note=f"{count} of them, {herd.core:.0f} % of a core; the pace is at most {PACE:g} a second",
        ),
        Row(name="requests at one host at once, most", value=tally["most"], unit="requests", target=AT_ONCE),
        Row(
            name="between two requests at one host, least",
            value=(tally["nearest"] or 0.0) * 1000,
            unit="ms",
            note=f"sent {SPACING_SECONDS * 1000:g} ms apart; one in ten sources is at one of {SHARED} hosts",
        ),
    ]
