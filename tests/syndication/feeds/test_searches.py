"""Any query is a feed, and every new version is matched once against all that were asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette

from services.syndication.feeds import searches
from services.syndication.feeds.press import Press
from services.syndication.feeds.routes import routes
from services.syndication.feeds.searches import KEPT, Searches
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.ledger import Ledger
from services.syndication.store import Articles, Library
from shared.events import Article, Retraction, Tag
from shared.redis import RedisError, Store
from tests.builders import an_article, an_enriched
from tests.syndication.feeds.asking import ask
from tests.syndication.feeds.in_memory import SITE
from tests.syndication.parts import handlers_on
from tests.waiting import until

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
STORM = FeedName("search", "storm")


class Counting(Library):
    """A library that counts the articles it parses; looking through many waits for its gate, and may fail."""

    parsed = 0
    away = False
    waiting = 0

    def __init__(self, ledger: Ledger, articles: Articles) -> None:
        super().__init__(ledger, articles)
        self.gate = asyncio.Event()
        self.gate.set()

    async def documents(self, wanted: Sequence[tuple[str, int]]) -> Sequence[Article]:
        if self.away:
            raise RedisError("away")
        self.waiting += 1
        await self.gate.wait()
        return await super().documents(wanted)

    async def article(self, article_id: str, version: int) -> Article | None:
        self.parsed += 1
        return await super().article(article_id, version)


class Room:
    """Search feeds on a real ledger."""

    def __init__(self, store: Store) -> None:
        ledger, articles = Ledger(store), Articles(store)
        self.library = Counting(ledger, articles)
        self.searches = Searches(self.library)
        self.handlers = handlers_on(store, articles, now=lambda: NOW, patience=-1)

    async def publish(self, id: str, version: int = 1, **over: Any) -> None:
        event = an_enriched(article=an_article(id=id, version=version, **over))
        await self.handlers.on_article_enriched(event)

    async def retract(self, id: str, version: int) -> None:
        event = an_enriched(article=an_article(id=id, version=version, status="canceled"))
        await self.handlers.on_article_enriched(event.model_copy(update={"retraction": Retraction(reason="Wrong.")}))

    async def ids(self, feed: FeedName = STORM, before: int | None = None, limit: int = 50) -> list[str]:
        return [one.article_id for one in await self.searches.newest(feed, before, limit)]


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def test_a_new_query_finds_what_was_there(room: Room) -> None:
    await room.publish("one", headline="A storm comes")
    await room.publish("two", headline="All is calm")
    await room.publish("three", headline="The storm is here")
    assert await room.ids() == ["three", "one"]


async def test_what_comes_after_is_matched_once_for_all_queries(room: Room) -> None:
    calm = FeedName("search", "calm")
    await room.ids()
    await room.ids(calm)
    before = room.library.parsed
    await room.publish("one", headline="A storm comes")
    await room.publish("two", headline="All is calm")
    assert (await room.ids(), await room.ids(calm)) == (["one"], ["two"])
    assert room.library.parsed - before == 2


async def test_the_mark_moves_only_when_the_feed_changes(room: Room) -> None:
    await room.publish("one", headline="A storm comes")
    first = await room.searches.mark(STORM)
    await room.publish("two", headline="All is calm")
    assert await room.searches.mark(STORM) == first
    await room.publish("three", headline="More storm")
    assert await room.searches.mark(STORM) != first


async def test_an_article_that_matches_no_more_leaves(room: Room) -> None:
    await room.publish("one", headline="A storm comes")
    assert await room.ids() == ["one"]
    await room.publish("one", version=2, headline="It was a breeze")
    assert await room.ids() == []


async def test_a_retraction_is_told_where_the_article_was_read(room: Room) -> None:
    await room.publish("one", headline="A storm comes", tags=[])
    tagged = FeedName("search", "lang:en")
    assert await room.ids(tagged) == ["one"]
    await room.retract("one", 2)
    assert await room.ids(tagged) == ["one"]


async def test_a_retraction_is_not_told_where_the_article_never_was(room: Room) -> None:
    others = [FeedName("search", query) for query in ("NOT tag:secret", "NOT storm", "lang:en")]
    await room.publish("one", headline="A storm comes", language="uk", tags=[Tag(id="secret", slug="secret", name="S")])
    assert [await room.ids(feed) for feed in others] == [[], [], []]
    await room.retract("one", 2)
    assert [await room.ids(feed) for feed in others] == [[], [], []]


async def test_pages_go_back_past_what_is_kept(room: Room) -> None:
    for number in range(KEPT + 30):
        await room.publish(f"n{number}", headline=f"storm {number}")
    met: list[str] = []
    before = None
    while page := await room.searches.newest(STORM, before, 50):
        met += [one.article_id for one in page]
        before = page[-1].seq
    assert met == [f"n{number}" for number in reversed(range(KEPT + 30))]


async def test_queries_asked_least_are_let_go(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_QUERIES", 3)
    await room.publish("one", headline="A storm comes")
    for number in range(10):
        await room.ids(FeedName("search", f"storm OR w{number}"))
    await room.publish("two", headline="storm")
    before = room.library.parsed
    assert await room.ids() == ["two", "one"]
    assert room.library.parsed - before == 1


async def test_looking_for_a_new_query_holds_up_no_other_and_misses_nothing_meanwhile(room: Room) -> None:
    await room.publish("one", headline="A storm comes")
    await room.publish("two", headline="The storm is here")
    assert await room.ids() == ["two", "one"]
    room.library.gate.clear()
    room.library.waiting = 0
    calm = asyncio.create_task(room.ids(FeedName("search", "comes OR here OR gone")))
    await until(lambda: room.library.waiting)
    await room.publish("two", version=2, headline="It was a breeze")
    await room.publish("three", headline="It is gone, the storm")
    assert await room.ids() == ["three", "one"]
    room.library.gate.set()
    assert await calm == ["three", "one"]


async def test_a_look_that_fails_is_begun_again(room: Room) -> None:
    await room.publish("one", headline="A storm comes")
    room.library.away = True
    with pytest.raises(RedisError):
        await room.ids()
    room.library.away = False
    assert await room.ids() == ["one"]


async def test_other_feeds_are_handed_on(room: Room) -> None:
    await room.publish("one")
    assert await room.ids(ALL) == ["one"]
    assert await room.searches.mark(ALL) == 1


async def test_a_query_is_a_feed_in_every_format(room: Room) -> None:
    await room.publish("one", headline="A storm comes")
    app = Starlette(routes=routes(Press(room.searches, SITE)))
    for ending in ("rss", "atom"):
        assert b"A storm comes" in (await ask(app, f"/feeds/search.{ending}?q=storm")).body
    found = orjson.loads((await ask(app, "/feeds/search.json?q=%20Storm")).body)
    assert [item["title"] for item in found["items"]] == ["A storm comes"]
    assert found["feed_url"] == "https://news.example.org/feeds/search.json?q=storm"
    assert found["title"] == "Example News: storm"


async def test_a_search_nothing_matches_is_an_empty_feed(room: Room) -> None:
    app = Starlette(routes=routes(Press(room.searches, SITE)))
    answer = await ask(app, "/feeds/search.json?q=nothing")
    assert (answer.status, orjson.loads(answer.body)["items"]) == (200, [])


@pytest.mark.parametrize("asked", ["", "?q=", "?q=tag:(", "?q=a&q=b"])
async def test_a_wrong_query_is_refused_in_words(room: Room, asked: str) -> None:
    app = Starlette(routes=routes(Press(room.searches, SITE)))
    answer = await ask(app, f"/feeds/search.rss{asked}")
    assert (answer.status, orjson.loads(answer.body)["errors"][0]["field"]) == (422, "q")
