"""Fetches from the ledger what found a subscription's queue full, as soon as there is room; the dispatcher runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import monotonic

import structlog

from services.syndication.webhooks.batch import exit_of, wanted_of
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes, Wanted
from services.syndication.webhooks.matching import Looked, look
from services.syndication.webhooks.notices import Notices
from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import UNBEGUN, Subscription

log = structlog.get_logger()

READ = 256
LOOK_SECONDS = 0.1


class Missing:
    """Subscriptions of which something is missed. Every step may be repeated or lost: `missed_from` stays with them."""

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        lanes: Lanes,
        directory: Directory,
        ledger: LedgerReader,
        notices: Notices,
        clock: Callable[[], float],
    ) -> None:
        self._store, self._lanes, self._directory = store, lanes, directory
        self._ledger, self._notices, self._clock = ledger, notices, clock
        self._ids: set[str] = set()
        self._looked = 0.0

    def note(self, states: Iterable[State]) -> None:
        """Remember who misses something, and have told what a replica that died left untold."""
        states = [*states]
        self._notices.note(states)
        self._ids.update(state.subscription for state in states if state.missed_from is not None)

    async def fetch(self, cursor: int) -> bool:
        """Fetch a part for each that has room, up to the dispatcher's `cursor`; tell whether there was anything to do.

        Raises RedisError.
        """
        await self._look()
        fetched = False
        for state in await self._lanes.peek([*self._ids]):
            if isinstance(state, Exception):
                raise state
            if state.missed_from is None or state.gone:
                self._ids.discard(state.subscription)
                await self._store.not_behind(state.subscription)
            elif state.status in UNBEGUN:
                continue
            elif state.pending <= self._lanes.patience.most_pending // 2:
                fetched = await self._fetch(state.subscription, state.missed_from, cursor) or fetched
        return fetched

    async def _look(self) -> None:
        """Learn of subscriptions that were made to begin in the past."""
        if monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = monotonic()
            self._ids.update(await self._store.behind())

    async def _fetch(self, id: str, since: int, cursor: int) -> bool:
        subscription = self._directory.get(id)
        if subscription is None or not self._directory.readable(id) or since > cursor:
            return False
        entries = [entry for entry in await self._ledger.read(since - 1, READ, 0) if entry.seq <= cursor]
        after = entries[-1].seq + 1 if entries else cursor + 1
        looked = await look(subscription.wish, entries, self._ledger)
        found, inside = await wanted_by(subscription, looked, self._store)
        await self._store.carry((wanted.article_id, [subscription.number]) for wanted in found)
        state = await self._lanes.catch_up(int(self._clock() * 1000), id, since, after, found)
        told = {article_id: [subscription.number] for article_id, here in inside.items() if not here}
        back = {article_id: [subscription.number] for article_id, here in inside.items() if here}
        await self._store.leave(told, back)
        await self._lanes.hint([state])
        await self._store.publish()
        if state.missed_from is None:
            log.info("subscription.caught_up", subscription=id, seq=after - 1)
        return True


async def wanted_by(
    subscription: Subscription, looked: Sequence[Looked], store: SubscriptionStore
) -> tuple[list[Wanted], dict[str, bool]]:
    """Return what a subscription gets of entries in their order, and of each article that left or came back which.

    That is what matches, retractions of what it carries, and word of what no longer matches.
    """
    found: list[Wanted] = []
    inside: dict[str, bool] = {}
    carried: dict[str, bool] = {}
    for each in looked:
        entry, number = each.entry, subscription.number
        if entry.type != "article.published" and entry.article_id not in carried:
            followers = await store.followers(entry.article_id)
            carried[entry.article_id] = number in followers.inside | followers.left
            if number in followers.left:
                inside[entry.article_id] = False
        follows = carried.get(entry.article_id, False)
        if each.why is not None:
            found.append(wanted_of(entry, each.why))
            carried[entry.article_id] = True
            if not inside.get(entry.article_id, True):
                inside[entry.article_id] = True
        elif follows and subscription.is_followed_by(entry.type, each.article):
            found.append(wanted_of(entry, ()))
        elif follows and inside.get(entry.article_id, True) and subscription.told_of_exits(entry.type):
            found.append(exit_of(entry))
            inside[entry.article_id] = False
    return found, inside
