"""Finds ledger entries for one subscription: to send them again, or to show what a filter would have matched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.syndication.webhooks.dispatcher import bits, has_bit, wanted_of
from services.syndication.webhooks.lanes import Lanes, Wanted
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import Article
from shared.query import Query, parse, subject_of

READ = 256
MOST_QUEUED = 10_000


@dataclass(frozen=True, slots=True)
class Queued:
    """How many entries were put in again; `next` is where to go on when there were more than one call takes."""

    queued: int
    next: int | None


async def replay(
    subscription: Subscription,
    first: int,
    last: int,
    *,
    ledger: LedgerReader,
    store: SubscriptionStore,
    lanes: Lanes,
    now: int,
) -> Queued:
    """Put what matches from seq `first` to `last` in the lanes again, with equal webhook ids; `now` in Unix ms.

    Entries past the dispatcher's cursor come by themselves. `previous_seq` of the first is unknown, hence None.
    """
    last = min(last, await store.cursor())
    query, at, queued, previous = parse(subscription.filter), first - 1, 0, None
    while at < last and queued < MOST_QUEUED:
        entries = [entry for entry in await ledger.read(at, READ, 0) if entry.seq <= last]
        if not entries:
            break
        found = await _matching(subscription, query, entries, ledger, store)
        state = await lanes.requeue(now, subscription.id, _chained(found, previous))
        await store.carry((wanted.article_id, bits([subscription.number])) for wanted in found)
        await lanes.hint([state])
        at, queued = entries[-1].seq, queued + len(found)
        previous = found[-1].seq if found else previous
    return Queued(queued, at + 1 if at < last and queued >= MOST_QUEUED else None)


def _chained(found: Sequence[Wanted], previous: int | None) -> list[tuple[Wanted, int | None]]:
    before = [previous, *(wanted.seq for wanted in found)]
    return [*zip(found, before, strict=False)]


async def _matching(
    subscription: Subscription,
    query: Query,
    entries: Sequence[Recorded],
    ledger: LedgerReader,
    store: SubscriptionStore,
) -> list[Wanted]:
    found = []
    for entry, article in zip(entries, await _articles(entries, ledger), strict=True):
        why = _why(query, subscription.types, entry, article)
        if why is None and entry.type == "article.retracted":
            why = () if has_bit(await store.carriers(entry.article_id), subscription.number) else None
        if why is not None:
            found.append(wanted_of(entry, why))
    return found


async def _articles(entries: Sequence[Recorded], ledger: LedgerReader) -> list[Article | None]:
    return [*await asyncio.gather(*(ledger.article(each.article_id, each.version) for each in entries))]


def _why(query: Query, types: Sequence[str] | None, entry: Recorded, article: Article | None) -> tuple[str, ...] | None:
    """Return the terms that make an entry match, None when it does not."""
    if article is None or (types is not None and entry.type not in types):
        return None
    subject = subject_of(article, entry.type)
    return query.explain(subject) if query.matches(subject) else None


async def preview(filter: str, types: Sequence[str] | None, limit: int, ledger: LedgerReader) -> dict[str, Any]:
    """Return which of the latest `limit` ledger entries a filter matches, newest first, and by which terms.

    Raises QueryError for a filter that cannot be read.
    """
    query, at = parse(filter), max(0, await ledger.latest() - limit)
    scanned, matched = 0, []
    while entries := (await ledger.read(at, READ, 0))[: limit - scanned]:
        at, scanned = entries[-1].seq, scanned + len(entries)
        for entry, article in zip(entries, await _articles(entries, ledger), strict=True):
            why = _why(query, types, entry, article)
            if why is not None and article is not None:
                matched.append(_shown(entry, article, why))
    return {"scanned": scanned, "matched": matched[::-1]}


def _shown(entry: Recorded, article: Article, why: tuple[str, ...]) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "type": entry.type,
        "timestamp": entry.timestamp,
        "article_id": entry.article_id,
        "version": entry.version,
        "headline": article.headline,
        "matched": why,
    }
