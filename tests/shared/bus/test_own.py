from __future__ import annotations

from typing import Any

from shared.bus.own import COUNT_TRY, HAND_BACK, KEEP
from shared.redis import Store
from tests.shared.bus.line import GROUP, INGESTED
from tests.waiting import until


async def _give(store: Store, consumer: str, count: int) -> list[bytes]:
    for _ in range(count):
        await store.do("XADD", INGESTED, "*", "a", "b")
    reply: Any = await store.client.xreadgroup(GROUP, consumer, {INGESTED: ">"}, count=count)
    return [entry_id for _, entries in reply for entry_id, _ in entries]


async def _rows(store: Store) -> list[tuple[bytes, bytes, int, int]]:
    rows: Any = await store.client.xpending_range(INGESTED, GROUP, "-", "+", 2000)
    return [(r["message_id"], r["consumer"], r["times_delivered"], r["time_since_delivered"]) for r in rows]


async def test_keep_renews_what_is_ours_counts_no_try_and_names_what_is_not(store: Store) -> None:
    await store.do("XGROUP", "CREATE", INGESTED, GROUP, "0", "MKSTREAM")
    ours = await _give(store, "one", 2)
    theirs = await _give(store, "two", 1)

    async def idle() -> bool:
        return min(row[3] for row in await _rows(store)) >= 20

    await until(idle)
    assert await store.run(KEEP, keys=[INGESTED], args=[GROUP, "one", *ours, *theirs, "99-0"]) == [*theirs, b"99-0"]
    rows = await _rows(store)
    assert [row[1:3] for row in rows] == [(b"one", 1), (b"one", 1), (b"two", 1)]
    *kept, left = (row[3] for row in rows)  # theirs were given last, and yet they are idle the longest
    assert [left - each >= 20 for each in kept] == [True, True]


async def test_a_try_is_counted_only_for_an_entry_that_is_still_ours(store: Store) -> None:
    await store.do("XGROUP", "CREATE", INGESTED, GROUP, "0", "MKSTREAM")
    (ours,) = await _give(store, "one", 1)
    (theirs,) = await _give(store, "two", 1)
    assert await store.run(COUNT_TRY, keys=[INGESTED], args=[GROUP, "one", ours]) == 1
    assert await store.run(COUNT_TRY, keys=[INGESTED], args=[GROUP, "one", theirs]) == 0
    assert [row[1:3] for row in await _rows(store)] == [(b"one", 2), (b"two", 1)]


async def test_handing_back_makes_all_of_ours_idle_with_the_tries_that_failed(store: Store) -> None:
    await store.do("XGROUP", "CREATE", INGESTED, GROUP, "0", "MKSTREAM")
    ours = await _give(store, "one", 600)
    await _give(store, "two", 1)
    await store.run(COUNT_TRY, keys=[INGESTED], args=[GROUP, "one", ours[1]])
    args: list[str | bytes | int] = [GROUP, "one", 5000, ours[0], 0, ours[1], 2]
    assert await store.run(HAND_BACK, keys=[INGESTED], args=args) == 600
    rows = await _rows(store)
    assert [row[2] for row in rows] == [0, 2, *[0] * 598, 1]
    assert [row[3] >= 5000 for row in rows] == [*[True] * 600, False]
