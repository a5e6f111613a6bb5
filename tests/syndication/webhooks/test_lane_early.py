"""What goes out early keeps its place in its article's line: before what the ledger will have, behind what it had."""

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
from services.syndication.webhooks.pacing import DigestWindow, Pacing
from services.syndication.webhooks.store import NOTICES_FROM
from shared.redis import Store
from tests.syndication.webhooks.bed import subscribe
from tests.syndication.webhooks.test_lane_lines import chain, retraction
from tests.syndication.webhooks.test_lanes import NOW, enqueue, seqs, step, wanted


@pytest.fixture
async def id(store: Store) -> str:
    return (await subscribe(store, "http://127.0.0.1:1/")).id


def early(number: int, article: str = "a", type: str = "article.embargoed") -> Wanted:
    return Wanted(NOTICES_FROM + number, article, pack(type, article, number, b"[]"))


async def lead(store: Store, id: str, wanted: Wanted) -> State:
    return await Lanes(store).lead(NOW, id, wanted)


async def test_the_newest_that_waits_takes_the_place_of_the_others(store: Store, id: str) -> None:
    assert [(await lead(store, id, early(n))).kept for n in (1, 2)] == [[True], [True]]
    assert chain((await step(store, Turn(subscription=id, limit=9))).claimed) == [(NOTICES_FROM + 2, None, ())]
    assert await store.do("HLEN", f"{keys(id)[0]}:items") == 1


async def test_put_in_again_or_too_late_it_has_no_effect(store: Store, id: str) -> None:
    await lead(store, id, early(2))
    assert [(await lead(store, id, early(n))).kept for n in (2, 1)] == [[True], [True]]
    assert seqs(await step(store, Turn(subscription=id, limit=9))) == [NOTICES_FROM + 2]


async def test_what_is_in_the_ledger_replaces_it_and_says_nothing_of_that(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1, "b"))
    await lead(store, id, early(1))
    state = await enqueue(store, id, wanted(2, "a"), wanted(3, "c"))
    assert chain(state.claimed) == [(2, 1, ()), (3, 2, ())]


async def test_what_is_in_the_ledger_waits_for_the_early_one_under_way(store: Store, id: str) -> None:
    await lead(store, id, early(1))
    [sent] = (await step(store, Turn(subscription=id, limit=9))).claimed
    assert seqs(await enqueue(store, id, wanted(1, "a"))) == []
    assert seqs(await enqueue(store, id, retraction(2, "a"))) == []
    state = await step(store, Turn(subscription=id, limit=9, records=[Record(sent, "done")]))
    assert chain(state.claimed) == [(2, None, (1,))]


@pytest.mark.parametrize("kind", ["retry", "back"])
async def test_an_early_one_that_failed_gives_way_to_what_is_in_the_ledger(store: Store, id: str, kind: str) -> None:
    await lead(store, id, early(1))
    [sent] = (await step(store, Turn(subscription=id, limit=9))).claimed
    await enqueue(store, id, wanted(1, "a"))
    failed = Record(sent, kind, NOW + 5000)  # type: ignore[arg-type]  # two of the kinds
    assert chain((await step(store, Turn(subscription=id, limit=9, records=[failed]))).claimed) == [(1, None, ())]


async def test_it_is_not_put_behind_what_is_in_the_ledger(store: Store, id: str) -> None:
    [first] = (await enqueue(store, id, wanted(1, "a"))).claimed
    assert (await lead(store, id, early(1))).kept == [False]
    await step(store, Turn(subscription=id, records=[Record(first, "retry", NOW + 5000)]))
    assert (await lead(store, id, early(1))).kept == [False]
    [again] = (await step(store, Turn(subscription=id, limit=9), NOW + 5000)).claimed
    await step(store, Turn(subscription=id, records=[Record(again, "done")]))
    assert (await lead(store, id, early(1))).kept == [True]


async def test_it_is_not_put_before_what_is_missed(store: Store, id: str) -> None:
    await store.do("HSET", keys(id)[0], "missed_from", f"{1:012d}")
    assert (await lead(store, id, early(2))).kept == [False]
    await Lanes(store).catch_up(NOW, id, 1, 2, [wanted(1, "a")])
    [first] = (await step(store, Turn(subscription=id, limit=9))).claimed
    await step(store, Turn(subscription=id, records=[Record(first, "done")]))
    assert (first.seq, (await lead(store, id, early(2))).kept) == (1, [True])


async def test_in_digests_it_goes_alone_and_a_withdrawal_goes_first(store: Store) -> None:
    pacing = Pacing(digest=DigestWindow(items=3, seconds=60))
    id = (await subscribe(store, "http://127.0.0.1:1/", pacing=pacing)).id
    await enqueue(store, id, wanted(1, "b"), wanted(2, "c"), limit=0)
    await lead(store, id, early(1))
    state = await step(store, Turn(subscription=id, limit=9))
    assert (seqs(state), state.bundle) == ([NOTICES_FROM + 1], 0)


async def test_a_withdrawal_goes_before_all_else_that_is_due(store: Store, id: str) -> None:
    await enqueue(store, id, wanted(1, "b"), limit=0)
    await lead(store, id, early(2, type="article.withdrawn"))
    assert seqs(await step(store, Turn(subscription=id, limit=1))) == [NOTICES_FROM + 2]


async def test_it_is_no_part_of_what_was_assigned(store: Store, id: str) -> None:
    await lead(store, id, early(1))
    [sent] = (await step(store, Turn(subscription=id, limit=9))).claimed
    await step(store, Turn(subscription=id, records=[Record(sent, "done")]))
    assert await store.do("KEYS", f"{keys(id)[0]}:sent:*") == []
    assert await store.do("EXISTS", f"{keys(id)[0]}:skipped", f"{keys(id)[0]}:lanes") == 0
