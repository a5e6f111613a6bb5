"""The whole feed's history, walked back from the newest: nothing is missing, nothing twice, and what stands stays."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from lxml import etree
from starlette.applications import Starlette

from services.syndication.feeds.archives import SIZE, Archives
from services.syndication.feeds.press import Press
from services.syndication.feeds.routes import routes
from services.syndication.ledger import EVENTS, SEQ, Ledger
from services.syndication.store import Articles, Library
from shared.events import Retraction
from shared.redis import Store
from tests.builders import an_article, an_enriched
from tests.syndication.feeds.asking import Answer, ask
from tests.syndication.feeds.in_memory import SITE
from tests.syndication.parts import handlers_on

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NEWEST = "/feeds/all.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
PAGE = 10


class Room:
    """Feeds and archives on a real ledger; a page has ten items."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, 0.0
        ledger, articles = Ledger(store), Articles(store)
        library = Library(ledger, articles)
        self._handlers = handlers_on(store, articles, now=lambda: NOW, patience=-1)
        self.archives = Archives(library, SITE, self._clock)
        press = Press(library, SITE, page_size=PAGE, fresh_for=0, archived=self.archives.below)
        self.app = Starlette(routes=routes(press, self.archives))

    def _clock(self) -> float:
        self.now += 10
        return self.now

    async def publish(self, *ids: str, version: int = 1, **over: Any) -> None:
        for id in ids:
            event = an_enriched(article=an_article(id=id, version=version, **{"headline": f"{id} {version}"} | over))
            if over.get("status") == "canceled":
                event = event.model_copy(update={"retraction": Retraction(reason="It was made up.")})
            await self._handlers.on_article_enriched(event)

    async def get(self, target: str, **headers: str) -> Answer:
        return await ask(self.app, target.removeprefix(SITE.url), **headers)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def numbered(count: int, start: int = 1) -> list[str]:
    return [f"desk-{number:04}" for number in range(start, start + count)]


def ids(document: etree._Element) -> list[str]:
    return [(one.text or "").rpartition(":")[2] for one in document.findall(f"{ATOM}entry/{ATOM}id")]


def link(document: etree._Element, rel: str) -> str | None:
    found = [str(one.get("href")) for one in document.findall(f"{ATOM}link") if one.get("rel") == rel]
    assert len(found) < 2
    return found[0] if found else None


async def walked(room: Room, rel: str, between: Callable[[], Awaitable[None]] | None = None) -> list[etree._Element]:
    """Follow a relation back from the newest page; `between` happens after each document that is read."""
    documents, target = [], NEWEST
    while target:
        answer = await room.get(target)
        assert answer.status == 200
        documents.append(etree.fromstring(answer.body))
        if between is not None:
            await between()
        target = link(documents[-1], rel) or ""
    return documents


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, SIZE, SIZE + 1, 2 * SIZE, 3 * SIZE + 7])
async def test_walking_back_meets_every_article_once(room: Room, rel: str, count: int) -> None:
    await room.publish(*numbered(count))
    met = [id for document in await walked(room, rel) for id in ids(document)]
    assert met == numbered(count)[::-1]


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
async def test_others_may_publish_meanwhile(room: Room, rel: str) -> None:
    await room.publish(*numbered(4 * SIZE + 3))
    more = iter(numbered(500, start=1_000))

    async def publish() -> None:
        await room.publish(next(more), next(more), next(more))

    met = [id for document in await walked(room, rel, publish) for id in ids(document)]
    assert met == numbered(4 * SIZE + 3)[::-1]


async def test_an_archive_stays_as_it_is_while_the_ledger_grows(room: Room) -> None:
    await room.publish(*numbered(2 * SIZE))
    first = await room.get("/feeds/all.atom?archive=1")
    await room.publish("desk-0003", version=2)
    await room.publish(*numbered(3 * SIZE, start=100))
    again = await room.get("/feeds/all.atom?archive=1")
    assert (again.body, again.headers["etag"]) == (first.body, first.headers["etag"])
    assert "desk-0003 1" in again.body.decode()


async def test_an_article_that_was_changed_is_newest_where_it_is_met_first(room: Room) -> None:
    await room.publish(*numbered(SIZE))
    await room.publish("desk-0003", version=2)
    await room.publish(*numbered(SIZE, start=100))
    titles = [
        str(entry.findtext(f"{ATOM}title"))
        for document in await walked(room, "prev-archive")
        for entry in document.findall(f"{ATOM}entry")
    ]
    assert [title for title in titles if title.startswith("desk-0003")] == ["desk-0003 2", "desk-0003 1"]
    met = [id for document in await walked(room, "next") for id in ids(document)]
    assert met.count("desk-0003") == 1


async def test_what_was_taken_back_leaves_its_archive_for_its_tombstone(room: Room) -> None:
    await room.publish(*numbered(2 * SIZE))
    await room.publish("desk-0003", version=2, body_html="<p>Never again.</p>")
    before = await room.get("/feeds/all.atom?archive=1")
    assert b"desk-0003 1" in before.body
    await room.publish("desk-0003", version=3, status="canceled")
    for archive in (1, 2):
        answer = await room.get(f"/feeds/all.atom?archive={archive}", if_none_match=before.headers["etag"])
        assert answer.status == 200
        assert b"desk-0003 1" not in answer.body
    document = etree.fromstring((await room.get("/feeds/all.atom?archive=1")).body)
    [gone] = document.findall(DELETED)
    assert str(gone.get("ref")).endswith("desk-0003")
    assert len(ids(document)) == SIZE - 1


