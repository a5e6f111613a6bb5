"""Server-sent events: the ledger as it grows, for any number of clients, each from where it left off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.syndication.ledger import Ledger
from services.syndication.reading import Reading
from shared.problems import problem
from shared.query import Query
from shared.requests import asked_query
from shared.ticks import Tick

log = structlog.get_logger()

HEARTBEAT_SECONDS = 15.0
AT_ONCE = 100
MOST_STREAMS = 1_000
BLOCK_MS = 1000
HEADERS = {
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
}


class Tail:
    """Watches the end of the ledger for all clients of this process with one blocking read.

    `rewound` is called when the numbers began anew (a flushed server): what was kept by them is of no more use.
    """

    def __init__(self, ledger: Ledger, rewound: Callable[[], None]) -> None:
        self._ledger, self._rewound = ledger, rewound
        self._seq = -1
        self._grown = asyncio.Condition()
        self.closed = False
        self.era = 0
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

    async def beyond(self, seq: int, seconds: float, era: int) -> bool:
        """Wait until the ledger is beyond a number, or begun anew since `era`; False when the seconds ran out."""
        try:
            async with asyncio.timeout(seconds), self._grown:
                await self._grown.wait_for(lambda: self._seq > seq or self.closed or self.era != era)
        except TimeoutError:
            return False
        return True

    async def _watch(self) -> float:
        if self._seq < 0:
            self._seq = await self._ledger.latest()
        grown = await self._ledger.read(self._seq, 1000, BLOCK_MS)
        latest = grown[-1].seq if grown else await self._ledger.latest()
        if latest < self._seq:
            log.warning("ledger.rewound", latest=latest, was=self._seq)
            self.era += 1
            self._rewound()
        if latest != self._seq:
            async with self._grown:
                self._seq = latest
                self._grown.notify_all()
        return 0.0


class EventStream:
    """`GET /events/stream?q=`: `id` is the seq, so that `Last-Event-ID` resumes without gap (HTML, 9.2)."""

    def __init__(self, ledger: Ledger, reading: Reading, tail: Tail) -> None:
        self._ledger, self._reading, self._tail = ledger, reading, tail
        self._open = 0

    @property
    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/events/stream", self._stream)]

    async def _stream(self, request: Request) -> Response:
        asked = request.headers.get("last-event-id") or request.query_params.get("after") or ""
        if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 20):
            return problem(422, "Last-Event-ID must be the seq of an event", errors=[("Last-Event-ID", asked[:40])])
        query = asked_query(request)
        if isinstance(query, Response):
            return query
        # A number beyond the end is from before the ledger was begun anew.
        latest = await self._ledger.latest()
        after = min(int(asked), latest) if asked else latest
        if self._open >= MOST_STREAMS:
            return problem(503, "too many streams are open here; try again shortly", headers={"retry-after": "5"})
        return StreamingResponse(self._counted(after, query), headers=HEADERS, media_type="text/event-stream")

    async def _counted(self, after: int, query: Query | None) -> AsyncIterator[bytes]:
        self._open += 1
        try:
            async for part in self._events(after, query):
                yield part
        finally:
            self._open -= 1

    async def _events(self, after: int, query: Query | None) -> AsyncIterator[bytes]:
        era = self._tail.era
        yield b": the ledger from here on\nretry: 2000\n\n"
        while not self._tail.closed:
            if era != self._tail.era:
                era, after = self._tail.era, 0
            page = await self._reading.page(after, AT_ONCE, query)
            for recorded, event in page.events:
                yield b"id: %d\nevent: %s\ndata: %s\n\n" % (recorded.seq, recorded.type.encode(), event)
            if page.next == after and not await self._tail.beyond(after, HEARTBEAT_SECONDS, era):
                yield b": still here\n\n"
            after = page.next
