"""Server-sent events: the ledger as it grows, for any number of clients, each from where it left off."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.syndication.ledger import Ledger
from services.syndication.ledger.numbering import MARGIN
from services.syndication.reading import Asked, Reading
from shared.cors import OpenRoute
from shared.numbers import whole
from shared.problems import problem
from shared.query import Query
from shared.redis import RedisError
from shared.requests import asked_query
from shared.ticks import Tick

log = structlog.get_logger()

HEARTBEAT_SECONDS = 15.0
AWAY_SECONDS = 1.0
SLOW_SECONDS = 10.0
"""How long one event may take to be taken. A client that takes nothing at all is cut off below (`shared.web`)."""
AT_ONCE = 20
"""Events read at a time: what is held for a client that is far behind."""
MOST_STREAMS = 4_000
MOST_QUERIES = 400
"""Different queries of open streams: each event is matched with all of them, on the loop that also delivers."""
BLOCK_MS = 1000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
]


class Tail:
    """Watches the end of the ledger for all clients of this process with one blocking read.

    `rewound` is called when numbers were passed over: the server may have lost what went before them (flushed, or
    back from an older copy), and what was kept of it in memory is of no more use.
    """

    def __init__(self, ledger: Ledger, rewound: Callable[[], None]) -> None:
        self._ledger, self._rewound = ledger, rewound
        self._seq = -1
        self._growth: asyncio.Future[None] | None = None
        self.closed = False
        self.era = 0
        self.tick = Tick("ledger tail", BLOCK_MS / 1000, self._watch)

    @property
    def seq(self) -> int:
        """The newest number seen."""
        return self._seq

    @property
    def growth(self) -> asyncio.Future[None]:
        """What is done once the ledger has grown, was begun anew, or is to be watched no more; one for all who wait."""
        if self._growth is None:
            self._growth = asyncio.get_running_loop().create_future()
        return self._growth

    async def close(self) -> None:
        """End every client's stream, so that a stop need not wait for them."""
        self.closed = True
        self._tell()

    def _tell(self) -> None:
        told, self._growth = self._growth, None
        if told is not None:
            told.set_result(None)

    async def _watch(self) -> float:
        if self._seq < 0:
            self._seq = await self._ledger.latest()
        grown = await self._ledger.read(self._seq, 1000, BLOCK_MS)
        latest = grown[-1].seq if grown else await self._ledger.latest()
        if not grown and latest < self._seq + MARGIN:
            return 0.0  # it is as it was, or grew just now
        if latest - self._seq != len(grown):
            self.era += 1
            self._rewound()
        self._seq = latest
        self._tell()
        return 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the ledger as it is sent: events with their numbers, and the number that was looked at last."""

    events: list[tuple[int, bytes]]
    next: int


class Parts:
    """Reads pieces of the ledger; who waits for the same one shares its reading and its bytes."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._asked: dict[tuple[int, str], asyncio.Task[Part]] = {}

    async def after(self, seq: int, query: Query | None) -> Part:
        """Return what comes after a number. Raises RedisError."""
        key = (seq, "" if query is None else str(query))
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._read(seq, query))
            task.add_done_callback(lambda done: self._done(key, done))
        # Shielded: others wait for it too when this client leaves.
        return await asyncio.shield(task)

    def _done(self, key: tuple[int, str], task: asyncio.Task[Part]) -> None:
        del self._asked[key]
        if not task.cancelled():
            task.exception()  # told to those who wait, if any still do

    async def _read(self, seq: int, query: Query | None) -> Part:
        page = await self._reading.page(seq, AT_ONCE, Asked(query))
        events = [
            (recorded.seq, b"id: %d\nevent: %s\ndata: %s\n\n" % (recorded.seq, recorded.type.encode(), event))
            for recorded, event in page.events
        ]
        return Part(events, page.next)


