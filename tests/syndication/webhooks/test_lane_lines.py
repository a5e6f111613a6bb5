"""Of one article only the newest that waits is sent; the chain of previous seqs stays true; retractions go first."""

from __future__ import annotations

import pytest

from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.lanes import Lanes, Record, Turn, Wanted, pack
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe
from tests.syndication.webhooks.test_lanes import NOW, enqueue, seqs, step, wanted


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


def retraction(seq: int, article: str = "a", version: int = 2) -> Wanted:
    return Wanted(seq, article, pack("article.retracted", article, version, b"[]"))


def chain(claimed: list[Delivery]) -> list[tuple[int, int | None, tuple[int, ...]]]:
    return [(each.seq, each.previous_seq, each.supersedes) for each in claimed]


async def test_of_versions_that_wait_only_the_newest_is_sent_and_the_chain_leaves_the_unsent_out(
    store: Store, id: str
) -> None:
    await enqueue(store, id, wanted(1, "a", 1), wanted(2, "b"), wanted(3, "a", 2), wanted(4, "a", 3), limit=0)
    await enqueue(store, id, wanted(5, "c"), limit=0)
    claimed = (await step(store, Turn(subscription=id, limit=9))).claimed
    assert chain(claimed) == [(2, None, ()), (4, 2, (1, 3)), (5, 4, ())]


async def test_what_was_tried_stays_in_the_chain_though_it_was_replaced(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1, "a", 1))).claimed
    await step(store, Turn(subscription=id, records=[Record(first, "retry", NOW + 5000)]))
    state = await enqueue(store, id, wanted(2, "a", 2), now=NOW + 1)
    assert chain(state.claimed) == [(2, 1, (1,))]
    assert (await step(store, Turn(subscription=id), NOW + 1)).due == NOW + 1 + Lanes(store).patience.lease


async def test_what_fails_while_a_newer_version_waits_gives_way_to_it(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1, "a", 1))).claimed
    assert seqs(await enqueue(store, id, wanted(2, "a", 2))) == []
    state = await step(store, Turn(subscription=id, limit=9, records=[Record(first, "retry", NOW + 5000)]))
    assert chain(state.claimed) == [(2, 1, (1,))]


async def test_a_lost_lease_gives_way_to_a_newer_version_too(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1, "a", 1))
    await enqueue(store, id, wanted(2, "a", 2))
    state = await step(store, Turn(subscription=id, limit=9), NOW + Lanes(store).patience.lease)
    assert chain(state.claimed) == [(2, 1, (1,))]


async def test_a_replaced_one_is_replaced_for_good(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1, "a", 1), limit=0)
    await enqueue(store, id, wanted(2, "a", 2))
    again = await enqueue(store, id, wanted(1, "a", 1), wanted(2, "a", 2))
    assert seqs(again) == []


async def test_retractions_go_before_all_else_that_is_due(store: Store, id: str) -> None:
    await enqueue(store, id, *(wanted(seq, f"a{seq}") for seq in range(1, 6)), limit=0)
    await enqueue(store, id, retraction(6, "a3"), now=NOW + 50, limit=0)
    state = await step(store, Turn(subscription=id, limit=3), NOW + 50)
    assert seqs(state) == [6, 1, 2]
    assert state.claimed[0].supersedes == (3,)


async def test_a_retraction_that_failed_is_first_again_when_it_is_due(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, retraction(1))).claimed
    await enqueue(store, id, wanted(2, "b"), limit=0)
    retried = await step(store, Turn(subscription=id, records=[Record(first, "retry", NOW + 700)]))
    assert retried.due == NOW
    assert seqs(await step(store, Turn(subscription=id, limit=1), NOW + 700)) == [1]


async def test_a_newer_version_waits_for_the_retraction_under_way_and_replaces_one_that_waits(
    store: Store, id: str
) -> None:
    [sent] = (await enqueue(store, id, retraction(1))).claimed
    assert seqs(await enqueue(store, id, wanted(2, "a", 3))) == []
    await enqueue(store, id, retraction(3, "a", 4))
    state = await step(store, Turn(subscription=id, limit=9, records=[Record(sent, "done")]))
    assert chain(state.claimed) == [(3, 1, (2,))]
