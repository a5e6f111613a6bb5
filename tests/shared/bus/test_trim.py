from __future__ import annotations

from prometheus_client import generate_latest

from shared.bus.groups import GroupState
from shared.bus.trim import report, trim
from shared.metrics import REGISTRY
from shared.redis import Store

KEY = "{p0}:stream"


async def _stream(store: Store, *groups: str, entries: int = 10) -> None:
    for group in groups:
        await store.do("XGROUP", "CREATE", KEY, group, "0", "MKSTREAM")
    for number in range(1, entries + 1):
        await store.do("XADD", KEY, f"{number}-0", "n", number)


async def _read(store: Store, group: str, count: int, *, ack: tuple[int, ...] = ()) -> None:
    await store.do("XREADGROUP", "GROUP", group, "c", "COUNT", count, "STREAMS", KEY, ">")
    for number in ack:
        await store.do("XACK", KEY, group, f"{number}-0")


async def _left(store: Store) -> list[bytes]:
    return [entry_id for entry_id, _ in await store.do("XRANGE", KEY, "-", "+")]


async def test_only_what_every_group_acknowledged_is_cut(store: Store) -> None:
    await _stream(store, "one", "two")
    await _read(store, "one", 8, ack=(1, 2, 3, 5, 6, 7, 8))
    await _read(store, "two", 6, ack=(1, 2, 3, 4, 5, 6))
    await trim(store, KEY, ("one",))
    assert (await _left(store))[0] == b"4-0"
    await store.do("XACK", KEY, "one", "4-0")
    await trim(store, KEY, ("one",))
    assert (await _left(store))[0] == b"7-0"


async def test_nothing_is_cut_while_the_group_of_a_reader_is_missing(store: Store) -> None:
    await _stream(store, "one")
    await _read(store, "one", 10, ack=tuple(range(1, 11)))
    await trim(store, KEY, ("one", "two"))
    assert len(await _left(store)) == 10
    await trim(store, KEY, ("one",))
    assert await _left(store) == []


async def test_a_new_group_that_has_read_nothing_keeps_everything(store: Store) -> None:
    await _stream(store, "one", "two")
    await _read(store, "one", 10, ack=tuple(range(1, 11)))
    await trim(store, KEY, ("one",))
    assert len(await _left(store)) == 10


async def test_ids_of_one_millisecond_are_told_apart_by_their_number(store: Store) -> None:
    await store.do("XGROUP", "CREATE", KEY, "one", "0", "MKSTREAM")
    for number in range(8, 13):
        await store.do("XADD", KEY, f"5-{number}", "n", number)
    await store.do("XREADGROUP", "GROUP", "one", "c", "COUNT", 4, "STREAMS", KEY, ">")
    await store.do("XACK", KEY, "one", "5-8", "5-9", "5-10", "5-11")
    await trim(store, KEY, ("one",))
    assert await _left(store) == [b"5-12"]


async def test_lag_pending_and_age_are_measured(store: Store) -> None:
    await _stream(store, "one")
    await _read(store, "one", 6, ack=(1, 2))
    (state,) = await trim(store, KEY, ("one",))
    assert (state.name, state.lag, state.pending) == ("one", 4, 4)
    assert state.oldest > 1_000_000_000, "entry 3-0 is of 1970"


async def test_a_stream_that_does_not_exist_has_no_groups(store: Store) -> None:
    assert await trim(store, KEY, ("one",)) == []


def test_the_state_is_reported_by_stream_partition_and_group() -> None:
    report([GroupState("trimmers", 4, 3, 2.5)], "stream.of.trim", 7)
    text = generate_latest(REGISTRY).decode()
    labels = '{group="trimmers",partition="7",stream="stream.of.trim"}'
    assert f"wireroom_stream_lag{labels} 4.0" in text
    assert f"wireroom_stream_pending{labels} 3.0" in text
    assert f"wireroom_stream_oldest_seconds{labels} 2.5" in text
