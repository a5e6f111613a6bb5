"""Projects the ledger onto subscriptions, in order, by one elected replica; sends nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from services.syndication.webhooks.batch import Batch, exit_of, wanted_of
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.filling import Deliveries, Filling, Missed
from services.syndication.webhooks.following import numbers_of
from services.syndication.webhooks.healing import Healing
from services.syndication.webhooks.lanes import Wanted
from services.syndication.webhooks.lease import Lease
from services.syndication.webhooks.metrics import DISPATCHED
from services.syndication.webhooks.reading import LedgerReader, Recorded
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.events import Article
from shared.query import subject_of
from shared.ticks import Tick

log = structlog.get_logger()

READ = 256
READERS = 16
BLOCK_MS = 200
"""So long a read waits for what is new, and with it whoever begins in the past: it is looked for between reads."""

ENTRIES_AT_ONCE = 4_096
"""Deliveries held in memory before they are put in their lanes."""


class Dispatcher:
    """One of these runs in each replica; who holds the lease works, the others stand by.

    Every step may be repeated without effect, so a crash anywhere is finished by whoever comes next.
    """

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        directory: Directory,
        ledger: LedgerReader,
        engine: Deliveries,
        missed: Missed,
        lease: Lease,
        filling: Filling,
        healing: Healing,
    ) -> None:
        self._store, self._directory = store, directory
        self._ledger, self._engine, self._missed = ledger, engine, missed
        self._lease, self._filling, self._healing = lease, filling, healing
        self._batch = Batch()
        self._tick = Tick("webhook dispatch", 1.0, self._work)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The loops, for readiness."""
        return (self._tick,)

    @property
    def cursor(self) -> int | None:
        """The seq up to which this replica has dispatched, None while another one does."""
        return self._lease.cursor

    @property
    def leading(self) -> bool:
        """Tell whether this replica is the one that dispatches."""
        return self._lease.cursor is not None

    def start(self) -> None:
        """Stand for election, and dispatch once elected."""
        self._tick.start()

    async def stop(self) -> None:
        """Stop, and let another replica take over at once."""
        await self._tick.stop()
        try:
            await self._lease.release()
        except Exception as error:  # noqa: BLE001  # the lease runs out by itself
            log.warning("dispatcher.unreleased", error=f"{type(error).__name__}: {error}")

    def nudge(self) -> None:
        """Go on at once after a pause; a read that waits sees new entries by itself."""
        self._tick.wake()

    async def _work(self) -> float | None:
        try:
            return await self._lead()
        except BaseException:
            self._lease.lose()  # what is written is known by reading it again
            raise

    async def _lead(self) -> float | None:
        before, cursor = self._lease.cursor, await self._lease.take()
        if cursor is None:
            return None
        if before is None:
            log.info("dispatcher.elected", cursor=cursor)
        elif cursor < before:  # a server flushed, or back without its last second, numbers from below again
            log.warning("dispatcher.rewound", cursor=cursor, was=before)
            self._engine.rewind()
        healing, fetched = await self._healing.some(), await self._missed.fetch(cursor)
        entries = await self._ledger.read(cursor, READ, 0 if healing or fetched else BLOCK_MS)
        if entries:
            await self._dispatch(entries)
        return 0.0

    async def _dispatch(self, entries: Sequence[Recorded]) -> None:
        # Read after the entries: a subscription made before an event was published is then known.
        await self._directory.refresh()
        self._batch = Batch()
        articles = await self._articles(entries)
        for entry, article in zip(entries, articles, strict=True):
            if not await self._lease.keep():
                return
            if _follows(entry, article):
                await self._flush(entry.seq - 1)  # who carried it may be in the batch still unwritten
            for subscription, wanted in await self._matches(entry, article):
                self._batch.add(subscription, wanted)
            if self._batch.size >= ENTRIES_AT_ONCE:
                await self._flush(entry.seq)
        await self._flush(entries[-1].seq)

    async def _articles(self, entries: Sequence[Recorded]) -> Sequence[Article | None]:
        if not len(self._directory):
            return [None] * len(entries)
        found: list[Article | None] = [None] * len(entries)

        async def read_some(first: int) -> None:
            for at in range(first, len(entries), READERS):
                found[at] = await self._ledger.article(entries[at].article_id, entries[at].version)

        # A task for each entry would cost more than most reads, which the ledger answers from memory.
        await asyncio.gather(*(read_some(first) for first in range(min(READERS, len(entries)))))
        return found

    async def _matches(self, entry: Recorded, article: Article | None) -> list[tuple[Subscription, Wanted]]:
        found: list[tuple[Subscription, Wanted]] = []
        same: dict[str, Wanted] = {}
        if article is not None and article.status != "withheld":
            subject = subject_of(article, entry.type)
            for subscription in self._directory.matching(subject, entry.type):
                wanted = same.get(subscription.alike)
                if wanted is None:
                    seen, told = subject.as_seen(subscription.sees), subject.as_seen(subscription.told)
                    why = self._directory.query(subscription.id).explain(seen, told)
                    wanted = same[subscription.alike] = wanted_of(entry, why)
                found.append((subscription, wanted))
        if _follows(entry, article):
            found += await self._carriers(entry, article, {subscription.id for subscription, _ in found})
        elif entry.type != "article.published":
            found += await self._exits(entry, {subscription.number for subscription, _ in found})
        return found

    async def _carriers(
        self, entry: Recorded, article: Article | None, besides: set[str]
    ) -> list[tuple[Subscription, Wanted]]:
        """Return who got the article before and is told of this whatever the filter says now."""
        carried = numbers_of(await self._store.carriers(entry.article_id))
        wanted = wanted_of(entry, ())
        known = (self._directory.numbered(number) for number in carried)
        told = (each for each in known if each is not None and each.is_followed_by(entry.type, article))
        return [(each, wanted) for each in told if each.id not in besides]

    async def _exits(self, entry: Recorded, matched: set[int]) -> list[tuple[Subscription, Wanted]]:
        """Return who got the article before, and is told once that this version no longer is what the filter asks."""
        followers = await self._store.followers(entry.article_id)
        batch, id = self._batch, entry.article_id
        left = (followers.left | batch.left.get(id, set())) - batch.inside.get(id, set())
        got = followers.inside | followers.left | batch.carried.get(id, set())
        batch.back(id, matched & left)
        known = (self._directory.numbered(number) for number in got - left - matched)
        leaving = [each for each in known if each is not None and each.told_of_exits(entry.type)]
        batch.leave(id, {each.number for each in leaving})
        wanted = exit_of(entry)
        return [(each, wanted) for each in leaving]

    async def _flush(self, seq: int) -> None:
        """Put the batch in its lanes, then move the cursor to `seq`; stop where the lease is lost.

        Who has it then begins again where the cursor stands, and what is in its lane already stays as it is.
        """
        batch, self._batch = self._batch, Batch()
        if self._lease.cursor is None or seq <= self._lease.cursor:
            return
        await self._store.carry(batch.carried.items())
        if not await self._filling.fill(batch.lanes):
            return
        # After what tells of them: repeated after a crash in between, they are told again, and put in once.
        await self._store.leave(batch.left, batch.inside)
        if await self._lease.advance(seq):
            DISPATCHED.set(seq)


def _follows(entry: Recorded, article: Article | None) -> bool:
    """Tell whether an entry goes to who got its article before: nothing of it can be found by a filter any more."""
    withheld = article is not None and article.status == "withheld"
    return withheld or entry.type == "article.retracted"
