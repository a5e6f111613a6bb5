"""Sees an article among the others: whose copy it is, and which are related; and leaves it there for those to come."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from services.enrichment import duplicates, related
from services.enrichment.duplicates import NONE, Index, Verdict, signature
from services.enrichment.embargoed import Embargoed
from services.enrichment.related import Addresses, Shelves, Telling
from services.enrichment.related.shelves import Shelved
from shared.events import Article
from shared.redis import RedisError, Store, is_full

log = structlog.get_logger()


class Neighbours:
    """What enrichment remembers of articles in Redis, for days and weeks; every method raises RedisError."""

    def __init__(self, store: Store) -> None:
        self._index, self._addresses, self._shelves = Index(store), Addresses(store), Shelves(store)
        self._embargoed = Embargoed(store)

    async def beside(self, article: Article, moment: datetime) -> Article:
        """Return an article with `duplicate_of` or `revision_of` and its related stories; `moment` is its event's.

        Mostly one round trip, a second for what stands on tags' shelves or is a copy, revision or later version.
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
        told, came = related.told_by(article), article.ingested_at
        if article.embargoed_until is not None or article.version > 1:
            # Before it can be found: who finds it must know that nobody may hear of it.
            await self._embargoed.note(article.id, article.embargoed_until, moment)
        cards = [card.url for card in article.related if card.kind == "editorial"][: related.MOST_CARDS]
        verdict, ours, shelves, _ = await asyncio.gather(
            self._judged(article, moment),
            self._addresses.find(cards, came),
            self._shelves.newest([tag for tag, _ in told.tags] if told else [], came),
            self._addresses.keep(article.id, _urls(article), came),
        )
        verdict, ours = await self._speakable(verdict, ours, moment)
        besides = {article.id, *verdict.near, *ours.values()}
        computed = related.ranked(told, shelves, besides) if told else []
        if told and _may_be_shown(article, verdict):
            await self._shelve(told, shelves)
        update = {
            "duplicate_of": verdict.duplicate_of,
            "revision_of": verdict.revision_of,
            "related": related.with_related(article, ours, computed),
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

    async def _judged(self, article: Article, moment: datetime) -> Verdict:
        # One completed anew long after it came: the span it belongs to is forgotten.
        if moment - article.ingested_at > timedelta(days=duplicates.DAYS):
            return NONE
        given = signature(article.headline, article.body_text or article.summary or "")
        if given is None:
            return NONE
        return await self._index.judge(article.id, article.version, article.ingested_at, given)

    async def _shelve(self, told: Telling, shelves: list[list[Shelved]]) -> None:
        before = {one for shelf in shelves for one in shelf if one.id == told.self.id}
        if any(told.self not in shelf for shelf in shelves):
            await self._shelves.put([tag for tag, _ in told.tags], told.self, before)


def _may_be_shown(article: Article, verdict: Verdict) -> bool:
    """Tell whether an article may be given as related to others: a copy never.

    What is under an embargo stands with the others, to be found when it has ended: syndication shows only what is out.
    """
    return article.status == "usable" and verdict.duplicate_of is None


def _urls(article: Article) -> list[str]:
    return [url for url in (article.url, article.canonical_url) if url]
