"""What the scripts keep however they are called: order, leases, no second effect, one slot."""

from __future__ import annotations

import pytest

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
from services.syndication.webhooks.store import SubscriptionStore
from shared.redis import Store
from shared.streams import one_slot
from tests.syndication.webhooks.bed import SEALER, subscribe

NOW = 1_800_000_000_000
LEASE_MS = PATIENCE.lease


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


def wanted(seq: int, article: str = "a", version: int = 1) -> Wanted:
    return Wanted(seq, article, pack("article.published", article, version, b"[]"))


async def enqueue(store: Store, id: str, *entries: Wanted, limit: int = 10, now: int = NOW) -> State:
    [state] = await Lanes(store).enqueue(now, [(id, entries, limit)])
    assert isinstance(state, State)
    return state


async def step(store: Store, turn: Turn, now: int = NOW) -> State:
    [state] = await Lanes(store).step(now, [turn])
    assert isinstance(state, State)
    return state


async def test_a_record_that_is_given_a_receipt_says_all_else_as_before(store: Store, id: str) -> None:
    [delivery] = (await enqueue(store, id, wanted(1))).claimed
    record = Record(delivery, "retry", due=7, log=b"{}", hold=0, told=b"before", counts=False)
    assert record.telling(b"after") == record._replace(told=b"after")


def seqs(state: State) -> list[int]:
    return [delivery.seq for delivery in state.claimed]


async def test_enqueueing_again_has_no_effect(store: Store, id: str) -> None:
    first = await enqueue(store, id, wanted(1, "a"), wanted(2, "b"))
    again = await enqueue(store, id, wanted(1, "a"), wanted(2, "b"))
    assert seqs(first) == [1, 2]
    assert seqs(again) == []
    assert await store.do("HLEN", f"{keys(id)[0]}:items") == 2


async def test_previous_seq_is_the_last_that_matched(store: Store, id: str) -> None:
    state = await enqueue(store, id, wanted(3, "a"), wanted(8, "b"))
    assert [delivery.previous_seq for delivery in state.claimed] == [None, 3]


async def test_a_version_waits_behind_the_one_on_its_way_and_goes_when_that_is_done(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1, "a", 1))).claimed
    assert seqs(await enqueue(store, id, wanted(2, "a", 2), wanted(3, "b"))) == [3]
    done = await step(store, Turn(subscription=id, limit=9, records=[Record(first, "done")]), NOW + 1)
    assert seqs(done) == [2]
    assert done.claimed[0].supersedes == ()


async def test_a_failed_attempt_comes_back_when_it_is_due(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1))).claimed
    retry = Record(first, "retry", NOW + 5000)
    assert seqs(await step(store, Turn(subscription=id, limit=9, records=[retry]))) == []
    back = await step(store, Turn(subscription=id, limit=9), NOW + 5000)
    assert [(delivery.seq, delivery.failures) for delivery in back.claimed] == [(1, 1)]


async def test_a_lease_that_ran_out_is_claimed_again_and_its_old_holder_changes_nothing(store: Store, id: str) -> None:
    [lost] = (await enqueue(store, id, wanted(1))).claimed
    later = await step(store, Turn(subscription=id, limit=9), NOW + LEASE_MS + 1)
    [held] = later.claimed
    assert (held.seq, held.fence) == (1, lost.fence + 1)
    late = await step(store, Turn(subscription=id, records=[Record(lost, "done", 0, b"{}")]), NOW + LEASE_MS + 2)
    assert late.kept == [False]
    assert await store.do("XLEN", keys(id)[-1]) == 0
    kept = await step(store, Turn(subscription=id, records=[Record(held, "done", 0, b"{}")]), NOW + LEASE_MS + 3)
    assert kept.kept == [True]
    assert await store.do("XLEN", keys(id)[-1]) == 1


async def test_what_waits_again_after_its_lease_is_ended_by_its_old_holder_and_waits_no_more(
    store: Store, id: str
) -> None:
    flying, late, other = (await enqueue(store, id, wanted(1, "a"), wanted(2, "b"), wanted(3, "c"))).claimed
    await step(store, Turn(subscription=id, renewals=[flying, other]), NOW + 100)
    assert (await step(store, Turn(subscription=id), NOW + LEASE_MS + 1)).waiting == 1
    records = [Record(flying, "done"), Record(late, "done")]
    ended = await step(store, Turn(subscription=id, records=records), NOW + LEASE_MS + 2)
    assert (ended.kept, ended.waiting) == ([True, True], 0)


async def test_what_is_told_twice_at_once_counts_once(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1))).claimed
    retry = Record(first, "retry", NOW + 5000, b"{}")
    told = await step(store, Turn(subscription=id, records=[retry, retry]))
    assert told.kept == [True, False]
    assert await store.do("XLEN", keys(id)[-1]) == 1
    [back] = (await step(store, Turn(subscription=id, limit=9), NOW + 5000)).claimed
    assert back.failures == 1


async def test_a_renewed_lease_is_not_taken_by_others(store: Store, id: str) -> None:
    [slow] = (await enqueue(store, id, wanted(1))).claimed
    await step(store, Turn(subscription=id, renewals=[slow]), NOW + LEASE_MS - 100)
    assert seqs(await step(store, Turn(subscription=id, limit=9), NOW + LEASE_MS + 1)) == []


