"""Makes pages from what the shelf holds: items rendered once per version, pages once per change; knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from services.syndication.feeds.document import Document, seal
from services.syndication.feeds.shelf import Shelf
from services.syndication.ledger import Head
from services.syndication.page.directory import Counted, Directories
from services.syndication.page.head import Listing
from services.syndication.page.items import Items, author_of, in_order, in_turn, label
from services.syndication.page.kept import Kept, Sheet
from services.syndication.page.printing import Printer, sections_of
from services.syndication.page.spans import Place, find_span, never_was
from shared.events import Article
from shared.redis import RedisError

MEDIA_TYPE = "text/html"
PATIENCE = 0.5
"""Seconds that a page without stories waits to be told which sections there are."""


@dataclass(frozen=True, slots=True)
class Stories:
    """Where single stories are found."""

    head: Callable[[str], Awaitable[Head | None]]
    article: Callable[[str, int], Awaitable[Article | None]]


class Pages:
    """All pages, for the printer of the moment."""

    def __init__(
        self, shelf: Shelf, stories: Stories, printer: Printer, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.printer = printer
        self._shelf, self._stories = shelf, stories
        self._directories = Directories(shelf, clock)
        self._items = Items(shelf)
        self._kept = Kept(clock=clock)

    def reprint(self, printer: Printer) -> None:
        """Print all anew: the newsroom presents itself differently from now on."""
        self.printer = printer
        self._items.forget()
        self._kept.forget()

    def forget(self) -> None:
        """Drop all that is kept: the ledger was begun anew."""
        self._items.forget()
        self._kept.forget()
        self._directories.forget()

    def at_once(self, place: Place) -> Sheet | None:
        """Return a page that was looked after a moment ago."""
        return self._kept.at_once(place)

    async def listing(self, place: Place) -> Sheet | None:
        """Return a page of stories, or None for a tag or author that never had one. Raises RedisError, QueryError."""

        async def mark() -> tuple[bytes | int, int]:
            directory = await self._directories.current()
            return await self._shelf.mark(place.feed), directory.number

        return await self._kept.sheet(place, mark, lambda: self._listing(place))

    async def article(self, article_id: str) -> Sheet | None:
        """Return a story's own page; of one that was taken back its notice, as 410; None for what is not out."""

        async def mark() -> tuple[Head | None, int]:
            directory = await self._directories.current()
            return await self._stories.head(article_id), directory.number

        return await self._kept.sheet(("article", article_id), mark, lambda: self._article(article_id))

    async def feeds(self) -> Sheet | None:
        """Return the list of all feeds."""

        async def mark() -> int:
            return (await self._directories.current()).number

        async def make() -> Sheet:
            html = self.printer.feeds(await self._directories.current())
            return Sheet(await _sealed(html))

        return await self._kept.sheet("feeds", mark, make)

    async def fault(self, page: Listing) -> str:
        """Return the page of a search that cannot be read."""
        return self.printer.listing(page, await self._directories.current())

    async def sections(self) -> Sequence[Counted]:
        """Return the sections to choose from; those that were found last, where the store does not answer soon."""
        try:
            async with asyncio.timeout(PATIENCE):
                directory = await self._directories.current()
        except (RedisError, TimeoutError):
            directory = self._directories.held
        return sections_of(directory)

    async def message(self, title: str, detail: str) -> str:
        """Return a page that says why there is no other; never raises."""
        return self.printer.message(title, detail, await self.sections())

    async def _listing(self, place: Place) -> Sheet | None:
        mark = await self._shelf.mark(place.feed)
        span = await find_span(self._shelf, place)
        if not span.shown and await never_was(self._shelf, place):
            return None
        items = await self._items.of(span.shown, self.printer)
        newest = place.before is None and span.newer is None
        first = span.shown[0].seq if span.shown else 0
        page = Listing(
            feed=place.feed,
            label=label(place.feed, items),
            items=in_order(items),
            mark=mark if isinstance(mark, int) else 0,
            newest=first,
            older=span.shown[-1].seq if span.more else None,
            newer=span.newer,
            # A page has one address, though it may be found from above and from below.
            before=None if newest else first + 1 if place.before is None else place.before,
            live=newest,
            author=author_of(place.feed, items),
        )
        directory = await self._directories.current()
        return Sheet(await _sealed(self.printer.listing(page, directory)))

    async def _article(self, article_id: str) -> Sheet | None:
        head = await self._stories.head(article_id)
        article = await self._stories.article(article_id, head.version) if head else None
        if article is None or article.status == "withheld":
            return None
        directory = await self._directories.current()
        html = await in_turn(article, lambda: self.printer.article(article, directory))
        return Sheet(await _sealed(html), 410 if article.status == "canceled" else 200)


async def _sealed(html: str) -> Document:
    # In a thread: compressing takes milliseconds, and other readers need not wait for them.
    body = html.encode("utf-8", "replace")
    return await asyncio.to_thread(seal, [body], media_type=MEDIA_TYPE, modified=None)
