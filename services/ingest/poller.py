"""Polls what is due: leases, a pace, outcomes written down; asking, reading and taking in are left to others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from random import random
from time import perf_counter
from uuid import uuid4

import structlog

from services.ingest.asking import Asking
from services.ingest.fetch import Failed, NotModified
from services.ingest.health import FAILING, Health
from services.ingest.intake import ContendedError
from services.ingest.metrics import LATENESS, POLLS, SOURCES
from services.ingest.moved import noted
from services.ingest.pressure import Pressure
from services.ingest.reader import Read, Reading, Same, Took
from services.ingest.schedule import Ended, Missed, Succeeded
from services.ingest.source import Kind, Source
from services.ingest.store import SourceStore
from services.ingest.taking import Taking
from services.ingest.turns import SPACING_SECONDS, Turns, host_of
from services.ingest.verdict import MOVES, Polled, judged, next_at, took, written
from shared import logs, tracing
from shared.redis import RedisError

log = structlog.get_logger()

LEASE_SECONDS = 120.0
LONGEST_POLL = 900.0
AT_ONCE = 64
FORCED = 0.01
"""Part of the polls that ask for the document whatever we have, for caches that say for ever that nothing changed."""

PACE = 40.0
CATCH_UP_SECONDS = 300.0
"""After a standstill all sources are due at once: they are spread over this long, at no less than PACE a second."""


class Poller:
    """Takes due sources and polls them; several processes share them by leases."""

    def __init__(
        self,
        sources: SourceStore,
        taking: Taking,
        pressure: Pressure,
        readers: Mapping[Kind, Read],
        asking: Asking,
        turns: Turns,
        now: Callable[[], datetime],
        random: Callable[[], float] = random,
    ) -> None:
        self._sources, self._taking, self._pressure = sources, taking, pressure
        self._readers, self._asking, self._turns = readers, asking, turns
        self._now, self._random = now, random
        self._running: dict[str, asyncio.Task[None]] = {}
        self._leases: dict[str, float] = {}
        self._waiting_for: dict[str, float] = {}
        self._pace, self._allowance, self._paced_at = PACE, float(AT_ONCE), 0.0
        self.wake: Callable[[], None] = lambda: None

    @property
    def busy(self) -> int:
        """How many sources are being polled."""
        return len(self._running)

    async def tick(self) -> None:
        """Keep what is being polled, and begin with what is due as far as there is room. Raises RedisError."""
        now = self._now().timestamp()
        await self._renew(now)
        room = min(AT_ONCE - len(self._running), self._allowed(now))
        if room <= 0 or self._pressure.reason() is not None:
            return
        for source_id in await self._sources.claim(now, LEASE_SECONDS, room):
            if source_id not in self._running:
                self._allowance -= 1
                self._leases[source_id] = now + LEASE_SECONDS
                self._running[source_id] = asyncio.create_task(self._turn(source_id), name=f"poll {source_id}")

    async def plan(self) -> None:
        """Give a due time to every polled source that has none: a crash may have come before it. Raises RedisError."""
        self._pace = max(PACE, await self._sources.planned() / CATCH_UP_SECONDS)
        for source in await self._sources.unplanned():
            if source.polled:
                await self._sources.due_if_unplanned(source.settings.id, self._now().timestamp())

    async def stop(self) -> None:
        """End the polls under way; their sources are due again at once."""
        running = dict(self._running)
        leases = dict(self._leases)
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        with suppress(Exception):  # the leases give them back later
            for source_id in running:
                await self._sources.finish(source_id, leases[source_id], self._now().timestamp())

    def _allowed(self, now: float) -> int:
        """Return how many polls may begin: a pace a second, for a standstill must not end in a flood."""
        gained = max(0.0, now - self._paced_at) * self._pace
        self._allowance, self._paced_at = min(float(AT_ONCE), self._allowance + gained), now
        return int(self._allowance)

    async def _renew(self, now: float) -> None:
        """Lengthen the leases of polls that take long."""
        old = {id: ends for id, ends in self._leases.items() if ends - now < LEASE_SECONDS / 2}
        if old:  # noted first: a poll that ends meanwhile gives up the lease that is asked for here
            self._leases |= dict.fromkeys(old, now + LEASE_SECONDS)
            await self._sources.renew(old, now + LEASE_SECONDS)

    async def _turn(self, source_id: str) -> None:
        try:
            source = await self._sources.get(source_id)
            if source is None or not source.polled or source.settings.kind not in self._readers:
                await self._sources.finish(source_id, self._leases[source_id], None)
            elif self._turns.crowded(host := host_of(source.address)):
                await self._sources.finish(source_id, self._leases[source_id], self._turn_of(host))
            else:
                await self._poll(source)
        except Exception as error:  # noqa: BLE001  # the lease brings the source back; the others go on
            log.warning("poll.broken", source=source_id, error=f"{type(error).__name__}: {error}"[:300])
        finally:
            full = len(self._running) >= AT_ONCE
            del self._running[source_id], self._leases[source_id]
            if full:
                self.wake()

    def _turn_of(self, host: str) -> float:
        """Return when to come back to a host that is asked often enough, one turn after the one given last."""
        now = self._now().timestamp()
        self._waiting_for = {name: at for name, at in self._waiting_for.items() if at > now}
        self._waiting_for[host] = self._waiting_for.get(host, now) + SPACING_SECONDS
        return self._waiting_for[host]

    async def _poll(self, source: Source) -> None:
        started, correlation, due = perf_counter(), uuid4().hex, source.health.next_poll_at
        logs.about({"source": source.settings.id, "correlation_id": correlation})
        if due is not None:
            LATENESS.observe(max(0.0, (self._now() - datetime.fromisoformat(due)).total_seconds()))
        reading, polled = await self._visit(source, correlation)
        fields = await self._moved(source, reading)
        await self._close(source, replace(polled, fields=dict(polled.fields) | fields))
        self._tell(source, polled, correlation, started)

    async def _visit(self, source: Source, correlation: str) -> tuple[Reading, Polled]:
        """Read a source and take what came. Raises RedisError and ContendedError; all else becomes a failure."""
        read, ask, asked = self._readers[source.settings.kind], self._asking.of(source), self._asked(source)
        try:
            async with asyncio.timeout(LONGEST_POLL):
                reading = await read(asked, ask)
                if isinstance(reading, Took):
                    taken = await self._taking.take(asked, _without_moves(reading), read, ask, correlation)
                    return reading, took(source, reading, taken, self._now())
        except (RedisError, ContendedError):
            raise
        except TimeoutError:
            reading = Failed(f"polling it took longer than {LONGEST_POLL / 60:g} minutes")
        except Exception as error:  # noqa: BLE001  # a source made to break its reader backs off like any other
            log.warning("source.broken", source=source.settings.id, error=f"{type(error).__name__}: {error}"[:300])
            reading = Failed(f"it could not be read: {type(error).__name__}")
        return reading, judged(source, reading, self._now())

    def _asked(self, source: Source) -> Source:
        """Return the source as it is to be asked: where it moved to, and now and then without what we have."""
        health = source.health
        if health.asked_url not in (None, source.address):
            health = Health(pushed_at=health.pushed_at, push_until=health.push_until)
        if self._random() < FORCED:
            health = replace(health, etag=None, last_modified=None)
        if source.address == source.settings.url:
            return replace(source, health=health)
        return Source(source.settings.model_copy(update={"url": source.address}), health)

    async def _moved(self, source: Source, reading: Reading) -> dict[str, str]:
        """Take note of where permanent redirects lead; once that is steady, ask there."""
        match reading:
            case Took(fields=fields) | Same(fields=fields):
                moved_to = fields.get(MOVES)
            case NotModified(moved_to=moved_to):
                pass
            case _:
                return {}
        note = noted(source.health, moved_to, self._now())
        return note.fields | (await self._settle(source, note.settled) if note.settled else {})

    async def _settle(self, source: Source, url: str) -> dict[str, str]:
        """Store the new address: in the settings, or beside them where they are the file's or hold credentials.

        Credentials were given for a host; on another one no redirect may have them sent there.
        """
        settings = source.settings
        apart = settings.origin == "file" or (
            settings.authorization is not None and host_of(url) != host_of(settings.url or "")
        )
        if not apart and not await self._sources.change(settings, {"url": url}):
            return {}
        if source.health.moved_url != url:
            log.warning("source.moved", source=settings.id, url=url, settings_changed=not apart)
            SOURCES.labels("moved").inc()
        return {"moved_to": "", "moved_at": "", "moved_count": "0", "moved_url": url if apart else "", "asked_url": url}

    async def _close(self, source: Source, polled: Polled) -> None:
        """Write down how it went, and when it goes on; killed before, the lease brings the source back."""
        id, moment = source.settings.id, self._now()
        at = next_at(source, polled, moment, self._random)
        await asyncio.gather(
            self._sources.note(id, written(polled, moment, at)),
            self._sources.finish(id, self._leases[id], None if at is None else at.timestamp()),
        )

    def _tell(self, source: Source, polled: Polled, correlation: str, started: float) -> None:
        POLLS.labels(polled.outcome).inc()
        id, health = source.settings.id, source.health
        ms = round((perf_counter() - started) * 1000, 2)
        line = log.bind(source=id, outcome=polled.outcome, correlation_id=correlation, ms=ms, **polled.told)
        quiet = polled.outcome in ("not modified", "same")
        if not quiet:
            span = {"event": "source.polled", "source": id, "outcome": polled.outcome, "ms": ms}
            failed = polled.error is not None
            tracing.told({**span, "correlation_id": correlation}, service="ingest", first=True, failed=failed)
        (line.debug if quiet else line.info)("source.polled", **({"error": polled.error} if polled.error else {}))
        match polled.turn:
            case Missed(failures=failures) if failures == FAILING:
                log.warning("source.failing", source=id, error=polled.error, failures=failures)
                SOURCES.labels("failing").inc()
            case Ended():
                log.warning("source.gone", source=id)
                SOURCES.labels("gone").inc()
            case Succeeded() if health.failing:
                log.info("source.recovered", source=id, failures=health.failures)
                SOURCES.labels("recovered").inc()


def _without_moves(took: Took) -> Took:
    """Return what was read without where it was redirected, which is noted apart."""
    return replace(took, fields={name: value for name, value in took.fields.items() if name != MOVES})
