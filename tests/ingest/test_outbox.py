"""What is durable reaches the line, whatever fails in between."""

from __future__ import annotations

import pytest

from services.ingest.outbox import BATCH, FULL_EVERY, Outbox, turns
from services.ingest.source import Settings
from services.ingest.store import Entry, ItemStore, SourceStore, Waiting
from shared.bus import Bus
from shared.redis import Store
from shared.streams import ARTICLE_INGESTED
from tests.builders import SEALS
from tests.ingest.parts import FakeLine
from tests.waiting import until


@pytest.fixture
def items(store: Store) -> ItemStore:
    return ItemStore(store)


def an_outbox(store: Store, line: FakeLine) -> Outbox:
    return Outbox(ItemStore(store), SourceStore(store, SEALS), line)


async def commit(items: ItemStore, source: str, article: str, version: int) -> None:
    event = b'{"article":{"version":%d}}' % version
    before = (await items.read(source, [article]))[0]
    await items.commit(source, [Entry(article, before, b"%d" % version, event, "c")], {})


async def test_what_a_crash_left_between_commit_and_relay_is_sent_after_the_next_start(
    store: Store, items: ItemStore
) -> None:
    for version in (1, 2, 3):
        await commit(items, "a", "a-1", version)
    line = FakeLine()
    outbox = an_outbox(store, line)
    await outbox.sweep()
    await outbox.idle(5)
    assert line.sent == [("a-1", 1), ("a-1", 2), ("a-1", 3)]
    assert (await items.not_empty(["a"]), await items.marked()) == ([], [])


async def test_an_unmarked_outbox_is_found_by_the_first_sweep(store: Store, items: ItemStore) -> None:
    await SourceStore(store, SEALS).add(Settings(id="a"))
    await commit(items, "a", "a-1", 1)
    await store.do("DEL", "outbox:waiting")
    line = FakeLine()
    outbox = an_outbox(store, line)
    await outbox.sweep()
    await outbox.idle(5)
    assert line.sent == [("a-1", 1)]


async def test_an_outbox_that_lost_its_mark_is_found_by_a_later_sweep_that_shares_them_out(
    store: Store, items: ItemStore
) -> None:
    line = FakeLine()
    outbox = an_outbox(store, line)
    await outbox.sweep()
    for name in ("a", "b"):
        await SourceStore(store, SEALS).add(Settings(id=name))
        await commit(items, name, f"{name}-1", 1)
    await store.do("DEL", "outbox:waiting")
    for _ in range(FULL_EVERY):
        await outbox.sweep()
    await outbox.idle(5)
    assert sorted(line.sent) == [("a-1", 1), ("b-1", 1)]


async def test_a_line_that_was_away_gets_everything_when_it_is_back(store: Store, items: ItemStore) -> None:
    line = FakeLine(away=True)
    outbox = an_outbox(store, line)
    await commit(items, "a", "a-1", 1)
    outbox.wake("a")
    await outbox.idle(5)
    assert line.sent == []
    assert await items.not_empty(["a"]) == ["a"]
    line.away = False
    await outbox.sweep()
    await outbox.idle(5)
    assert line.sent == [("a-1", 1)]


async def test_a_commit_during_a_relay_is_sent_as_well(store: Store, items: ItemStore) -> None:
    line = FakeLine()
    outbox = an_outbox(store, line)
    for version in range(1, 51):
        await commit(items, "a", "a-1", version)
        outbox.wake("a")
    await until(lambda: len(line.sent) == 50)
    await outbox.idle(5)
    assert line.sent == [("a-1", version) for version in range(1, 51)]


async def test_two_processes_on_one_outbox_never_show_a_version_before_the_one_before_it(
    store: Store, items: ItemStore
) -> None:
    for version in range(1, 2 * BATCH + 2):
        await commit(items, "a", "a-1", version)
    line = FakeLine()
    first, second = an_outbox(store, line), an_outbox(store, line)
    first.wake("a")
    second.wake("a")
    await first.idle(20)
    await second.idle(20)
    seen = [version for _, version in line.sent]
    assert list(dict.fromkeys(seen)) == list(range(1, 2 * BATCH + 2))


async def test_sources_are_relayed_beside_each_other(store: Store, items: ItemStore) -> None:
    line = FakeLine()
    outbox = an_outbox(store, line)
    for number in range(100):
        await commit(items, f"s{number}", f"s{number}-1", 1)
    await outbox.sweep()
    await outbox.idle(5)
    assert len(line.sent) == 100
    assert await items.marked() == []


def test_a_turn_holds_an_article_once() -> None:
    waiting = [Waiting(b"%d-0" % n, article, b"", "") for n, article in enumerate("aabca")]
    assert [[entry.article_id for entry in turn] for turn in turns(waiting)] == [["a"], ["a", "b", "c"], ["a"]]


async def test_the_real_bus_takes_it(store: Store, items: ItemStore, redis_url: str) -> None:
    bus = Bus(redis_url, store, service="ingest", partitions=2)
    outbox = Outbox(items, SourceStore(store, SEALS), bus)
    await commit(items, "a", "a-1", 1)
    outbox.wake("a")
    await outbox.idle(5)
    assert await bus.depth(ARTICLE_INGESTED) == 1
