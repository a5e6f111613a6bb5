"""How fast a lane goes: its window, its rate, how it rests when asked to, its breaker."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import pytest

from services.syndication.webhooks.lane_replies import Delivery, State
from services.syndication.webhooks.lane_scripts import TOLERANCE_MS
from services.syndication.webhooks.lanes import Lanes, Record, Turn
from services.syndication.webhooks.pacing import PACING, PATIENCE, Pacing
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe
from tests.syndication.webhooks.test_lanes import NOW, enqueue, seqs, step, wanted

MANY = 400


@pytest.fixture
async def id(store: Store) -> str:
    return await a_lane(store)


async def a_lane(store: Store, pacing: Pacing = PACING, *, entries: int = MANY) -> str:
    id = (await subscribe(store, "http://127.0.0.1:1/", pacing=pacing)).id
    await enqueue(store, id, *(wanted(seq, f"a{seq}") for seq in range(1, entries + 1)), limit=0)
    return id


async def told(
    store: Store,
    id: str,
    deliveries: list[Delivery],
    kind: Literal["done", "retry"],
    now: int = NOW,
    hold: int | None = None,
    limit: int = MANY,
) -> State:
    due = now + 5_000_000
    records = [Record(each, kind, due, b"", hold) for each in deliveries]
    lanes = Lanes(store, spread=lambda: 0.5)
    [state] = await lanes.step(now, [Turn(subscription=id, limit=limit, records=records)])
    assert isinstance(state, State)
    return state


async def claim(store: Store, id: str, now: int = NOW) -> State:
    return await step(store, Turn(subscription=id, limit=MANY), now)


async def test_the_window_grows_by_successes_to_what_the_subscription_allows(store: Store) -> None:
    id = await a_lane(store, Pacing(max_in_flight=40))
    state = await claim(store, id)
    assert len(state.claimed) == PATIENCE.first_window
    state = await told(store, id, state.claimed, "done")
    assert len(state.claimed) == 2 * PATIENCE.first_window
    state = await told(store, id, state.claimed, "done")
    assert len(state.claimed) == 40


async def test_overload_halves_the_window_once_however_many_fail_together(store: Store, id: str) -> None:
    flying = (await claim(store, id)).claimed
    state = await told(store, id, flying[:8], "retry", hold=0)
    assert state.claimed == []
    state = await told(store, id, flying[8:], "done", NOW + 1)
    assert len(state.claimed) in (8, 9)  # half of 16, and what eight successes add to it
    later = NOW + 2_000
    state = await told(store, id, state.claimed[:2], "retry", later, hold=0)
    assert await told(store, id, [], "done", later) is not None
    window = float(await store.do("HGET", f"{{s:{id}}}", "window"))
    assert 4 <= window <= 5


async def test_the_window_never_closes(store: Store, id: str) -> None:
    now = NOW
    for _ in range(8):
        state = await claim(store, id, now)
        assert state.claimed
        state = await told(store, id, state.claimed[:1], "retry", now, hold=0)
        await told(store, id, state.claimed, "done", now)
        now += PATIENCE.lease + 1


async def test_a_rate_is_kept_to_the_millisecond_and_says_when_it_goes_on(store: Store) -> None:
    id = await a_lane(store, Pacing(rate_limit=5), entries=20)
    now, at = NOW, []
    for _ in range(10):
        state = await claim(store, id, now)
        at += [now] * len(state.claimed)
        assert len(state.claimed) == 1
        state = await told(store, id, state.claimed, "done", now)
        assert state.claimed == []
        assert state.due is not None
        assert await claim(store, id, state.due - 1) is not None
        now = state.due
    assert [later - earlier for earlier, later in pairwise(at)] == [180, *[200] * 8]


async def test_a_high_rate_is_kept_over_a_second(store: Store) -> None:
    id = await a_lane(store, Pacing(rate_limit=100, max_in_flight=1000))
    sent, now = 0, NOW
    while now < NOW + 1_000:
        state = await claim(store, id, now)
        sent += len(state.claimed)
        await told(store, id, state.claimed, "done", now)
        now += 7
    assert 100 <= sent <= 103


async def test_retry_after_rests_the_whole_lane_and_not_a_millisecond_more(store: Store, id: str) -> None:
    flying = (await claim(store, id)).claimed
    until = NOW + 90_000
    state = await told(store, id, flying[:1], "retry", hold=until)
    assert state.claimed == []
    state = await told(store, id, flying[1:], "done", NOW + 5)
    assert (state.claimed, state.due) == ([], until)
    assert (await claim(store, id, until - 1)).claimed == []
    assert (await claim(store, id, until)).claimed != []


@pytest.mark.parametrize(("rate", "due"), [(None, NOW), (100, NOW), (0.02, NOW + 50_000 - TOLERANCE_MS)])
async def test_what_a_slower_rate_put_off_goes_by_the_rate_asked_for_since(
    store: Store, rate: float | None, due: int
) -> None:
    id = await a_lane(store, Pacing(rate_limit=0.01), entries=3)
    [flying] = (await claim(store, id)).claimed
    assert (await told(store, id, [flying], "done")).due == NOW + 100_000 - TOLERANCE_MS
    await store.do("HSET", f"{{s:{id}}}", "limits", Pacing(rate_limit=rate).limits)
    assert (await Lanes(store).repace(NOW, id)).due == due


async def test_the_breaker_opens_after_a_streak_and_one_probe_closes_it(store: Store, id: str) -> None:
    state = await claim(store, id)
    for _ in range(2):
        state = await told(store, id, state.claimed, "retry")
    assert (state.claimed, state.due) == ([], NOW + PATIENCE.pause)
    assert state.notice.startswith("failing ")
    probing = await claim(store, id, NOW + PATIENCE.pause)
    assert len(probing.claimed) == 1
    assert (await claim(store, id, NOW + PATIENCE.pause)).claimed == []
    state = await told(store, id, probing.claimed, "done", NOW + PATIENCE.pause)
    assert len(state.claimed) > 1
    assert state.notice.startswith("recovered ")


async def test_each_probe_that_fails_doubles_the_pause_up_to_its_bound(store: Store, id: str) -> None:
    state = await claim(store, id)
    for _ in range(2):
        state = await told(store, id, state.claimed, "retry")
    pauses, now = [], NOW
    for _ in range(8):
        assert state.due is not None
        pauses.append(state.due - now)
        now = state.due
        probing = await claim(store, id, now)
        assert len(probing.claimed) == 1
        state = await told(store, id, probing.claimed, "retry", now)
    assert pauses == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]


async def test_a_success_between_keeps_the_breaker_closed(store: Store, id: str) -> None:
    for _ in range(5):
        good, *bad = (await claim(store, id)).claimed
        state = await told(store, id, bad[:15], "retry", limit=0)
        assert state.notice == ""
        await told(store, id, [good, *bad[15:]], "done", limit=0)


async def test_with_nothing_waiting_a_lane_at_rest_is_not_looked_at(store: Store) -> None:
    id = await a_lane(store, entries=1)
    [flying] = (await claim(store, id)).claimed
    assert seqs(await told(store, id, [flying], "done")) == []
    assert (await claim(store, id)).due is None
