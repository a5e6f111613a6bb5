"""Finds ledger entries that one subscription is to be sent again, and puts them in its lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.syndication.webhooks.dispatcher import bits, has_bit, wanted_of
from services.syndication.webhooks.lanes import Lanes, Wanted
from services.syndication.webhooks.matching import Looked, look, wish
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription

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
    wanted, at, queued, previous = wish(subscription.filter, subscription.types), first - 1, 0, None
    while at < last and queued < MOST_QUEUED:
        entries = [entry for entry in await ledger.read(at, READ, 0) if entry.seq <= last]
        if not entries:
            break
        found = await wanted_by(subscription, await look(wanted, entries, ledger), store)
        state = await lanes.requeue(now, subscription.id, _chained(found, previous))
        await store.carry((wanted.article_id, bits([subscription.number])) for wanted in found)
        await lanes.hint([state])
        at, queued = entries[-1].seq, queued + len(found)
        previous = found[-1].seq if found else previous
    return Queued(queued, at + 1 if at < last and queued >= MOST_QUEUED else None)


def _chained(found: Sequence[Wanted], previous: int | None) -> list[tuple[Wanted, int | None]]:
    before = [previous, *(wanted.seq for wanted in found)]
    return [*zip(found, before, strict=False)]


async def wanted_by(subscription: Subscription, looked: Sequence[Looked], store: SubscriptionStore) -> list[Wanted]:
    """Return what a subscription gets of the entries looked at: what matches, and retractions of what it carries."""
    found = []
    for each in looked:
        entry, why = each.entry, each.why
        if why is None and entry.type == "article.retracted":
            why = () if has_bit(await store.carriers(entry.article_id), subscription.number) else None
        if why is not None:
            found.append(wanted_of(entry, why))
    return found
