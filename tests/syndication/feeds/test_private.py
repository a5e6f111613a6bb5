"""A consumer's own feeds: theirs alone, within what they may have, and gone the moment they are revoked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import feedparser
import orjson
import pytest
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from services.syndication.consumers import new_consumer
from services.syndication.feeds.press import Press
from services.syndication.feeds.private import serving
from services.syndication.feeds.private.api import ROOT, PrivateFeedRoutes
from services.syndication.feeds.private.records import FEEDS, MOST, PrivateFeeds
from services.syndication.feeds.searches import Searches
from services.syndication.ledger import Ledger
from services.syndication.store import Articles, Library
from services.syndication.websub.asked import page_of
from shared.auth import CONSUMERS, Guard
from shared.idempotency import Idempotency
from shared.redis import RedisError, Store
from shared.web import application
from tests.asgi import Answer, ask
from tests.builders import MORNING, an_article, an_enriched
from tests.syndication.feeds.in_memory import SITE
from tests.syndication.parts import handlers_on

ADMIN = "an-admin-token-for-tests"
ENDINGS = ("rss", "atom", "json", "ninjs", "msn.rss", "smartnews.rss", "flipboard.rss", "apple.rss")
BODY = "The night ferry crosses the bay again, after eleven years of waiting for it, say people on the shore."


class Failing(PrivateFeeds):
    """Records that cannot be reached."""

    async def get(self, id: str) -> Any:  # noqa: ARG002  # as the real one is asked
        raise RedisError("away")


class Room:
    """The API and the feeds on a real ledger, with two consumers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        ledger, articles = Ledger(store), Articles(store)
        self._handlers = handlers_on(store, articles, now=lambda: MORNING, patience=-1)
        self.press = Press(Searches(Library(ledger, articles)), SITE, page_size=2, fresh_for=0)
        self.feeds = PrivateFeeds(store)
        self.keys: dict[str, str] = {}

    def app(self, feeds: PrivateFeeds | None = None) -> ASGIApp:
        guard, feeds = Guard(self.store, ADMIN), feeds or self.feeds
        api = PrivateFeedRoutes(feeds, SITE, guard, Idempotency(self.store), lambda: MORNING)
        return application([*serving.routes(feeds, self.press), *api.routes])

    async def consumer(self, name: str, **terms: str) -> str:
        made = new_consumer(name, MORNING, {"query": "", "reuse": "full"} | terms)
        await self.store.do("HSET", CONSUMERS, made.id, made.kept())
        self.keys[made.id] = made.key
        return made.id

    async def publish(self, *ids: str, version: int = 1, **over: Any) -> None:
        for id in ids:
            fields = {"headline": f"Headline {id}", "body_html": f"<p>{BODY}</p>", "body_text": BODY} | over
            article = an_article(id=id, version=version, **fields)
            await self._handlers.on_article_enriched(an_enriched(article=article))

    async def call(self, method: str, path: str, token: str = ADMIN, **options: Any) -> Answer:
        return await ask(self.app(), method, path, token=token, **options)

    async def make(self, consumer: str, **asked: str) -> dict[str, Any]:
        answer = await self.call("POST", ROOT, json={"consumer": consumer} | asked)
        assert answer.status == 201, answer.body
        made: dict[str, Any] = answer.json()
        return made

    async def get(self, url: str, method: str = "GET", **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await ask(self.app(), method, url.removeprefix(SITE.url), headers=given)

    async def items(self, url: str) -> Sequence[dict[str, Any]]:
        items: Sequence[dict[str, Any]] = orjson.loads((await self.get(url)).body)["items"]
        return items


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def test_a_feed_is_made_read_listed_and_revoked(room: Room) -> None:
    await room.publish("desk-1")
    daily = await room.consumer("Daily")
    made = await room.make(daily, name="All of it")
    assert {name: made[name] for name in ("consumer", "name", "query", "reuse")} == {
        "consumer": daily,
        "name": "All of it",
        "query": "",
        "reuse": "full",
    }
    assert BODY in (await room.items(made["urls"]["json"]))[0]["content_html"]
    listed = (await room.call("GET", ROOT)).json()["private_feeds"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert "urls" not in listed[0]
    assert "digest" not in listed[0]
    assert (await room.call("DELETE", f"{ROOT}/{made['id']}")).status == 204
    for url in made["urls"].values():
        answer = await room.get(url)
        assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
    assert (await room.call("GET", ROOT)).json() == {"private_feeds": []}
    assert (await room.call("DELETE", f"{ROOT}/{made['id']}")).status == 404


async def test_every_format_is_there_and_no_shared_cache_may_keep_it(room: Room) -> None:
    await room.publish("desk-1", headline="A headline that is long enough for all partners")
    made = await room.make(await room.consumer("Daily"))
    assert list(made["urls"]) == [ending.removesuffix(".rss") if "." in ending else ending for ending in ENDINGS]
    for url in made["urls"].values():
        answer = await room.get(url)
        assert answer.status == 200
        again = await room.get(url, if_none_match=answer.headers["etag"])
        head = await room.get(url, "HEAD")
        assert (again.status, head.status, head.body) == (304, 200, b"")
        for one in (answer, again, head):
            assert one.headers["cache-control"] == "private, no-store"
            assert one.headers["referrer-policy"] == "no-referrer"
            assert "access-control-allow-origin" not in one.headers
        for told in (answer.headers["link"], answer.body.decode()):
            assert "hub" not in told
            assert 'alternate", type="application' not in told
    feed = feedparser.parse((await room.get(made["urls"]["rss"])).body)
    [own] = [link.href for link in feed.feed.links if link.rel == "self"]
    assert own == made["urls"]["rss"]


async def test_its_pages_stay_under_its_own_address(room: Room) -> None:
    await room.publish("desk-1", "desk-2", "desk-3")
    made = await room.make(await room.consumer("Daily"))
    first = orjson.loads((await room.get(made["urls"]["json"])).body)
    assert first["next_url"] == f"{made['urls']['json']}?before=2"
    assert [one["title"] for one in first["items"]] == ["Headline desk-3", "Headline desk-2"]
    assert [one["title"] for one in await room.items(first["next_url"])] == ["Headline desk-1"]
    assert (await room.get(f"{made['urls']['json']}?before=x")).status == 422


@pytest.mark.parametrize(
    ("consumer", "feed", "shown"),
    [
        ("full", "full", "full"),
        ("summary", "full", "summary"),
        ("full", "summary", "summary"),
        ("headline", "summary", "headline"),
        ("summary", "headline", "headline"),
    ],
)
async def test_no_more_of_a_story_goes_on_than_both_allow(room: Room, consumer: str, feed: str, shown: str) -> None:
    await room.publish("desk-1", summary="A ferry sails.")
    made = await room.make(await room.consumer("Daily", reuse=consumer), reuse=feed)
    [item] = await room.items(made["urls"]["json"])
    assert (BODY in item.get("content_html", ""), item.get("summary")) == (
        shown == "full",
        None if shown == "headline" else "A ferry sails.",
    )
    for ending in ("rss", "atom", "ninjs", "flipboard", "apple", "smartnews", "msn"):
        body = (await room.get(made["urls"][ending])).body.decode()
        assert shown == "full" or BODY not in body
        assert shown != "headline" or "A ferry sails." not in body


async def test_what_its_source_allows_is_never_widened(room: Room) -> None:
    await room.publish("desk-1", reuse="headline")
    made = await room.make(await room.consumer("Daily"), reuse="full")
    [item] = await room.items(made["urls"]["json"])
    assert "content_html" not in item


async def test_it_holds_what_both_queries_ask_for(room: Room) -> None:
    await room.publish("desk-1", headline="Storm in the north")
    await room.publish("desk-2", headline="Storm in the south", language="de")
    await room.publish("desk-3", headline="Calm in the south", language="de")
    daily = await room.consumer("Daily", query="lang:de")
    storm, everything = await room.make(daily, query="storm"), await room.make(daily)
    assert [one["title"] for one in await room.items(storm["urls"]["json"])] == ["Storm in the south"]
    assert len(await room.items(everything["urls"]["json"])) == 2
    await room.publish("desk-4", headline="Another storm", language="de")
    assert (await room.items(storm["urls"]["json"]))[0]["title"] == "Another storm"


async def test_a_consumer_sees_and_touches_only_its_own(room: Room) -> None:
    daily, weekly = await room.consumer("Daily"), await room.consumer("Weekly")
    theirs = await room.make(weekly)
    answer = await room.call("POST", ROOT, room.keys[daily], json={"query": "lang:en"})
    assert (answer.status, answer.json()["consumer"]) == (201, daily)
    listed = (await room.call("GET", ROOT, room.keys[daily])).json()["private_feeds"]
    assert [one["id"] for one in listed] == [answer.json()["id"]]
    assert (await room.call("DELETE", f"{ROOT}/{theirs['id']}", room.keys[daily])).status == 404
    assert (await room.call("POST", ROOT, room.keys[daily], json={"consumer": weekly})).status == 404
    assert (await room.get(theirs["urls"]["rss"])).status == 200


async def test_its_feeds_go_with_a_consumer(room: Room) -> None:
    daily = await room.consumer("Daily")
    made = await room.make(daily)
    await room.store.do("HDEL", CONSUMERS, daily)
    assert (await room.get(made["urls"]["rss"])).status == 404
    assert (await room.call("GET", ROOT)).json() == {"private_feeds": []}
    assert await room.store.do("HLEN", FEEDS) == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "consumer"),
        ({"consumer": "nobody"}, "consumer"),
        ({"query": "tag:"}, "query"),
        ({"reuse": "all"}, "reuse"),
        ({"more": 1}, "more"),
    ],
)
async def test_what_is_wrong_is_named(room: Room, asked: dict[str, Any], field: str) -> None:
    answer = await room.call("POST", ROOT, json=asked)
    assert (answer.status, [one["field"] for one in answer.json()["errors"]]) == (422, [field])


