"""The server is put back to an older copy of itself: no number is given twice, and who reads on misses nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import orjson
import pytest

from services.syndication.ledger.numbering import MARGIN
from shared.embedded import EmbeddedServer
from tests.builders import a_push
from tests.journeys.line import Line, a_line
from tests.waiting import until


class Desk:
    """A line on a server of its own, of which copies are made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server = folder, EmbeddedServer(folder / "redis")
        (folder / "newsroom").mkdir()
        self.server.start()

    def line(self) -> AbstractAsyncContextManager[Line]:
        return a_line(self.server.url, self.folder / "data", self.folder / "newsroom")

    def copy(self) -> None:
        """Make a copy of what the server has written."""
        self.server.stop()
        shutil.copytree(self.server.folder / "appendonlydir", self.folder / "copy")
        self.server.start()

    def restore(self) -> None:
        """Put the server back to the copy."""
        self.server.stop()
        shutil.rmtree(self.server.folder / "appendonlydir")
        shutil.copytree(self.folder / "copy", self.server.folder / "appendonlydir")
        self.server.start()


@pytest.fixture
async def desk(short_dir: Path) -> AsyncIterator[Desk]:
    desk = Desk(short_dir)
    yield desk
    desk.server.stop()


async def published(line: Line, *guids: str) -> None:
    for guid in guids:
        await until(lambda guid=guid: accepted(line, guid))  # type: ignore[misc]  # the name in this turn
    await until(lambda: there(line, guids))


async def accepted(line: Line, guid: str) -> bool:
    return (await line.post("/api/v1/articles", a_push(guid=guid)))[0] in {200, 202}


async def there(line: Line, guids: tuple[str, ...]) -> bool:
    return (await line.get("/api/v1/events?limit=100")).status == 200 and set(guids) <= {*(await numbers(line))}


async def numbers(line: Line, after: int = 0) -> dict[str, int]:
    return {event["data"]["article"]["guid"]: event["seq"] for event in await line.events(after)}


async def test_a_copy_that_is_restored_under_a_running_line(desk: Desk) -> None:
    async with desk.line() as line:
        await published(line, "a", "b")
        desk.copy()
        await published(line, "c", "d")
        given = await numbers(line)
        desk.restore()
        await until(line.ready)
        assert {*(await numbers(line))} == {"a", "b"}
        page = orjson.loads((await line.get(f"/api/v1/events?after={given['d']}")).body)
        assert page["events"] == []
        await published(line, "e", "c")
        come = await numbers(line, given["d"])
        assert {*come} == {"e", "c"}
        assert min(come.values()) > max(given.values())


async def test_a_copy_that_is_restored_while_the_line_is_stopped(desk: Desk) -> None:
    async with desk.line() as line:
        await published(line, "a", "b")
    desk.copy()
    async with desk.line() as line:
        await published(line, "c", "d")
        assert await numbers(line) == {"a": 1, "b": 2, "c": 3, "d": 4}
    desk.restore()
    async with desk.line() as line:
        await published(line, "e")
        assert await numbers(line) == {"a": 1, "b": 2, "e": 2 * MARGIN + 1}
        [event] = await line.events(4)
        assert event["data"]["previous_seq"] == 2
