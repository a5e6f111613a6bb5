"""Puts what was dispatched in its lanes, a part at a time, and has it sent at once as far as it fits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from time import time
from typing import Any, Protocol

from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes, Wanted
from services.syndication.webhooks.lease import Lease
from services.syndication.webhooks.store import SubscriptionStore

SUBSCRIPTIONS_AT_ONCE = 250
"""Lanes written in one round trip; the first are being sent while the next are written."""

_Lane = tuple[str, Sequence[Wanted]]


class Deliveries(Protocol):
    """What the dispatcher asks of the engine in its process."""

    @property
    def room(self) -> int:
        """How many more deliveries fit."""

    async def make_room(self, wanted: int) -> bool:
        """Wait a little until some of so many deliveries fit; False when they do not."""

    def caps(self, subscriptions: Iterable[str]) -> Mapping[str, int]:
        """Return how many may be under way to those of them that are slow here."""

    def take(self, states: Iterable[State]) -> None:
        """Start what was claimed."""

    def rewind(self) -> None:
        """Drop what is kept of the ledger in memory: its numbers mean other entries now."""


class Missed(Protocol):
    """What the dispatcher asks of who fetches what found a queue full, and tells what is still untold."""

    def note(self, states: Iterable[State]) -> None:
        """Remember who misses something, and what is to be told."""

    async def fetch(self, cursor: int) -> bool:
        """Fetch a part of it from the ledger up to `cursor`; tell whether there was anything to do."""


class Filling:
    """Writes lanes while the dispatcher's lease is held. Raises RedisError."""

    def __init__(
        self,
        *,
        store: SubscriptionStore,
        lanes: Lanes,
        engine: Deliveries,
        missed: Missed,
        lease: Lease,
        clock: Callable[[], float] = time,
    ) -> None:
        self._store, self._lanes, self._engine = store, lanes, engine
        self._missed, self._lease, self._clock = missed, lease, clock

    async def fill(self, wanted: Mapping[str, Sequence[Wanted]]) -> bool:
        """Put entries in the lanes of each subscription; False when the lease was lost, and some may be unwritten."""
        lanes = [*wanted.items()]
        patient = len(lanes) > self._engine.room and await self._worth_waiting()
        while lanes:
            if patient and len(lanes) > self._engine.room:
                patient = await self._engine.make_room(len(lanes))
            part = self._part(lanes) if patient else SUBSCRIPTIONS_AT_ONCE
            if not await self._lease.keep():
                return False
            await _whole(self._put(lanes[:part]))
            del lanes[:part]
        return await self._lease.keep()

    async def _worth_waiting(self) -> bool:
        """Tell whether nobody else would send meanwhile what is written and does not fit here.

        To claim as it is written costs half as many scripts as to claim it later.
        """
        return await self._store.engines() <= 1

    def _part(self, lanes: Sequence[_Lane]) -> int:
        """Return how many of the lanes to write at once: so many that all of them can be sent."""
        room = self._engine.room
        for at, (_, entries) in enumerate(lanes[:SUBSCRIPTIONS_AT_ONCE]):
            if room <= 0:
                return max(1, at)
            room -= len(entries)
        return SUBSCRIPTIONS_AT_ONCE

    async def _put(self, lanes: Sequence[_Lane]) -> None:
        now, room, calls = int(self._clock() * 1000), self._engine.room, []
        for id, entries in lanes:
            limit = min(len(entries), room)
            room -= limit
            calls.append((id, entries, limit))
        states = await self._lanes.enqueue(now, calls, self._engine.caps(id for id, _ in lanes))
        heard = [state for state in states if isinstance(state, State)]
        try:
            # Told before anything is sent: the hint is what brings another replica here when this one dies.
            await self._lanes.hint(heard)
        finally:
            # What was claimed is ours: unsent it waits for its lease to end, and who wants nothing twice never gets it.
            self._engine.take(heard)
            self._missed.note(heard)
        for state in states:
            if isinstance(state, Exception):
                raise state
        if any(state.due is not None and state.due <= now for state in heard):
            await self._store.publish()


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """Do something to its end, also when that is no longer waited for: a claim whose answer nobody hears is lost."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:  # and again, for as long as the server is slow: a loop that stops insists
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    await task
