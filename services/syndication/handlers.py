"""What syndication does with an event: number the version in its turn, or have it wait for the end of its embargo."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from services.syndication.embargo import Embargoes
from services.syndication.ledger import Ledger, Standing
from services.syndication.recording import TURN, Recording
from shared.bus import Done, Later
from shared.events import Article, ArticleEnriched
from shared.metrics import TO_LEDGER

PATIENCE = 60.0
"""Seconds a version waits for an older one that is still on the line: longer than its tries take to run out, and
than it takes to be taken over from a few consumers that died one after the other."""
LOOK = 1.0
"""The most one look adds to a wait: while the server is away nobody looks, and its outage is not the elder's delay."""

MOST_WAITING = 10_000


class Handlers:
    """Handles one enriched event at a time."""

    def __init__(
        self,
        ledger: Ledger,
        recording: Recording,
        embargoes: Embargoes,
        *,
        now: Callable[[], datetime],
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._recording, self._embargoes, self._now = ledger, recording, embargoes, now
        self._patience, self._clock = patience, clock
        self._waiting: OrderedDict[tuple[str, int], tuple[float, float]] = OrderedDict()

    async def on_article_enriched(self, event: ArticleEnriched) -> Done | Later:
        """Bring one version into the ledger, or to those that are under an embargo: after its elders and once.

        Killed anywhere, the event comes again, and each step that was done already changes nothing.
        """
        article = event.article
        standing = Standing() if _is_plain_first(event) else await self._ledger.standing(article.id)
        if article.version <= standing.last:
            return Done("article.repeated")
        if article.version > standing.last + 1 and not self._out_of_patience(article):
            return Later(TURN, f"version {standing.last + 1} is still on the line")
        self._waiting.pop((article.id, article.version), None)
        if self._is_ahead(event):
            return await self._embargoes.hold(event, standing)
        outcome = await self._recording.record(event, standing)
        if isinstance(outcome, Done) and "seq" in outcome.fields:
            TO_LEDGER.observe(max(0.0, (self._now() - event.occurred_at).total_seconds()))
        return outcome

    def _is_ahead(self, event: ArticleEnriched) -> bool:
        """Tell whether a version may not be seen yet; what takes an article back always may."""
        until = event.article.embargoed_until
        return until is not None and event.retraction is None and until > self._now()

    def _out_of_patience(self, article: Article) -> bool:
        """Tell whether the elder was waited for long enough: it may have been given up on."""
        key, now = (article.id, article.version), self._clock()
        waited, looked = self._waiting.pop(key, (0.0, now))
        waited += min(now - looked, LOOK)
        self._waiting[key] = (waited, now)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        return waited > self._patience


def _is_plain_first(event: ArticleEnriched) -> bool:
    """Tell whether an event needs no look at where its article stands: the ledger refuses it if it is in, or was."""
    article = event.article
    return article.version == 1 and article.embargoed_until is None and event.retraction is None
