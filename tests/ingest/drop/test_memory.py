"""What of the drop folder is remembered, for how long, and who has it."""

from __future__ import annotations

from services.ingest.drop.memory import KEPT_SECONDS, TAKEN, Memory, Taken
from shared.redis import Store


async def test_what_was_taken_is_remembered_by_name(store: Store) -> None:
    taken = Taken(digest="hash", stamp="1-2-3")
    await Memory(store).take("a.json", taken)
    assert await Memory(store).taken(["a.json", "b.json"]) == {"a.json": taken}
    assert await Memory(store).taken([]) == {}


async def test_a_refused_file_without_content_is_remembered_by_its_look(store: Store) -> None:
    await Memory(store).take("a.json", Taken(digest="", stamp="1-2-3"))
    assert await Memory(store).taken(["a.json"]) == {"a.json": Taken(digest="", stamp="1-2-3")}


async def test_what_an_older_version_remembered_is_still_known(store: Store) -> None:
    await store.do("HSET", TAKEN, "a.json", "hash")
    assert await Memory(store).taken(["a.json"]) == {"a.json": Taken(digest="hash")}


async def test_many_names_are_asked_for_in_pages(store: Store) -> None:
    names = [f"{number}.json" for number in range(2_500)]
    await store.do("HSET", TAKEN, *(part for name in names for part in (name, "hash s")))
    assert len(await Memory(store).taken([*names, "other.json"])) == 2_500


async def test_files_that_are_gone_are_forgotten_after_thirty_days_and_not_before(store: Store) -> None:
    memory = Memory(store)
    for number in range(1_200):
        await memory.take(f"{number}.json", Taken(digest="h", stamp="s"))
    assert await memory.sweep({"0.json"}, 1_000.0) == 0
    assert await memory.sweep({"0.json", "1.json"}, 1_000.0 + KEPT_SECONDS - 1) == 0
    assert await memory.sweep({"0.json"}, 1_000.0 + KEPT_SECONDS) == 1_198
    assert sorted(await memory.taken(["0.json", "1.json", "2.json"])) == ["0.json", "1.json"]


async def test_one_process_has_the_folder_at_a_time(store: Store) -> None:
    first, second = Memory(store), Memory(store)
    assert await first.lock()
    assert await first.lock()
    assert not await second.lock()
    await second.release()
    assert not await second.lock()
    await first.release()
    assert await second.lock()
