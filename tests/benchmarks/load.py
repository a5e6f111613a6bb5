"""A load of equal requests over kept connections: as little work for each as a client in Python can do."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import cast

from tests.benchmarks.rows import Lap


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send what; `length` is the bytes of every answer, all of them being equal."""

    host: str
    port: int
    request: bytes
    length: int


def request(path: str, **headers: str) -> bytes:
    """Return a GET as bytes; header names are written with underscores."""
    lines = [f"GET {path} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def target(host: str, port: int, asked: bytes) -> tuple[Target, bytes]:
    """Ask once, to learn how long an answer is; return it too."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(asked)
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
    writer.close()
    return Target(host, port, asked, len(head) + len(body)), head + body


class _Client(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, aim: Target, tally: list[int], until: int, done: asyncio.Event) -> None:
        self._aim, self._tally, self._until, self._done = aim, tally, until, done
        self._got = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Told, not asked: uvloop's own is no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._aim.request)

    def data_received(self, data: bytes) -> None:
        self._got += len(data)
        if self._got < self._aim.length:
            return
        assert self._got == self._aim.length, "an answer of another length"
        self._got = 0
        self._tally[0] += 1
        if self._tally[0] >= self._until:
            self._done.set()
            return
        self._transport.write(self._aim.request)


async def lap(aim: Target, count: int, connections: int = 32) -> Lap:
    """Send `count` requests and return how many were answered a second; the CPU told is the client's."""
    tally, done, loop = [0], asyncio.Event(), asyncio.get_running_loop()
    wall, cpu = time.perf_counter(), time.process_time()
    made = [
        await loop.create_connection(lambda: _Client(aim, tally, count, done), aim.host, aim.port)
        for _ in range(connections)
    ]
    await done.wait()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for transport, _ in made:
        transport.close()
    return Lap(tally[0] / wall, cpu / tally[0] * 1e6)
