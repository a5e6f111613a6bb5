"""Takes submissions in, however they came: decides what is news, commits it whole, has it relayed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import random
from time import perf_counter
from uuid import uuid4

import structlog

from services.ingest import changes
from services.ingest.changes import Changed, Known, New
from services.ingest.identity import source_of
from services.ingest.metrics import ARTICLES
from services.ingest.normalize import embargoed, event_of, name_of, retraction_of
from services.ingest.outbox import Outbox
from services.ingest.pressure import Pressure
from services.ingest.source import Settings, Source
from services.ingest.store import Entry, ItemStore, SourceStore
from services.ingest.submission import Submission
from shared.events import ArticleIngested, Retraction, to_json
from shared.redis import RedisError

log = structlog.get_logger()

TRIES = 20


@dataclass(frozen=True, slots=True)
class Accepted:
    """A new version is durable, and on its way."""

    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A reader would see no difference; nothing was written."""

    article_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be taken; `field` says what is wrong with it. `article_id` is its name."""

    article_id: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Retracted:
    """The article was taken back and stays so until its source says `usable`."""

    article_id: str
    version: int


Result = Accepted | Unchanged | Refused | Retracted


class ContendedError(RuntimeError):
    """Other writers kept changing the same articles; trying again later will do."""


@dataclass(frozen=True, slots=True)
class _Step:
    result: Result
    entry: Entry | None = None


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

    async def source(self, settings: Settings) -> Source:
        """Return the source of that id, registering it with these settings when there is none."""
        known = await self._sources.get(settings.id)
        if known is not None:
            return known
        if await self._sources.add(settings):
            log.info("source.added", source=settings.id, kind=settings.kind, origin=settings.origin)
        return await self._sources.get(settings.id) or Source(settings)

    async def accept(
        self,
        source: Source,
        submissions: Sequence[Submission],
        document: Mapping[str, str] | None = None,
        *,
        seen: Sequence[Submission] = (),
        correlation_id: str | None = None,
    ) -> list[Result]:
        """Commit one document's submissions and its state at once; return a result for each, in order.

        `seen` are remembered without being published. Of submissions of one article the last holds.
        Raises RedisError and ContendedError: nothing was taken then.
        """
        started, correlation = perf_counter(), correlation_id or uuid4().hex
        named = {name_of(submission)[0]: (submission, False) for submission in seen}
        given = [(name_of(submission)[0], submission) for submission in submissions]
        named |= {id: (submission, True) for id, submission in given}
        for tried in range(TRIES):
            await _give_way(tried)
            steps = await self._steps(source, named, correlation)
            if await self._commit(source.settings.id, steps.values(), document or {}):
                break
        else:
            raise ContendedError(f"others keep changing the same articles of {source.settings.id}")
        self._tell({id: steps[id] for id, _ in given}, source.settings.id, correlation, started)
        return [steps[id].result for id, _ in given]

    async def retract(self, article_id: str, retraction: Retraction) -> Accepted | Unchanged | None:
        """Take an article back; None when it was never published. Raises RedisError and ContendedError."""
        started, correlation, source_id = perf_counter(), uuid4().hex, source_of(article_id)
        source = await self._sources.get(source_id) or Source(Settings(id=source_id))
        for tried in range(TRIES):
            await _give_way(tried)
            before = (await self._items.read(source_id, [article_id]))[0]
            known = Known.read(before) if before else None
            if known is None or known.version == 0:
                return None
            if known.status == "canceled":
                return Unchanged(article_id, known.version)
            event = retraction_of(article_id, known, source, retraction, self._now(), correlation)
            step = _step(event, before, replace(known, version=known.version + 1, status="canceled"))
            if await self._commit(source_id, [step], {}):
                self._tell({article_id: step}, source_id, correlation, started)
                return Accepted(article_id, known.version + 1)
        raise ContendedError(f"others keep changing {article_id}")

    async def _steps(
        self, source: Source, named: Mapping[str, tuple[Submission, bool]], correlation: str
    ) -> dict[str, _Step]:
        stored = await self._items.read(source.settings.id, list(named))
        moment = self._now()
        steps = {}
        for (id, (submission, wanted)), before in zip(named.items(), stored, strict=True):
            known = Known.read(before) if before else None
            event = event_of(submission, source, known, moment, correlation)
            steps[id] = _decided(event, known, before, ahead=embargoed(submission, moment), wanted=wanted)
        return steps

    async def _commit(self, source_id: str, steps: Iterable[_Step], document: Mapping[str, str]) -> bool:
        entries = [step.entry for step in steps if step.entry is not None]
        if not entries and not document:
            return True
        try:
            conflicts = await self._items.commit(source_id, entries, document)
        except RedisError as error:
            self._pressure.tell(error)
            self._outbox.wake(source_id)  # it may have been written although the answer was lost
            raise
        if entries and not conflicts:
            self._outbox.wake(source_id)
        return not conflicts

    def _tell(self, steps: Mapping[str, _Step], source_id: str, correlation: str, started: float) -> None:
        ms = round((perf_counter() - started) * 1000, 2)
        for id, step in steps.items():
            result = step.result
            ARTICLES.labels(type(result).__name__.lower()).inc()
            if isinstance(result, Refused):
                log.warning("article.refused", article_id=id, source=source_id, reason=result.reason)
                continue
            tell = log.info if isinstance(result, Accepted) else log.debug
            name = "article.ingested" if isinstance(result, Accepted) else "article.unchanged"
            tell(
                name,
                article_id=id,
                version=result.version,
                source=source_id,
                correlation_id=correlation,
                ms=ms,
            )


async def _give_way(tried: int) -> None:
    """Wait a random while after a lost race, growing: writers in step would lose all but one each time."""
    if tried:
        await asyncio.sleep(random() * min(0.5, 0.002 * 2.0**tried))


def _decided(
    event: ArticleIngested,
    known: Known | None,
    before: bytes,
    *,
    ahead: bool,
    wanted: bool,
) -> _Step:
    id, version = event.article.id, known.version if known else 0
    if ahead:
        return _Step(Refused(id, "embargoed_until", "lies ahead; push the article when its embargo has ended"))
    if version == 0 and event.article.status == "canceled":
        return _Step(Refused(id, "status", "is canceled, but the article was never published"))
    after = changes.remembered(event, known)
    if not wanted:
        unseen = Entry(id, before, replace(after, version=0).write()) if known is None else None
        return _Step(Unchanged(id, version), unseen)
    match changes.decide(known, event, after):
        case New() | Changed():
            return _step(event, before, after)
        case changes.Retracted():
            return _Step(Retracted(id, version))
        case _:
            return _Step(Unchanged(id, version))


def _step(event: ArticleIngested, before: bytes, after: Known) -> _Step:
    article = event.article
    entry = Entry(article.id, before, after.write(), to_json(event), event.correlation_id)
    return _Step(Accepted(article.id, article.version), entry)
