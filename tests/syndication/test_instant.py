"""An answer that lies ready is the answer that would be composed, and nobody fills memory with the asking."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Scope

from services.syndication.feeds.press import Page, Press
from services.syndication.feeds.routes import routes
from services.syndication.feeds.shelf import ALL
from services.syndication.instant import LONGEST, MOST
from shared.web import application
from tests.syndication.feeds.in_memory import SITE, InMemoryShelf, a_story

FEED, TAG = "/feeds/all.rss", "/feeds/tags/kursk-oblast.json"
Headers = list[tuple[bytes, bytes]]


class Desk:
    """One feed by two ways: composed for each who asks, and lying ready."""

    def __init__(self) -> None:
        self.shelf = InMemoryShelf()
        self.shelf.publish(a_story())
        self.press = Press(self.shelf, SITE, fresh_for=3600)
        self.composed: ASGIApp = Starlette(routes=routes(Press(self.shelf, SITE, fresh_for=0)))
        self.ready = application(routes(self.press))


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def messages(app: ASGIApp, path: str, headers: Headers, method: str = "GET", query: bytes = b"") -> list[Message]:
    sent: list[Message] = []
    scope: Scope = {"type": "http", "method": method, "path": path, "root_path": "", "query_string": query}

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**scope, "headers": headers}, receive, send)
    return sent


async def etag_of(app: ASGIApp, path: str) -> bytes:
    found: bytes = dict((await messages(app, path, []))[0]["headers"])[b"etag"]
    return found


@pytest.mark.parametrize("path", [FEED, TAG])
async def test_what_lies_ready_is_what_would_be_composed(desk: Desk, path: str) -> None:
    etag = await etag_of(desk.ready, path)
    asked: list[Headers] = [
        [],
        [(b"accept-encoding", b"gzip;q=0.5, br;q=0")],
        [(b"accept-encoding", b"gzip"), (b"accept-encoding", b"zstd")],
        [(b"accept-encoding", b"br")],
        [(b"if-none-match", etag)],
        [(b"if-none-match", b"W/" + etag)],
        [(b"if-none-match", b'"x"'), (b"if-none-match", etag)],
        [(b"if-none-match", b"*")],
        [(b"if-none-match", b'"x"'), (b"if-modified-since", b"Sat, 01 Jan 2050 00:00:00 GMT")],
        [(b"if-modified-since", b"Sat, 01 Jan 2050 00:00:00 GMT")],
        [(b"if-modified-since", b"soon")],
        [(b"a-im", b"feed"), (b"if-none-match", b'"x"')],
        [(b"cookie", b"any"), (b"accept-encoding", b"\xff")],
    ]
    for headers in asked * 2:
        for method in ("GET", "HEAD", "GET"):
            expected = await messages(desk.composed, path, headers, method)
            assert await messages(desk.ready, path, headers, method) == expected


async def test_new_items_alone_are_told_by_the_way_that_lies_ready_too(desk: Desk) -> None:
    headers = [(b"a-im", b"feed"), (b"if-none-match", await etag_of(desk.ready, FEED))]
    desk.shelf.publish(a_story(id="desk-2", headline="Another"))
    await desk.press.document(Page(ALL), look=True)
    for _ in range(2):
        start, body = await messages(desk.ready, FEED, headers)
        assert start["status"] == 226
        assert b"Another" in body["body"]


async def test_what_lies_ready_asks_nothing_of_the_shelf_and_a_query_is_read(desk: Desk) -> None:
    await etag_of(desk.ready, FEED)
    before = dict(desk.shelf.asked)
    await etag_of(desk.ready, FEED)
    assert desk.shelf.asked == before
    assert (await messages(desk.ready, FEED, [], query=b"before=x"))[0]["status"] == 422


async def test_a_change_shows_in_place_of_what_lay_ready(desk: Desk) -> None:
    first = await etag_of(desk.ready, FEED)
    desk.shelf.publish(a_story(id="desk-2", headline="Another"))
    await desk.press.document(Page(ALL), look=True)
    assert await etag_of(desk.ready, FEED) != first


async def test_only_so_much_is_kept_of_what_was_asked(desk: Desk) -> None:
    await etag_of(desk.ready, FEED)
    document = desk.press.at_once(Page(ALL))
    assert document is not None
    await messages(desk.ready, FEED, [(b"if-none-match", b'"%s"' % (b"x" * LONGEST))])
    assert document.answers == {}
    await asyncio.gather(*(messages(desk.ready, FEED, [(b"if-none-match", b'"%d"' % n)]) for n in range(2 * MOST)))
    assert len(document.answers) == MOST
