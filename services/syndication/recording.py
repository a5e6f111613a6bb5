"""Brings one version into the ledger: keeps it as readers are to see it, numbers it, tells who waits for news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.syndication.changes import entry_for, feeds_of
from services.syndication.changes import shown as as_shown
from services.syndication.ledger import Appended, Known, Ledger, Standing
from services.syndication.related import beside_previous
from services.syndication.store import Articles, Library
from shared.bus import Done, Later
from shared.events import Article, ArticleEnriched

TURN = 0.05
"""Seconds after which a version is tried again that came too early, or while another one came in."""


class Recording:
    """Records versions; repeated, it does nothing. `nudge` wakes what reads the ledger in this process."""

    def __init__(
        self, ledger: Ledger, articles: Articles, *, now: Callable[[], datetime], nudge: Callable[[], None]
    ) -> None:
        self._ledger, self._articles, self._now, self._nudge = ledger, articles, now, nudge
        self._cards = Library(ledger, articles).cards

    async def record(self, event: ArticleEnriched, standing: Standing) -> Done | Later:
        """Bring a version in whose turn it is, given how far its article is. Raises RedisError.

        Killed anywhere, it is done again: the document is kept under its version, the ledger numbers it once.
        """
        if standing.head is None and standing.turn is not None:
            if event.retraction is not None:
                return await self._canceled(event, standing)
            event = _never_seen(event)
        previous = await self._articles.article(event.article.id, standing.at) if standing.head else None
        return await self._recorded(event, standing, previous)

    async def _canceled(self, event: ArticleEnriched, standing: Standing) -> Done | Later:
        """Take back what never was out: there is nothing to tell anybody."""
        outcome = await self._ledger.pass_over(event.article.id, event.article.version, standing.at)
        return _passed(outcome, "article.canceled")

    async def _recorded(self, event: ArticleEnriched, standing: Standing, previous: Article | None) -> Done | Later:
        taken_back = event.retraction is not None
        given = None if taken_back else event.given
        shown = await beside_previous(as_shown(previous, event), previous, self._cards)
        shown = await self._articles.keep(shown, given, previous if event.correction is None else None)
        entry = entry_for(event, previous, shown)
        if entry is None:
            outcome = await self._ledger.pass_over(shown.id, event.article.version, standing.at)
            return _passed(outcome, "article.unchanged")
        at = self._now()
        appended = await self._ledger.append(
            entry,
            feeds_of(shown),
            ms=int(at.timestamp() * 1000),
            upon=standing.at,
            force=shown.version > standing.last + 1,
            keep_feeds=taken_back,
        )
        match appended:
            case Appended(seq):
                self._nudge()
                return Done(entry.type, {"seq": seq, "changed": list(entry.changed)})
            case Known():
                return Done("article.repeated")
            case _:
                return Later(TURN, "another version came in meanwhile")


def _passed(outcome: object, event: str) -> Done | Later:
    if outcome is None:
        return Done(event)
    return Done("article.repeated") if isinstance(outcome, Known) else Later(TURN, "another version came in meanwhile")


def _never_seen(event: ArticleEnriched) -> ArticleEnriched:
    """Return a later version's event as that of the first one anybody sees, which updates and corrects nothing."""
    article = event.article.model_copy(update={"updated_at": None})
    return event.model_copy(update={"article": article, "correction": None})
