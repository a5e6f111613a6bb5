"""A webhook receiver on loopback that keeps what it is sent, as bare as it can be, to cost little."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Call:
    """One request a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event

    @property
    def seq(self) -> int:
        seq: int = self.event["data"]["seq"]
        return seq

    @property
    def version(self) -> tuple[str, int]:
        article = self.event["data"]["article"]
        return article["id"], article["version"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answers."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def fine(_call: Call) -> Reply:
    return Reply()


@dataclass(slots=True)
class Receiver:
    """Calls in the order they came, kept before they are answered."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Awaitable[Reply]] = fine

    @property
    def seqs(self) -> list[int]:
        return [call.seq for call in self.calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                lines = (line.partition(":") for line in head[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in lines}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                call = Call(head[0].split(" ")[1], headers, body)
                self.calls.append(call)
                reply = await self.answer(call)
                extra = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
                start = f"HTTP/1.1 {reply.status} -\r\n{extra}content-length: {len(reply.body)}\r\n\r\n"
                writer.write(start.encode() + reply.body)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def a_receiver(answer: Callable[[Call], Awaitable[Reply]] = fine) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port of loopback."""
    receiver = Receiver(answer=answer)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await receiver.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        for task in [*tasks]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
