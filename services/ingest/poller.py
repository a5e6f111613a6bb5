"""Polls what is due: leases, two at a time per host, outcomes written down; fetching is left to fetch."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from random import random
from time import perf_counter
from urllib.parse import urlsplit
from uuid import uuid4

import structlog

from services.ingest.fetch import Failed, Fetch, Fetched, Gone, NotModified, Throttled
from services.ingest.intake import Accepted, Intake
from services.ingest.metrics import POLLS
from services.ingest.parse import NotAFeed, Parsed, parse
from services.ingest.pressure import Pressure
from services.ingest.schedule import Ended, Held, Missed, Succeeded, Turn, next_in
from services.ingest.source import Source, titled
from services.ingest.store import SourceStore
from services.ingest.submission import Submission
from shared.times import rfc3339

log = structlog.get_logger()

LEASE_SECONDS = 120.0
AT_ONCE = 50
PER_HOST = 2
SPACING_SECONDS = 0.5
"""Between the turns given to sources of one host while it is being asked often enough."""

FIRST_ITEMS = 20
PARSERS = 1
"""Documents parsed at once: more threads only share one interpreter lock."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of a poll: in a word, for the log, and for the schedule."""

    outcome: str
    turn: Turn
    error: str | None = None
    told: dict[str, object] = field(default_factory=dict)


