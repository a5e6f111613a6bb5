"""What the newest stories say of the whole: latest headlines, topics and the feeds they stand in, counted at times."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.syndication.feeds.parts import names
from services.syndication.feeds.shelf import ALL, FeedName, Kind, Shelf
from services.syndication.feeds.text import line
from shared.events import Article
from shared.slugs import is_slug

LOOKED_AT = 300
CHUNK = 30
SECONDS = 15.0
"""How old it may be: counting anew for each story that comes in would take longer than showing it."""

HEADLINES = 7
KINDS: tuple[Kind, ...] = ("tags", "authors", "sections", "sources", "languages")


@dataclass(frozen=True, slots=True)
class Headline:
    """A story by its headline alone."""

    id: str
    headline: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A feed, what people call it, and how many of the newest stories stand in it."""

    feed: FeedName
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The newest headlines, and the feeds of each kind, fullest first; `number` differs for each finding."""

    headlines: tuple[Headline, ...] = ()
    number: int = field(default=0, compare=False)
    feeds: Mapping[Kind, tuple[Counted, ...]] = field(default_factory=dict)

    def of(self, kind: Kind, most: int) -> tuple[Counted, ...]:
        """Return the fullest feeds of a kind."""
        return self.feeds.get(kind, ())[:most]


class Directories:
    """Counts when something has come in since, and not more often than every few seconds."""

    def __init__(self, shelf: Shelf, clock: Callable[[], float]) -> None:
        self._shelf, self._clock = shelf, clock
        self._held = Directory()
        self._mark: bytes | int | None = None
        self._due, self._number = 0.0, 0
        self._turn = asyncio.Lock()

    @property
    def held(self) -> Directory:
        """What was counted last."""
        return self._held

    def forget(self) -> None:
        """Drop what was counted: the ledger was begun anew."""
        self._mark, self._due = None, 0.0

    async def current(self) -> Directory:
        """Return what was counted last, or count."""
        if self._clock() < self._due:
            return self._held
        async with self._turn:
            if self._clock() < self._due:
                return self._held
            mark = await self._shelf.mark(ALL)
            if mark != self._mark:
                found = counted(await self._newest())
                if found != self._held:
                    self._number += 1
                    self._held = replace(found, number=self._number)
                self._mark = mark
            self._due = self._clock() + SECONDS
            return self._held

    async def _newest(self) -> list[Article]:
        found: list[Article] = []
        before: int | None = None
        while len(found) < LOOKED_AT:
            page = await self._shelf.newest(ALL, before, CHUNK)
            order = {one.article_id: -one.seq for one in page}
            articles = await self._shelf.documents([(one.article_id, one.version) for one in page])
            found += sorted(articles, key=lambda article: order.get(article.id, 0))
            if len(page) < CHUNK:
                break
            before = page[-1].seq
            await asyncio.sleep(0)  # others' turn: what is in memory is read without any pause
        return found


def counted(articles: Sequence[Article]) -> Directory:
    """Return what articles, newest first, have in common; what was taken back counts for nothing."""
    standing = [article for article in articles if article.status == "usable"]
    labels: dict[FeedName, str] = {}
    counts: Counter[FeedName] = Counter()
    for article in standing:
        for feed, label in names(article).items():
            if is_slug(feed.slug):
                labels.setdefault(feed, label)
                counts[feed] += 1
    ranked = sorted(counts, key=lambda feed: (-counts[feed], labels[feed].casefold(), feed.slug))
    found = {kind: tuple(_counted(feed, labels, counts) for feed in ranked if feed.kind == kind) for kind in KINDS}
    headlines = tuple(Headline(one.id, line(one.headline) or "Untitled", one.language) for one in standing[:HEADLINES])
    return Directory(headlines, feeds=found)


def _counted(feed: FeedName, labels: Mapping[FeedName, str], counts: Mapping[FeedName, int]) -> Counted:
    return Counted(feed, labels[feed], counts[feed])
