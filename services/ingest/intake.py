"""Takes submissions in, however they came: decides what is news, commits it whole, has it relayed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from random import random
from time import perf_counter
from uuid import uuid4

import structlog

from services.ingest.changes import Known, is_older
from services.ingest.document import Withdrawal
from services.ingest.identity import source_of
from services.ingest.metrics import ARTICLES
from services.ingest.normalize import WITHDRAWN, event_of, name_of, retraction_of
from services.ingest.offers import NOTHING_READ, Names, Offer, newest, told_returned
from services.ingest.outbox import Outbox
from services.ingest.pressure import Pressure
from services.ingest.resolving import identity_of
from services.ingest.results import Accepted, Outdated, Refused, Result, Unchanged
from services.ingest.source import POLLED, Settings, Source, titled
from services.ingest.steps import Step, decided, runs, step_of
from services.ingest.store import ItemStore, SourceStore
from services.ingest.submission import Submission
from shared import logs, tracing
from shared.events import Retraction
from shared.redis import RedisError

log = structlog.get_logger()

TRIES = 20
SAID: Mapping[type[Result], str] = {Accepted: "ingested", Outdated: "outdated"}


class ContendedError(RuntimeError):
    """Other writers kept changing the same articles; trying again later will do."""


class Intake:
    """The one way in: push, drop folder and poller all end here."""

    def __init__(
        self,
        sources: SourceStore,
        items: ItemStore,
        outbox: Outbox,
        pressure: Pressure,
        now: Callable[[], datetime],
    ) -> None:
        self._sources, self._items, self._outbox, self._pressure = sources, items, outbox, pressure
        self._now = now
        self.names = Names(items)

    async def source(self, settings: Settings) -> Source:
        """Return the source of that id, registering it with these settings when there is none."""
        known = await self._sources.get(settings.id)
        if known is not None:
            return known
        if await self._sources.add(settings):
            log.info("source.added", source=settings.id, kind=settings.kind, origin=settings.origin)
        return await self._sources.get(settings.id) or Source(settings)

    async def push(self, settings: Settings, submission: Submission) -> Result:
        """Commit one submission, of a source that is registered with these settings when there is none of its id.

        Raises as `accept` does.
        """
        id, _ = name_of(submission)
        known, before = await self._sources.get_beside(settings.id, id)
        source = known or await self.source(settings)
        return (await self.accept(source, [submission], stored={id: before}))[0]

    async def accept(
        self,
        source: Source,
        submissions: Sequence[Submission],
        document: Mapping[str, str] | None = None,
        *,
        seen: Sequence[Submission] = (),
        correlation_id: str | None = None,
        stored: Mapping[str, bytes] = NOTHING_READ,
    ) -> list[Result]:
        """Commit one document's submissions and its state at once; return a result for each, in order.

        `seen` are remembered without being published. Of submissions of one article the newest holds. `stored` is what
        was just read of the articles that they name. Raises RedisError and ContendedError: nothing was taken then.
        """
        called = _called(source, submissions)
        source = titled(source, called.get("title"), None)
        found = await self.names.offers(source, [*seen, *submissions], stored)
        offers = [replace(offer, wanted=offer.wanted and at >= len(seen)) for at, offer in enumerate(found.offers)]
        told_returned(source, [offer for offer in found.offers if not offer.wanted])
        degraded = found.identity != identity_of(source.health.identity)
        fields = called | dict(document or {}) | ({"identity": found.identity} if degraded else {})
        return (await self.take(source, offers, fields, correlation_id, stored=found.stored))[len(seen) :]

    async def take(
        self,
        source: Source,
        offers: Sequence[Offer],
        document: Mapping[str, str],
        correlation_id: str | None = None,
        *,
        stored: Mapping[str, bytes] = NOTHING_READ,
    ) -> list[Result]:
        """Commit offers and their document's state; return a result for each, in order.

        `stored` is what was just read of the articles; without it, or once a commit finds it out of date, it is read.
        Where they are too many for one script, the state goes with the last of them: killed between, the same
        document comes again and finds the first ones known. Raises RedisError and ContendedError.
        """
        started, correlation = perf_counter(), correlation_id or uuid4().hex
        named = newest(offers)
        for tried in range(TRIES):
            await _give_way(tried)
            steps = await self._steps(source, named, correlation, NOTHING_READ if tried else stored)
            if await self._commit(source.settings.id, steps.values(), document):
                break
        else:
            raise ContendedError(f"others keep changing the same articles of {source.settings.id}")
        wanted = {id: steps[id] for id, offer in named.items() if offer.wanted}
        self._tell(wanted, source.settings.id, correlation, started, first=correlation_id is None)
        return [steps[offer.id].result for offer in offers]

    async def find(self, source_id: str, guid: str | None, url: str | None) -> str | None:
        """Return the article that a source calls by a guid or has at a URL, or None. Raises RedisError."""
        return await self.names.find(source_id, guid, url)

    async def withdraw(self, source_id: str, withdrawal: Withdrawal) -> Result | None:
        """Take back what a source takes back; None when it was never published. Raises as `retract` does."""
        article_id = await self.find(source_id, withdrawal.guid, withdrawal.url)
        if article_id is None:
            return None
        return await self.retract(article_id, Retraction(reason=withdrawal.reason or WITHDRAWN), withdrawal.at)

    async def retract(self, article_id: str, retraction: Retraction, at: datetime | None = None) -> Result | None:
        """Take an article back; None when it was never published. Raises RedisError and ContendedError.

        `at` is when its source took it back, where it says so: what it published again since then stays.
        """
        started, correlation, source_id = perf_counter(), uuid4().hex, source_of(article_id)
        source = await self._sources.get(source_id) or Source(Settings(id=source_id))
        for tried in range(TRIES):
            await _give_way(tried)
            before, moment = (await self._items.read(source_id, [article_id]))[0], self._now()
            known = Known.read(before) if before else None
            if known is None or known.version == 0:
                return None
            if known.status == "canceled":
                return Unchanged(article_id, known.version)
            if is_older(at, known, moment):
                return Outdated(article_id, known.version)
            event = retraction_of(article_id, known, source, retraction, moment, correlation)
            after = replace(known, version=known.version + 1, status="canceled", updated=at or known.updated)
            step = step_of(event, before, after)
            if await self._commit(source_id, [step], {}):
                self._tell({article_id: step}, source_id, correlation, started, first=True)
                return step.result
        raise ContendedError(f"others keep changing {article_id}")

    async def _steps(
        self, source: Source, named: Mapping[str, Offer], correlation: str, stored: Mapping[str, bytes]
    ) -> dict[str, Step]:
        if not named.keys() <= stored.keys():
            stored = dict(zip(named, await self._items.read(source.settings.id, list(named)), strict=True))
        moment = self._now()
        steps = {}
        for id, offer in named.items():
            before = stored[id]
            known = Known.read(before) if before else None
            name = (id, known.guid if known else offer.guid)
            event = event_of(offer.submission, source, known, moment, correlation, name)
            steps[id] = step = decided(event, known, before, offer)
            if len(named) > 1 and step.entry is not None and step.entry.event:
                await asyncio.sleep(0)  # a body made for it takes a tenth of a second to be parted, and hundreds come
        return steps

    async def _commit(self, source_id: str, steps: Iterable[Step], document: Mapping[str, str]) -> bool:
        kept = [step for step in steps if step.entry is not None or step.aliases]
        if not kept and not document:
            return True
        portions = list(runs(kept)) or [[]]
        for number, run in enumerate(portions):
            fields = document if number == len(portions) - 1 else {}
            if not await self._commit_run(source_id, run, fields):
                return False
        return True

    async def _commit_run(self, source_id: str, run: Sequence[Step], document: Mapping[str, str]) -> bool:
        entries = [step.entry for step in run if step.entry is not None]
        aliases = {key: id for step in run for key, id in step.aliases.items()}
        if any(entry.event for entry in entries):
            self._outbox.wake(source_id)  # it looks next, and the server runs what it is asked for in order
        try:
            conflicts = await self._items.commit(source_id, entries, document, aliases)
        except RedisError as error:
            self._pressure.tell(error)
            self._outbox.wake(source_id)  # it may have been written although the answer was lost
            raise
        return not conflicts

    def _tell(
        self, steps: Mapping[str, Step], source_id: str, correlation: str, started: float, *, first: bool
    ) -> None:
        about = {"source": source_id, "correlation_id": correlation, "ms": round((perf_counter() - started) * 1000, 2)}
        told: list[Mapping[str, object]] = []
        for id, step in steps.items():
            result = step.result
            ARTICLES.labels(type(result).__name__.lower()).inc()
            if isinstance(result, Refused):
                log.warning("article.refused", article_id=id, reason=result.reason, **about)
            elif (said := SAID.get(type(result))) is not None:
                line = {"event": f"article.{said}", "article_id": id, "version": result.version, **about}
                tracing.told(line, service="ingest", first=first and not told)
                told.append(line)
            else:
                log.debug("article.unchanged", article_id=id, version=result.version, **about)
        if told:
            logs.tell(told)


def _called(source: Source, submissions: Sequence[Submission]) -> dict[str, str]:
    """Return what articles call their source, where nobody else gives it a name: for those that do not say it."""
    if source.settings.name or source.settings.kind in POLLED:
        return {}
    name = next((one.source.name for one in reversed(submissions) if one.source.name), None)
    return {"title": name} if name and name != source.health.title else {}


async def _give_way(tried: int) -> None:
    """Wait a random while after a lost race, growing: writers in step would lose all but one each time."""
    if tried:
        await asyncio.sleep(random() * min(0.5, 0.002 * 2.0**tried))