async def test_due_says_exactly_when_to_look_again(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1))).claimed
    assert (await step(store, Turn(subscription=id))).due == NOW + LEASE_MS
    retry = Record(first, "retry", NOW + 300)
    assert (await step(store, Turn(subscription=id, records=[retry]))).due == NOW + 300
    [second] = (await step(store, Turn(subscription=id, limit=1), NOW + 300)).claimed
    assert (await step(store, Turn(subscription=id, records=[Record(second, "done")]))).due is None


async def test_no_more_than_the_cap_are_under_way(store: Store, id: str) -> None:
    many = [wanted(seq, f"a{seq}") for seq in range(1, 10)]
    await enqueue(store, id, *many, limit=0)
    state = await step(store, Turn(subscription=id, limit=9, cap=4))
    assert seqs(state) == [1, 2, 3, 4]
    assert state.due == NOW + LEASE_MS
    freed = [Record(delivery, "done") for delivery in state.claimed[:2]]
    assert seqs(await step(store, Turn(subscription=id, limit=9, cap=4, records=freed))) == [5, 6]


async def test_disabling_keeps_what_waits_until_it_is_active_again(store: Store, id: str) -> None:
    [first, _] = (await enqueue(store, id, wanted(1, "a"), wanted(2, "b"))).claimed
    state = await step(store, Turn(subscription=id, limit=9, records=[Record(first, "disable", NOW)]))
    assert (state.status, seqs(state)) == ("disabled", [])
    later = NOW + LEASE_MS + 1
    assert (await step(store, Turn(subscription=id, limit=9), later)).due is None
    assert seqs(await enqueue(store, id, wanted(3, "c"), now=later)) == []
    await Lanes(store).activate(id)
    assert sorted(seqs(await step(store, Turn(subscription=id, limit=9), later))) == [1, 2, 3]


async def test_a_deleted_subscription_is_gone_and_stays_gone(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1))).claimed
    await SubscriptionStore(store, SEALER).remove(id, keys(id))
    assert (await enqueue(store, id, wanted(2))).gone
    assert (await step(store, Turn(subscription=id, records=[Record(first, "done", 0, b"{}")]))).gone
    assert await store.do("EXISTS", *keys(id)) == 0


async def test_requeued_entries_go_in_order_and_never_two_of_one_article_at_once(store: Store, id: str) -> None:
    again = [wanted(1, "a", 1), wanted(2, "a", 2), wanted(5, "a", 3)]
    await Lanes(store).requeue(NOW, id, again)
    state, order = await step(store, Turn(subscription=id, limit=9)), []
    while state.claimed:
        [held] = state.claimed
        order.append((held.seq, held.previous_seq))
        state = await step(store, Turn(subscription=id, limit=9, records=[Record(held, "done")]))
    assert order == [(1, None), (2, 1), (5, 2)]


async def test_what_is_older_than_what_is_on_its_way_is_not_requeued_behind_it(store: Store, id: str) -> None:
    [newest] = (await enqueue(store, id, wanted(5, "a", 3))).claimed
    await Lanes(store).requeue(NOW, id, [wanted(1, "a", 1), wanted(5, "a", 3)])
    assert seqs(await step(store, Turn(subscription=id, limit=9, records=[Record(newest, "done")]))) == []
    assert await store.do("HLEN", f"{keys(id)[0]}:items") == 0


@pytest.mark.parametrize("type", ["article.published", "article.retracted"])
async def test_what_waits_for_its_next_try_goes_at_once_when_it_is_replayed(store: Store, id: str, type: str) -> None:
    entry = Wanted(1, "a", pack(type, "a", 1, b"[]"))
    [held] = (await enqueue(store, id, entry)).claimed
    waiting = await step(store, Turn(subscription=id, limit=9, records=[Record(held, "retry", NOW + 300_000)]))
    assert (seqs(waiting), waiting.due) == ([], NOW + 300_000)
    state = await Lanes(store).requeue(NOW, id, [entry])
    assert (state.kept, state.due) == ([1], NOW)
    [again] = (await step(store, Turn(subscription=id, limit=9))).claimed
    assert (again.seq, again.failures) == (1, 1)


async def test_all_that_waits_for_its_next_try_goes_at_once_when_what_failed_is_replayed(store: Store, id: str) -> None:
    held = (await enqueue(store, id, *(wanted(seq, f"n{seq}") for seq in range(1, 5)), limit=3)).claimed
    failed = [Record(each, "retry", NOW + due) for each, due in zip(held, (9, 300_000, 300_000), strict=True)]
    await step(store, Turn(subscription=id, records=failed))
    assert (await Lanes(store).hasten(NOW, id)).kept == [True] * 3
    assert (await Lanes(store).hasten(NOW, id)).kept == []
    assert seqs(await step(store, Turn(subscription=id, limit=9))) == [1, 2, 3, 4]


async def test_an_older_hint_does_not_replace_a_newer_one(store: Store, id: str) -> None:
    lanes, registry = Lanes(store), SubscriptionStore(store, SEALER)
    older = await enqueue(store, id, wanted(1))
    newer = await enqueue(store, id, wanted(2, "b"), limit=0)
    await lanes.hint([newer])
    await lanes.hint([older])
    assert await registry.due(NOW, 10) == (await registry.generation(), [id], None)


def test_the_keys_of_a_subscription_share_a_slot() -> None:
    assert one_slot(keys("sub_1"))
    assert not one_slot(keys("sub_1") + keys("sub_2"))
