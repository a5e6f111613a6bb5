"""Redis goes away while the line runs: pushes are refused plainly, nothing accepted is lost, all goes on by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest

from shared.embedded import EmbeddedServer
from tests.builders import a_push
from tests.journeys.line import Line, a_line
from tests.waiting import until


@pytest.fixture
def own_server(short_dir: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(short_dir / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def line(own_server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[Line]:
    (tmp_path / "newsroom").mkdir()
    async with a_line(own_server.url, tmp_path / "data", tmp_path / "newsroom") as line:
        await until(line.ready)
        yield line


async def _pushed(line: Line, guid: str) -> bool:
    status, _ = await line.post("/api/v1/articles", a_push(guid=guid))
    return status in {200, 202}


async def test_pushes_are_refused_while_it_is_away_and_taken_once_it_is_back(
    line: Line, own_server: EmbeddedServer
) -> None:
    assert await _pushed(line, "before")
    assert own_server.pid is not None
    os.kill(own_server.pid, signal.SIGKILL)
    status, problem = await line.post("/api/v1/articles", a_push(guid="away"))
    assert status == 503
    assert problem["title"] == "Service Unavailable"
    ready = await line.get("/readyz")
    assert ready.status == 503
    assert "Redis" in orjson.loads(ready.body)["problems"][0]
    own_server.stop()
    own_server.start()
    await until(lambda: _pushed(line, "after"))
    await until(line.ready)
    await until(lambda: _in_ledger(line, {"before", "after"}))


async def _in_ledger(line: Line, guids: set[str]) -> bool:
    return {event["data"]["article"]["guid"] for event in await line.events()} >= guids


async def test_a_full_server_slows_intake_says_so_and_recovers(line: Line, own_server: EmbeddedServer) -> None:
    client = line.process.store.client
    await client.config_set("maxmemory", "1mb")
    status, problem = await line.post("/api/v1/articles", a_push(guid="full"))
    assert status == 503
    assert "full" in problem["detail"]
    await until(lambda: _says_full(line))
    await client.config_set("maxmemory", "256mb")
    await until(lambda: _pushed(line, "full"))
    await until(lambda: _in_ledger(line, {"full"}))
    await until(line.ready)
    assert own_server.pid is not None


async def _says_full(line: Line) -> bool:
    answer = await line.get("/readyz")
    return answer.status == 503 and b"full" in answer.body
