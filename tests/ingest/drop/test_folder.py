"""Files left in the drop folder: each taken in once, bad ones told of, none lost."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from services.ingest.drop import DropFolder
from services.ingest.drop.memory import Memory
from shared.redis import Store
from tests.builders import a_push
from tests.ingest.feeds import items, rss
from tests.ingest.parts import Bench

LONG_AGO = 1_000_000_000


class Dropping(Bench):
    """A bench with a drop folder whose clock stands where the files' times are known."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store)
        self.path, self._store = folder, store
        self.time = folder.stat().st_ctime + 3600
        self.drop = self.restarted()

    def restarted(self) -> DropFolder:
        return DropFolder(self.path, Memory(self._store), self.intake, self.pressure, lambda: self.time)

    def put(self, name: str, body: bytes | None = None, **over: Any) -> Path:
        path = self.path / name
        path.write_bytes(body if body is not None else orjson.dumps(a_push(**over)))
        return path

    async def versions(self) -> list[int]:
        return [version for _, version in await self.sent()]


@pytest.fixture
async def dropping(store: Store, tmp_path: Path) -> AsyncIterator[Dropping]:
    folder = tmp_path / "drop"
    folder.mkdir()
    dropping = Dropping(store, folder)
    yield dropping
    await dropping.outbox.idle(5)


async def test_files_are_taken_in_name_order_so_that_updates_become_versions(dropping: Dropping) -> None:
    dropping.put("020-update.json", headline="Second")
    dropping.put("010.json", headline="First")
    dropping.put("030.rss", rss(*items([2, 1])))
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2, 1, 1]
    assert [body["article"]["headline"] for body in dropping.line.bodies] == ["First", "Second", "Story 1", "Story 2"]
    assert await dropping.sources.ids() == ["desk", "drop"]


async def test_a_second_start_takes_nothing_twice(dropping: Dropping) -> None:
    dropping.put("010.json", headline="First")
    dropping.put("020.json", headline="Second")
    await dropping.drop.tick()
    await dropping.restarted().tick()
    assert await dropping.versions() == [1, 2]


async def test_good_files_stay_and_a_touched_one_is_not_taken_again(dropping: Dropping) -> None:
    path = dropping.put("010.json")
    await dropping.drop.tick()
    os.utime(path, (LONG_AGO, LONG_AGO))
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert [entry.name for entry in dropping.path.iterdir()] == ["010.json"]


async def test_an_edited_file_is_taken_again_even_when_edited_back(dropping: Dropping) -> None:
    for headline in ("First", "Second", "First"):
        dropping.put("010.json", headline=headline)
        await dropping.drop.tick()
    assert await dropping.versions() == [1, 2, 3]


async def test_a_file_still_being_written_is_awaited_and_so_is_what_follows(dropping: Dropping) -> None:
    whole = orjson.dumps(a_push(headline="First"))
    dropping.put("010.json", whole[:40])
    dropping.put("020.json", headline="Second")
    dropping.time = dropping.path.stat().st_ctime
    await dropping.drop.tick()
    dropping.put("010.json", whole[:80])
    await dropping.drop.tick()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    assert not (dropping.path / "010.json.error.txt").exists()
    dropping.put("010.json", whole)
    await dropping.drop.tick()
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2]


async def test_a_file_that_never_stops_growing_does_not_hold_the_others_for_ever(dropping: Dropping) -> None:
    dropping.put("020.json", headline="Second")
    for look in range(4):
        dropping.time = dropping.put("010.json", b"{" * (look + 1)).stat().st_ctime + 40.0 * look
        os.utime(dropping.path / "010.json", (dropping.time, dropping.time))
        await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_a_bad_file_is_told_of_once_and_stops_nothing(dropping: Dropping) -> None:
    dropping.put("010.json", b'{"headline": }')
    dropping.put("020.json")
    with capture_logs() as lines:
        await dropping.drop.tick()
        await dropping.drop.tick()
        await dropping.restarted().tick()
    assert [line["file"] for line in lines if line["event"] == "drop.refused"] == ["010.json"]
    assert await dropping.versions() == [1]
    reason = (dropping.path / "010.json.error.txt").read_text()
    assert reason.startswith("010.json is not valid JSON")


async def test_the_reason_goes_once_the_file_is_mended(dropping: Dropping) -> None:
    dropping.put("010.json", b"{")
    await dropping.drop.tick()
    dropping.put("010.json")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert not (dropping.path / "010.json.error.txt").exists()


async def test_an_unreadable_file_is_told_of_once_and_taken_when_it_can_be_read(dropping: Dropping) -> None:
    (dropping.path / "010.json").symlink_to(dropping.path / "later")
    dropping.put("020.json", headline="Second")
    with capture_logs() as lines:
        await dropping.drop.tick()
        await dropping.drop.tick()
    refused = [line["reason"] for line in lines if line["event"] == "drop.refused"]
    assert refused == ["cannot be read: No such file or directory"]
    (dropping.path / "010.json").unlink()
    dropping.put("010.json", guid="other")
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 1]


async def test_an_embargoed_file_is_taken_when_its_embargo_ends(dropping: Dropping) -> None:
    dropping.put("010.json", embargoed_until="2026-11-22T13:00:00Z")
    with capture_logs() as lines:
        await dropping.drop.tick()
        await dropping.drop.tick()
    assert sum(line["event"] == "drop.refused" for line in lines) == 1
    assert await dropping.versions() == []
    dropping.clock.forward(3600)
    await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_the_folder_waits_while_the_store_is_full(dropping: Dropping) -> None:
    dropping.put("010.json")
    dropping.pressure.tell_full()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    dropping.clock.forward(10)
    await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_two_processes_on_one_folder_take_each_file_once(dropping: Dropping, store: Store) -> None:
    dropping.put("010.json", headline="First")
    dropping.put("020.json", headline="Second")
    other = Memory(store)
    assert await other.lock()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    await other.release()
    await dropping.restarted().tick()
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2]


async def test_a_folder_that_cannot_be_listed_is_told_of_once(store: Store, tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    dropping = Dropping(store, tmp_path / "drop")
    dropping.path = tmp_path / ("x" * 300)
    drop = dropping.restarted()
    with capture_logs() as lines:
        await drop.tick()
        await drop.tick()
    assert [line["event"] for line in lines] == ["drop.unreadable"]


async def test_a_reason_is_never_written_through_a_link_nor_into_a_pipe(dropping: Dropping, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (dropping.path / "010.json.error.txt").symlink_to(victim)
    os.mkfifo(dropping.path / "020.json.error.txt")
    dropping.put("010.json", b"{")
    dropping.put("020.json", b"{")
    await dropping.drop.tick()
    assert victim.read_text() == "untouched"
    for name in ("010.json", "020.json"):
        reason = dropping.path / f"{name}.error.txt"
        assert reason.is_file()
        assert not reason.is_symlink()


async def test_a_name_that_is_not_utf_8_stops_nothing(dropping: Dropping) -> None:
    try:
        os.close(os.open(os.fsencode(dropping.path) + b"/010-\xff.json", os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this file system takes no such names")
    dropping.put("020.json")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
