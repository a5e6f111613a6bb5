"""The Compose stack, driven through its gateway as a user would; `.ci/compose` brings it up and down."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import orjson
import pytest
from lxml import etree

from shared import settings
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.compose


class Gateway:
    """One address and the admin token for it; every call is one connection, so replicas take turns."""

    def __init__(self, url: str, token: str) -> None:
        self._host, self._token = urlsplit(url).netloc, token

    def call(self, method: str, path: str, body: object = None, *, token: str | None = "") -> tuple[int, bytes]:
        """Return status and body; `token` is the admin's unless another or None is given."""
        connection = HTTPConnection(self._host, timeout=PATIENCE)
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self._token}"
        try:
            # A body over the limit is answered before it is all sent; the answer can be read all the same.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, None if body is None else orjson.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def sign_in(self, path: str) -> str:
        """Sign in as a browser would, and return the cookie."""
        connection = HTTPConnection(self._host, timeout=PATIENCE)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        try:
            connection.request("POST", path, urlencode({"key": self._token}), headers)
            answer = connection.getresponse()
            assert answer.status == 303, answer.read()
            return answer.getheader("Set-Cookie", "").partition(";")[0]
        finally:
            connection.close()

    def page(self, path: str, cookie: str) -> tuple[int, str]:
        """Return status and text of a page for who has signed in."""
        connection = HTTPConnection(self._host, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def push(self, guid: str, headline: str) -> dict[str, Any]:
        """Push an article and return the answer to it, which is 202 for news and 200 for what is known."""
        status, body = self.call("POST", "/api/v1/articles", story(guid, headline))
        assert status in (200, 202), body
        answer: dict[str, Any] = orjson.loads(body)
        return answer

    def events(self, after: int) -> list[dict[str, Any]]:
        """Return all ledger events after a number."""
        status, body = self.call("GET", f"/api/v1/events?after={after}&limit=500")
        assert status == 200, body
        events: list[dict[str, Any]] = orjson.loads(body)["events"]
        return events

    def latest(self) -> int:
        """Return the number of the newest ledger event."""
        status, body = self.call("GET", "/api/v1/events?limit=1")
        assert status == 200, body
        return int(orjson.loads(body)["latest"])


def story(guid: str, headline: str) -> dict[str, object]:
    return {
        "source": {"id": "journey"},
        "guid": guid,
        "url": f"https://example.org/{guid}",
        "headline": headline,
        "body_html": f"<p>The harbour office counted the boats again, and wrote down {guid}.</p>",
        "authors": [{"name": "Ann Writer"}],
        "published_at": "2026-11-22T10:00:00Z",
    }


def fresh(name: str) -> str:
    return f"{name}-{uuid4().hex[:12]}"


@pytest.fixture
def gateway() -> Gateway:
    url, token = settings.client()
    assert url, "WIREROOM_URL must name the gateway"
    assert token, "WIREROOM_ADMIN_TOKEN must be the stack's"
    return Gateway(url, token)


def test_the_gateway_says_that_the_stack_is_healthy_and_ready(gateway: Gateway) -> None:
    assert gateway.call("GET", "/healthz", token=None)[0] == 200
    assert gateway.call("GET", "/readyz", token=None)[0] == 200


async def test_a_pushed_article_is_in_the_feed(gateway: Gateway) -> None:
    guid = fresh("feed")
    pushed = gateway.push(guid, f"Harbour counts boats {guid}")
    assert pushed["version"] == 1

    def in_feed() -> bool:
        status, body = gateway.call("GET", "/feeds/all.rss", token=None)
        titles = etree.fromstring(body).iterfind("channel/item/title") if status == 200 else ()
        return any(title.text == f"Harbour counts boats {guid}" for title in titles)

    await until(in_feed)


async def test_many_replicas_bring_each_article_into_the_ledger_once(gateway: Gateway) -> None:
    before = gateway.latest()
    ids = {gateway.push(guid, f"Boat {guid}")["id"] for guid in (fresh("many") for _ in range(60))}

    def counted() -> Counter[str]:
        return Counter(event["data"]["article"]["id"] for event in gateway.events(before))

    await until(lambda: ids <= counted().keys())
    assert {counted()[article] for article in ids} == {1}


async def test_the_same_article_again_changes_nothing_and_a_new_headline_is_an_update(
    gateway: Gateway,
) -> None:
    before, guid = gateway.latest(), fresh("twice")
    first = gateway.push(guid, f"First {guid}")
    assert gateway.push(guid, f"First {guid}")["status"] == "unchanged"
    assert gateway.push(guid, f"Second {guid}")["version"] == 2

    def told() -> list[tuple[str, int]]:
        articles = ((event["type"], event["data"]["article"]) for event in gateway.events(before))
        return [(kind, article["version"]) for kind, article in articles if article["id"] == first["id"]]

    await until(lambda: len(told()) == 2)
    assert told() == [("article.published", 1), ("article.updated", 2)]


async def test_what_is_pushed_is_delivered_to_the_receiver_beside_the_stack(gateway: Gateway) -> None:
    guid = fresh("delivered")
    pushed = gateway.push(guid, f"Told {guid}")

    def delivered() -> bool:
        status, body = gateway.call("GET", "/api/v1/subscriptions")
        ids = [one["id"] for one in orjson.loads(body)["subscriptions"]] if status == 200 else []
        logs = (gateway.call("GET", f"/api/v1/subscriptions/{one}/deliveries") for one in ids)
        attempts = [attempt for _, log in logs for attempt in orjson.loads(log)["deliveries"]]
        return any(attempt["article_id"] == pushed["id"] and attempt["outcome"] == "delivered" for attempt in attempts)

    await until(delivered)


async def test_the_console_tells_of_sources_whichever_replica_answers(gateway: Gateway) -> None:
    gateway.push(fresh("console"), "Harbour office has a console")
    cookie = gateway.sign_in("/console/sign-in")

    def told() -> bool:
        pages = [gateway.page("/console/sources", cookie) for _ in range(4)]
        return all(status == 200 and "journey" in text for status, text in pages)

    await until(told)
    assert gateway.page("/console", cookie)[0] == 200


def test_a_push_without_the_right_token_is_refused_at_the_gateway_too(gateway: Gateway) -> None:
    status, _ = gateway.call("POST", "/api/v1/articles", story(fresh("wrong"), "No"), token="not-the-token")
    assert status == 401


def test_a_body_over_the_limit_is_refused_with_413(gateway: Gateway) -> None:
    status, _ = gateway.call("POST", "/api/v1/articles", {"body_html": "x" * 3_000_000})
    assert status == 413
