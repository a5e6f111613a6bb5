"""What of the drop folder is remembered, and who has it."""

from __future__ import annotations

from services.ingest.drop.memory import Memory
from shared.redis import Store


async def test_what_was_taken_is_remembered_by_name(store: Store) -> None:
    await Memory(store).take("a.json", "hash")
    assert await Memory(store).taken(["a.json", "b.json"]) == {"a.json": "hash"}
    assert await Memory(store).taken([]) == {}


async def test_one_process_has_the_folder_at_a_time(store: Store) -> None:
    first, second = Memory(store), Memory(store)
    assert await first.lock()
    assert await first.lock()
    assert not await second.lock()
    await second.release()
    assert not await second.lock()
    await first.release()
    assert await second.lock()
