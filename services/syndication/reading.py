"""The ledger for who would rather read than be told: one entry as JSON, pages of entries, entries that match."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from services.syndication.ledger import Recorded
from services.syndication.ledger.numbering import may_follow_a_gap
from services.syndication.restrictions import restrictions
from services.syndication.rights import Restriction, told
from services.syndication.store import Library
from services.syndication.webhooks.cuts import WHOLE, Cut
from services.syndication.webhooks.message import body, render
from services.syndication.within import allows
from shared.events import Article, Reuse, to_json
from shared.query import Query, subject_of

SCANNED_AT_ONCE = 50
SEARCHES = 4
MOST_SCANNED = 2_000
"""Entries one request may look at: a query that matches little answers early with where to go on."""


@dataclass(frozen=True, slots=True)
class Page:
    """Events as JSON objects, the number to go on after, and whether there was nothing more."""

    events: list[tuple[Recorded, bytes]]
    next: int
    end: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of the ledger, how much of each article, and what who asks may have at most.

    `sees` is by how much of an article it is found: None for the newsroom, which reads what it withholds or took back.
    """

    query: Query | None = None
    cut: Cut = WHOLE
    within: Query | None = None
    sees: Reuse | None = "full"


ALL = Asked()


class Reading:
    """Reads the ledger with its articles; raises RedisError."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._searches = asyncio.Semaphore(SEARCHES)

    async def page(self, after: int, limit: int, asked: Asked = ALL) -> Page:
        """Return up to `limit` events after a number, of those that match; `next` is the last looked at."""
        if asked.query is None and asked.within is None:
            return await self._page(after, limit, asked)
        # Matching is work for this loop, which also delivers: anybody may ask for it, so only few at a time.
        async with self._searches:
            return await self._page(after, limit, asked)

    async def _page(self, after: int, limit: int, asked: Asked) -> Page:
        found: list[tuple[Recorded, bytes]] = []
        looked = 0
        while len(found) < limit and looked < MOST_SCANNED:
            count = SCANNED_AT_ONCE if asked.query or asked.within else limit - len(found)
            entries = await self._library.read(after, count, 0)
            for recorded, event in zip(entries, await self._events(after, entries, asked), strict=True):
                if len(found) == limit:
                    return Page(found, after)
                after = recorded.seq
                if event is not None:
                    found.append((recorded, event))
            looked += len(entries)
            await asyncio.sleep(0)  # others' turn, for what is in memory is read without any pause
            if len(entries) < count:
                return Page(found, after, end=True)
        return Page(found, after)

    async def _events(self, after: int, entries: list[Recorded], asked: Asked) -> list[bytes | None]:
        if not entries:
            return []
        now = {} if asked.sees is None else await restrictions(self._library, entries)
        before = [await self._before(after, entries[0].seq), *(recorded.seq for recorded in entries)]
        return await asyncio.gather(
            *(
                self._event(recorded, previous, asked, now.get(recorded.article_id))
                for recorded, previous in zip(entries, before, strict=False)
            )
        )

    async def _before(self, after: int, seq: int) -> int | None:
        """Return the number before one in the whole ledger: who reads it all can prove that nothing is missing.

        Where numbers were passed over it is the last before these. Of what is kept no more, only that there was some.
        """
        if seq == after + 1 and not may_follow_a_gap(seq):
            return after
        found = await self._library.ledger.read_back(seq, 1)
        return found[0].seq if found else (seq - 1 or None)

    async def _event(
        self, recorded: Recorded, previous: int | None, asked: Asked, restriction: Restriction | None
    ) -> bytes | None:
        document = await self._library.document(recorded.article_id, recorded.version)
        if document is None:
            return None
        # By what it said: what is withdrawn is within every query, and would be named beyond this one.
        if asked.within and not allows(asked.within, Article.model_validate_json(document), recorded.type):
            return None
        document = told(document, restriction)
        matched: tuple[str, ...] = ()
        if asked.query is not None:
            subject = subject_of(Article.model_validate_json(document), recorded.type).as_seen(asked.sees)
            if not asked.query.matches(subject):
                return None
            matched = asked.query.explain(subject)
        return event_json(recorded, document, to_json(matched), previous, asked.cut)


def event_json(
    recorded: Recorded, document: bytes | None, matched: bytes, previous: int | None, cut: Cut = WHOLE
) -> bytes | None:
    """Return one event: `{"seq", "type", "timestamp", "data"}`, its data as in webhooks; `matched` is JSON."""
    rendered = render(recorded, document, cut)
    return None if rendered is None else b'{"seq":%d,' % recorded.seq + body(rendered, previous, matched)[1:]
