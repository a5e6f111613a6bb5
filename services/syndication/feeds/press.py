"""Prints feeds: asks the shelf what a feed lists, renders what is new, keeps the rest; knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from weakref import WeakValueDictionary

import structlog

from services.syndication.cache import Recent
from services.syndication.feeds.channel import Channel, header
from services.syndication.feeds.document import IDENTITY, Document, digest_of, seal
from services.syndication.feeds.formats import FORMATS, Format
from services.syndication.feeds.parts import names
from services.syndication.feeds.shelf import FeedName, Listed, Shelf
from services.syndication.feeds.site import Site
from shared.events import Article

log = structlog.get_logger()


class Page(NamedTuple):
    """One page of a feed in one format: the newest items, or those with numbers below `before`."""

    feed: FeedName
    before: int | None = None
    ending: str = "rss"


TOPS_BYTES, TOP_BYTES = 8 << 20, 200
"""How much is remembered of what readers may have: some ten thousand documents."""

PAUSE = 1.0
"""Seconds without a question to a shelf that failed, while the last good document is served."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """An article version as it stands in documents, empty when it must not, and what it calls its feeds."""

    article_id: str
    version: int
    body: bytes
    published: datetime
    names: Mapping[FeedName, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A document and what it was made of: its channel, and its items' bytes with their ledger numbers."""

    document: Document
    channel: Channel
    items: tuple[tuple[int, bytes], ...]

    @property
    def top(self) -> int:
        """The highest number in it, 0 when it is empty."""
        return max((seq for seq, _ in self.items), default=0)


@dataclass(slots=True)
class Print:
    """What was made, the shelf's mark it was made under, and until when it needs no look at the shelf."""

    mark: bytes | int
    made: Made
    fresh_until: float


