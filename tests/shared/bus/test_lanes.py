from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared.bus.lanes import Entry, Lanes
from tests.shared.bus.line import ingested
from tests.waiting import until


def _entry(key: str, number: int) -> Entry:
    return Entry(f"{number}-0".encode(), b"", ingested(key, number), key)


@asynccontextmanager
async def _lanes(workers: int, handle: Callable[[Entry], Awaitable[None]]) -> AsyncIterator[Lanes]:
    lanes = Lanes(workers, handle)
    lanes.start()
    yield lanes
    await lanes.stop()


async def test_entries_of_one_key_never_overlap_and_keep_their_order() -> None:
    seen: list[bytes] = []
    at_work: set[str] = set()

    async def handle(entry: Entry) -> None:
        assert entry.key not in at_work
        at_work.add(entry.key)
        await asyncio.sleep(0)
        at_work.discard(entry.key)
        seen.append(entry.id)
        lanes.release(entry)

    async with _lanes(8, handle) as lanes:
        for number in range(30):
            lanes.put(_entry("ab"[number % 2], number))
        await until(lambda: len(seen) == 30)
    for parity in (0, 1):
        ids = [int(one.split(b"-")[0]) for one in seen]
        assert [i for i in ids if i % 2 == parity] == list(range(parity, 30, 2))


async def test_handlers_that_wait_fill_all_workers_and_no_more() -> None:
    running = 0
    go = asyncio.Event()

    async def handle(entry: Entry) -> None:
        nonlocal running
        running += 1
        await go.wait()
        lanes.release(entry)

    async with _lanes(5, handle) as lanes:
        for number in range(20):
            lanes.put(_entry(f"k{number}", number))
        await until(lambda: running == 5)
        assert lanes.busy
        go.set()
        await until(lambda: running == 20)
        await until(lambda: not lanes.busy)


async def test_a_head_that_was_not_released_keeps_its_lane_and_no_other() -> None:
    seen: list[tuple[str, bytes]] = []

    async def handle(entry: Entry) -> None:
        seen.append((entry.key, entry.id))
        if entry.key != "held" or len(seen) > 3:
            lanes.release(entry)

    async with _lanes(2, handle) as lanes:
        head = _entry("held", 1)
        for entry in (head, _entry("held", 2), _entry("free", 3), _entry("free", 4)):
            lanes.put(entry)
        await until(lambda: len(seen) == 3)
        assert not lanes.busy
        lanes.again(head)
        await until(lambda: len(seen) == 5)
    assert [key for key, _ in seen] == ["held", "free", "free", "held", "held"]


async def test_a_version_that_waits_for_its_elder_lets_it_go_first_though_it_came_behind() -> None:
    done: list[int] = []

    async def handle(entry: Entry) -> None:
        version = entry.event.article.version
        if version > len(done) + 1:
            assert lanes.give_way(entry)
            return
        done.append(version)
        lanes.release(entry)

    async with _lanes(2, handle) as lanes:
        for version in (3, 2, 1):
            lanes.put(_entry("a", version))
        await until(lambda: done == [1, 2, 3])


async def test_the_eldest_gives_way_to_nobody() -> None:
    held: list[Entry] = []

    async def handle(entry: Entry) -> None:
        held.append(entry)

    async with _lanes(2, handle) as lanes:
        for number in (1, 2):
            lanes.put(_entry("a", number))
        await until(lambda: held)
        assert not lanes.give_way(held[0])
