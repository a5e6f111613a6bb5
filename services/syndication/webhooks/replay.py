"""Finds ledger entries that one subscription is to be sent again, and puts them in its lanes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from services.syndication.webhooks.batch import exit_of, wanted_of
from services.syndication.webhooks.following import has_bit
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import ALL_SEEN, Lanes, Wanted
from services.syndication.webhooks.matching import Looked, look
from services.syndication.webhooks.newer import Newer, taken_back
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.sent import Sent, Standing
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription

READ = 64
"""Entries looked at at once, before others have their turn."""

MOST_QUEUED = 10_000
SECONDS = 2.0
"""Past either the answer is given with what was put in, and says where to go on."""


@dataclass(frozen=True, slots=True)
class Queued:
    """How many entries were put in again; `next` is where to go on when there were more than one call takes.

    `full` when that was because too much waits already.
    """

    queued: int
    next: int | None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the entries that are to go again, in order; `first` is the seq from which they were looked for."""

    first: int
    entries: Sequence[Recorded]


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
        at, putting = first - 1, await self._putting(subscription, now, range(first, last + 1))
        while at < last:
            if not await putting.may_go_on():
                return await putting.done(at + 1)
            entries = [entry for entry in await self.ledger.read(at, READ, 0) if entry.seq <= last]
            if not entries:
                break
            await putting.put(entries)
            at = entries[-1].seq
        return await putting.done(None)

    async def parts(self, subscription: Subscription, parts: AsyncIterator[Part], now: int) -> Queued:
        """Put those of some entries in again that were assigned or match, in order of seq; finding them takes its time.

        Of each part that was found some is put in whatever the time, so that every call gets on.
        """
        asked: set[int] = set()
        putting = await self._putting(subscription, now, asked)
        async for part in parts:
            if not await putting.may_go_on():
                return await putting.done(part.first)
            asked.update(entry.seq for entry in part.entries)
            for start in range(0, len(part.entries), READ):
                if start and not await putting.may_go_on():
                    return await putting.done(part.entries[start].seq)
                await putting.put(part.entries[start : start + READ])
            putting.looked += 1
        return await putting.done(None)

    async def failed(
        self, subscription: Subscription, parts: AsyncIterator[Part], now: int, *, going_on: bool
    ) -> Queued:
        """Put what was given up in again, as `parts`, and at the first call have what waits for its next try go now."""
        hastened = 0
        if not going_on:
            state = await self.lanes.hasten(now, subscription.id)
            await self.lanes.hint([state])
            hastened = sum(state.kept)
        done = await self.parts(subscription, parts, now)
        return replace(done, queued=done.queued + hastened)

    async def entries(self, subscription: Subscription, entries: Sequence[Recorded], now: int) -> Queued:
        """Put those of some entries in again that were assigned or match, in order of seq."""

        async def one() -> AsyncIterator[Part]:
            yield Part(entries[0].seq if entries else 0, entries)

        return await self.parts(subscription, one(), now)

    async def _putting(self, subscription: Subscription, now: int, asked: Container[int]) -> _Putting:
        newer, until = Newer(self.ledger, await self.ledger.latest()), monotonic() + SECONDS
        return _Putting(replays=self, subscription=subscription, asked=asked, newer=newer, now=now, until=until)

    async def wanted(
        self, subscription: Subscription, entries: Sequence[Recorded], standings: Mapping[int, Standing]
    ) -> list[Wanted]:
        """Return what of some entries is to be sent again."""
        found: list[Wanted] = []
        for each in await look(subscription.wish, entries, self.ledger):
            wanted = again(subscription, each, standings.get(each.entry.seq))
            if wanted is None and subscription.is_followed_by(each.entry.type, each.article):
                goes = any(before.article_id == each.entry.article_id for before in found)
                goes = goes or has_bit(await self.store.carriers(each.entry.article_id), subscription.number)
                wanted = wanted_of(each.entry, ()) if goes else None
            if wanted is not None:
                found.append(wanted)
        return found


