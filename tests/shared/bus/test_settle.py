from __future__ import annotations

from collections.abc import Sequence

from shared.bus.lanes import Entry
from shared.bus.settle import MOST_AT_ONCE, Settler
from shared.redis import Store
from tests.shared.bus.line import GROUP, INGESTED, ingested, pending
from tests.waiting import until

TARGET = "{p0}:out"


async def _delivered(store: Store, count: int) -> list[Entry]:
    """Return entries that a consumer was given."""
    await store.do("XGROUP", "CREATE", INGESTED, GROUP, "0", "MKSTREAM")
    for number in range(count):
        await store.do("XADD", INGESTED, f"{number + 1}-0", "n", number)
    await store.do("XREADGROUP", "GROUP", GROUP, "one", "COUNT", count, "STREAMS", INGESTED, ">")
    return [
        Entry(f"{number + 1}-0".encode(), b"", ingested(), "k", emits=b"out-%d" % number) for number in range(count)
    ]


class _Settled:
    def __init__(self) -> None:
        self.mine: list[bytes] = []
        self.repeated: list[bytes] = []

    def __call__(self, entries: Sequence[Entry], acked: Sequence[int]) -> None:
        for entry, ours in zip(entries, acked, strict=True):
            (self.mine if ours else self.repeated).append(entry.id)


def _settler(store: Store, settled: _Settled) -> Settler:
    return Settler(store, source=INGESTED, target=TARGET, group=GROUP, settled=settled)


async def test_of_two_workers_that_finish_the_same_entries_each_emits_only_what_it_was_first_with(
    store: Store,
) -> None:
    entries = await _delivered(store, 50)
    one, other = _Settled(), _Settled()
    first, second = _settler(store, one), _settler(store, other)
    for entry in entries:
        first.add(entry)
        second.add(entry)
    await first.drain()
    await second.drain()
    emitted = [fields[b"__data__"] for _, fields in await store.do("XRANGE", TARGET, "-", "+")]
    assert sorted(emitted) == sorted(entry.emits for entry in entries)
    assert sorted(one.mine + other.mine) == sorted(entry.id for entry in entries)
    assert sorted(one.repeated + other.repeated) == sorted(entry.id for entry in entries)


async def test_more_than_one_commands_worth_is_settled_in_order(store: Store) -> None:
    entries = await _delivered(store, 2 * MOST_AT_ONCE + 7)
    settled = _Settled()
    settler = _settler(store, settled)
    for entry in entries:
        settler.add(entry)
    await settler.drain()
    assert settled.mine == [entry.id for entry in entries]
    assert await pending(store) == 0
    emitted = [fields[b"__data__"] for _, fields in await store.do("XRANGE", TARGET, "-", "+")]
    assert emitted == [entry.emits for entry in entries]


async def test_an_entry_that_emits_nothing_is_only_acknowledged(store: Store) -> None:
    (entry,) = await _delivered(store, 1)
    entry.emits = b""
    settled = _Settled()
    settler = _settler(store, settled)
    settler.add(entry)
    await settler.drain()
    assert settled.mine == [entry.id]
    assert await store.do("EXISTS", TARGET) == 0


async def test_what_cannot_be_settled_waits_and_is_settled_once_it_can(store: Store) -> None:
    entries = await _delivered(store, 3)
    settled = _Settled()
    settler = _settler(store, settled)
    await store.do("RENAME", INGESTED, "{p0}:away")
    await store.do("SET", INGESTED, "in the way")
    for entry in entries:
        settler.add(entry)
    await until(lambda: _errors(store))
    assert settled.mine == []
    await store.do("DEL", INGESTED)
    await store.do("RENAME", "{p0}:away", INGESTED)
    await settler.drain()
    assert settled.mine == [entry.id for entry in entries]


async def test_a_stop_leaves_what_is_not_settled_pending(store: Store) -> None:
    entries = await _delivered(store, 3)
    settler = _settler(store, _Settled())
    for entry in entries:
        settler.add(entry)
    await settler.stop()
    assert await pending(store) == 3


async def _errors(store: Store) -> bool:
    return "WRONGTYPE" in str(await store.client.info("errorstats"))
