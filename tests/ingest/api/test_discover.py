"""Discovery over HTTP; what is found is tested beside discovery."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.ingest.api.discover import AT_ONCE, Discover
from services.ingest.asking import Asking
from services.ingest.turns import Turns
from shared import http_client
from shared.auth import Guard
from shared.http_client import NoAnswer, Page, TooLarge
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.ingest.api.parts import TOKEN, Api
from tests.ingest.pages.sites import a_site, page

PATH = "/sources/discover"
RSS = '<rss version="2.0"><channel><title>Paper</title><item><title>One</title><link>https://e.org/1</link></item></channel></rss>'


async def may_be_asked(_url: str) -> str | None:
    return None


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    api = Api(store)
    yield api
    await api.outbox.idle(5)


async def test_what_is_found_is_answered_with_its_items(api: Api, store: Store) -> None:
    async with a_site(rss=page(RSS, "text/xml")) as site:
        site.paths["/"] = page('<title>Paper</title><link rel="alternate" type="text/xml" href="/rss">')

        async def get(url: str, **asked: object) -> Page | TooLarge | NoAnswer:
            assert site.session is not None
            return await http_client.get(site.session, url, **asked)  # type: ignore[arg-type]

        asking = Asking(get, Turns(store, api.clock, spacing=0), api.clock)
        routes = Discover(Guard(store, TOKEN), may_be_asked, asking, {}).routes
        answer = await ask(application(routes), "POST", f"/api/v1{PATH}", json={"url": f"{site.url}/"}, token=TOKEN)
    assert answer.status == 200
    (feed,) = answer.json()["feeds"]
    assert (feed["url"], feed["kind"], feed["title"], feed["type"]) == (f"{site.url}/rss", "feed", "Paper", "text/xml")
    assert [item["headline"] for item in feed["items_preview"]] == ["One"]


async def test_a_site_that_is_away_is_answered_in_words(api: Api) -> None:
    answer = await api.ask("POST", PATH, {"url": "https://paper.example/"})
    assert (answer.status, answer.json()["feeds"]) == (200, [])
    assert answer.json()["problems"] == ["https://paper.example/: nobody answers here"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "/rss"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://e.org/", "x": 1}, "x"),
    ],
)
async def test_a_wrong_body_is_refused_naming_the_field(api: Api, body: dict[str, object], field: str) -> None:
    answer = await api.ask("POST", PATH, body)
    assert (answer.status, [one["field"] for one in answer.json()["errors"]]) == (422, [field])


async def test_an_address_that_may_not_be_asked_is_refused(api: Api) -> None:
    api.refusal = "10.0.0.1 is a private address"
    answer = await api.ask("POST", PATH, {"url": "https://10.0.0.1/"})
    assert (answer.status, answer.json()["detail"]) == (422, "url 10.0.0.1 is a private address")


async def test_discovery_is_for_the_admin(api: Api) -> None:
    assert (await api.ask("POST", PATH, {"url": "https://e.org/"}, token=None)).status == 401


async def test_no_more_searches_run_at_once_than_may(store: Store, api: Api) -> None:
    gate = asyncio.Event()

    async def get(_url: str, **_asked: object) -> NoAnswer:
        await gate.wait()
        return NoAnswer("nobody answers here", 0.0)

    routes = Discover(
        Guard(store, TOKEN), may_be_asked, Asking(get, Turns(store, api.clock, spacing=0), api.clock), {}
    ).routes
    app = application(routes)

    async def search(at: int) -> int:
        url = f"https://h{at}.example/"
        return (await ask(app, "POST", f"/api/v1{PATH}", json={"url": url}, token=TOKEN)).status

    tasks = [asyncio.create_task(search(at)) for at in range(AT_ONCE + 1)]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == [503]
    gate.set()
    assert sorted(await asyncio.gather(*tasks)) == [200] * AT_ONCE + [503]
