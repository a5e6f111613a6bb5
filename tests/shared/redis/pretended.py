"""A node of a cluster that does not exist, for what real ones do seldom."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import hiredis

from shared.redis.slots import slot_of_key
from tests.waiting import until


class PretendedNode:
    """Says what it is told to: who has the slots, that a key is elsewhere, or nothing at all."""

    def __init__(self) -> None:
        self.port = self.tells = self.sends_to = 0
        self.refuses = self.silent = False
        self.scripts = 1_000
        """How many it runs before it is silent."""
        self.asked = 0
        """How often it refused."""
        self.connected: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected.add(writer)
        requests = hiredis.Reader()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(4096):
                requests.feed(data)
                while (request := requests.gets()) is not False:
                    self.scripts -= request[0] == b"EVAL" or request[0] == b"EVALSHA"
                    writer.write(b"" if self.silent or self.scripts < 0 else self._answer(request))
        writer.close()
        self.connected.discard(writer)

    def _answer(self, request: list[bytes]) -> bytes:
        name = request[0].upper()
        if name == b"HELLO":
            return b"%1\r\n$5\r\nproto\r\n:3\r\n"
        if name == b"CLUSTER":
            range_and_node = b"*3\r\n:0\r\n:16383\r\n*3\r\n$0\r\n\r\n:%d\r\n$1\r\nx\r\n"
            return b"*1\r\n" + range_and_node % (self.tells or self.port)
        if name == b"GET" and self.refuses:
            self.asked += 1
            return b"-MOVED %d :%d\r\n" % (slot_of_key(request[1]), self.sends_to or self.port)
        return b"+OK\r\n" if name == b"CLIENT" else b"+here\r\n"


@asynccontextmanager
async def a_pretended_node() -> AsyncIterator[PretendedNode]:
    node = PretendedNode()
    server = await asyncio.start_server(node.serve, "127.0.0.1", 0)
    node.port = server.sockets[0].getsockname()[1]
    try:
        yield node
    finally:
        server.close()
        for writer in node.connected:
            writer.close()
        await until(lambda: not node.connected)
