from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import InvalidResponse, RedisError, ResponseError

from shared.redis import connect
from shared.redis.wire import Wire
from tests.waiting import until


class _End:
    """A wire to a server of our own, what was heard on it, and why it was lost."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.lost: list[RedisError] = []
        self.due = True
        self.server: asyncio.StreamWriter | None = None
        self.wire: Wire | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet redis-py, then leave the connection to the test, and read for nothing."""
        self.server = writer
        while (head := await reader.read(65_536)) and b"SETINFO" in head:
            writer.write(b"+OK\r\n" * head.count(b"SETINFO"))
        while head:
            head = await reader.read(65_536)

    def says(self, data: bytes) -> None:
        assert self.server is not None
        self.server.write(data)


@asynccontextmanager
async def _wired(folder: Path) -> AsyncIterator[_End]:
    end = _End()
    server = await asyncio.start_unix_server(end.serve, folder / "s")
    client = connect(f"unix://{folder / 's'}?protocol=2")
    connection = await client.connection_pool.get_connection()  # type: ignore[no-untyped-call]
    end.wire = Wire(connection, heard=end.heard.extend, lost=end.lost.append, awaited=lambda: end.due, seconds=5.0)
    yield end
    end.wire.close()
    await until(lambda: end.lost)
    await connection.disconnect()
    await client.aclose()
    assert end.server is not None
    end.server.close()
    server.close()


async def test_a_reply_that_comes_in_pieces_is_heard_when_it_is_whole(short_dir: Path) -> None:
    async with _wired(short_dir) as end:
        end.says(b":1\r\n$5\r\nhe")
        await until(lambda: end.heard)
        assert end.heard == [1]
        end.says(b"llo\r\n-WRONGTYPE no\r\n")
        await until(lambda: len(end.heard) == 3)
        assert end.heard[1] == b"hello"
        assert isinstance(end.heard[2], ResponseError)
        assert not end.lost


async def test_what_is_no_reply_ends_it(short_dir: Path) -> None:
    async with _wired(short_dir) as end:
        end.says(b":1\r\nnonsense\r\n")
        await until(lambda: end.lost)
        assert isinstance(end.lost[0], InvalidResponse)


async def test_a_server_that_hangs_up_ends_it(short_dir: Path) -> None:
    async with _wired(short_dir) as end:
        assert end.server is not None
        end.server.close()
        await until(lambda: end.lost)
        assert isinstance(end.lost[0], NotConnectedError)


async def test_the_time_for_an_answer_begins_with_what_is_asked(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _wired(short_dir) as end:
        assert end.wire is not None
        end.wire.send(b"first")
        end.due = False
        end.says(b":1\r\n")
        await until(lambda: end.heard)
        loop = asyncio.get_running_loop()
        now = loop.time
        monkeypatch.setattr(loop, "time", lambda: now() + 6.0)  # nothing was asked for so long, or the loop was held up
        end.due = True
        end.wire.send(b"second")
        for _ in range(3):  # for what is late by now
            await asyncio.sleep(0)
        end.says(b":2\r\n")
        await until(lambda: len(end.heard) == 2 or end.lost)
        assert not end.lost


async def test_nothing_more_is_sent_to_a_server_that_does_not_read_until_it_does(short_dir: Path) -> None:
    async with _wired(short_dir) as end:
        assert end.wire is not None
        wire = end.wire
        assert end.server is not None
        end.server.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's, which can
        while wire.open:
            wire.send(b"x" * 65_536)
        end.server.transport.resume_reading()  # type: ignore[attr-defined]
        await until(lambda: wire.open)
