"""What goes straight to its flight as it is put in a lane is as if it had waited and been claimed."""

from __future__ import annotations

import pytest

from services.syndication.webhooks.lanes import Record, Turn, keys
from services.syndication.webhooks.pacing import Pacing
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe
from tests.syndication.webhooks.test_lane_lines import chain, retraction
from tests.syndication.webhooks.test_lanes import LEASE_MS, NOW, enqueue, seqs, step, wanted


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


async def test_what_fits_in_an_idle_lane_never_waits(store: Store, id: str) -> None:
    state = await enqueue(store, id, wanted(1, "a"), wanted(2, "b"), limit=2)
    assert [(each.seq, each.fence, each.previous_seq) for each in state.claimed] == [(1, 1, None), (2, 1, 1)]
    assert (state.due, state.waiting) == (NOW + LEASE_MS, 0)
    assert await store.do("EXISTS", f"{keys(id)[0]}:queue") == 0
    done = await step(store, Turn(subscription=id, records=[Record(each, "done") for each in state.claimed]))
    assert (done.kept, done.due, done.waiting) == ([True, True], None, 0)
    assert await store.do("EXISTS", *keys(id)[1:7]) == 0
    assert chain((await enqueue(store, id, wanted(3, "c"), limit=1)).claimed) == [(3, 2, ())]


async def test_the_first_lease_to_run_out_is_still_the_one_waited_for(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1, "a"), limit=1)
    state = await enqueue(store, id, wanted(2, "b"), limit=1, now=NOW + 5)
    assert (seqs(state), state.due) == ([2], NOW + LEASE_MS)
    late = await enqueue(store, id, wanted(3, "c"), limit=9, now=NOW + LEASE_MS + 1)
    assert sorted(seqs(late)) == [1, 3]


async def test_versions_that_come_together_are_one_delivery_all_the_same(store: Store, id: str) -> None:
    state = await enqueue(store, id, wanted(1, "a", 1), wanted(2, "b"), wanted(3, "a", 2), limit=9)
    assert chain(sorted(state.claimed, key=lambda each: each.seq)) == [(2, None, ()), (3, 2, (1,))]


async def test_where_not_all_fits_retractions_go_first(store: Store, id: str) -> None:
    state = await enqueue(store, id, wanted(1, "a"), wanted(2, "b"), retraction(3, "c"), limit=2)
    assert sorted(seqs(state)) == [1, 3]


async def test_nothing_flies_past_what_waits_or_faster_than_was_asked_for(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1, "a"), limit=0)
    assert seqs(await enqueue(store, id, wanted(2, "b"), limit=1)) == [1]
    slow = (await subscribe(store, "http://127.0.0.1:1/", pacing=Pacing(rate_limit=0.001))).id
    assert seqs(await enqueue(store, slow, wanted(1, "a"), limit=1)) == [1]
    assert seqs(await enqueue(store, slow, wanted(2, "b"), limit=1, now=NOW + 1_000)) == []
    narrow = (await subscribe(store, "http://127.0.0.1:1/", pacing=Pacing(max_in_flight=1))).id
    assert seqs(await enqueue(store, narrow, wanted(1, "a"), limit=9)) == [1]
    assert seqs(await enqueue(store, narrow, wanted(2, "b"), limit=9)) == []