class Press:
    """Makes documents from the shelf and keeps the latest of each page.

    `page_size` is items a page; `fresh_for` is seconds in which a document is served without asking the
    shelf for its mark; `fragment_bytes` and `document_bytes` bound the two caches.
    """

    def __init__(
        self,
        shelf: Shelf,
        site: Site,
        *,
        formats: Mapping[str, Format] = FORMATS,
        page_size: int = 50,
        fresh_for: float = 0.02,
        fragment_bytes: int = 64 << 20,
        document_bytes: int = 64 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = shelf
        self._site = site
        self._formats = formats
        self._page_size = page_size
        self._fresh_for = fresh_for
        self._clock = clock
        self._fragments: Recent[tuple[str, str], Fragment] = Recent(fragment_bytes)
        self._prints: Recent[Page, Print] = Recent(document_bytes)
        self._tops: Recent[tuple[Page, str], int] = Recent(TOPS_BYTES)
        self._failing = False
        self._locks: WeakValueDictionary[Page, asyncio.Lock] = WeakValueDictionary()

    def forget(self) -> None:
        """Drop all that is kept: the shelf was begun anew, and its numbers and versions mean other things."""
        self._fragments.clear()
        self._prints.clear()
        self._tops.clear()

    def ready(self, page: Page) -> Document | None:
        """Return the document of a page if it was looked after a moment ago: the path of most requests."""
        held = self._prints.get(page)
        return held.made.document if held is not None and self._clock() < held.fresh_until else None

    async def document(self, page: Page) -> Document | None:
        """Return the document of a page as the shelf has it now, or None for a feed that never was.

        Requests for one page wait for one making of it. While the shelf fails, the last good document is
        served; without one its error is raised.
        """
        async with self._locks.setdefault(page, asyncio.Lock()):
            ready = self.ready(page)
            if ready is not None:
                return ready
            held = self._prints.get(page)
            try:
                return await self._looked_after(page, held)
            except Exception:
                if held is None:
                    raise
                if not self._failing:
                    self._failing = True
                    log.exception("feed.shelf.failed", feed=page.feed.path)
                held.fresh_until = self._clock() + PAUSE
                return held.made.document

    async def delta(self, page: Page, known: Iterable[str]) -> tuple[Document, Document] | None:
        """Return the document as it is now, and one of the items alone that a reader of an earlier one lacks.

        `known` are the strong tags the reader has; None when none of them is remembered (RFC 3229, "feed").
        """
        document = await self.document(page)
        held = self._prints.get(page)
        if document is None or held is None:
            return None
        tops = [top for tag in known if (top := self._tops.get((page, digest_of(tag)))) is not None]
        if not tops:
            return None
        newer = [body for seq, body in held.made.items if seq > max(tops)]
        return document, await asyncio.to_thread(self._sealed, held.made.channel, page.ending, newer)

    async def _looked_after(self, page: Page, held: Print | None) -> Document | None:
        fresh_until = self._clock() + self._fresh_for
        # Asked for first: what changes while the page is made must show at the next look.
        mark = await self._shelf.mark(page.feed)
        self._failing = False
        if held is not None and held.mark == mark:
            held.fresh_until = fresh_until
            return held.made.document
        made = await self._make(page)
        if made is None:
            self._prints.drop(page)
            return None
        self._prints.put(page, Print(mark, made, fresh_until), made.document.size)
        self._tops.put((page, digest_of(made.document.variants[IDENTITY].etag)), made.top, TOP_BYTES)
        return made.document

    async def _make(self, page: Page) -> Made | None:
        feed, before, ending = page
        listed = await self._shelf.newest(feed, before, self._page_size + 1)
        if not listed and await self._never_was(feed, before):
            return None
        shown = listed[: self._page_size]
        fragments = await self._fragments_of(shown, ending)
        channel = Channel(
            feed=feed,
            label=next((found.names[feed] for found in fragments if feed in found.names), feed.slug),
            before=before,
            older=shown[-1].seq if len(listed) > len(shown) else None,
            published=max((found.published for found in fragments), default=None),
            modified=max((entry.modified for entry in shown), default=None),
        )
        # In a thread: compressing takes milliseconds, and other readers need not wait for them.
        document = await asyncio.to_thread(self._sealed, channel, ending, [found.body for found in fragments])
        seqs = {one.article_id: one.seq for one in reversed(shown)}
        items = tuple((seqs[found.article_id], found.body) for found in fragments)
        return Made(document, channel, items)

    async def _never_was(self, feed: FeedName, before: int | None) -> bool:
        if not feed.slug or feed.kind == "search":
            return False
        return not (before and await self._shelf.newest(feed, None, 1))

    def _sealed(self, channel: Channel, ending: str, bodies: Sequence[bytes]) -> Document:
        form = self._formats[ending]
        whole = [form.head(channel, self._site), form.between.join(bodies), form.foot]
        links = header(channel, self._site, ending)
        return seal(whole, media_type=form.media_type, modified=channel.modified, links=links)

    async def _fragments_of(self, listed: Sequence[Listed], ending: str) -> list[Fragment]:
        """Return a page's fragments in its order, each article once; what cannot be shown is left out."""
        # In reverse, so that the newest place of an article wins.
        versions = {entry.article_id: entry.version for entry in reversed(listed)}
        held = {name: self._fragments.get((ending, name)) for name in versions}
        found = {
            name: fragment
            for name, fragment in held.items()
            if fragment is not None and fragment.version >= versions[name]
        }
        missing = [(name, version) for name, version in versions.items() if name not in found]
        for article in await self._shelf.documents(missing) if missing else ():
            found[article.id] = self._fragment(article, ending)
            await asyncio.sleep(0)  # a cold page renders for milliseconds
        order = dict.fromkeys(entry.article_id for entry in listed)
        return [found[name] for name in order if name in found and found[name].body]

    def _fragment(self, article: Article, ending: str) -> Fragment:
        """Return the fragment of an article version, which another page may have made meanwhile."""
        held = self._fragments.get((ending, article.id))
        if held is not None and held.version >= article.version:
            return held
        body = self._body(article, ending, held)
        fragment = Fragment(article.id, article.version, body, article.published_at, names(article))
        self._fragments.put((ending, article.id), fragment, len(body))
        return fragment

    def _body(self, article: Article, ending: str, held: Fragment | None) -> bytes:
        """Return an item, the last good one where this version gives none, or nothing."""
        if article.status == "withheld":
            return b""
        form = self._formats[ending]
        try:
            body = form.item(article, self._site)
            wrong = form.fault(body)
        except Exception as error:  # noqa: BLE001  # one article must not take a feed down
            wrong = f"{type(error).__name__}: {error}"
        if wrong is None:
            return body
        log.error("feed.item.refused", article_id=article.id, version=article.version, format=ending, reason=wrong)
        # A retracted text never stands in for its own retraction.
        return held.body if held is not None and article.status == "usable" else b""
