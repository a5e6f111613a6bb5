"""The whole feed's history as archive documents (RFC 5005 section 4): fixed ranges of the ledger's numbers.

Pages below a number (`?before=`) list each article once, so every update moves them; an archive lists versions as
they were numbered, and stands as it is. One thing alone ever changes it: a story that may no longer be told, or not
in full. What was taken back leaves it for its tombstone, what is withheld for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from services.syndication.cache import Recent
from services.syndication.feeds.channel import Channel, Link, archive_at, header, joined, media_type
from services.syndication.feeds.document import Document, seal
from services.syndication.feeds.formats import OPEN_FORMATS, Format
from services.syndication.feeds.fragments import lowered
from services.syndication.feeds.shelf import ALL
from services.syndication.feeds.site import Site
from services.syndication.ledger import Head, Recorded
from shared import logs
from shared.events import Article, Reuse

log = structlog.get_logger()

SIZE = 25
"""Numbers of one archive. The newest page ends where one begins (`Press`), so it may have so many items more."""

FRESH_SECONDS = 1.0
CACHED_BYTES = 32 << 20


class Source(Protocol):
    """The ledger with its articles."""

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        """Return ledger entries after a number, in order."""

    async def read_back(self, before: int, limit: int) -> list[Recorded]:
        """Return the last entries below a number, in order."""

    async def latest(self) -> int:
        """Return the number of the newest entry."""

    async def heads(self, article_ids: Sequence[str]) -> list[Head | None]:
        """Return the newest versions of articles, in the order asked."""

    async def article(self, article_id: str, version: int) -> Article | None:
        """Return one version of an article."""


@dataclass(slots=True)
class _Kept:
    """A document, its articles with their heads then, the archive after it, until when it needs no look at them."""

    document: Document
    articles: list[str]
    heads: list[Head | None]
    after: int
    fresh_until: float


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands for an entry in its archive, and since when."""

    article: Article
    since: datetime


class Archives:
    """Makes archive documents and keeps the latest asked for. Raises RedisError."""

    def __init__(
        self, source: Source, site: Site, clock: Callable[[], float], formats: Mapping[str, Format] = OPEN_FORMATS
    ) -> None:
        self._source, self._site, self._clock, self._formats = source, site, clock, formats
        self._kept: Recent[tuple[int, str], _Kept] = Recent(CACHED_BYTES)
        self._locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    def forget(self) -> None:
        """Drop what is kept: the ledger was begun anew."""
        self._kept.clear()

    def present(self, site: Site) -> None:
        """Make all anew: the newsroom presents itself differently from now on."""
        self._site = site
        self.forget()

    async def below(self, seq: int) -> int:
        """Return the number of the newest archive whose numbers are all below one, 0 where there is none."""
        found = await self._source.read_back((seq - 1) // SIZE * SIZE + 1, 1)
        return _holding(found[0].seq) if found else 0

    async def document(self, number: int, ending: str) -> Document | None:
        """Return an archive, or None while its range is not complete, and once the ledger has let go of it."""
        key = (number, ending)
        async with self._locks.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept is not None and self._clock() < kept.fresh_until:
                return kept.document
            complete = await self._source.latest() // SIZE
            if not 1 <= number <= complete or ending not in self._formats:
                return None
            after = await self._after(number, complete)
            if kept is not None and kept.after == after and await self._stands(kept):
                return kept.document
            return await self._made(number, ending, after)

    async def _after(self, number: int, complete: int) -> int:
        """Return the archive after one, 0 where it is the last; numbers may have been passed over in between."""
        found = await self._source.read(number * SIZE, 1, 0) if number < complete else []
        after = _holding(found[0].seq) if found else 0
        return after if after <= complete else 0

    async def _stands(self, kept: _Kept) -> bool:
        if await self._source.heads(kept.articles) != kept.heads:
            return False
        kept.fresh_until = self._clock() + FRESH_SECONDS
        return True

    async def _made(self, number: int, ending: str, after: int) -> Document | None:
        fresh_until = self._clock() + FRESH_SECONDS
        entries = await self._source.read((number - 1) * SIZE, SIZE, 0)
        # The newest version in the range alone: one document does not tell an article twice.
        newest = {one.article_id: one for one in entries if one.seq <= number * SIZE}
        if not newest:
            return None
        wanted = sorted(newest.values(), key=lambda one: -one.seq)
        heads = await self._source.heads([one.article_id for one in wanted])
        shown = [await self._shown(one, head) for one, head in zip(wanted, heads, strict=True)]
        told = [one for one in shown if one is not None]
        channel = Channel(
            feed=ALL,
            label="",
            published=max((one.article.published_at for one in told), default=None),
            modified=max((one.since for one in told), default=None),
            archive=number,
            archived=await self.below((number - 1) * SIZE + 1),
        )
        articles = [one.article for one in told]
        # In a thread: who asks for the whole history must not hold up readers of what is new.
        document = await asyncio.to_thread(self._sealed, channel, ending, articles, after)
        kept = _Kept(document, [one.article_id for one in wanted], heads, after, fresh_until)
        self._kept.put((number, ending), kept, document.size)
        return document

    async def _shown(self, entry: Recorded, head: Head | None) -> _Shown | None:
        """Return the version that was numbered, or what took its place if its text may no longer be shown."""
        allowed: Reuse = "full"
        if head is not None and head.version > entry.version:
            newest = await self._source.article(entry.article_id, head.version)
            if newest is not None and newest.status != "usable":
                return _Shown(newest, datetime.fromtimestamp(head.ms / 1000, UTC))
            allowed = newest.reuse if newest is not None else allowed
        article = await self._source.article(entry.article_id, entry.version)
        if article is None:
            return None
        return _Shown(lowered(article, allowed), datetime.fromisoformat(entry.timestamp))

    def _body(self, article: Article, ending: str) -> bytes:
        if article.status == "withheld":
            return b""
        form = self._formats[ending]
        try:
            body = form.item(article, self._site)
            wrong = form.fault(body)
        except Exception as error:  # noqa: BLE001  # one article must not take a document down
            wrong = f"{type(error).__name__}: {error}"
        if wrong is None:
            return body
        log.error("feed.item.refused", **logs.of(article), format=ending, reason=wrong)
        return b""

    def _sealed(self, channel: Channel, ending: str, articles: Sequence[Article], after: int) -> Document:
        form = self._formats[ending]
        bodies = [body for article in articles if (body := self._body(article, ending))]
        # The archive after it is named here alone: in the document it would change bytes that stand for good.
        then = [Link("next-archive", archive_at(after, self._site, ending), media_type(ending))] if after else []
        links = ", ".join(filter(None, (header(channel, self._site, ending), joined(then))))
        whole = [form.head(channel, self._site), form.between.join(bodies), form.foot]
        return seal(whole, media_type=form.media_type, modified=channel.modified, links=links)


def _holding(seq: int) -> int:
    """Return the archive that a number is in."""
    return (seq - 1) // SIZE + 1
