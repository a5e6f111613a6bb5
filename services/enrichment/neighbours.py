"""Sees an article among the others: whose copy it is, and which are related; and leaves it there for those to come."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from services.enrichment import duplicates, related
from services.enrichment.duplicates import NONE, Index, Signature, Verdict, signature
from services.enrichment.embargoed import Embargoed
from services.enrichment.related import Addresses, Shelves
from services.enrichment.together import Together
from shared.events import Article
from shared.redis import RedisError, Store, is_full

log = structlog.get_logger()


class Neighbours:
    """What enrichment remembers of articles in Redis, for days and weeks; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._index, self._addresses, self._shelves = Index(store), Addresses(store), Shelves(store)
        self._embargoed, self._together = Embargoed(store), Together()

    async def beside(self, article: Article, moment: datetime) -> Article:
        """Return an article with `duplicate_of` or `revision_of` and its related stories; `moment` is its event's.

        One round trip, and more for a copy or a revision.
        What it finds depends on what came before; asked again for the same version, it takes nothing in twice.
        A server that is full knows no neighbours: then the article goes on without.
        """
        try:
            return await self._beside(article, moment)
        except RedisError as error:
            if not is_full(error):
                raise
            log.warning("neighbours.skipped", error=str(error))
            return article

    async def withdraw(self, article: Article) -> None:
        """Take a retracted article out: nothing that comes is a copy of it. A full server still does this."""
        await self._index.withdraw(article.id, article.version, article.ingested_at)

    async def _beside(self, article: Article, moment: datetime) -> Article:
        await self._together.at(0)
        told, came = related.told_by(article), article.ingested_at
        await self._together.at(1)
        given = _signed(article, moment)
        await self._together.at(2)
        if article.embargoed_until is not None or article.version > 1:
            # Before it can be found: who finds it must know that nobody may hear of it.
            await self._embargoed.note(article.id, article.embargoed_until, moment)
        tags = [tag for tag, _ in told.tags] if told else []
        put = told.self if told and article.status == "usable" else None
        cards = [card.url for card in article.related if card.kind == "editorial"][: related.MOST_CARDS]
        looked = [self._index.ask(article.id, article.version, came, given)] if given else []
        shelves = self._shelves.ask(tags, came, put)
        ours = self._addresses.ask(cards, came)
        kept = self._addresses.ask_to_keep(article.id, _urls(article), came)
        await asyncio.gather(*looked, *shelves, *kept, *(asked for _, asked in ours))
        found = await self._index.settled(article.id, came, given, looked[0].result()) if given else NONE
        verdict, known = await self._speakable(found, related.known(ours), moment)
        if put and verdict.duplicate_of:  # a copy is shown beside nothing
            await self._shelves.take_out(tags, put)
        besides = {article.id, *verdict.near, *known.values(), *(card.id for card in article.related if card.id)}
        stood = [related.shelved(asked.result()) for asked in shelves]
        update = {
            "duplicate_of": verdict.duplicate_of,
            "revision_of": verdict.revision_of,
            "related": related.with_related(article, known, related.ranked(told, stood, besides) if told else []),
        }
        return article.model_copy(update=update)

    async def _speakable(
        self, verdict: Verdict, ours: dict[str, str], moment: datetime
    ) -> tuple[Verdict, dict[str, str]]:
        """Leave out what is under an embargo: the article is no copy of it, and points to none of it."""
        named = [id for id in (verdict.duplicate_of, verdict.revision_of, *ours.values()) if id is not None]
        secret = await self._embargoed.among(named, moment)
        if secret.intersection((verdict.duplicate_of, verdict.revision_of)):
            verdict = Verdict(near=verdict.near)
        return verdict, {url: id for url, id in ours.items() if id not in secret}


def _signed(article: Article, moment: datetime) -> Signature | None:
    # One completed anew long after it came: the span it belongs to is forgotten.
    if moment - article.ingested_at > timedelta(days=duplicates.DAYS):
        return None
    return signature(article.headline, article.body_text or article.summary or "")


def _urls(article: Article) -> list[str]:
    return [url for url in (article.url, article.canonical_url) if url]