class EventStream:
    """`GET /events/stream?q=`: `id` is the seq, so that `Last-Event-ID` resumes without gap (HTML, 9.2)."""

    def __init__(
        self, ledger: Ledger, reading: Reading, tail: Tail, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ledger, self._tail, self._clock = ledger, tail, clock
        self._parts = Parts(reading)
        self._open = 0
        self._queries: Counter[str] = Counter()

    @property
    def routes(self) -> list[Route]:
        """The one route."""
        return [OpenRoute("/events/stream", self, methods=["GET"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET with events without end, or a problem document; a HEAD with the headers of the stream."""
        asked = await self._asked(Request(scope))
        if isinstance(asked, Response):
            await asked(scope, receive, send)
            return
        gone, query = asyncio.ensure_future(_gone(receive)), str(asked[2] or "")
        self._open += 1
        self._queries[query] += 1
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            if scope["method"] != "HEAD":
                await self._events(*asked, send, gone)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._open -= 1
            self._queries -= Counter((query,))  # which keeps no zeros
            gone.cancel()

    async def _asked(self, request: Request) -> tuple[int, int, Query | None] | Response:
        """Return the number to go on after, the newest there is, and what is asked for; or what is wrong."""
        header = request.headers.get("last-event-id")
        asked, name = (header, "Last-Event-ID") if header else (request.query_params.get("after") or "", "after")
        after = whole(asked, 10**19)
        if asked and after is None:
            return problem(422, f"{name} must be the seq of an event", errors=[(name, f"not {asked[:40]!r}")])
        query = asked_query(request)
        if isinstance(query, Response):
            return query
        latest = await self._ledger.latest()
        new = query is not None and str(query) not in self._queries
        if self._open >= MOST_STREAMS or (new and len(self._queries) >= MOST_QUERIES):
            return problem(503, "too many streams are open here; try again shortly", headers={"retry-after": "5"})
        return latest if after is None else after, latest, query

    async def _truncated(self, send: Send, after: int) -> None:
        """Tell from which entry on there are any, if some after this number are kept no more."""
        first = 0
        with suppress(RedisError):
            first = await self._ledger.first() if after else 0
        if first > after + 1:
            await _say(send, b'event: truncated\ndata: {"oldest":%d}\n\n' % first)

    async def _events(
        self, after: int, latest: int, query: Query | None, send: Send, gone: asyncio.Future[None]
    ) -> None:
        era = self._tail.era
        await _say(send, b": the ledger from here on\nretry: 2000\n\n")
        if after > latest:
            after = await _rewound(send, after, latest)
        await self._truncated(send, after)
        while not (self._tail.closed or gone.done()):
            if era != self._tail.era:
                era = self._tail.era
                await self._truncated(send, after)
            growth = self._tail.growth  # before the reading, so that nothing that comes meanwhile is missed
            try:
                part = await self._parts.after(after, query)
            except RedisError:
                await asyncio.wait((gone,), timeout=AWAY_SECONDS)
                continue
            for seq, event in part.events:
                started = self._clock()
                await _say(send, event)
                if self._clock() - started > SLOW_SECONDS:
                    await self._dropped(send, seq)
                    return
            if part.next == after:
                done, _ = await asyncio.wait(
                    (gone, growth), timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    await _say(send, b": still here\n\n")
            after = part.next

    async def _dropped(self, send: Send, seq: int) -> None:
        """Tell a client that it is too slow, and where to go on; it asks again by itself, and later than others."""
        log.info("stream.dropped", seq=seq)
        await _say(send, b'id: %d\nevent: dropped\nretry: 10000\ndata: {"resume_after":%d}\n\n' % (seq, seq))


async def _gone(receive: Receive) -> None:
    """Return once the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _rewound(send: Send, was: int, now: int) -> int:
    """Tell that the ledger ends before a number, for nobody knew how far it had been, and goes on after another."""
    await _say(send, b'id: %d\nevent: rewound\ndata: {"after":%d,"resume_after":%d}\n\n' % (now, was, now))
    return now


async def _say(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
