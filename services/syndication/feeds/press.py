"""Prints feeds: asks the shelf what a feed lists, renders what is new, keeps the rest; knows no HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from weakref import WeakValueDictionary

from services.syndication.cache import Recent
from services.syndication.failing import tell
from services.syndication.feeds.archives import SIZE
from services.syndication.feeds.channel import Channel, header
from services.syndication.feeds.document import IDENTITY, Document, digest_of, seal
from services.syndication.feeds.formats import FORMATS, OPEN_FORMATS, Format
from services.syndication.feeds.fragments import Fragment, Fragments
from services.syndication.feeds.shelf import ALL, FeedName, Listed, Shelf
from services.syndication.feeds.site import Site
from shared.events import Reuse


class Page(NamedTuple):
    """One page of a feed in one format: the newest items, or those with numbers below `before`.

    `reuse` is how much of each story may be in it at most; `private` is the path, without ending, under which
    one consumer has it.
    """

    feed: FeedName
    before: int | None = None
    ending: str = "rss"
    reuse: Reuse = "full"
    private: str = ""


TOPS_BYTES, TOP_BYTES = 8 << 20, 200
"""How much is remembered of what readers may have: some ten thousand documents."""

AHEAD = 0.75
"""After which part of its freshness a document that is asked for is looked after anew."""

PAUSE = 1.0
"""Seconds without a question to a shelf that failed, while the last good document is served."""


@dataclass(frozen=True, slots=True)
class Caches:
    """How many bytes are kept of fragments, and of finished documents."""

    fragments: int = 64 << 20
    documents: int = 64 << 20


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
    """What was made, the shelf's mark it was made under, and until when it needs no look at the shelf.

    From `look_from` on the next look is taken while this is still served: nobody waits for one while many ask.
    """

    mark: bytes | int
    made: Made
    fresh_until: float
    look_from: float

    def looked_after(self, look_from: float, fresh_until: float) -> Document:
        """Return the document, good for longer."""
        self.look_from, self.fresh_until = look_from, fresh_until
        return self.made.document


class Press:
    """Makes documents from the shelf and keeps the latest of each page.

    `page_size` is items a page; `fresh_for` is seconds in which a document is served without asking the
    shelf for its mark; `caches` bounds what it keeps. `archived` tells which archive of the
    whole feed ends below a number: its newest page is as much longer as it takes to end where one begins.
    """

    def __init__(
        self,
        shelf: Shelf,
        site: Site,
        *,
        formats: Mapping[str, Format] = FORMATS,
        page_size: int = 50,
        fresh_for: float = 0.02,
        caches: Caches = Caches(),
        clock: Callable[[], float] = time.monotonic,
        archived: Callable[[int], Awaitable[int]] | None = None,
    ) -> None:
        self._shelf = shelf
        self._site = site
        self._formats = formats
        self._page_size = page_size
        self._fresh_for = fresh_for
        self._clock = clock
        self._archived = archived
        self._fragments = Fragments(shelf, site, formats, caches.fragments)
        self._prints: Recent[Page, Print] = Recent(caches.documents)
        self._tops: Recent[tuple[Page, str], int] = Recent(TOPS_BYTES)
        self._failing = False
        self._era = 0
        self._looks: set[asyncio.Task[Document | None]] = set()
        self._locks: WeakValueDictionary[Page, asyncio.Lock] = WeakValueDictionary()

    def forget(self) -> None:
        """Drop all that is kept: the shelf was begun anew, and its numbers and versions mean other things."""
        self._era += 1  # what is being made just now is not to be kept
        self._fragments.forget()
        self._prints.clear()
        self._tops.clear()

    def present(self, site: Site) -> None:
        """Print all anew: the newsroom presents itself differently from now on."""
        self._site = site
        self._fragments.present(site)
        self.forget()

    def at_once(self, page: Page) -> Document | None:
        """Return the document of a page if nothing is to be done for it: the path of most requests."""
        held = self._prints.peek(page)
        return held.made.document if held is not None and self._clock() < held.look_from else None

    def ready(self, page: Page) -> Document | None:
        """Return the document of a page if it was looked after a moment ago, and have the next look taken in time."""
        held, now = self._prints.get(page), self._clock()
        if held is None or now >= held.fresh_until:
            return None
        if now >= held.look_from:
            held.look_from = held.fresh_until
            look = asyncio.create_task(self.document(page, look=True))
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)
        return held.made.document

    async def document(self, page: Page, *, look: bool = False) -> Document | None:
        """Return the document of a page as the shelf has it now, or None for a feed that never was.

        One that was looked after a moment ago will do, unless a `look` is asked for.
        Requests for one page wait for one making of it. While the shelf fails, the last good document is
        served; without one its error is raised.
        """
        async with self._locks.setdefault(page, asyncio.Lock()):
            ready = None if look else self.ready(page)
            if ready is not None:
                return ready
            held = self._prints.get(page)
            try:
                return await self._looked_after(page, held)
            except Exception as error:
                if held is None:
                    raise
                if not self._failing:
                    self._failing = True
                    tell("feed.shelf.failed", error, feed=page.feed.path)
                later = self._clock() + PAUSE
                return held.looked_after(later, later)

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
        return document, await asyncio.to_thread(self._sealed, held.made.channel, page.ending, newer, document.modified)

    async def _looked_after(self, page: Page, held: Print | None) -> Document | None:
        now, era = self._clock(), self._era
        times = now + self._fresh_for * AHEAD, now + self._fresh_for
        # Asked for first: what changes while the page is made must show at the next look.
        mark = await self._shelf.mark(page.feed)
        self._failing = False
        if held is not None and held.mark == mark:
            return held.looked_after(*times)
        made = await self._make(page, await self._shelf.moment(mark) if mark else None)
        if made is None:
            self._prints.drop(page)
            return None
        if era != self._era:
            return made.document
        self._prints.put(page, Print(mark, made, times[1], times[0]), made.document.size)
        self._tops.put((page, digest_of(made.document.variants[IDENTITY].etag)), made.top, TOP_BYTES)
        return made.document

    async def _make(self, page: Page, changed: datetime | None) -> Made | None:
        form, feed = self._formats[page.ending], page.feed
        shown, more, archived = await self._listed(page, min(form.items or self._page_size, self._page_size))
        if not shown and await self._never_was(feed, page.before):
            return None
        found = await self._fragments.of(shown, page.ending, page.reuse)
        seqs = {one.article_id: one.seq for one in reversed(shown)}
        fragments = _within(found, form.page_bytes)
        if len(fragments) < len(found):
            last = seqs[fragments[-1].article_id]
            # Cut short, it no longer ends where an archive begins.
            shown, more, archived = [one for one in shown if one.seq >= last], True, 0
        channel = Channel(
            feed=feed,
            label=next((found.names[feed] for found in fragments if feed in found.names), feed.slug),
            before=page.before,
            older=shown[-1].seq if more else None,
            published=max((found.published for found in fragments), default=None),
            modified=max((entry.modified for entry in shown), default=None),
            archived=archived,
            private=page.private,
        )
        # In a thread: compressing takes milliseconds, and other readers need not wait for them.
        bodies = [found.body for found in fragments]
        document = await asyncio.to_thread(self._sealed, channel, page.ending, bodies, changed)
        items = tuple((seqs[found.article_id], found.body) for found in fragments)
        return Made(document, channel, items)

    async def _listed(self, page: Page, most: int) -> tuple[Sequence[Listed], bool, int]:
        """Return what a page lists, whether there is more below it, and which archive goes on from there."""
        archived = self._archived if page == Page(ALL, None, page.ending) and page.ending in OPEN_FORMATS else None
        listed = await self._shelf.newest(page.feed, page.before, most + 1 + (SIZE if archived else 0))
        if archived is None or len(listed) <= most:
            return listed[:most], len(listed) > most, 0
        end = (listed[most - 1].seq - 1) // SIZE * SIZE
        shown = [one for one in listed if one.seq > end]
        return shown, len(listed) > len(shown), await archived(end + 1)

    async def _never_was(self, feed: FeedName, before: int | None) -> bool:
        if not feed.slug or feed.kind == "search":
            return False
        return not (before and await self._shelf.newest(feed, None, 1))

    def _sealed(self, channel: Channel, ending: str, bodies: Sequence[bytes], changed: datetime | None) -> Document:
        """Return the document. Its Last-Modified is the feed's last change, which may have taken an item out of it."""
        form = self._formats[ending]
        whole = [form.head(channel, self._site), form.between.join(bodies), form.foot]
        links = header(channel, self._site, ending)
        moments = [one for one in (changed, channel.modified) if one is not None]
        return seal(whole, media_type=form.media_type, modified=max(moments, default=None), links=links)


def _within(fragments: list[Fragment], most: int) -> list[Fragment]:
    """Return the first fragments that are `most` bytes together, at least one that says something."""
    total = 0
    for at, found in enumerate(fragments):
        total += len(found.body)
        if total > most and at > 0:
            return fragments[:at]
    return fragments