async def test_what_may_no_longer_go_on_in_full_does_not_from_an_archive(room: Room) -> None:
    await room.publish(*numbered(2 * SIZE))
    await room.publish("desk-0003", version=2, reuse="headline", headline="Other")
    answer = (await room.get("/feeds/all.json?archive=1")).body
    [item] = [one for one in orjson.loads(answer)["items"] if one["id"].endswith("desk-0003")]
    assert (item["title"], item.get("content_html"), item["content_text"]) == ("desk-0003 1", None, "desk-0003 1")


async def test_an_archive_says_what_it_is_and_where_its_neighbours_are(room: Room) -> None:
    await room.publish(*numbered(3 * SIZE))
    for number, older, newer in ((1, None, 2), (2, 1, 3), (3, 2, None)):
        answer = await room.get(f"/feeds/all.atom?archive={number}")
        document = etree.fromstring(answer.body)
        assert document.find(f"{FH}archive") is not None
        assert link(document, "self") == f"{SITE.url}/feeds/all.atom?archive={number}"
        assert link(document, "current") == f"{SITE.url}/feeds/all.atom"
        assert link(document, "prev-archive") == (older and f"{SITE.url}/feeds/all.atom?archive={older}")
        assert answer.headers["cache-control"] == "public, max-age=86400, immutable"
        after = re.findall(r'archive=(\d+)>; rel="next-archive"', answer.headers["link"])
        assert after == [str(newer)] * bool(newer)
        assert 'rel="current"' in answer.headers["link"]


async def test_the_newest_page_is_no_archive_and_is_not_kept_for_long(room: Room) -> None:
    await room.publish(*numbered(3 * SIZE))
    answer = await room.get(NEWEST)
    document = etree.fromstring(answer.body)
    assert document.find(f"{FH}archive") is None
    assert "immutable" not in answer.headers["cache-control"]
    assert PAGE <= len(ids(document)) < PAGE + SIZE


@pytest.mark.parametrize("ending", ["rss", "atom", "json", "ninjs"])
async def test_it_is_there_in_every_open_format(room: Room, ending: str) -> None:
    await room.publish(*numbered(2 * SIZE))
    answer = await room.get(f"/feeds/all.{ending}?archive=2")
    assert answer.status == 200
    assert all(f"{id} 1" in answer.body.decode() for id in numbered(SIZE, start=SIZE + 1))
    again = await room.get(f"/feeds/all.{ending}?archive=2", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == answer.headers["cache-control"]


@pytest.mark.parametrize(("archive", "status"), [("2", 404), ("99", 404), ("0", 422), ("x", 422), ("1&archive=2", 422)])
async def test_an_archive_that_is_not_complete_is_not_there(room: Room, archive: str, status: int) -> None:
    await room.publish(*numbered(2 * SIZE - 1))
    answer = await room.get(f"/feeds/all.atom?archive={archive}")
    assert (answer.status, answer.headers["cache-control"]) == (status, "no-store")


async def test_what_the_ledger_has_let_go_of_ends_the_walk(room: Room) -> None:
    await room.publish(*numbered(4 * SIZE))
    await room.store.do("XTRIM", EVENTS, "MINID", f"{2 * SIZE + 1}-0")
    documents = await walked(room, "prev-archive")
    assert ids(documents[-1])[-1] == numbered(1, start=2 * SIZE + 1)[0]
    assert (await room.get("/feeds/all.atom?archive=2")).status == 404


@pytest.mark.parametrize("count", [1, SIZE, SIZE + 1, 2 * SIZE + 3])
async def test_the_walk_goes_on_across_numbers_that_were_passed_over(room: Room, count: int) -> None:
    await room.publish(*numbered(SIZE + 3))
    await room.store.do("SET", SEQ, 40 * SIZE + 7)
    await room.publish(*numbered(count, start=100))
    met = [id for document in await walked(room, "prev-archive") for id in ids(document)]
    assert met == numbered(count, start=100)[::-1] + numbered(SIZE + 3)[::-1]


async def test_archives_on_both_sides_of_numbers_that_were_passed_over_name_each_other(room: Room) -> None:
    await room.publish(*numbered(SIZE + 3))
    await room.store.do("SET", SEQ, 40 * SIZE)
    last = await room.get("/feeds/all.atom?archive=2")
    assert last.status == 200
    assert "next-archive" not in last.headers["link"]
    assert (await room.get("/feeds/all.atom?archive=3")).status == 404
    await room.publish(*numbered(SIZE, start=100))
    assert "archive=41" in (await room.get("/feeds/all.atom?archive=2")).headers["link"]
    document = etree.fromstring((await room.get("/feeds/all.atom?archive=41")).body)
    assert str(link(document, "prev-archive")).endswith("archive=2")
