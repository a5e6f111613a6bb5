"""Works off requests to complete articles anew: a batch of the ledger at a time, and no faster than the line takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from services.syndication.ledger import Recorded
from services.syndication.recall.given import recalled
from services.syndication.recall.since import first_since
from services.syndication.store import Library
from shared.events import Article, ArticleRecalled, Author, to_json
from shared.names import name_key
from shared.query import Query, QueryError, parse, subject_of
from shared.recalls import Progress, Recall, Recalls
from shared.redis import Store
from shared.streams import ARTICLE_RECALLED, Stream

log = structlog.get_logger()

BATCH = 100
MOST_ON_THE_LINE = 1_000
"""Events that may wait on the line: what comes in now goes before what is done over."""

LEASE = "{recalls}:lease"
LEASE_SECONDS = 30
IDLE_SECONDS = 1.0
BUSY_SECONDS = 0.5


class Line(Protocol):
    """The part of the bus that is needed here."""

    async def send(self, stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        """Append events, given as (article id, JSON, correlation id)."""


class Worker:
    """Takes one batch of the oldest open request when ticked; of several replicas one does."""

    def __init__(
        self,
        recalls: Recalls,
        library: Library,
        line: Line,
        *,
        store: Store,
        depth: Callable[[], Awaitable[int]],
        now: Callable[[], datetime],
        me: str,
    ) -> None:
        self._recalls, self._library, self._line, self._store = recalls, library, line, store
        self._depth, self._now, self._me = depth, now, me

    async def tick(self) -> float:
        """Do a batch; return the seconds until the next. Raises RedisError: the batch is done again then.

        A batch done twice recalls no article twice: a version is given its next one only once.
        """
        found = await self._recalls.first_open(self._now())
        if found is None or not await self._leads():
            return IDLE_SECONDS
        if await self._depth() > MOST_ON_THE_LINE:
            return BUSY_SECONDS
        recall, progress = found
        try:
            query = parse(recall.filter) if recall.filter else None
        except QueryError as error:
            await self._recalls.note(recall.id, Progress(status="refused", reason=str(error)))
            return 0.0
        if progress.status == "waiting":
            progress = await self._begun(recall)
        progress = await self._batch(recall, progress, query)
        await self._recalls.note(recall.id, progress)
        if progress.status == "done":
            log.info("recall.finished", recall=recall.id, looked_at=progress.last, recalled=progress.recalled)
        return 0.0

    async def _leads(self) -> bool:
        """Take or keep the lead; a leader that died is followed after its lease."""
        if await self._store.do("SET", LEASE, self._me, "NX", "EX", LEASE_SECONDS):
            return True
        holder = await self._store.do("GET", LEASE)
        if holder is None or holder.decode() != self._me:
            return False
        await self._store.do("EXPIRE", LEASE, LEASE_SECONDS)
        return True

    async def _begun(self, recall: Recall) -> Progress:
        first = await first_since(recall.since, self._library)
        last = await self._library.latest()
        log.info("recall.started", recall=recall.id, first=first, last=last, reason=recall.reason)
        return Progress(status="running", first=first, last=last, at=first - 1)

    async def _batch(self, recall: Recall, progress: Progress, query: Query | None) -> Progress:
        entries = [entry for entry in await self._library.read(progress.at, BATCH, 0) if entry.seq <= progress.last]
        if not entries:
            return progress.model_copy(update={"status": "done", "at": progress.last})
        heads = await self._library.ledger.heads([entry.article_id for entry in entries])
        newest = [
            (entry, head.version) for entry, head in zip(entries, heads, strict=True) if head and head.seq == entry.seq
        ]
        found = await asyncio.gather(*(self._wanted(entry, version, recall, query) for entry, version in newest))
        events = [event for event in found if event is not None]
        await self._line.send(ARTICLE_RECALLED, [(e.article.id, to_json(e), e.correlation_id) for e in events])
        at, recalled = entries[-1].seq, progress.recalled + len(events)
        status = "done" if at >= progress.last else "running"
        return progress.model_copy(update={"at": at, "recalled": recalled, "status": status})

    async def _wanted(
        self, entry: Recorded, version: int, recall: Recall, query: Query | None
    ) -> ArticleRecalled | None:
        """Return the event of an article to be done over; None for others, and for what is taken back."""
        article = await self._library.article(entry.article_id, version)
        if article is None or article.status == "canceled":
            return None
        if query is not None and not query.matches(subject_of(article, entry.type)):
            return None
        given = await self._library.articles.given(entry.article_id, version)
        if given is None or not by_one_of(recall, article):
            return None
        return recalled(article, given, self._now(), f"recall-{recall.id}")


def by_one_of(recall: Recall, article: Article) -> bool:
    """Tell whether an article is by one of the authors that a request names; true when it names none."""
    if not recall.authors and not recall.names:
        return True
    return any(_meant(recall, author) for author in article.authors)


def _meant(recall: Recall, author: Author) -> bool:
    """Go by the profile where one is linked, else by what could lead to one."""
    if author.id:
        return author.id in recall.authors
    addresses = {address.rstrip("/") for address in (author.url, *author.links) if address}
    return name_key(author.name) in recall.names or not addresses.isdisjoint(recall.addresses)
