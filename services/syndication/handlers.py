"""What syndication does with an event: keep the version, number it in the ledger, tell who waits."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from services.syndication.changes import entry_for, feeds_of
from services.syndication.changes import shown as as_shown
from services.syndication.ledger import Appended, Early, Head, Known, Ledger
from services.syndication.related import beside_previous
from services.syndication.store import Articles, Library
from shared.bus import Done, Later
from shared.events import Article, ArticleEnriched
from shared.metrics import TO_LEDGER

PATIENCE = 60.0
"""Seconds a version waits for an older one that is still on the line: longer than its tries take to run out, and
than it takes to be taken over from a few consumers that died one after the other."""
TURN = 0.05
LOOK = 1.0
"""The most one look adds to a wait: while the server is away nobody looks, and its outage is not the elder's delay."""

MOST_WAITING = 10_000


class Handlers:
    """Handles one enriched event at a time; `nudge` wakes what reads the ledger in this process."""

    def __init__(
        self,
        ledger: Ledger,
        articles: Articles,
        *,
        now: Callable[[], datetime],
        nudge: Callable[[], None],
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._articles, self._now, self._nudge = ledger, articles, now, nudge
        self._cards = Library(ledger, articles).cards
        self._patience, self._clock = patience, clock
        self._waiting: OrderedDict[tuple[str, int], tuple[float, float]] = OrderedDict()

    async def on_article_enriched(self, event: ArticleEnriched) -> Done | Later:
        """Bring one version into the ledger, after its elders and once.

        Killed anywhere, the event comes again: the document is kept under its version, the ledger numbers it once.
        """
        article = event.article
        head = await self._ledger.head(article.id)
        at = head.version if head else 0
        if article.version <= at:
            return Done("article.repeated")
        if article.version > at + 1 and not self._out_of_patience(article):
            return Later(TURN, f"version {at + 1} is still on the line")
        self._waiting.pop((article.id, article.version), None)
        previous = await self._articles.article(article.id, at) if head else None
        return await self._record(event, head, previous)

    async def _record(self, event: ArticleEnriched, head: Head | None, previous: Article | None) -> Done | Later:
        taken_back = event.retraction is not None
        given = None if taken_back else event.given
        shown = await beside_previous(as_shown(previous, event), previous, self._cards)
        shown = await self._articles.keep(shown, given, previous if event.correction is None else None)
        entry = entry_for(event, previous, shown)
        if entry is None:
            await self._ledger.pass_over(shown.id, event.article.version)
            return Done("article.unchanged")
        at = self._now()
        outcome = await self._ledger.append(
            entry,
            feeds_of(shown),
            ms=int(at.timestamp() * 1000),
            force=shown.version > (head.version if head else 0) + 1,
            keep_feeds=taken_back,
        )
        match outcome:
            case Appended(seq):
                self._nudge()
                TO_LEDGER.observe(max(0.0, (at - event.occurred_at).total_seconds()))
                return Done(entry.type, {"seq": seq, "changed": list(entry.changed)})
            case Early(_):
                return Later(TURN, "an older version is still on the line")
            case Known(_):
                return Done("article.repeated")

    def _out_of_patience(self, article: Article) -> bool:
        """Tell whether the elder was waited for long enough: it may have been given up on."""
        key, now = (article.id, article.version), self._clock()
        waited, looked = self._waiting.pop(key, (0.0, now))
        waited += min(now - looked, LOOK)
        self._waiting[key] = (waited, now)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        return waited > self._patience
