"""A receiver that only fails: warned of in rungs, disabled, probed ever more seldom, back with nothing lost."""

from __future__ import annotations

import pytest

from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes, Record, Turn
from services.syndication.webhooks.notices import read_notice
from services.syndication.webhooks.pacing import DAY_MS, HOUR_MS, PATIENCE
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe
from tests.syndication.webhooks.test_lanes import NOW, enqueue, seqs, step, wanted


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


async def attempt(store: Store, id: str, now: int, kind: str) -> State:
    """Claim one delivery and have it come to `kind`, retries due at once."""
    [flying] = (await step(store, Turn(subscription=id, limit=1), now)).claimed
    lanes = Lanes(store, spread=lambda: 0.5)
    [state] = await lanes.step(now, [Turn(subscription=id, records=[Record(flying, kind, now)])])  # type: ignore[arg-type]  # one of its kinds
    assert isinstance(state, State)
    return state


async def fail_until_disabled(store: Store, id: str) -> State:
    await enqueue(store, id, wanted(1), wanted(2, "b"), limit=0)
    await attempt(store, id, NOW, "retry")
    return await attempt(store, id, NOW + PATIENCE.disable, "retry")


async def test_the_ladder_has_a_rung_for_an_hour_a_day_and_three_each_told_once(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1), limit=0)
    told = []
    for hours in (0, 0.5, 1, 2, 24, 30, 72, 100):
        state = await attempt(store, id, NOW + int(hours * HOUR_MS), "retry")
        if state.notice:
            told.append((hours, read_notice(state.notice).kind, read_notice(state.notice).since))
    assert told == [(1, "failing", NOW), (24, "failing", NOW), (72, "failing", NOW)]


async def test_nothing_but_failures_for_days_disables_and_keeps_everything(store: Store, id: str) -> None:
    state = await fail_until_disabled(store, id)
    assert (state.status, read_notice(state.notice).kind) == ("disabled", "disabled")
    later = NOW + PATIENCE.disable + 1
    assert seqs(await enqueue(store, id, wanted(3, "c"), now=later)) == []
    assert await store.do("HLEN", f"{{s:{id}}}:items") == 3


async def test_a_success_between_starts_the_days_anew(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1), wanted(2, "b"), limit=0)
    await attempt(store, id, NOW, "retry")
    await attempt(store, id, NOW + DAY_MS, "done")
    state = await attempt(store, id, NOW + PATIENCE.disable, "retry")
    assert (state.status, state.notice) == ("active", "")


async def test_a_disabled_receiver_is_probed_with_one_delivery_ever_more_seldom(store: Store, id: str) -> None:
    state, now, pauses = await fail_until_disabled(store, id), NOW + PATIENCE.disable, []
    for _ in range(6):
        assert state.due is not None
        assert seqs(await step(store, Turn(subscription=id, limit=9), state.due - 1)) == []
        pauses.append((state.due - now) // HOUR_MS)
        now = state.due
        state = await attempt(store, id, now, "retry")
        assert (state.status, state.notice) == ("disabled", "")
    assert pauses == [1, 2, 4, 8, 16, 24]


async def test_a_probe_that_succeeds_re_enables_with_everything_due_and_says_so(store: Store, id: str) -> None:
    state = await fail_until_disabled(store, id)
    assert state.due is not None
    state = await attempt(store, id, state.due, "done")
    assert (state.status, read_notice(state.notice).kind) == ("active", "recovered")
    later = NOW + PATIENCE.disable + 2 * HOUR_MS
    assert len(seqs(await step(store, Turn(subscription=id, limit=9), later))) == 1


async def test_gone_is_not_probed_and_a_success_still_on_its_way_does_not_re_enable(store: Store, id: str) -> None:
    one, two = (await enqueue(store, id, wanted(1), wanted(2, "b"))).claimed
    state = await step(store, Turn(subscription=id, records=[Record(one, "disable", NOW)]))
    assert read_notice(state.notice).kind == "disabled"
    state = await step(store, Turn(subscription=id, records=[Record(two, "done")]), NOW + 5)
    assert (state.status, state.notice, state.due) == ("disabled", "", None)


async def test_what_is_untold_is_told_to_whoever_looks_until_it_was_told(store: Store, id: str) -> None:
    lanes, state = Lanes(store), await fail_until_disabled(store, id)
    [peeked] = await lanes.peek([id])
    assert isinstance(peeked, State)
    assert peeked.notice == state.notice != ""
    await lanes.told(id, "failing 1 1")
    await lanes.told(id, state.notice)
    [peeked] = await lanes.peek([id])
    assert isinstance(peeked, State)
    assert peeked.notice == ""
