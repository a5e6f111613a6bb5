"""Clients of the event stream get every event from where they left off, and are let go at a stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Message

from services.syndication import sse
from services.syndication.ledger import EVENTS, SEQ, Ledger, Recorded
from services.syndication.ledger.numbering import MARGIN
from services.syndication.reading import Reading
from services.syndication.sse import AT_ONCE, SLOW_SECONDS, EventStream, Tail
from services.syndication.store import Articles, Library
from shared.redis import RedisError, Store
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on
from tests.waiting import until

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Reads(Library):
    """A library that counts how often the ledger was read, and can be away."""

    reads, away = 0, False

    async def read(self, after: int, limit: int, block_ms: int) -> list[Recorded]:
        self.reads += 1
        if self.away:
            raise RedisError("away")
        return await super().read(after, limit, block_ms)


class Client:
    """One who listens, as a server would serve it; reads only while `reading` is set."""

    def __init__(self) -> None:
        self.started: dict[str, Any] = {}
        self.text, self.ended = b"", False
        self.reading = asyncio.Event()
        self.reading.set()
        self.left = asyncio.Event()

    def begin(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        asked = {"type": "http", "path": "/events/stream", **scope}
        self.task = asyncio.ensure_future(app(asked, self._receive, self._send))

    async def _receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self.reading.wait()
        if message["type"] == "http.response.start":
            self.started = dict(message)
        else:
            self.text += message["body"]
            self.ended = not message.get("more_body", False)

    @property
    def ids(self) -> list[str]:
        return [line[4:].decode() for line in self.text.split(b"\n") if line.startswith(b"id: ")]

    async def has(self, *ids: str) -> None:
        await until(lambda: len(self.ids) >= len(ids))
        assert self.ids == list(ids)

    async def told(self, part: bytes) -> None:
        await until(lambda: part in self.text)


class Stand:
    """A ledger that grows, and the stream over it."""

    def __init__(self, store: Store) -> None:
        ledger, articles = Ledger(store), Articles(store)
        self.rewound = 0
        self.tail = Tail(ledger, self._rewound)
        self.library = Reads(ledger, articles)
        self.stream = EventStream(ledger, Reading(self.library), self.tail, lambda: self.now)
        self.now = 0.0
        self.clients: list[Client] = []
        self._handlers = handlers_on(store, articles, now=lambda: NOW)

    def _rewound(self) -> None:
        self.rewound += 1

    async def publish(self, *names: str, **over: Any) -> None:
        for name in names:
            article = an_article(id=f"desk-{name}", guid=name, headline=f"headline {name}", **over)
            await self._handlers.on_article_enriched(an_enriched(article=article))

    def open(self, query: str = "", last: str | None = None, method: str = "GET") -> Client:
        headers = [] if last is None else [(b"last-event-id", last.encode())]
        client = Client()
        self.clients.append(client)
        client.begin(self.stream, {"method": method, "headers": headers, "query_string": query.encode()})
        return client


@pytest.fixture
async def stand(store: Store) -> AsyncIterator[Stand]:
    stand = Stand(store)
    stand.tail.tick.start()
    await until(lambda: stand.tail.seq >= 0)
    yield stand
    await stand.tail.close()
    await asyncio.gather(*(client.task for client in stand.clients))
    await stand.tail.tick.stop()


async def test_a_client_gets_what_comes_after_it_connected(stand: Stand) -> None:
    await stand.publish("a")
    client = stand.open()
    await client.told(b": the ledger from here on")
    await stand.publish("b", "c")
    await client.has("2", "3")
    headers = dict(client.started["headers"])
    assert (headers[b"content-type"], headers[b"cache-control"]) == (b"text/event-stream; charset=utf-8", b"no-store")


async def test_an_event_is_what_the_events_api_gives(stand: Stand) -> None:
    await stand.publish("a")
    client = stand.open("after=0")
    await client.has("1")
    _, event = client.text.split(b"\n\n")[:2]
    lines = dict(line.split(b": ", 1) for line in event.split(b"\n"))
    assert lines[b"event"] == b"article.published"
    data = orjson.loads(lines[b"data"])
    assert (data["seq"], data["data"]["article"]["id"]) == (1, "desk-a")


async def test_a_replay_names_what_is_withheld_by_now_and_finds_it_no_more(stand: Stand) -> None:
    await stand.publish("a", "b")
    await stand.publish("a", version=2, status="withheld")
    client, finder = stand.open("after=0"), stand.open("after=0&q=headline")
    await client.has("1", "2", "3")
    first = orjson.loads(client.text.split(b"\n\n")[1].split(b"data: ")[1])
    assert (first["type"], first["data"]["article"]["id"]) == ("article.published", "desk-a")
    assert (first["data"]["article"]["status"], first["data"]["article"]["headline"]) == ("withheld", "")
    await finder.has("2")


async def test_a_client_resumes_where_it_left_off(stand: Stand) -> None:
    await stand.publish("a", "b", "c")
    await stand.open(last="1").has("2", "3")
    await stand.open("after=0").has("1", "2", "3")


async def test_a_client_is_told_when_what_it_missed_is_kept_no_more(stand: Stand, store: Store) -> None:
    await stand.publish("a", "b", "c", "d")
    await Ledger(store).cut(4)
    client = stand.open(last="1")
    await client.told(b'event: truncated\ndata: {"oldest":4}')
    await client.has("4")


async def test_far_behind_nothing_is_missed(stand: Stand) -> None:
    names = [str(number) for number in range(2 * AT_ONCE + 3)]
    await stand.publish(*names)
    await stand.open(last="2").has(*(str(number + 1) for number in range(2, len(names))))


async def test_a_query_picks_what_a_client_gets(stand: Stand) -> None:
    await stand.publish("a", language="de")
    await stand.publish("b", language="en")
    client = stand.open("q=lang:en&after=0")
    await client.has("2")
    await stand.publish("c", language="de")
    await stand.publish("d", language="en")
    await client.has("2", "4")


async def test_only_so_many_different_queries_are_followed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MOST_QUERIES", 2)
    followed = [stand.open(f"q={query}") for query in ("lang:en", "lang:de", "lang:en")]
    for client in followed:
        await client.told(b"from here on")
    refused = stand.open("q=lang:uk")
    await refused.task
    assert refused.started["status"] == 503
    for query in ("", "q=lang:de"):
        await stand.open(query).told(b"from here on")
    for client in stand.clients:
        client.left.set()
    await asyncio.gather(*(client.task for client in stand.clients))
    await stand.open("q=lang:uk").told(b"from here on")


async def test_bad_cursors_and_queries_are_refused(stand: Stand) -> None:
    for query, last, field in (("", "x", "Last-Event-ID"), ("q=tag:", None, "q"), ("after=-1", None, "after")):
        client = stand.open(query, last)
        await client.task
        assert client.started["status"] == 422
        assert b'"field":"%b"' % field.encode() in client.text


async def test_a_head_gets_the_headers_alone(stand: Stand) -> None:
    client = stand.open(method="HEAD")
    await client.task
    assert (client.started["status"], client.text, client.ended) == (200, b"", True)


async def test_closing_ends_every_stream(stand: Stand) -> None:
    client = stand.open()
    await client.told(b": the ledger")
    await stand.tail.close()
    await client.task
    assert (client.ids, client.ended) == ([], True)


async def test_a_client_that_leaves_is_let_go_of(stand: Stand) -> None:
    client = stand.open()
    await client.told(b": the ledger")
    client.left.set()
    await client.task
    assert client.ended


async def test_a_silent_ledger_is_told_of_now_and_then(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    await stand.open().told(b": still here\n\n: still here\n\n")


async def test_a_thousand_clients_at_the_end_share_one_reading(stand: Stand) -> None:
    clients = [stand.open() for _ in range(1_000)]
    for client in clients:
        await client.told(b": the ledger")
    before = stand.library.reads
    await stand.publish("a")
    for client in clients:
        await client.has("1")
    assert stand.library.reads - before < 20


async def test_a_slow_client_is_told_where_to_go_on_and_holds_up_nobody(stand: Stand) -> None:
    slow, quick = stand.open(), stand.open()
    for client in (slow, quick):
        await client.told(b": the ledger")
    slow.reading.clear()
    await stand.publish("a", "b", "c")
    await quick.has("1", "2", "3")
    stand.now += SLOW_SECONDS + 1
    slow.reading.set()
    await slow.task
    assert slow.ended
    assert slow.text.endswith(b'id: 1\nevent: dropped\nretry: 10000\ndata: {"resume_after":1}\n\n')
    assert not quick.ended
    await stand.open(last="1").has("2", "3")


async def test_a_client_stays_while_the_store_is_away(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "AWAY_SECONDS", 0.01)
    client = stand.open()
    await client.told(b": the ledger")
    stand.library.away = True
    await stand.publish("a")
    await until(lambda: stand.tail.seq == 1)
    stand.library.away = False
    await client.has("1")


async def test_a_client_goes_on_with_what_comes_after_a_flush_and_is_told_that_what_was_is_gone(
    stand: Stand, store: Store
) -> None:
    await stand.publish("a", "b", "c")
    await until(lambda: stand.tail.seq == 3)
    client = stand.open(last="3")
    await client.told(b": the ledger")
    await store.do("FLUSHALL")
    await until(lambda: stand.rewound == 1)
    await client.told(b'event: truncated\ndata: {"oldest":%d}\n\n' % (2 * MARGIN + 1))
    await stand.publish("d")
    await client.has(str(2 * MARGIN + 1))
    assert stand.rewound == 1


async def test_a_replica_forgets_what_it_keeps_where_another_had_numbers_go_on(stand: Stand, store: Store) -> None:
    await stand.publish("a", "b", "c")
    await until(lambda: stand.tail.seq == 3)
    await store.do("XTRIM", EVENTS, "MAXLEN", 2)
    await store.do("SET", SEQ, 2 * MARGIN)
    await stand.publish("d")
    await until(lambda: stand.rewound == 1)
    assert stand.tail.seq == 2 * MARGIN + 1


async def test_a_number_from_before_the_ledger_began_is_the_end_of_it_and_the_client_is_told(stand: Stand) -> None:
    await stand.publish("a")
    client = stand.open(last="900")
    await client.told(b'id: 1\nevent: rewound\ndata: {"after":900,"resume_after":1}\n\n')
    await stand.publish("b")
    await client.has("1", "2")


async def test_the_newest_number_is_not_past_the_end(stand: Stand) -> None:
    await stand.publish("a")
    client = stand.open(last="1")
    await client.told(b": the ledger")
    await stand.publish("b")
    await client.has("2")
    assert b"rewound" not in client.text
