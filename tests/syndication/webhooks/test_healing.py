"""What was forgotten of lanes is found again, a part at a time, and not more often than is needed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.syndication.webhooks import healing
from services.syndication.webhooks.directory import Directory
from services.syndication.webhooks.healing import HEAL_SECONDS, Healing
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.store import DUE_KEY, SubscriptionStore
from shared.redis import RedisError, Store
from tests.syndication.webhooks.bed import SEALER, NothingMissed, subscribe
from tests.syndication.webhooks.test_lanes import NOW, enqueue, wanted


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class WatchedLanes(Lanes):
    """Lanes that keep how many were looked at together; the server may be away for them."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.looked: list[int] = []
        self.away = False

    async def peek(self, subscriptions: Sequence[str]) -> list[State | Exception]:
        if self.away:
            raise RedisError("away")
        self.looked.append(len(subscriptions))
        return await super().peek(subscriptions)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lanes(store: Store) -> WatchedLanes:
    return WatchedLanes(store)


@pytest.fixture
def healed(store: Store, lanes: WatchedLanes, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Healing:
    """Heal by two."""
    monkeypatch.setattr(healing, "SUBSCRIPTIONS_AT_ONCE", 2)
    registry = SubscriptionStore(store, SEALER)
    return Healing(store=registry, lanes=lanes, directory=Directory(registry), missed=NothingMissed(), clock=clock)


async def waiting(store: Store, count: int) -> set[bytes]:
    """Make subscriptions for which something waits that nobody knows to be due."""
    ids = [(await subscribe(store, "http://127.0.0.1/")).id for _ in range(count)]
    for id in ids:
        await enqueue(store, id, wanted(1), limit=0)
    return {id.encode() for id in ids}


async def due(store: Store) -> set[bytes]:
    return set(await store.do("ZRANGEBYSCORE", DUE_KEY, "-inf", NOW))


async def test_all_are_looked_at_a_part_at_a_time(
    store: Store, healed: Healing, lanes: WatchedLanes, clock: Clock
) -> None:
    ids = await waiting(store, 5)
    assert [await healed.some() for _ in range(4)] == [True, True, False, False]
    assert lanes.looked == [2, 2, 1]
    assert await due(store) == ids
    clock.now += HEAL_SECONDS
    assert await healed.some()


async def test_a_part_that_could_not_be_looked_at_is_looked_at_again(
    store: Store, healed: Healing, lanes: WatchedLanes
) -> None:
    ids = await waiting(store, 3)
    assert await healed.some()
    lanes.away = True
    with pytest.raises(RedisError):
        await healed.some()
    lanes.away = False
    assert not await healed.some()
    assert await due(store) == ids
