"""Clients of the event stream get every event from where they left off, and are let go at a stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from services.syndication.ledger import Ledger
from services.syndication.reading import Reading
from services.syndication.sse import EventStream, Tail
from services.syndication.store import Articles, Library
from shared.redis import Store
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on
from tests.waiting import until

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Stand:
    """A ledger that grows, and the stream over it."""

    def __init__(self, store: Store) -> None:
        ledger, articles = Ledger(store), Articles(store)
        self.rewound = 0
        self.tail = Tail(ledger, self._rewound)
        self.stream = EventStream(ledger, Reading(Library(ledger, articles)), self.tail)
        self._handlers = handlers_on(store, articles, now=lambda: NOW)

    def _rewound(self) -> None:
        self.rewound += 1

    async def publish(self, *names: str, language: str = "en") -> None:
        for name in names:
            article = an_article(id=f"desk-{name}", guid=name, headline=name, language=language)
            await self._handlers.on_article_enriched(an_enriched(article=article))

    async def open(self, query: str = "", last: str | None = None) -> AsyncIterator[bytes]:
        headers = [] if last is None else [(b"last-event-id", last.encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": query.encode()}
        response = await self.stream.routes[0].endpoint(Request(scope))
        assert isinstance(response, StreamingResponse), response.body
        return response.body_iterator  # type: ignore[return-value]  # bytes, as ours are


@pytest.fixture
async def stand(store: Store) -> AsyncIterator[Stand]:
    stand = Stand(store)
    stand.tail.tick.start()
    await until(lambda: stand.tail.seq >= 0)
    yield stand
    await stand.tail.tick.stop()


async def ids(stream: AsyncIterator[bytes], count: int) -> list[str]:
    found: list[str] = []
    async with asyncio.timeout(5):
        async for part in stream:
            found += [line[4:].decode() for line in part.split(b"\n") if line.startswith(b"id: ")]
            if len(found) >= count:
                return found
    return found


async def test_a_client_gets_what_comes_after_it_connected(stand: Stand) -> None:
    await stand.publish("a")
    await until(lambda: stand.tail.seq == 1)
    stream = await stand.open()
    assert (await anext(stream)).startswith(b":")
    await stand.publish("b", "c")
    assert await ids(stream, 2) == ["2", "3"]


async def test_a_client_resumes_where_it_left_off(stand: Stand) -> None:
    await stand.publish("a", "b", "c")
    assert await ids(await stand.open(last="1"), 2) == ["2", "3"]
    assert await ids(await stand.open("after=0"), 3) == ["1", "2", "3"]


async def test_a_query_picks_what_a_client_gets(stand: Stand) -> None:
    await stand.publish("a", language="de")
    await stand.publish("b", language="en")
    assert await ids(await stand.open("q=lang:en&after=0"), 1) == ["2"]


async def test_bad_cursors_and_queries_are_refused(stand: Stand) -> None:
    for query, last in (("", "x"), ("q=tag:", None), ("after=-1", None)):
        with pytest.raises(AssertionError, match="422"):
            await stand.open(query, last)


async def test_closing_ends_every_stream(stand: Stand) -> None:
    stream = await stand.open()
    await anext(stream)
    rest = asyncio.create_task(ids(stream, 1))
    await stand.tail.close()
    assert await rest == []


async def test_a_client_goes_on_from_the_start_of_a_ledger_that_was_begun_anew(stand: Stand, store: Store) -> None:
    await stand.publish("a", "b", "c")
    await until(lambda: stand.tail.seq == 3)
    stream = await stand.open(last="3")
    await anext(stream)
    await store.do("FLUSHALL")
    await until(lambda: stand.rewound == 1)
    await stand.publish("d")
    assert await ids(stream, 1) == ["1"]


async def test_a_number_from_before_the_ledger_began_is_the_end_of_it(stand: Stand) -> None:
    await stand.publish("a")
    stream = await stand.open(last="900")
    await anext(stream)
    await stand.publish("b")
    assert await ids(stream, 1) == ["2"]
