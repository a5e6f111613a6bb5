"""Server-sent events: the ledger as it grows, for any number of clients, each from where it left off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.syndication.ledger import Ledger
from services.syndication.reading import Reading
from shared.problems import problem
from shared.query import Query, QueryError, parse
from shared.ticks import Tick

HEARTBEAT_SECONDS = 15.0
AT_ONCE = 100
BLOCK_MS = 1000
HEADERS = {
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
}


class Tail:
    """Watches the end of the ledger for all clients of this process with one blocking read."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seq = -1
        self._grown = asyncio.Condition()
        self.closed = False
        self.tick = Tick("ledger tail", BLOCK_MS / 1000, self._watch)

    @property
    def seq(self) -> int:
        """The newest number seen."""
        return self._seq

    async def close(self) -> None:
        """End every client's stream, so that a stop need not wait for them."""
        async with self._grown:
            self.closed = True
            self._grown.notify_all()

    async def beyond(self, seq: int, seconds: float) -> bool:
        """Wait until the ledger is beyond a number; False when the seconds ran out."""
        try:
            async with asyncio.timeout(seconds), self._grown:
                await self._grown.wait_for(lambda: self._seq > seq or self.closed)
        except TimeoutError:
            return False
        return True

    async def _watch(self) -> float:
        if self._seq < 0:
            self._seq = await self._ledger.latest()
        grown = await self._ledger.read(self._seq, 1000, BLOCK_MS)
        latest = grown[-1].seq if grown else await self._ledger.latest()
        if latest != self._seq:  # lower after a flush
            async with self._grown:
                self._seq = latest
                self._grown.notify_all()
        return 0.0


class EventStream:
    """`GET /events/stream?q=`: `id` is the seq, so that `Last-Event-ID` resumes without gap (HTML, 9.2)."""

    def __init__(self, reading: Reading, tail: Tail) -> None:
        self._reading, self._tail = reading, tail

    @property
    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/events/stream", self._stream)]

    async def _stream(self, request: Request) -> Response:
        asked = request.headers.get("last-event-id") or request.query_params.get("after") or ""
        if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 20):
            return problem(422, "Last-Event-ID must be the seq of an event", errors=[("Last-Event-ID", asked[:40])])
        try:
            query = parse(text) if (text := request.query_params.get("q", "")).strip() else None
        except QueryError as error:
            return problem(422, f"q: {error}", errors=[("q", str(error))])
        after = int(asked) if asked else max(self._tail.seq, 0)
        return StreamingResponse(self._events(after, query), headers=HEADERS, media_type="text/event-stream")

    async def _events(self, after: int, query: Query | None) -> AsyncIterator[bytes]:
        yield b": the ledger from here on\nretry: 2000\n\n"
        while not self._tail.closed:
            page = await self._reading.page(after, AT_ONCE, query)
            for recorded, event in page.events:
                yield b"id: %d\nevent: %s\ndata: %s\n\n" % (recorded.seq, recorded.type.encode(), event)
            if page.next == after and not await self._tail.beyond(after, HEARTBEAT_SECONDS):
                yield b": still here\n\n"
            after = page.next
