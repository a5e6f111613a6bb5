"""Makes pages from what the shelf holds: items rendered once per version, pages once per change; knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from markupsafe import Markup

from services.syndication.cache import Recent
from services.syndication.feeds.document import Document, seal
from services.syndication.feeds.parts import creators, names
from services.syndication.feeds.shelf import FeedName, Listed, Shelf
from services.syndication.ledger import Head
from services.syndication.page.directory import Directories
from services.syndication.page.kept import Kept, Sheet
from services.syndication.page.printing import LATE, PER_PAGE, Listing, Printer, eager
from services.syndication.page.story import CUT, author_slug
from shared.events import Article, Author

log = structlog.get_logger()

MEDIA_TYPE = "text/html"
ITEM_BYTES = 32 << 20
LOOKED_BACK = 200
"""Stories among which the page above another is looked for; who is further behind is shown the newest."""

LARGE = 50_000
"""Characters of markup that are worth a thread: they take milliseconds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a feed: the newest, the one that ends below `before`, or the one that begins above `after`."""

    feed: FeedName
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A story's version as it stands among others, empty where it must not, and what it calls its feeds and authors."""

    html: Markup
    names: Mapping[FeedName, str]
    authors: tuple[Author, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The stories of a page, whether there are older ones, and the number of its newest where there are newer ones."""

    shown: Sequence[Listed]
    more: bool
    newer: int | None


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
        self._items: Recent[tuple[str, int], Item] = Recent(ITEM_BYTES)
        self._kept = Kept(clock=clock)

    def reprint(self, printer: Printer) -> None:
        """Print all anew: the newsroom presents itself differently from now on."""
        self.printer = printer
        self._items.clear()
        self._kept.forget()

    def forget(self) -> None:
        """Drop all that is kept: the ledger was begun anew."""
        self._items.clear()
        self._kept.forget()
        self._directories.forget()

    def ready(self, place: Place) -> Sheet | None:
        """Return a page that was looked after a moment ago."""
        return self._kept.ready(place)

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

    async def _listing(self, place: Place) -> Sheet | None:
        mark = await self._shelf.mark(place.feed)
        span = await self._span(place)
        if not span.shown and await self._never_was(place):
            return None
        items = await self._items_of(span.shown)
        newest = place.before is None and span.newer is None
        page = Listing(
            feed=place.feed,
            label=_label(place.feed, items),
            items=_in_order(items),
            mark=mark if isinstance(mark, int) else 0,
            newest=span.shown[0].seq if span.shown else 0,
            older=span.shown[-1].seq if span.more else None,
            newer=span.newer,
            # A page has one address, though it may be found from above and from below.
            before=None if newest else place.before or span.shown[0].seq + 1,
            live=newest,
            author=_author(place.feed, items),
        )
        directory = await self._directories.current()
        return Sheet(await _sealed(self.printer.listing(page, directory)))

    async def _span(self, place: Place) -> Span:
        """Return what stands on a page; one that begins above a story is found from the top down."""
        if place.after is None:
            listed = await self._shelf.newest(place.feed, place.before, PER_PAGE + 1)
            newer = listed[0].seq if listed and place.before is not None else None
            return Span(listed[:PER_PAGE], len(listed) > PER_PAGE, newer)
        top = await self._shelf.newest(place.feed, None, LOOKED_BACK)
        above = sum(one.seq > place.after for one in top)
        if above == LOOKED_BACK:
            return Span(top[:PER_PAGE], more=True, newer=None)
        start = max(0, above - PER_PAGE)
        return Span(top[start:above], 0 < above < len(top), top[start].seq if start else None)

    async def _never_was(self, place: Place) -> bool:
        feed = place.feed
        if not feed.slug or feed.kind == "search":
            return False
        paged = place.before is not None or place.after is not None
        return not (paged and await self._shelf.newest(feed, None, 1))

    async def _article(self, article_id: str) -> Sheet | None:
        head = await self._stories.head(article_id)
        article = await self._stories.article(article_id, head.version) if head else None
        if article is None or article.status == "withheld":
            return None
        directory = await self._directories.current()
        html = await _threaded(article, lambda: self.printer.article(article, directory))
        return Sheet(await _sealed(html), 410 if article.status == "canceled" else 200)

    async def _items_of(self, listed: Sequence[Listed]) -> list[Item]:
        """Return the items of a page in its order; what cannot be shown is left out."""
        wanted = list(dict.fromkeys((one.article_id, one.version) for one in listed))
        found = {key: item for key in wanted if (item := self._items.get(key)) is not None}
        missing = dict(key for key in wanted if key not in found)
        for article in await self._shelf.documents(list(missing.items())) if missing else ():
            key = (article.id, missing[article.id])
            found[key] = item = await self._item(article)
            self._items.put(key, item, len(item.html) * 2)
            await asyncio.sleep(0)  # a cold page renders for milliseconds
        return [found[key] for key in wanted if key in found and found[key].html]

    async def _item(self, article: Article) -> Item:
        """Return a story among others; one that cannot be rendered is left out, and must not take the page down."""
        authors = tuple(creators(article))
        if article.status == "withheld":
            return Item(Markup(), {}, ())
        try:
            html = await _threaded(article, lambda: self.printer.item(article, CUT))
        except Exception:
            log.exception("page.item.refused", article_id=article.id, version=article.version)
            return Item(Markup(), {}, ())
        return Item(Markup(html), names(article), authors)  # noqa: S704  # rendered with autoescape


def _in_order(items: Sequence[Item]) -> list[Markup]:
    """Return the items' markup, the first picture of the page fetched at once."""
    htmls = [item.html for item in items]
    if htmls and LATE in htmls[0]:
        htmls[0] = Markup(eager(htmls[0]))  # noqa: S704  # one attribute for another
    return htmls


def _label(feed: FeedName, items: Sequence[Item]) -> str:
    """Return what people call a feed: what its newest story calls it."""
    return next((item.names[feed] for item in items if feed in item.names), feed.slug)


def _author(feed: FeedName, items: Sequence[Item]) -> Author | None:
    """Return who a page of one author's stories is about, as the newest of them has it."""
    if feed.kind != "authors":
        return None
    everyone = (author for item in items for author in item.authors)
    return next((author for author in everyone if author_slug(author) == feed.slug), None)


async def _threaded(article: Article, render: Callable[[], str]) -> str:
    return await asyncio.to_thread(render) if len(article.body_html) > LARGE else render()


async def _sealed(html: str) -> Document:
    # In a thread: compressing takes milliseconds, and other readers need not wait for them.
    body = html.encode("utf-8", "replace")
    return await asyncio.to_thread(seal, [body], media_type=MEDIA_TYPE, modified=None)
