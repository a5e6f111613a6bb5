"""Stories as they stand among others, each rendered once per version and kept; one that fails is left out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from markupsafe import Markup

from services.syndication.cache import Recent
from services.syndication.feeds.parts import creators, names
from services.syndication.feeds.shelf import FeedName, Listed, Shelf
from services.syndication.page.printing import LATE, Printer, eager
from services.syndication.page.story import CUT, author_slug
from shared import logs
from shared.events import Article, Author

log = structlog.get_logger()

ITEM_BYTES = 32 << 20
LARGE = 50_000
"""Characters of markup that are worth a thread: they take milliseconds."""

UNSHOWN: Mapping[FeedName, str] = {}


@dataclass(frozen=True, slots=True)
class Item:
    """A story's version as it stands among others, empty where it must not, and what it calls its feeds and authors."""

    html: Markup
    names: Mapping[FeedName, str]
    authors: tuple[Author, ...]


class Items:
    """Keeps the latest of them, up to a number of bytes in all."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._items: Recent[tuple[str, int], Item] = Recent(ITEM_BYTES)

    def forget(self) -> None:
        """Drop all."""
        self._items.clear()

    async def of(self, listed: Sequence[Listed], printer: Printer) -> list[Item]:
        """Return the items of a page in its order; what cannot be shown is left out."""
        wanted = list(dict.fromkeys((one.article_id, one.version) for one in listed))
        found = {key: item for key in wanted if (item := self._items.get(key)) is not None}
        missing = dict(key for key in wanted if key not in found)
        for article in await self._shelf.documents(list(missing.items())) if missing else ():
            key = (article.id, missing[article.id])
            found[key] = item = await _item(article, printer)
            self._items.put(key, item, len(item.html) * 2)
            await asyncio.sleep(0)  # a cold page renders for milliseconds
        return [found[key] for key in wanted if key in found and found[key].html]


async def _item(article: Article, printer: Printer) -> Item:
    """Return a story among others; one that cannot be rendered is left out, and must not take the page down."""
    authors = tuple(creators(article))
    if article.status == "withheld":
        return Item(Markup(), UNSHOWN, ())
    try:
        html = await in_turn(article, lambda: printer.item(article, CUT))
    except Exception:
        log.exception("page.item.refused", **logs.of(article))
        return Item(Markup(), UNSHOWN, ())
    return Item(Markup(html), names(article), authors)  # noqa: S704  # rendered with autoescape


def in_order(items: Sequence[Item]) -> list[Markup]:
    """Return the items' markup, the first picture of the page fetched at once."""
    htmls = [item.html for item in items]
    if htmls and LATE in htmls[0]:
        # As plain text: Markup would escape the attribute that is put in.
        htmls[0] = Markup(eager(str(htmls[0])))  # noqa: S704  # one attribute for another
    return htmls


def label(feed: FeedName, items: Sequence[Item]) -> str:
    """Return what people call a feed: what its newest story calls it."""
    return next((item.names[feed] for item in items if feed in item.names), feed.slug)


def author_of(feed: FeedName, items: Sequence[Item]) -> Author | None:
    """Return who a page of one author's stories is about, as the newest of them has it."""
    if feed.kind != "authors":
        return None
    everyone = (author for item in items for author in item.authors)
    return next((author for author in everyone if author_slug(author) == feed.slug), None)


async def in_turn(article: Article, render: Callable[[], str]) -> str:
    """Render, in a thread where the story is long, so that others need not wait for it."""
    return await asyncio.to_thread(render) if len(article.body_html) > LARGE else render()
