"""Asks an address and what it leads to for sources, within bounds; each that is told was read and is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urljoin

from lxml.html import HtmlElement

from services.ingest.discovery.candidates import Candidate, anchored, linked, offered, usual
from services.ingest.discovery.found import SHOWN, Discovered, Discovery, said, told
from services.ingest.document import Document, Unreadable
from services.ingest.fetch import Failed, Fetched, FetchOutcome
from services.ingest.pages.listing import listing
from services.ingest.pages.markup import tree
from services.ingest.pages.robots import rules_of
from services.ingest.parse import parse
from services.ingest.parse.urls import address, host_of
from services.ingest.reader import Ask, Read, Took
from services.ingest.source import Kind, Settings, Source

ACCEPT = "text/html, application/xhtml+xml, application/rss+xml;q=0.9, application/atom+xml;q=0.9, */*;q=0.8"
MOST_ASKED = 30
SECONDS = 25.0
AT_ONCE = 4
ENOUGH = 2
"""Feeds found at usual paths, after which the others are not tried: they are the same ones again."""

MOST_CANDIDATES = 15
MOST_MAPS = 3
PREVIEW = "preview"


async def discover(url: str, ask: Ask, readers: Mapping[Kind, Read], monotonic: Callable[[], float]) -> Discovery:
    """Find the sources behind an address: itself, the feeds that it links, its CMS, usual paths, news sitemaps.

    At most 30 requests in 25 seconds; never raises for what servers send.
    """
    search = _Search(url, _bounded(ask, monotonic), readers)
    try:
        async with asyncio.timeout(SECONDS + 2):
            await search.run()
    except TimeoutError:
        search.found.problems.append(f"not all was looked at within {SECONDS:g} s")
    return search.found


def _bounded(ask: Ask, monotonic: Callable[[], float]) -> Ask:
    """Return an ask that gives up after so many requests, or so long."""
    asked, ends, slots = 0, monotonic() + SECONDS, asyncio.Semaphore(AT_ONCE)

    async def bounded(
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> FetchOutcome:
        nonlocal asked
        async with slots:
            if asked >= MOST_ASKED or monotonic() > ends:
                return Failed("enough was asked for this time")
            asked += 1
            return await ask(url, accept=accept, etag=etag, last_modified=last_modified, headers=headers)

    return bounded


class _Search:
    """One search: what was found so far, and the addresses that were asked."""

    def __init__(self, url: str, ask: Ask, readers: Mapping[Kind, Read]) -> None:
        self._url, self._ask, self._readers = url, ask, readers
        self._seen: set[str] = set()
        self._page: Discovered | None = None
        self.found = Discovery(url)

    async def run(self) -> None:
        """Look where it is likeliest first, and on only while nothing was found."""
        page = await self._start()
        if self.found.feeds:
            return
        if page is not None:
            root, there = page
            await self._try(linked(root, there)[:MOST_CANDIDATES])
            await asyncio.gather(*(self._offer(one) for one in offered(root, there)))
            if not self._feeds():
                await self._try(anchored(root, there))
        for one in usual(self._url) if not self._feeds() else ():
            await self._try([one], quiet=True)
            if self._feeds() >= ENOUGH:
                break
        await self._sitemaps()

    async def _start(self) -> tuple[HtmlElement, str] | None:
        """Ask the address itself: return its page and where it is, or None when it is a feed or no page came."""
        outcome = await self._ask(self._url, accept=ACCEPT)
        if not isinstance(outcome, Fetched):
            self.found.problems.append(f"{self._url}: {said(outcome)}")
            return None
        self._seen |= {self._url, outcome.url}
        own = Candidate(self._url, "feed", "the address itself")
        shown = await self._read_feed(own, outcome)
        if isinstance(shown, Discovered):
            self.found.title = shown.title
            self.found.feeds.append(shown)
            return None
        root = await asyncio.to_thread(tree, outcome.body, outcome.content_type)
        if isinstance(root, Unreadable):
            self.found.problems.append(f"{self._url}: {root.reason}")
            return None
        listed = await asyncio.to_thread(
            listing, outcome.body, url=outcome.url, content_type=outcome.content_type, source_id=PREVIEW
        )
        if isinstance(listed, Document):
            self.found.title = listed.title
            note = "the page itself as a source; its headlines were found by their shape: check them, or give selectors"
            candidate = Candidate(self._url, "page", "the address itself")
            self._page = told(candidate, listed, outcome.content_type, note)
        return root, outcome.url

    def _feeds(self) -> int:
        return sum(one.kind == "feed" for one in self.found.feeds)

    async def _try(self, candidates: Sequence[Candidate], *, quiet: bool = False) -> None:
        """Ask for feeds and keep those that are; `quiet` about those that are not there."""
        fresh = [one for one in candidates if one.url not in self._seen]
        self._seen |= {one.url for one in fresh}
        outcomes = await asyncio.gather(*(self._ask(one.url) for one in fresh))
        for one, outcome in zip(fresh, outcomes, strict=True):
            if not isinstance(outcome, Fetched):
                self.found.problems += [] if quiet else [f"{one.url}: {said(outcome)}"]
                continue
            if outcome.url != one.url and outcome.url in self._seen:
                continue
            self._seen.add(outcome.url)
            shown = await self._read_feed(one, outcome)
            if isinstance(shown, Discovered):
                self.found.feeds.append(shown)
            elif not quiet:
                self.found.problems.append(f"{one.url}: {shown}")

    async def _read_feed(self, one: Candidate, outcome: Fetched) -> Discovered | str:
        document = await asyncio.to_thread(
            parse, outcome.body, url=outcome.url, content_type=outcome.content_type, source_id=PREVIEW
        )
        if isinstance(document, Unreadable):
            return document.reason
        if document.maps or (not document.submissions and document.skipped):
            return await self._map(outcome.url, one.how) or "a sitemap that names nothing"
        there = Candidate(outcome.moved_to or one.url, _kind(outcome.body), one.how, one.title)
        return told(there, document, outcome.content_type)

    async def _offer(self, one: Candidate) -> None:
        """Read what a CMS offers: Ghost's without a key cannot be, and is told with what it needs."""
        if one.kind == "ghost":
            note = "needs `key`, a Content API key that the site's Ghost gives (Settings, Integrations)"
            self.found.feeds.append(Discovered(url=one.url, kind="ghost", how=one.how, note=note))
            return
        shown = await self._with_reader(one)
        if shown is not None:
            self.found.feeds.append(shown)

    async def _sitemaps(self) -> None:
        """Ask for the news sitemaps that robots.txt names, then tell of the page itself as a listing."""
        outcome = await self._ask(urljoin(self._url, "/robots.txt"), accept="text/plain, */*;q=0.1")
        rules = await asyncio.to_thread(rules_of, outcome) if isinstance(outcome, Fetched) else None
        told = (address(each, self._url) for each in (rules.sitemaps if rules is not None else ()))
        named = [url for url in told if url is not None and host_of(url) == host_of(self._url)]
        news = [url for url in dict.fromkeys(named) if "news" in url.lower()]
        chosen = news or ([] if self._feeds() else named)
        for url in chosen[:MOST_MAPS]:
            shown = await self._map(url, "named by robots.txt") if url not in self._seen else None
            self._seen.add(url)
            self.found.feeds += [shown] if shown is not None else []
        if self._page is not None:
            self.found.feeds.append(self._page)

    async def _map(self, url: str, how: str) -> Discovered | None:
        return await self._with_reader(Candidate(url, "sitemap", how))

    async def _with_reader(self, one: Candidate) -> Discovered | None:
        read = self._readers.get(one.kind)
        if read is None:
            return None
        settings = Settings(id=PREVIEW, kind=one.kind, url=one.url, first_items=SHOWN, full_text=one.kind == "sitemap")
        reading = await read(Source(settings), self._ask)
        if not isinstance(reading, Took):
            reason = reading.reason if isinstance(reading, Failed) else "it gave nothing"
            self.found.problems.append(f"{one.url}: {reason}")
            return None
        untitled = any(item.headline == item.url for item in reading.document.submissions)
        note = (
            "tells addresses without titles: set `full_text`, and each page is read for its own" if untitled else None
        )
        return told(one, reading.document, None, note)


def _kind(body: bytes) -> Kind:
    return "sitemap" if b"<urlset" in body[:2_000] or b"<sitemapindex" in body[:2_000] else "feed"