class Poller:
    """Takes due sources and polls them; several processes share them by leases."""

    def __init__(
        self,
        sources: SourceStore,
        intake: Intake,
        pressure: Pressure,
        fetch: Fetch,
        now: Callable[[], datetime],
        random: Callable[[], float] = random,
    ) -> None:
        self._sources, self._intake, self._pressure, self._fetch = sources, intake, pressure, fetch
        self._now, self._random = now, random
        self._running: dict[str, asyncio.Task[None]] = {}
        self._hosts: Counter[str] = Counter()
        self._turns: dict[str, float] = {}
        self._parsers = asyncio.Semaphore(PARSERS)
        self.wake: Callable[[], None] = lambda: None

    @property
    def busy(self) -> int:
        """How many sources are being polled."""
        return len(self._running)

    async def tick(self) -> None:
        """Begin to poll what is due, as far as there is room. Raises RedisError."""
        room = AT_ONCE - len(self._running)
        if room <= 0 or self._pressure.reason() is not None:
            return
        due = await self._sources.claim(self._now().timestamp(), LEASE_SECONDS, room)
        for source_id in due:
            if source_id not in self._running:
                self._running[source_id] = asyncio.create_task(self._turn(source_id), name=f"poll {source_id}")

    async def plan(self) -> None:
        """Give a due time to every polled source that has none: a crash may have come before it. Raises RedisError."""
        for source in await self._sources.unplanned():
            if source.polled:
                await self._sources.due_if_unplanned(source.settings.id, self._now().timestamp())

    async def stop(self) -> None:
        """End the polls under way; their sources are due again at once."""
        running = dict(self._running)
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        with suppress(Exception):  # the lease gives them back later
            for source_id in running:
                await self._sources.due(source_id, self._now().timestamp())

    async def _turn(self, source_id: str) -> None:
        try:
            source = await self._sources.get(source_id)
            if source is None or not source.polled or source.settings.url is None:
                await self._sources.never(source_id)
            else:
                await self._visit(source, urlsplit(source.settings.url).hostname or "")
        except Exception as error:  # noqa: BLE001  # the lease brings the source back; the others go on
            log.warning("poll.broken", source=source_id, error=f"{type(error).__name__}: {error}"[:300])
        finally:
            del self._running[source_id]
            self.wake()

    async def _visit(self, source: Source, host: str) -> None:
        """Poll a source unless its host is being asked often enough; then a little later."""
        if self._hosts[host] >= PER_HOST:
            await self._sources.due(source.settings.id, self._turn_of(host))
            return
        self._hosts[host] += 1
        try:
            await self._poll(source)
        finally:
            self._hosts[host] -= 1
            if not self._hosts[host]:
                del self._hosts[host]

    def _turn_of(self, host: str) -> float:
        """Return when a host is free again, one turn after the one given last."""
        now = self._now().timestamp()
        self._turns = {name: at for name, at in self._turns.items() if at > now}
        self._turns[host] = self._turns.get(host, now) + SPACING_SECONDS
        return self._turns[host]

    async def _poll(self, source: Source) -> None:
        started, correlation, health = perf_counter(), uuid4().hex, source.health
        answer = await self._fetch(source.settings.url or "", health.etag, health.last_modified)
        match answer:
            case Fetched():
                polled = await self._take(source, answer, correlation)
            case NotModified():
                polled = Polled("not modified", Succeeded())
            case Throttled(retry_after=seconds):
                polled = Polled("throttled", Held(seconds), "the host asked to come back later")
            case Gone():
                polled = Polled("gone", Ended(), "the source is gone for good (410); it is not polled any more")
            case Failed(reason=reason):
                polled = Polled("failed", Missed(health.failures + 1), reason)
        await self._close(source, polled)
        self._tell(source, polled, correlation, started)

    async def _take(self, source: Source, page: Fetched, correlation: str) -> Polled:
        """Parse a document and commit its items with its validators, all or nothing."""
        digest = blake2b(page.body, digest_size=16).hexdigest()
        validators = {"etag": page.etag, "last_modified": page.last_modified, "body_hash": digest}
        if digest == source.health.body_hash:
            await self._sources.note(source.settings.id, validators)
            return Polled("same", Succeeded())
        async with self._parsers:
            parsed = await asyncio.to_thread(
                parse,
                page.body,
                url=page.url,
                content_type=page.content_type,
                source_id=source.settings.id,
            )
        if isinstance(parsed, NotAFeed):
            return Polled("failed", Missed(source.health.failures + 1), parsed.reason)
        return await self._accept(source, parsed, validators, correlation)

    async def _accept(self, source: Source, parsed: Parsed, validators: dict[str, str], correlation: str) -> Polled:
        first = source.health.body_hash is None
        fresh, old = split(parsed.submissions, FIRST_ITEMS if first else None)
        document = validators | {"title": parsed.title or "", "home": parsed.home or ""}
        source = titled(source, parsed.title, parsed.home)
        results = await self._intake.accept(source, fresh, document, seen=old, correlation_id=correlation)
        accepted = sum(isinstance(result, Accepted) for result in results)
        told: dict[str, object] = {"items": len(parsed.submissions), "accepted": accepted}
        for name, count in (("skipped", parsed.skipped), ("cut", parsed.cut), ("only_seen", len(old))):
            told |= {name: count} if count else {}
        return Polled("fetched", Succeeded(), told=told)

    async def _close(self, source: Source, polled: Polled) -> None:
        """Write down how it went, and when it goes on."""
        moment, wait = self._now(), next_in(source.settings.interval_minutes, polled.turn, self._random)
        fields = {"polled_at": rfc3339(moment), "error": polled.error or ""}
        match polled.turn:
            case Succeeded():
                fields |= {"succeeded_at": rfc3339(moment), "failures": "0"}
            case Missed(failures=failures):
                fields |= {"failures": str(failures)}
            case Ended():
                fields |= {"gone": "1"}
        if wait is not None:
            fields["next_poll_at"] = rfc3339(moment + timedelta(seconds=wait))
        await self._sources.note(source.settings.id, fields)
        if wait is None:
            await self._sources.never(source.settings.id)
        else:
            await self._sources.due(source.settings.id, moment.timestamp() + wait)

    def _tell(self, source: Source, polled: Polled, correlation: str, started: float) -> None:
        POLLS.labels(polled.outcome).inc()
        line = log.bind(
            source=source.settings.id,
            outcome=polled.outcome,
            correlation_id=correlation,
            ms=round((perf_counter() - started) * 1000, 2),
            **polled.told,
        )
        quiet = polled.outcome in ("not modified", "same")
        (line.debug if quiet else line.info)("source.polled", **({"error": polled.error} if polled.error else {}))
        match polled.turn:
            case Missed(failures=1):
                log.warning("source.failing", source=source.settings.id, error=polled.error)
            case Ended():
                log.warning("source.gone", source=source.settings.id)
            case Succeeded() if source.health.failures:
                log.info("source.recovered", source=source.settings.id, failures=source.health.failures)


def split(submissions: tuple[Submission, ...], most: int | None) -> tuple[list[Submission], list[Submission]]:
    """Return the newest `most` (all when None), oldest first, and the rest; the undated count as newest.

    Among equals the document's order holds, which is newest first.
    """

    def age(submission: Submission) -> tuple[bool, float]:
        moment = submission.published_at
        return (moment is not None, -moment.timestamp() if moment is not None else 0.0)

    newest_first = sorted(submissions, key=age)
    fresh = newest_first if most is None else newest_first[:most]
    return fresh[::-1], newest_first[len(fresh) :]
