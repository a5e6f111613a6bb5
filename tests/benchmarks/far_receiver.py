"""A webhook receiver in a process of its own, as bare as it can be, that notes what came where and when."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, cast

from tests.benchmarks.apart import Apart, apart
from tests.waiting import until

HANGING = b"/hang"
"""What comes to a path that begins so while the receiver hangs is not noted, and never answered."""

LOOK = 0.05
"""Seconds between looks at how much has come: each takes a moment of the receiver's."""


class Came(NamedTuple):
    """One request: its path, the seq in its body, and the moment on `time.perf_counter`, one clock for all here."""

    path: bytes
    seq: int
    at: float


@dataclass(frozen=True, slots=True)
class FarReceiver:
    """The receiver as the benchmark's process sees it."""

    process: Apart
    port: int

    @property
    def url(self) -> str:
        """Where it is, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process, for what it uses."""
        return self.process.pid

    async def count(self) -> int:
        """Return how many requests came since `begin`."""
        return int(await self._ask("count"))

    async def begin(self, status: int = 204, *, hangs: bool = False) -> list[Came]:
        """Answer so from now on, and forget what came until then: it is returned."""
        return [Came(*each) for each in await self._ask("begin", status, hangs)]

    async def came(self, count: int = 0, seconds: float = 60.0) -> list[Came]:
        """Return what came since `begin`, in order, once so many are there."""

        async def there() -> bool:
            return await self.count() >= count

        await until(there, seconds, LOOK)
        return [Came(*each) for each in await self._ask("came")]

    async def _ask(self, *command: object) -> Any:
        self.process.pipe.send(command)
        return await self.process.hear()


@contextlib.contextmanager
def a_far_receiver() -> Iterator[FarReceiver]:
    """Run a receiver on a free port of loopback."""
    with apart(_receive) as process:
        yield FarReceiver(process, process.pipe.recv())


class _Notes:
    """What came, and how it is answered."""

    def __init__(self) -> None:
        self.came: list[tuple[bytes, int, float]] = []
        self.begin(204, 0)

    def begin(self, status: int, hangs: int) -> list[tuple[bytes, int, float]]:
        came, self.came = self.came, []
        self.hangs = bool(hangs)
        self.answer = b"HTTP/1.1 %d -\r\ncontent-length: 0\r\n\r\n" % status
        return came

    def told(self, name: str, *given: int) -> Any:
        match name:
            case "begin":
                return self.begin(*given)
            case "count":
                return len(self.came)
        return [*self.came]


class _Bare(asyncio.Protocol):
    """Answers each request as soon as its body is there; knows as little HTTP as it may."""

    def __init__(self, notes: _Notes) -> None:
        self._notes, self._held = notes, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            at = self._held.lower().find(b"content-length:", 0, end)
            size = int(self._held[at + 15 : self._held.find(b"\r\n", at)])
            whole = end + 4 + size
            if len(self._held) < whole:
                return
            request, self._held = self._held[:whole], self._held[whole:]
            self._take(request, end)

    def _take(self, request: bytes, end: int) -> None:
        path = request.split(b" ", 2)[1]
        if self._notes.hangs and path.startswith(HANGING):
            return
        at = request.find(b'"seq":', end) + 6
        self._notes.came.append((path, int(request[at : request.find(b",", at)]), time.perf_counter()))
        self._transport.write(self._notes.answer)


async def _receive(pipe: Connection) -> None:
    notes = _Notes()
    server = await asyncio.get_running_loop().create_server(lambda: _Bare(notes), "127.0.0.1", 0, backlog=1024)
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(_talk, pipe, notes)
    server.close()


def _talk(pipe: Connection, notes: _Notes) -> None:
    with contextlib.suppress(EOFError):
        while True:
            pipe.send(notes.told(*pipe.recv()))
