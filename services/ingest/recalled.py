"""Gives a recalled article its next version, as its source gave it; why it was recalled is left to syndication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from services.ingest.changes import Known
from services.ingest.identity import source_of
from services.ingest.outbox import Outbox
from services.ingest.store import Entry, ItemStore
from shared.bus import Done
from shared.events import ArticleIngested, ArticleRecalled, to_json


class Recalled:
    """Handles what syndication sends back to be completed anew."""

    def __init__(self, items: ItemStore, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._items, self._outbox, self._now = items, outbox, now

    async def on_article_recalled(self, event: ArticleRecalled) -> Done:
        """Commit the next version, unless there is one by now: that one is completed by the newest files anyway.

        Killed after the commit, the event comes again and finds the version taken.
        """
        id, source_id = event.article.id, source_of(event.article.id)
        before = (await self._items.read(source_id, [id]))[0]
        known = Known.read(before) if before else None
        if known is None or known.version != event.article.version or known.status != event.article.status:
            return Done("article.recall_moot")
        after = replace(known, version=known.version + 1)
        again = _again(event, after.version, self._now())
        entry = Entry(id, before, after.write(), to_json(again), event.correlation_id)
        if await self._items.commit(source_id, [entry], {}):
            return Done("article.recall_moot")
        self._outbox.wake(source_id)
        return Done("article.reingested", {"version": after.version})


def _again(event: ArticleRecalled, version: int, moment: datetime) -> ArticleIngested:
    """Build the event of the next version: nothing of it is new, so `updated_at` stays what it was."""
    return ArticleIngested(
        occurred_at=moment,
        correlation_id=event.correlation_id,
        article=event.article.model_copy(update={"version": version}),
        byline=event.byline,
        categories=event.categories,
    )
