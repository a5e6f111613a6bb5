"""What is kept, and that a document is kept whole or not at all."""

from __future__ import annotations

import asyncio

from services.ingest.scripts import COMMIT
from services.ingest.source import Settings
from services.ingest.store import WAITING, Entry, ItemStore, SourceStore, items_key, outbox_key, source_key
from shared.redis import Store
from shared.streams import one_slot
from tests.builders import SEALS


def an_entry(article: str = "a-1", before: bytes = b"", after: bytes = b"one", event: bytes = b"{}") -> Entry:
    return Entry(article, before, after, event, "c")


def test_the_keys_of_a_source_share_a_slot() -> None:
    assert one_slot([items_key("a"), outbox_key("a"), source_key("a")])
    assert not one_slot([items_key("a"), outbox_key("b")])


async def test_a_document_is_committed_with_its_events_and_its_state(store: Store) -> None:
    sources, items = SourceStore(store, SEALS), ItemStore(store)
    await sources.add(Settings(id="a"))
    assert await items.commit("a", [an_entry(), an_entry("a-2", event=b"")], {"etag": '"x"'}) == frozenset()
    assert await items.read("a", ["a-1", "a-2", "a-3"]) == [b"one", b"one", b""]
    waiting, mark = await items.waiting("a", 10)
    assert [(entry.article_id, entry.event, entry.correlation_id) for entry in waiting] == [("a-1", b"{}", "c")]
    assert mark == 1
    source = await sources.get("a")
    assert source is not None
    assert source.health.etag == '"x"'


async def test_one_item_that_changed_meanwhile_keeps_the_whole_document_out(store: Store) -> None:
    sources, items = SourceStore(store, SEALS), ItemStore(store)
    await sources.add(Settings(id="a"))
    await items.commit("a", [an_entry("a-2")], {})
    refused = await items.commit("a", [an_entry("a-1"), an_entry("a-2", after=b"two")], {"etag": '"y"'})
    assert refused == frozenset({"a-2"})
    assert await items.read("a", ["a-1", "a-2"]) == [b"", b"one"]
    assert len((await items.waiting("a", 10))[0]) == 1
    source = await sources.get("a")
    assert source is not None
    assert source.health.etag is None


async def test_of_many_writers_of_one_item_one_wins(store: Store) -> None:
    items = ItemStore(store)
    outcomes = await asyncio.gather(*(items.commit("a", [an_entry(after=b"%d" % n)], {}) for n in range(20)))
    assert sum(not conflicts for conflicts in outcomes) == 1
    assert len((await items.waiting("a", 50))[0]) == 1


async def test_a_mark_taken_before_the_last_commit_does_not_unmark(store: Store) -> None:
    items = ItemStore(store)
    await items.commit("a", [an_entry()], {})
    _, mark = await items.waiting("a", 10)
    await items.commit("a", [an_entry("a-2")], {})
    await items.unmark("a", mark)
    assert await items.marked() == ["a"]
    _, mark = await items.waiting("a", 10)
    await items.unmark("a", mark)
    assert await items.marked() == []


async def test_a_mark_that_could_not_be_made_does_not_undo_a_commit(store: Store) -> None:
    items = ItemStore(store)
    await store.do("SET", WAITING, "not a sorted set")
    assert await items.commit("a", [an_entry()], {}) == frozenset()
    assert await items.not_empty(["a", "b"]) == ["a"]


async def test_the_script_is_sent_again_when_the_server_forgot_it(store: Store) -> None:
    items = ItemStore(store)
    await store.do("SCRIPT", "FLUSH")
    assert await items.commit("a", [an_entry()], {}) == frozenset()
    assert await store.do("SCRIPT", "EXISTS", COMMIT.sha) == [1]


async def test_a_due_source_is_claimed_once_until_its_lease_ends(store: Store) -> None:
    sources = SourceStore(store, SEALS)
    for number in range(5):
        await sources.due(f"s{number}", 100.0)
    await sources.due("later", 200.0)
    claims = await asyncio.gather(*(sources.claim(100.0, 60.0, 2) for _ in range(4)))
    assert sorted(id for claim in claims for id in claim) == ["s0", "s1", "s2", "s3", "s4"]
    assert await sources.claim(159.0, 60.0, 10) == []
    assert len(await sources.claim(160.0, 60.0, 10)) == 5


async def test_a_deleted_source_is_not_half_revived_by_a_poll_that_ends_late(store: Store) -> None:
    sources, items = SourceStore(store, SEALS), ItemStore(store)
    await sources.add(Settings(id="a"))
    await items.commit("a", [an_entry()], {})
    assert await sources.delete("a")
    await items.commit("a", [an_entry("a-2")], {"etag": "x"})
    await sources.note("a", {"error": "x"})
    assert (await sources.get("a"), await sources.ids()) == (None, [])
    assert await items.read("a", ["a-1"]) == [b"one"]


async def test_an_id_that_is_taken_is_not_taken_over(store: Store) -> None:
    sources = SourceStore(store, SEALS)
    assert await sources.add(Settings(id="a", name="First"))
    assert not await sources.add(Settings(id="a", name="Second"))
    source = await sources.get("a")
    assert source is not None
    assert source.settings.name == "First"


async def test_sources_without_a_due_time_are_found(store: Store) -> None:
    sources = SourceStore(store, SEALS)
    await sources.add(Settings(id="a"))
    await sources.add(Settings(id="b"))
    await sources.due("a", 1.0)
    assert [source.settings.id for source in await sources.unplanned()] == ["b"]
