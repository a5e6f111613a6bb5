"""A server that Sentinels watch dies while the line runs: its replica takes over, and the line follows by itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.builders import a_push
from tests.journeys.line import Line, a_line
from tests.ports import free_port
from tests.receiver import Receiver, a_receiver
from tests.servers import run_server
from tests.waiting import until

PASSWORD = "of-the-server"
NAME = "wire"


@dataclass
class Watched:
    """A server, its replica, and a Sentinel that watches both."""

    url: str
    master: subprocess.Popen[bytes]
    replica: int
    sentinel: int


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    master, replica, sentinel = free_port(), free_port(), free_port()
    common = ("--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD, "--masterauth", PASSWORD)
    (tmp_path / "sentinel").mkdir()
    (tmp_path / "sentinel" / "sentinel.conf").write_text(
        f"port {sentinel}\nbind 127.0.0.1\nsentinel monitor {NAME} 127.0.0.1 {master} 1\n"
        f"sentinel auth-pass {NAME} {PASSWORD}\n"
        f"sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 2000\n"
    )
    with ExitStack() as stack:
        first = run_server(stack, tmp_path / "one", "--port", str(master), *common)
        follow = ("--replicaof", f"127.0.0.1 {master}", "--repl-diskless-sync-delay", "0")
        run_server(stack, tmp_path / "two", "--port", str(replica), *common, *follow)
        run_server(stack, tmp_path / "sentinel", "sentinel.conf", "--sentinel")
        yield Watched(f"redis+sentinel://:{PASSWORD}@127.0.0.1:{sentinel}/{NAME}", first, replica, sentinel)


@pytest.fixture
async def line(watched: Watched, tmp_path: Path) -> AsyncIterator[Line]:
    (tmp_path / "newsroom").mkdir()
    async with Redis(port=watched.replica, password=PASSWORD) as replica:
        await until(lambda: _follows(replica))
    async with Redis(port=watched.sentinel) as sentinel:
        await until(lambda: _knows_of_a_replica(sentinel))
    async with a_line(watched.url, tmp_path / "data", tmp_path / "newsroom") as line:
        await until(line.ready)
        yield line


async def _follows(replica: Redis) -> bool:
    try:
        return bool((await replica.info("replication"))["master_link_status"] == "up")
    except RedisError:
        return False


async def _knows_of_a_replica(sentinel: Redis) -> bool:
    """Tell whether it would have whom to promote: it asks the server for its replicas every ten seconds."""
    try:
        known = await sentinel.sentinel_slaves(NAME)
    except RedisError:
        return False
    return any(one["master-link-status"] == "ok" for one in known)


async def test_the_line_follows_to_the_replica(line: Line, watched: Watched) -> None:
    async with a_receiver() as receiver:
        status, _ = await line.post("/api/v1/subscriptions", {"url": receiver.url})
        assert status == 201
        assert await _pushed(line, "before")
        await until(lambda: _ids(receiver, 1))
        assert await line.process.store.do("WAIT", 1, 5_000) == 1
        os.kill(watched.master.pid, signal.SIGKILL)
        await until(lambda: _pushed(line, "after"), step=0.1)
        await until(lambda: _ids(receiver, 2))
        await until(line.ready)
        told = [event["data"]["article"]["guid"] for event in await line.events()]
        assert told == ["before", "after"]


async def _pushed(line: Line, guid: str) -> bool:
    status, _ = await line.post("/api/v1/articles", a_push(guid=guid))
    return status in {200, 202}


def _ids(receiver: Receiver, wanted: int) -> bool:
    return len({call.id for call in receiver.calls}) == wanted