@dataclass(slots=True, kw_only=True)
class _Putting:
    """One replay under way: how many went in, and the last that did."""

    replays: Replays
    subscription: Subscription
    asked: Container[int]
    newer: Newer
    now: int
    until: float
    queued: int = 0
    looked: int = 0
    previous: int | None = None
    full: bool = False
    retractions: dict[int, Wanted] = field(default_factory=dict)
    """Of what went in."""

    async def may_go_on(self) -> bool:
        """Tell whether more may be put in: what is new needs room as well."""
        [state] = await self.replays.lanes.peek([self.subscription.id])
        if isinstance(state, Exception):
            raise state
        self.full = state.pending > self.replays.lanes.patience.most_pending // 2
        in_time = not self.looked or monotonic() < self.until
        return in_time and not self.full and self.queued < MOST_QUEUED

    async def done(self, next: int | None) -> Queued:
        """Have what was taken back since follow what went in; return what was done, and where to go on."""
        beyond = [seq for seq in sorted(self.retractions) if seq not in self.asked or (next and seq >= next)]
        wanted = [self.retractions[seq] for seq in beyond]
        if wanted:
            to = self.replays
            state = await to.lanes.requeue(self.now, self.subscription.id, wanted, previous=self.previous)
            await to.lanes.hint([state])
            self.queued += sum(state.kept)
        return Queued(self.queued, next, self.full)

    async def put(self, entries: Sequence[Recorded]) -> None:
        """Put some entries in, which are newer than those before."""
        to, id = self.replays, self.subscription.id
        standings = await to.sent.of(id, [entry.seq for entry in entries])
        wanted = await to.wanted(self.subscription, entries, standings)
        await self._carry(wanted)
        state = await self._requeue(wanted, [each for each in entries if not _confirmed(standings.get(each.seq))])
        found = [each for each, kept in zip(wanted, state.kept, strict=False) if kept]
        await to.lanes.hint([state])
        self.looked += len(entries)
        self.queued += len(found)
        self.previous = found[-1].seq if found else self.previous

    async def _carry(self, wanted: Sequence[Wanted]) -> None:
        """Have retractions follow from now on, and note those that went to who carried the article before."""
        to = self.replays
        await to.store.carry((each.article_id, [self.subscription.number]) for each in wanted)
        # Of the one after its cursor the dispatcher may know already to whom it goes.
        last = await to.store.cursor() + 1
        for entry in await taken_back(to.ledger, {each.article_id: each.seq for each in wanted}, last):
            self.retractions[entry.seq] = wanted_of(entry, ())

    async def _requeue(self, wanted: Sequence[Wanted], unconfirmed: Sequence[Recorded]) -> State:
        """Put entries in; what the receiver did not confirm goes only with a look at all that is newer."""
        requeue, id = self.replays.lanes.requeue, self.subscription.id
        if not unconfirmed:
            return await requeue(self.now, id, wanted, previous=self.previous)
        articles = {each.article_id for each in wanted}
        newer = await self.newer.of(each for each in unconfirmed if each.article_id in articles)
        seen = self.newer.seen
        while True:
            state = await requeue(self.now, id, wanted, previous=self.previous, newer=newer, seen=seen)
            if state.gone or len(state.kept) == len(wanted):
                return state
            # A ledger that was lost in part has less than was dispatched of it, and nothing newer to look for.
            seen = self.newer.seen if await self.newer.look_on() else ALL_SEEN


def again(subscription: Subscription, looked: Looked, standing: Standing | None) -> Wanted | None:
    """Return what is sent of an entry: as it was assigned, or because it matches by now; None when neither.

    Nothing is sent that was assigned while it belonged to another, who might have more.
    """
    if looked.why is not None:
        return wanted_of(looked.entry, looked.why)
    if standing is None:
        return None
    if standing.exit:
        return exit_of(looked.entry)
    lets = looked.article is None or subscription.lets(looked.article, looked.entry.type)
    return wanted_of(looked.entry, ()) if lets else None


def _confirmed(standing: Standing | None) -> bool:
    return standing is not None and standing.state == "confirmed"
