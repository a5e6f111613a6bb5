"""How a batch comes into its lanes: claimed as it is written where it fits or will soon, at once where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from redis.exceptions import TimeoutError as NotAnsweredError

from services.syndication.webhooks.filling import Filling
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import NO_CAPS, Lanes, Wanted
from services.syndication.webhooks.lease import Lease
from services.syndication.webhooks.store import SubscriptionStore
from shared.redis import Store
from tests.receiver import a_receiver
from tests.syndication.webhooks.bed import SEALER, Deliveries, MemoryLedger, NothingMissed, a_replica, story, subscribe
from tests.syndication.webhooks.test_lanes import wanted
from tests.waiting import until

MANY = 10
FIT = 3


class Busy(Deliveries):
    """Has room for some; when asked for more it waits until they ended, unless they never do."""

    def __init__(self, *, hangs: bool = False) -> None:
        super().__init__(FIT)
        self.asked, self._hangs = 0, hangs

    async def make_room(self, wanted: int) -> bool:
        self.asked += 1
        if not self._hangs:
            self.room = FIT
        return self.room >= min(wanted, FIT)


class CountedLanes(Lanes):
    """Lanes that keep how many were written together."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.parts: list[int] = []

    async def enqueue(
        self, now: int, wanted: Iterable[tuple[str, Sequence[Wanted], int]], caps: Mapping[str, int] = NO_CAPS
    ) -> Any:
        calls = [*wanted]
        self.parts.append(len(calls))
        return await super().enqueue(now, calls, caps)


class ForgetfulLanes(Lanes):
    """Lanes whose first hint does not get through."""

    async def hint(self, states: Iterable[State]) -> None:
        if not self.lost:
            self.lost = True
            raise NotAnsweredError
        await super().hint(states)

    lost = False


class SlowLanes(Lanes):
    """Lanes whose answer is on its way until it is `due`, once they have `written`."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.written, self.due = asyncio.Event(), asyncio.Event()

    async def enqueue(
        self, now: int, wanted: Iterable[tuple[str, Sequence[Wanted], int]], caps: Mapping[str, int] = NO_CAPS
    ) -> Any:
        states = await super().enqueue(now, wanted, caps)
        self.written.set()
        await self.due.wait()
        return states


@pytest.fixture
async def lanes(store: Store) -> CountedLanes:
    return CountedLanes(store)


async def fill(store: Store, lanes: Lanes, engine: Deliveries) -> list[str]:
    """Give one entry to many, and return who they are."""
    registry = SubscriptionStore(store, SEALER)
    lease, ids = Lease(registry, "one"), [(await subscribe(store, "http://127.0.0.1/")).id for _ in range(MANY)]
    await lease.take()
    filling = Filling(store=registry, lanes=lanes, engine=engine, missed=NothingMissed(), lease=lease)
    assert await filling.fill({id: [wanted(1, "a")] for id in ids})
    return ids


async def test_what_will_fit_soon_is_claimed_as_it_is_written(store: Store, lanes: CountedLanes) -> None:
    engine = Busy()
    ids = await fill(store, lanes, engine)
    assert engine.takers == ids
    assert lanes.parts == [3, 3, 3, 1]


async def test_what_does_not_fit_is_written_at_once_and_waited_for_only_once(store: Store, lanes: CountedLanes) -> None:
    engine = Busy(hangs=True)
    engine.room = 2
    ids = await fill(store, lanes, engine)
    assert engine.takers == ids[:2]
    assert (engine.asked, lanes.parts) == (1, [MANY])
    waiting = [state for state in await lanes.peek(ids) if isinstance(state, State) and state.waiting]
    assert [state.subscription for state in waiting] == ids[2:]


async def test_nobody_waits_where_others_would_send_meanwhile(store: Store, lanes: CountedLanes) -> None:
    registry, engine = SubscriptionStore(store, SEALER), Busy()

    async def two() -> bool:
        return await registry.engines() == 2

    async with registry.calls(), registry.calls():
        await until(two)
        ids = await fill(store, lanes, engine)
    assert (engine.asked, lanes.parts, engine.takers) == (0, [MANY], ids[:FIT])


async def test_what_was_claimed_is_sent_although_the_hint_fails(store: Store) -> None:
    engine = Busy()
    with pytest.raises(NotAnsweredError):
        await fill(store, ForgetfulLanes(store), engine)
    assert len(engine.takers) == FIT


async def test_what_was_claimed_is_sent_although_the_replica_stops(store: Store) -> None:
    engine, lanes = Busy(), SlowLanes(store)
    filling = asyncio.create_task(fill(store, lanes, engine))
    await lanes.written.wait()
    for _ in range(3):  # as a loop that is stopped does, while the server is slow
        filling.cancel()
        await asyncio.wait((filling,), timeout=0.01)
    lanes.due.set()
    with pytest.raises(asyncio.CancelledError):
        await filling
    assert len(engine.takers) == FIT


async def test_one_article_for_many_more_than_fit_reaches_each_once(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger, prompt=8):
        ids = {(await subscribe(store, f"{receiver.url}/{number}")).id for number in range(60)}
        ledger.publish(story(1))
        await until(lambda: len(receiver.calls) >= 60)
    assert len({call.path for call in receiver.calls}) == len(receiver.calls) == len(ids)
