"""What the dispatcher's lease keeps: a flush longer than it, and one that was taken over, give everybody all once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.syndication.webhooks import filling
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.dispatcher import Dispatcher
from services.syndication.webhooks.filling import Filling
from services.syndication.webhooks.healing import Healing
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.lease import LEASE_MS, RENEW_SECONDS, Lease
from services.syndication.webhooks.store import CURSOR_KEY, DISPATCHER_KEY, SubscriptionStore
from shared.redis import Store
from tests.syndication.webhooks.bed import SEALER, Deliveries, MemoryLedger, NothingMissed, story, subscribe

SUBSCRIPTIONS = 8
WRITING = 1.5
"""Seconds that one lane takes to be written: all of them take longer than the lease."""


class Time:
    """The clock of a replica; what passes is taken off the lease on the server as well."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        left = await self._store.do("PTTL", DISPATCHER_KEY)
        if left > 0:
            await self._store.do("PEXPIRE", DISPATCHER_KEY, int(left - seconds * 1000))


class SlowLanes(Lanes):
    """Lanes that take time to write, and tell when some were written."""

    def __init__(self, store: Store, written: Callable[[], Awaitable[None]]) -> None:
        super().__init__(store)
        self._written = written

    async def enqueue(self, *asked: Any) -> list[State | Exception]:
        states = await super().enqueue(*asked)
        await self._written()
        return states


def a_dispatcher(lanes: Lanes, lease: Lease, ledger: MemoryLedger, store: Store) -> tuple[Dispatcher, Deliveries]:
    registry, engine, missed = SubscriptionStore(store, SEALER), Deliveries(), NothingMissed()
    directory = Directory(registry)
    made = Dispatcher(
        store=registry,
        directory=directory,
        ledger=ledger,
        engine=engine,
        missed=missed,
        lease=lease,
        filling=Filling(store=registry, lanes=lanes, engine=engine, missed=missed, lease=lease),
        healing=Healing(store=registry, lanes=lanes, directory=directory, missed=missed),
    )
    return made, engine


async def turn(dispatcher: Dispatcher) -> None:
    """Have it stand for election and dispatch once, if elected."""
    await dispatcher.ticks[0].work()


@pytest.fixture
def one_lane_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "SUBSCRIPTIONS_AT_ONCE", 1)


@pytest.mark.usefixtures("one_lane_at_once")
async def test_a_flush_longer_than_the_lease_keeps_it(store: Store) -> None:
    clock, ledger, holders = Time(store), MemoryLedger(), []

    async def written() -> None:
        await clock.passes(WRITING)
        holders.append(await store.do("GET", DISPATCHER_KEY))

    ids = {(await subscribe(store, "http://127.0.0.1/")).id for _ in range(SUBSCRIPTIONS)}
    ledger.publish(story())
    lease = Lease(SubscriptionStore(store, SEALER), "one", clock)
    dispatcher, engine = a_dispatcher(SlowLanes(store, written), lease, ledger, store)
    await turn(dispatcher)
    assert clock.now * 1000 > LEASE_MS
    assert holders == [b"one"] * SUBSCRIPTIONS
    assert dispatcher.cursor == 1
    assert sorted(engine.claimed) == sorted((id, 1) for id in ids)


@pytest.mark.usefixtures("one_lane_at_once")
async def test_a_flush_that_lost_the_lease_stops_and_the_next_leader_gives_the_rest_once(store: Store) -> None:
    clock, ledger = Time(store), MemoryLedger()

    async def written() -> None:
        await clock.passes(WRITING)
        if len(engine.claimed) == 2:  # two were taken, the third has just been written
            await store.do("SET", DISPATCHER_KEY, "another")

    ids = {(await subscribe(store, "http://127.0.0.1/")).id for _ in range(SUBSCRIPTIONS)}
    ledger.publish(story())
    registry = SubscriptionStore(store, SEALER)
    dispatcher, engine = a_dispatcher(SlowLanes(store, written), Lease(registry, "one", clock), ledger, store)
    await turn(dispatcher)
    assert not dispatcher.leading
    assert len(engine.claimed) == 3
    assert await registry.cursor() == 0
    await turn(dispatcher)
    assert (dispatcher.leading, len(engine.claimed)) == (False, 3)

    following, its_engine = a_dispatcher(Lanes(store), Lease(registry, "another", clock), ledger, store)
    await turn(following)
    assert following.cursor == 1
    assert sorted(engine.claimed + its_engine.claimed) == sorted((id, 1) for id in ids)


async def test_what_ran_out_and_nobody_took_is_still_held(store: Store) -> None:
    clock = Time(store)
    lease = Lease(SubscriptionStore(store, SEALER), "one", clock)
    assert await lease.take() == 0
    await clock.passes(LEASE_MS / 1000 + 1)
    assert await store.do("GET", DISPATCHER_KEY) is None
    assert await lease.advance(7)
    assert (await store.do("GET", DISPATCHER_KEY), await store.do("GET", CURSOR_KEY)) == (b"one", b"7")


async def test_it_is_lost_to_who_moved_the_cursor_meanwhile_and_gave_it_back(store: Store) -> None:
    clock, registry = Time(store), SubscriptionStore(store, SEALER)
    lease, other = Lease(registry, "one", clock), Lease(registry, "other", clock)
    await lease.take()
    await clock.passes(LEASE_MS / 1000 + 1)
    assert await other.take() == 0
    assert await other.advance(3)
    await other.release()
    assert not await lease.keep()
    assert lease.cursor is None
    assert await lease.take() == 3


async def test_it_is_renewed_after_a_quarter_and_not_before(store: Store) -> None:
    clock = Time(store)
    lease = Lease(SubscriptionStore(store, SEALER), "one", clock)
    await lease.take()
    await clock.passes(RENEW_SECONDS - 0.1)
    assert await lease.keep()
    assert await store.do("PTTL", DISPATCHER_KEY) <= LEASE_MS - (RENEW_SECONDS - 0.1) * 1000
    await clock.passes(0.1)
    assert await lease.keep()
    assert await store.do("PTTL", DISPATCHER_KEY) > LEASE_MS - 1000
