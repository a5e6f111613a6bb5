"""Any query as a feed: asked queries are stored, and every new version is matched once against all of them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.syndication.feeds.shelf import ALL, Bounds, FeedName, Listed, Shelf
from services.syndication.ledger import Recorded
from services.syndication.within import asked
from shared.events import Article, Reuse
from shared.query import Query, QueryIndex, subject_of

MOST_QUERIES = 1_000
KEPT = 120
"""Articles kept of each query: two pages and a bit; older ones are looked for when they are asked for."""

CHUNK = 100
LOOKING = 2
"""New queries looked for at a time: anybody may ask for them, and the feeds that are known must not wait."""
MOST_SCANNED = 2_000
"""Articles one question may look through; a query that matches little ends its pages there."""


class Source(Shelf, Protocol):
    """A shelf whose ledger can be followed."""

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        """Return ledger entries after a number, in order."""

    async def latest(self) -> int:
        """Return the number of the newest entry."""

    async def article(self, article_id: str, version: int) -> Article | None:
        """Return one version of an article."""


@dataclass(frozen=True, slots=True)
class _Search:
    """A query, and how much of an article who asks may find it by."""

    query: Query
    sees: Reuse = "full"

    def matches(self, article: Article) -> bool:
        """Tell whether an article is found; one that was taken back is not."""
        subject = subject_of(article, _type_of(article))
        return article.status != "canceled" and self.query.matches(subject.as_seen(self.sees))


@dataclass(slots=True)
class _Found:
    """What one query lists: the newest of its articles, and the number that last changed them.

    `looking` finds what was there before the query was asked; `moved` are the articles that moved meanwhile.
    """

    search: _Search
    mark: int
    listed: dict[str, Listed] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    looking: asyncio.Task[None] | None = None


class Searches:
    """A shelf that knows search feeds too; all others it hands on. In memory alone: a restart looks again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._index: QueryIndex[FeedName] = QueryIndex()
        self._found: OrderedDict[FeedName, _Found] = OrderedDict()
        self._at = 0
        self._turn = asyncio.Lock()
        self._looking = asyncio.Semaphore(LOOKING)

    def forget(self) -> None:
        """Drop all that is kept: the ledger was begun anew."""
        self._found.clear()
        self._index, self._at = QueryIndex(), 0

    async def newest(self, feed: FeedName, before: int | None, limit: int) -> Sequence[Listed]:
        """Return up to `limit` articles of a feed with seq below `before`, highest seq first."""
        if feed.kind != "search":
            return await self._source.newest(feed, before, limit)
        found = await self._followed(feed)
        held = sorted(found.listed.values(), key=lambda one: -one.seq)
        below = [one for one in held if before is None or one.seq < before]
        if len(below) >= limit or (before is None and len(held) < KEPT):
            return below[:limit]
        return await self._scan(found.search, before, limit)

    async def documents(self, wanted: Sequence[tuple[str, int]]) -> Sequence[Article]:
        """Return the articles asked for, as the shelf behind does."""
        return await self._source.documents(wanted)

    async def mark(self, feed: FeedName) -> bytes | int:
        """Return a value that differs whenever what the feed lists has changed."""
        if feed.kind != "search":
            return await self._source.mark(feed)
        return (await self._followed(feed)).mark

    async def moment(self, mark: bytes | int) -> datetime | None:
        """Return when a feed's mark became what it is, as the shelf behind knows it."""
        return await self._source.moment(mark)

    async def _followed(self, feed: FeedName) -> _Found:
        """Return what a query lists as of now; a new query is looked for in what there is."""
        async with self._turn:
            await self._advance()
            found = self._found.get(feed)
            if found is None:
                search = _search_of(feed)
                found = self._found[feed] = _Found(search, self._at)
                self._index.add(feed, search.query, search.sees)
                found.looking = asyncio.create_task(self._look(feed, found))
            self._found.move_to_end(feed)
            while len(self._found) > MOST_QUERIES:
                self._index.remove(self._found.popitem(last=False)[0])
        if found.looking is not None:
            # Shielded: others wait for it too.
            await asyncio.shield(found.looking)
        return found

    async def _look(self, feed: FeedName, found: _Found) -> None:
        """Find what was there before a query was asked; what moved meanwhile is placed already. Raises RedisError."""
        try:
            async with self._looking:
                listed = await self._scan(found.search, None, KEPT)
        except BaseException:
            if self._found.get(feed) is found:
                del self._found[feed]
                self._index.remove(feed)
            raise
        found.listed |= {one.article_id: one for one in listed if one.article_id not in found.moved}
        found.moved, found.looking = set(), None

    async def _advance(self) -> None:
        """Match what came since against all queries at once."""
        if not self._found:
            self._at = await self._source.latest()
            return
        while entries := await self._source.read(self._at, CHUNK, 0):
            articles = await asyncio.gather(*(self._source.article(one.article_id, one.version) for one in entries))
            for entry, article in zip(entries, articles, strict=True):
                if article is not None:
                    self._place(entry, article)
                self._at = entry.seq
            await asyncio.sleep(0)  # others' turn: what is in memory is read without any pause

    def _place(self, entry: Recorded, article: Article) -> None:
        matched = set(self._index.matching(subject_of(article, entry.type)))
        moment = datetime.fromisoformat(entry.timestamp)
        listed = Listed(article.id, entry.seq, entry.version, moment)
        for feed, found in self._found.items():
            held = article.id in found.listed
            if found.looking is not None:
                found.moved.add(article.id)
            # What was taken back stays where it was read, so that its notice is read there too, and nowhere else: with
            # its tags and words gone it would be within NOT tag:secret, headline and all.
            if held if article.status == "canceled" else feed in matched:
                found.listed[article.id] = listed
                found.mark = entry.seq
                _trim(found)
            elif held:
                del found.listed[article.id]
                found.mark = entry.seq

    async def _scan(self, search: _Search, before: int | None, limit: int) -> list[Listed]:
        """Look through the newest articles there are for those that match."""
        found: list[Listed] = []
        looked = 0
        while len(found) < limit and looked < MOST_SCANNED:
            page = await self._source.newest(ALL, before, CHUNK)
            wanted = {one.article_id: one for one in page}
            articles = await self._source.documents([(one.article_id, one.version) for one in page])
            found += [wanted[article.id] for article in articles if search.matches(article)]
            looked += len(page)
            if len(page) < CHUNK:
                break
            before = page[-1].seq
            await asyncio.sleep(0)
        return sorted(found, key=lambda one: -one.seq)[:limit]


def _trim(found: _Found) -> None:
    if len(found.listed) > 2 * KEPT:
        newest = sorted(found.listed.values(), key=lambda one: -one.seq)[:KEPT]
        found.listed = {one.article_id: one for one in newest}


def _search_of(feed: FeedName) -> _Search:
    """Return what a feed's name asks for. Raises QueryError."""
    bounds = feed.bounds or Bounds(feed.slug, "", "full")
    return _Search(asked(bounds.query, bounds.within), bounds.sees)


def _type_of(article: Article) -> str:
    """Return the type of an article's newest event, as far as the article tells."""
    return "article.published" if article.version == 1 else "article.updated"
