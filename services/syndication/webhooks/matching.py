"""Which ledger entries one filter matches, and by which terms; the dispatcher matches all filters at once instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from services.syndication.restrictions import restrictions
from services.syndication.rights import Restriction, told
from services.syndication.webhooks.reading import LedgerReader, Recorded
from shared.events import Article, Reuse, to_json
from shared.query import Query, subject_of

READ = 128
"""Entries read and matched at once, before others have their turn."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An entry that was looked at: its article (None when it is no longer kept), and the terms that make it match.

    `why` is None when it does not match.
    """

    entry: Recorded
    article: Article | None
    why: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody subscribes to; `query` is None for nothing at all.

    It is asked of what of an article somebody `sees`, None for all; words are named that stand in what they are `told`.
    """

    query: Query | None
    types: Sequence[str] | None = None
    sees: Reuse | None = None
    told: Reuse | None = None

    def why(self, entry: Recorded, article: Article | None) -> tuple[str, ...] | None:
        """Return the terms that make an entry match, None when it does not.

        What is withheld matches nothing: it goes to who got the article before, and to nobody else.
        """
        if self.query is None or article is None or article.status == "withheld":
            return None
        if self.types is not None and entry.type not in self.types:
            return None
        subject = subject_of(article, entry.type)
        seen = subject.as_seen(self.sees)
        return self.query.explain(seen, subject.as_seen(self.told)) if self.query.matches(seen) else None


async def look(wish: Wish, entries: Sequence[Recorded], ledger: LedgerReader, *, as_told: bool = False) -> list[Looked]:
    """Look at entries in their order, as they were or `as_told` by now, where they are withheld or were taken back."""
    articles = await asyncio.gather(*(ledger.article(each.article_id, each.version) for each in entries))
    if as_told:
        now = await restrictions(ledger, entries)
        articles = [each and _told(each, now.get(each.id)) for each in articles]
    return [Looked(entry, article, wish.why(entry, article)) for entry, article in zip(entries, articles, strict=True)]


def _told(article: Article, restriction: Restriction | None) -> Article:
    return article if restriction is None else Article.model_validate_json(told(to_json(article), restriction))


async def newest_first(wish: Wish, ledger: LedgerReader, *, as_told: bool = False) -> AsyncIterator[Looked]:
    """Look at the whole ledger from its newest entry back, for as long as the caller goes on."""
    async for entries in backwards(ledger, await ledger.latest() + 1):
        for each in reversed(await look(wish, entries, ledger, as_told=as_told)):
            yield each


async def backwards(ledger: LedgerReader, before: int) -> AsyncIterator[list[Recorded]]:
    """Yield the ledger's entries below a number in parts, the newest part first, each part's oldest entry first."""
    while entries := await ledger.read_back(before, READ):
        yield entries
        before = entries[0].seq
        await asyncio.sleep(0)  # what is in memory is read without any pause
