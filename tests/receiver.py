"""A webhook receiver on loopback that keeps what it is sent, as bare as it can be, to cost little."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request: header names in lower case, the body as it came."""

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
    def version(self) -> tuple[str, int]:
        article = self.event["data"]["article"]
        return article["id"], article["version"]


@dataclass(slots=True)
class Receiver:
    """What came in so far; `answer` says with which status each request is answered."""

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    answer: Callable[[Delivery], int] = lambda _: 204
    pause: float = 0.0
    """Seconds each request is kept waiting after it was taken."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                delivery = Delivery(head[0].split(" ")[1], headers, body)
                self.deliveries.append(delivery)
                if self.pause:
                    await asyncio.sleep(self.pause)
                writer.write(b"HTTP/1.1 %d Ok\r\ncontent-length: 0\r\n\r\n" % self.answer(delivery))
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    """Run a receiver on a free port of loopback while this lasts."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