async def test_nothing_is_told_without_a_key(room: Room) -> None:
    for method, path in (("GET", ROOT), ("POST", ROOT), ("DELETE", f"{ROOT}/x")):
        assert (await room.call(method, path, "wrong")).status == 401


async def test_a_consumer_has_no_more_than_so_many(room: Room) -> None:
    daily = await room.consumer("Daily")
    for _ in range(MOST):
        await room.make(daily)
    assert (await room.call("POST", ROOT, json={"consumer": daily})).status == 409


async def test_no_address_is_guessed_from_another(room: Room) -> None:
    url = str((await room.make(await room.consumer("Daily")))["urls"]["rss"])
    stem = url.removesuffix(".rss")
    for wrong in (
        f"{stem[:-1]}{'0' if stem[-1] != '0' else '1'}.rss",
        f"{stem.rpartition('-')[0]}.rss",
        f"{stem}0.rss",
    ):
        assert (await room.get(wrong)).status == 404


async def test_its_address_is_not_kept_and_a_repeated_request_does_not_show_it_again(room: Room) -> None:
    daily = await room.consumer("Daily")
    request: dict[str, Any] = {"json": {"consumer": daily}, "headers": {"idempotency-key": "k"}}
    first, second = [await room.call("POST", ROOT, **request) for _ in range(2)]
    token = first.json()["urls"]["rss"].rpartition("/")[2].removesuffix(".rss")
    assert second.json() == first.json() | {"urls": None}
    for key in await room.store.do("KEYS", "*"):
        kind = await room.store.do("TYPE", key)
        held = await room.store.do("HVALS", key) if kind == b"hash" else [await room.store.do("GET", key)]
        assert token.encode() not in b"".join(held)


async def test_a_failing_store_does_not_put_its_address_into_the_log(room: Room) -> None:
    made = await room.make(await room.consumer("Daily"))
    target = made["urls"]["rss"].removeprefix(SITE.url)
    with capture_logs() as lines:
        answer = await ask(room.app(Failing(room.store)), "GET", target)
    assert answer.status == 503
    assert lines
    assert made["id"] not in str(lines)
    assert made["id"] not in str(answer.body)


async def test_nobody_else_is_told_of_it(room: Room) -> None:
    made = await room.make(await room.consumer("Daily"))
    assert page_of(made["urls"]["atom"], SITE) is None, "no topic of the hub"
    feeds = await Library(Ledger(room.store), Articles(room.store)).feeds()
    assert not [name for name in feeds if "private" in name]
