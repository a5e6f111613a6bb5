"""Lets go of what need not be kept, a little at a time, in one replica; what is too old is left to keeping."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import structlog

from services.syndication.retention.keeping import Keep, awaited, too_old
from services.syndication.store import Library
from shared.bus import DeadLetters
from shared.events import Article, ArticleForgotten, Source, to_json
from shared.redis import Store
from shared.streams import ARTICLE_FORGOTTEN, Stream

log = structlog.get_logger()

AT_ONCE = 100
ENTRIES = 500
LEASE = "{ledger}:retention"
LEASE_SECONDS = 30
IDLE_SECONDS = 60.0


class Line(Protocol):
    """The part of the bus that is needed here."""

    async def send(self, stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        """Append events, given as (article id, JSON, correlation id)."""


class Retention:
    """Lets go of a batch when ticked; every step may be repeated. `undelivered` is the first number not delivered."""

    def __init__(
        self,
        keep: Keep,
        library: Library,
        letters: DeadLetters,
        line: Line,
        *,
        store: Store,
        undelivered: Callable[[], Awaitable[int]],
        now: Callable[[], datetime],
        me: str,
    ) -> None:
        self._keep, self._library, self._letters, self._line = keep, library, letters, line
        self._store, self._undelivered, self._now, self._me = store, undelivered, now, me

    async def tick(self) -> float:
        """Let go of a batch; return the seconds until the next. Raises RedisError."""
        if self._keep.everything or not await self._leads():
            return IDLE_SECONDS
        gone = await self._let_go()
        entries = await self._cut()
        told = await self._tell()
        await self._expire()
        if gone or entries:
            log.info("retention.trimmed", articles=gone, entries=entries)
        return 0.0 if max(gone, told) == AT_ONCE or entries == ENTRIES else IDLE_SECONDS

    async def _leads(self) -> bool:
        if await self._store.do("SET", LEASE, self._me, "NX", "EX", LEASE_SECONDS):
            return True
        if await self._store.do("GET", LEASE) != self._me.encode():
            return False
        await self._store.do("EXPIRE", LEASE, LEASE_SECONDS)
        return True

    async def _let_go(self) -> int:
        """Take the oldest articles off their feeds."""
        ledger, now = self._library.ledger, self._now()
        doomed = too_old(self._keep, *await ledger.oldest(AT_ONCE), now)
        if not doomed:
            return 0
        first = await self._undelivered()
        free = awaited(doomed, first, now)
        late = [head.seq for _, head in free if head.seq >= first]
        if late:
            log.warning("retention.undelivered", first=late[0], last=late[-1])
        done = await asyncio.gather(*(ledger.let_go(id, head.seq) for id, head in free))
        return sum(done)

    async def _cut(self) -> int:
        """Drop the entries before those of all articles that are kept, with the texts of older versions of these."""
        ledger = self._library.ledger
        oldest, _ = await ledger.oldest(1)
        first = min(oldest[0][1].seq if oldest else await ledger.latest() + 1, await self._undelivered())
        entries = [entry for entry in await ledger.read(0, ENTRIES, 0) if entry.seq < first]
        if not entries:
            return 0
        heads = await ledger.heads([entry.article_id for entry in entries])
        pairs = zip(entries, heads, strict=True)
        old = {one.article_id: one.version for one, head in pairs if head is not None and head.seq > one.seq}
        await asyncio.gather(*(self._library.articles.drop_before(*one) for one in old.items()))
        await ledger.cut(entries[-1].seq + 1)
        return len(entries)

    async def _tell(self) -> int:
        """Delete what is kept of articles that were let go of, and tell who remembers them."""
        ledger, gone = self._library.ledger, await self._library.ledger.forgotten(AT_ONCE)
        heads = await ledger.heads([id for id, _ in gone])
        # One that came again since is a new article: its documents and what ingest remembers are those of the new one.
        lost = [one for one, head in zip(gone, heads, strict=True) if head is None]
        # Before ingest begins its versions anew, for a document that is there under a number is the one that holds.
        await asyncio.gather(*(self._library.articles.drop(id) for id, _ in lost))
        await self._line.send(ARTICLE_FORGOTTEN, [self._event(*one) for one in lost])
        await asyncio.gather(*(ledger.cleared(*one) for one in gone))
        return len(gone)

    def _event(self, id: str, version: int) -> tuple[str, bytes, str]:
        moment, source = self._now(), Source(id=id.rpartition("-")[0])
        bare = Article(
            id=id, version=version, source=source, guid="", headline="", published_at=moment, ingested_at=moment
        )
        event = ArticleForgotten(occurred_at=moment, correlation_id=uuid4().hex, article=bare)
        return id, to_json(event), event.correlation_id

    async def _expire(self) -> None:
        if self._keep.days:
            before = self._now() - timedelta(days=self._keep.days)
            await self._letters.expire(int(before.timestamp() * 1000))
