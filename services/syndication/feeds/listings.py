"""The documents about all feeds, the news sitemap and OPML: made when the ledger has grown, kept in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, get_args

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.syndication.feeds import opml, sitemap
from services.syndication.feeds.document import Document, seal
from services.syndication.feeds.opml import Named
from services.syndication.feeds.parts import modified, names
from services.syndication.feeds.routes import serve
from services.syndication.feeds.shelf import ALL, FeedName, Kind, Shelf
from services.syndication.feeds.site import Site
from shared.cors import OpenRoute
from shared.events import Article
from shared.slugs import is_slug

FRESH_SECONDS = 60.0
MOST_FEEDS = 2_000
CHUNK = 100


class Source(Shelf, Protocol):
    """A shelf that knows which feeds there are."""

    async def feeds(self) -> dict[str, int]:
        """Return each feed, as `kind/slug`, with the number that last changed it."""


class Listings:
    """Makes both documents, each at most once a minute."""

    def __init__(self, source: Source, site: Site, now: Callable[[], datetime], clock: Callable[[], float]) -> None:
        self._source, self._site, self._now, self._clock = source, site, now, clock
        self._held: dict[str, tuple[float, Document]] = {}
        self._turn = asyncio.Lock()

    @property
    def routes(self) -> list[Route]:
        """Return both of them."""
        return [
            OpenRoute("/sitemap-news.xml", _Served(self, "sitemap", self._sitemap), methods=["GET"]),
            OpenRoute("/feeds.opml", _Served(self, "opml", self._opml), methods=["GET"]),
        ]

    def forget(self) -> None:
        """Drop what is kept: the ledger was begun anew."""
        self._held.clear()

    def present(self, site: Site) -> None:
        """Make both anew: the newsroom presents itself differently from now on."""
        self._site = site
        self.forget()

    async def document(self, name: str, make: Callable[[], Awaitable[Document]]) -> Document:
        """Return a document that is at most a minute old. Raises RedisError."""
        async with self._turn:
            held = self._held.get(name)
            if held is None or self._clock() >= held[0]:
                held = self._held[name] = (self._clock() + FRESH_SECONDS, await make())
            return held[1]

    async def _sitemap(self) -> Document:
        # To the hour: a window that moved with every look would give new bytes each time.
        since = self._now().replace(minute=0, second=0, microsecond=0) - sitemap.WINDOW
        articles = await self._newest(sitemap.MOST)
        body = sitemap.sitemap(articles, self._site, since)
        return await _sealed(body, sitemap.MEDIA_TYPE, articles)

    async def _opml(self) -> Document:
        marks = await self._source.feeds()
        newest = sorted((feed for name in marks if (feed := _feed(name))), key=lambda feed: -marks[_name(feed)])
        named = [await self._named(feed) for feed in newest[:MOST_FEEDS]]
        return await _sealed(opml.opml([one for one in named if one], self._site), opml.MEDIA_TYPE, ())

    async def _named(self, feed: FeedName) -> Named | None:
        """Return a feed with what its newest article calls it; None when it has none any more."""
        listed = await self._source.newest(feed, None, 1)
        articles = await self._source.documents([(one.article_id, one.version) for one in listed])
        label = next((found for article in articles if (found := names(article).get(feed))), feed.slug)
        return Named(feed, label) if listed else None

    async def _newest(self, most: int) -> list[Article]:
        found: list[Article] = []
        before: int | None = None
        while len(found) < most:
            page = await self._source.newest(ALL, before, CHUNK)
            found += await self._source.documents([(one.article_id, one.version) for one in page])
            if len(page) < CHUNK:
                break
            before = page[-1].seq
        return found


class _Served:
    def __init__(self, listings: Listings, name: str, make: Callable[[], Awaitable[Document]]) -> None:
        self._listings, self._name, self._make = listings, name, make

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await serve(await self._listings.document(self._name, self._make), scope, send)


async def _sealed(body: bytes, media_type: str, articles: Sequence[Article]) -> Document:
    newest = max((modified(article) for article in articles), default=None)
    return await asyncio.to_thread(seal, [body], media_type=media_type, modified=newest)


def _feed(name: str) -> FeedName | None:
    kind, _, slug = name.partition("/")
    return FeedName(kind, slug) if kind in get_args(Kind) and is_slug(slug) else None  # type: ignore[arg-type]  # told


def _name(feed: FeedName) -> str:
    return f"{feed.kind}/{feed.slug}"
