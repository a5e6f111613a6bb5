"""How lanes gather digests: full or at their window's end, one at a time, together again after a failure."""

from __future__ import annotations

import orjson

from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import (
    Lanes,
    Record,
    Turn,
    Wanted,
    keys,
    pack,
)
from services.syndication.webhooks.pacing import PATIENCE
from shared.redis import Store
from tests.syndication.webhooks.test_digests import digested
from tests.syndication.webhooks.test_lanes import NOW, enqueue, seqs, step, wanted


async def a_lane(store: Store, items: int = 3, seconds: float = 10.0) -> str:
    return (await digested(store, "http://127.0.0.1:1/", items, seconds)).id


def taken_back(seq: int, article: str) -> Wanted:
    return Wanted(seq, article, pack("article.retracted", article, 2, b"[]"))


async def record(store: Store, id: str, state: State, kind: str, now: int, due: int = 0) -> State:
    records = [
        Record(each, kind, due, counts=n == 0)  # type: ignore[arg-type]  # one of its kinds
        for n, each in enumerate(state.claimed)
    ]
    return await step(store, Turn(subscription=id, limit=9, records=records), now)


async def test_the_window_ends_so_long_after_its_first_event(store: Store) -> None:
    id = await a_lane(store)
    first = await enqueue(store, id, wanted(1, "a"))
    second = await enqueue(store, id, wanted(2, "b"), now=NOW + 9_000)
    assert (first.due, second.due) == (NOW + 10_000, NOW + 10_000)
    ended = await step(store, Turn(subscription=id, limit=1), NOW + 10_000)
    assert (seqs(ended), ended.bundle) == ([1, 2], 2)
    assert (await enqueue(store, id, wanted(3, "c"), now=NOW + 11_000)).due == NOW + 10_000 + PATIENCE.lease


async def test_one_digest_at_a_time_and_retractions_beside_it(store: Store) -> None:
    id = await a_lane(store)
    state = await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 8)))
    assert (seqs(state), state.bundle) == ([1, 2, 3], 3)
    beside = await enqueue(store, id, taken_back(8, "elsewhere"))
    assert (seqs(beside), beside.bundle) == ([8], 0)
    after = await record(store, id, state, "done", NOW + 1)
    assert (seqs(after), after.bundle) == ([4, 5, 6], 3)


async def test_a_retraction_waits_while_its_article_is_on_its_way_in_a_digest(store: Store) -> None:
    id = await a_lane(store, items=1)
    state = await enqueue(store, id, wanted(1, "a"))
    assert seqs(await enqueue(store, id, taken_back(2, "a"))) == []
    assert seqs(await record(store, id, state, "done", NOW + 1)) == [2]


async def test_a_digest_counts_as_one_success_or_failure(store: Store) -> None:
    id = await a_lane(store)
    state = await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 4)))
    await record(store, id, state, "retry", NOW + 1, NOW + 5_000)
    assert orjson.loads(await store.do("HGET", keys(id)[0], "trouble"))["streak"] == 1


async def test_a_digest_that_failed_keeps_apart_from_what_is_due_with_it(store: Store) -> None:
    id = await a_lane(store)
    state = await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 4)))
    await enqueue(store, id, wanted(4, "n4"), now=NOW + 1)
    failed = await record(store, id, state, "retry", NOW + 2, NOW + 10_001)
    assert failed.due == NOW + 10_001
    other = await step(store, Turn(subscription=id, limit=9), NOW + 10_002)
    assert seqs(other) == [4]
    again = await record(store, id, other, "done", NOW + 10_003)
    assert (seqs(again), again.bundle) == ([1, 2, 3], 3)


async def test_a_digest_that_failed_goes_at_once_and_whole_when_one_of_it_is_replayed(store: Store) -> None:
    id = await a_lane(store)
    state = await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 4)))
    await record(store, id, state, "retry", NOW + 1, NOW + 300_000)
    await enqueue(store, id, wanted(4, "n4"), now=NOW + 2)
    await Lanes(store).requeue(NOW + 3, id, [wanted(2, "n2"), wanted(4, "n4")])
    again = await step(store, Turn(subscription=id, limit=9), NOW + 4)
    assert (seqs(again), again.bundle) == ([1, 2, 3], 3)
    # What is still gathered waits for its window's end.
    rest = await record(store, id, again, "done", NOW + 5)
    assert (seqs(rest), rest.due) == ([], NOW + 10_002)


async def test_digests_that_failed_go_each_for_itself_when_what_failed_is_replayed(store: Store) -> None:
    id, at = await a_lane(store), NOW
    state = await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 8)))
    for _ in range(2):
        at += 1
        state = await record(store, id, state, "retry", at, NOW + 300_000)
    assert len((await Lanes(store).hasten(at, id)).kept) == 6
    first = await step(store, Turn(subscription=id, limit=9), at + 2)
    second = await record(store, id, first, "done", at + 3)
    assert [seqs(first), seqs(second)] == [[1, 2, 3], [4, 5, 6]]


async def test_what_a_dead_replica_had_on_its_way_goes_together_again(store: Store) -> None:
    id = await a_lane(store)
    state = await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 5)))
    assert seqs(state) == [1, 2, 3]
    late = NOW + PATIENCE.lease
    both = [await step(store, Turn(subscription=id, limit=9), at) for at in (late, late + 1)]
    claimed = next(each for each in both if each.claimed)
    rest = await record(store, id, claimed, "done", late + 2)
    assert sorted([seqs(claimed), seqs(rest)]) == [[1, 2, 3], [4]]


async def test_when_enabled_again_all_that_waited_goes_no_more_than_asked_for_at_once(store: Store) -> None:
    id = await a_lane(store)
    await store.do("HSET", keys(id)[0], "status", "paused")
    await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 6)))
    await Lanes(store).activate(id)
    first = await step(store, Turn(subscription=id, limit=9), NOW + 1)
    second = await record(store, id, first, "done", NOW + 2)
    assert [seqs(first), seqs(second)] == [[1, 2, 3], [4, 5]]


async def test_notices_about_the_subscription_wait_for_no_digest(store: Store) -> None:
    id = await a_lane(store)
    notice = Wanted(500_000_000_001, "n", pack("subscription.failing", "n", 1, b"{}"))
    await Lanes(store).requeue(NOW, id, [notice])
    state = await step(store, Turn(subscription=id, limit=9), NOW)
    assert (seqs(state), state.bundle) == ([500_000_000_001], 0)
