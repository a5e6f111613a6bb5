"""Finds ledger entries that one subscription is to be sent again, and puts them in its lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.syndication.webhooks.batch import exit_of, wanted_of
from services.syndication.webhooks.following import bits, has_bit
from services.syndication.webhooks.lanes import Lanes, Wanted
from services.syndication.webhooks.matching import Looked, look
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.sent import Sent, Standing
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription

READ = 256
MOST_QUEUED = 10_000


@dataclass(frozen=True, slots=True)
class Queued:
    """How many entries were put in again; `next` is where to go on when there were more than one call takes."""

    queued: int
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replays:
    """Puts entries in lanes again, with equal webhook ids. Every method raises RedisError."""

    sent: Sent
    store: SubscriptionStore
    lanes: Lanes
    ledger: LedgerReader

    async def range(self, subscription: Subscription, first: int, last: int, now: int) -> Queued:
        """Put what was assigned or matches from seq `first` to `last` in again; `now` in Unix ms.

        Entries past the dispatcher's cursor come by themselves. `previous_seq` of the first is unknown, hence None.
        """
        last = min(last, await self.store.cursor())
        at, queued, previous = first - 1, 0, None
        while at < last and queued < MOST_QUEUED:
            entries = [entry for entry in await self.ledger.read(at, READ, 0) if entry.seq <= last]
            if not entries:
                break
            found = await self._put(subscription, entries, previous, now)
            at, queued = entries[-1].seq, queued + len(found)
            previous = found[-1].seq if found else previous
        return Queued(queued, at + 1 if at < last and queued >= MOST_QUEUED else None)

    async def entries(self, subscription: Subscription, entries: Sequence[Recorded], now: int) -> Queued:
        """Put those of some entries in again that were assigned or match, in order of seq."""
        queued, previous = 0, None
        for start in range(0, min(len(entries), MOST_QUEUED), READ):
            found = await self._put(subscription, entries[start : start + READ], previous, now)
            queued += len(found)
            previous = found[-1].seq if found else previous
        return Queued(queued, entries[MOST_QUEUED].seq if len(entries) > MOST_QUEUED else None)

    async def _put(
        self, subscription: Subscription, entries: Sequence[Recorded], previous: int | None, now: int
    ) -> list[Wanted]:
        found = await self._wanted(subscription, entries)
        state = await self.lanes.requeue(now, subscription.id, _chained(found, previous))
        await self.store.carry((wanted.article_id, bits([subscription.number])) for wanted in found)
        await self.lanes.hint([state])
        return found

    async def _wanted(self, subscription: Subscription, entries: Sequence[Recorded]) -> list[Wanted]:
        standings = await self.sent.of(subscription.id, [entry.seq for entry in entries])
        found = []
        for each in await look(subscription.wish, entries, self.ledger):
            wanted = again(each, standings.get(each.entry.seq))
            if wanted is None and each.entry.type == "article.retracted":
                carried = await self.store.carriers(each.entry.article_id)
                wanted = wanted_of(each.entry, ()) if has_bit(carried, subscription.number) else None
            if wanted is not None:
                found.append(wanted)
        return found


def again(looked: Looked, standing: Standing | None) -> Wanted | None:
    """Return what is sent of an entry: as it was assigned, or because it matches by now; None when neither."""
    if looked.why is not None:
        return wanted_of(looked.entry, looked.why)
    if standing is None:
        return None
    return exit_of(looked.entry) if standing.exit else wanted_of(looked.entry, ())


def _chained(found: Sequence[Wanted], previous: int | None) -> list[tuple[Wanted, int | None]]:
    before = [previous, *(wanted.seq for wanted in found)]
    return [*zip(found, before, strict=False)]
