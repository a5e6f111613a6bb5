"""Forgets articles that are kept no more; which ones is syndication's to say."""

from __future__ import annotations

from dataclasses import replace

from services.ingest.changes import Known
from services.ingest.identity import source_of
from services.ingest.source import POLLED
from services.ingest.store import Entry, ItemStore, SourceStore
from shared.bus import Done
from shared.events import ArticleForgotten


class Forgotten:
    """Handles what the ledger let go of."""

    def __init__(self, items: ItemStore, sources: SourceStore) -> None:
        self._items, self._sources = items, sources

    async def on_article_forgotten(self, event: ArticleForgotten) -> Done:
        """Forget an article, unless there is a newer version by now.

        A source that is polled may go on listing it: then it stays known as one that was seen and is no news, until it
        changes. Killed anywhere, the event comes again and finds nothing to forget.
        """
        id, source_id = event.article.id, source_of(event.article.id)
        before = (await self._items.read(source_id, [id]))[0]
        known = Known.read(before) if before else None
        if known is None or known.version != event.article.version:
            return Done("article.forget_moot")
        source = await self._sources.get(source_id)
        listed = source is not None and source.settings.kind in POLLED
        after = replace(known, version=0, headline="", until="").write() if listed else b""
        if await self._items.commit(source_id, [Entry(id, before, after)], {}):
            return Done("article.forget_moot")
        return Done("article.forgotten")
