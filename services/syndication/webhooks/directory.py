"""This process's copy of all subscriptions and the index of their filters; read again only where something changed."""

from __future__ import annotations

import asyncio

import structlog

from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from shared.query import Query, QueryError, QueryIndex, Subject

log = structlog.get_logger()

PART = 500


class Directory:
    """Subscriptions by id, and which of them match; as fresh as the last `refresh`."""

    def __init__(self, store: SubscriptionStore) -> None:
        self._store = store
        self._generation = -1
        self._by_id: dict[str, Subscription] = {}
        self._numbered: dict[int, str] = {}
        self._queries: dict[str, Query] = {}
        self._watching: set[str] = set()
        self._early: set[str] = set()
        self._index: QueryIndex[str] = QueryIndex()
        self._refreshing = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, id: str) -> Subscription | None:
        """Return a subscription, None when there is none."""
        return self._by_id.get(id)

    def numbered(self, number: int) -> Subscription | None:
        """Return the subscription of a number, None when there is none."""
        id = self._numbered.get(number)
        return None if id is None else self._by_id.get(id)

    def all(self) -> list[Subscription]:
        """Return all subscriptions, oldest first."""
        return sorted(self._by_id.values(), key=lambda each: each.number)

    def owned(self, owner: str) -> int:
        """Return how many subscriptions one consumer has."""
        return sum(each.owner == owner for each in self._by_id.values())

    async def refresh(self, generation: int | None = None) -> None:
        """Read what changed since the last time; `generation` is one seen just now. Raises RedisError."""
        if generation == self._generation:
            return
        async with self._refreshing:
            current = await self._store.generation()
            if current != self._generation:
                await self._read(current)

    async def _read(self, current: int) -> None:
        known = self._generation
        # A lower generation means that the server lost its last second: nothing known can be trusted.
        ids = await self._store.changed_since(known) if 0 <= known < current else None
        if ids is None:
            ids = sorted({*await self._store.ids(), *self._by_id})
        for start in range(0, len(ids), PART):
            part = ids[start : start + PART]
            for id, subscription in zip(part, await self._store.load(part), strict=True):
                self._put(id, subscription)
        self._generation = current

    def _put(self, id: str, subscription: Subscription | None) -> None:
        before = self._by_id.pop(id, None)
        if before is not None:
            self._numbered.pop(before.number, None)
        self._queries.pop(id, None)
        self._index.remove(id)
        self._watching.discard(id)
        self._early.discard(id)
        if subscription is None:
            return
        self._by_id[id] = subscription
        self._numbered[subscription.number] = id
        if any(type.startswith("subscription.") for type in subscription.types or ()):
            self._watching.add(id)
        if subscription.choices.embargoed:
            self._early.add(id)
        try:
            query = subscription.query
        except QueryError as error:  # a filter of before the language changed: its owner must mend it
            log.warning("subscription.unreadable", subscription=id, error=str(error))
            return
        self._queries[id] = query
        self._index.add(id, query, subscription.sees)

    def matching(self, subject: Subject, type: str) -> list[Subscription]:
        """Return the subscriptions that want an event of a public type about this subject."""
        found = (self._by_id[id] for id in self._index.matching(subject))
        return [each for each in found if each.wants(type)]

    def watching(self, type: str, subject: Subscription) -> list[Subscription]:
        """Return who asked to be told of another subscription's health, and may be: its owner, and the operator."""
        asked = (self._by_id[id] for id in self._watching)
        others = [each for each in asked if each.id != subject.id and each.owner in (None, subject.owner)]
        return [each for each in others if each.wants(type)]

    def early(self) -> list[Subscription]:
        """Return who asked for articles ahead of their release; whether they may have them is not known here."""
        return [self._by_id[id] for id in sorted(self._early)]

    def readable(self, id: str) -> bool:
        """Tell whether a subscription's filter can be read."""
        return id in self._queries

    def query(self, id: str) -> Query:
        """Return the parsed filter of a subscription that `matching` returned."""
        return self._queries[id]
