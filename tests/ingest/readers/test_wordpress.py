"""Reading a WordPress site by its REST API, against a server that filters, orders and pages as WordPress does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from services.ingest.fetch import Failed, Throttled
from services.ingest.health import Health
from services.ingest.reader import Ask, Reading, Same, Took
from services.ingest.readers.wordpress import PAGE, read, site_of
from services.ingest.source import Settings, Source
from tests.ingest.cms.asking import a_server, an_ask
from tests.ingest.wordpress.site import WordPress


@pytest.fixture
async def site() -> AsyncIterator[tuple[WordPress, Ask]]:
    wordpress = WordPress()
    async with a_server(wordpress.answer) as wordpress.url, an_ask() as ask:
        yield wordpress, ask


def a_source(wordpress: WordPress, before: Reading | None = None, **over: Any) -> Source:
    settings = Settings(**{"id": "bay", "kind": "wordpress", "url": wordpress.url} | over)
    return Source(settings, Health.read(before.fields) if isinstance(before, Took | Same) else Health())


def titles(reading: Reading) -> list[str]:
    assert isinstance(reading, Took), reading
    return [post.headline for post in reading.document.submissions]


async def test_a_new_site_gives_its_newest_posts_and_its_name(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    for number in (1, 2, 3):
        wordpress.add(number)
    reading = await read(a_source(wordpress), ask)
    assert titles(reading) == ["Story 3", "Story 2", "Story 1"]
    assert isinstance(reading, Took)
    assert (reading.document.title, reading.document.home) == ("Bay & Coast", "https://bay.example")


async def test_a_site_without_pretty_addresses_is_read_as_well(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    wordpress.pretty = False
    wordpress.add(1)
    first = await read(a_source(wordpress), ask)
    assert titles(first) == ["Story 1"]
    wordpress.add(2, minutes=500)
    assert "Story 2" in titles(await read(a_source(wordpress, first), ask))
    assert "rest_route" in wordpress.asked[-1]


@pytest.mark.parametrize("old", [False, True])
async def test_what_changed_since_is_read_once(site: tuple[WordPress, Ask], *, old: bool) -> None:
    wordpress, ask = site
    wordpress.old = old
    for number in range(1, 2 * PAGE):
        wordpress.add(number, minutes=number * 10)
    first = await read(a_source(wordpress), ask)
    wordpress.add(4, minutes=100_000)
    second = await read(a_source(wordpress, first), ask)
    assert titles(second)[0] == "Story 4"
    assert len(titles(second)) < 20
    third = await read(a_source(wordpress, second), ask)
    assert titles(third) == ["Story 4"]
    assert isinstance(await read(a_source(wordpress, third), ask), Same)


@pytest.mark.parametrize("minutes", [9_000.0, None])
async def test_more_changes_than_a_page_are_all_read(site: tuple[WordPress, Ask], minutes: float | None) -> None:
    wordpress, ask = site
    wordpress.add(0)
    first = await read(a_source(wordpress), ask)
    for number in range(1, 3 * PAGE):
        wordpress.add(number, minutes=minutes or 9_000 + number)
    seen = titles(await read(a_source(wordpress, first), ask))
    assert sorted(seen) == sorted(f"Story {number}" for number in range(1, 3 * PAGE))


async def test_a_site_whose_clock_is_at_its_beginning_is_read_again(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    wordpress.add(1)
    wordpress.posts[0]["modified"] = "0001-01-01T00:00:00"
    first = await read(a_source(wordpress), ask)
    wordpress.add(2)
    assert "Story 2" in titles(await read(a_source(wordpress, first), ask))


async def test_the_last_page_may_be_full(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    wordpress.add(0)
    first = await read(a_source(wordpress), ask)
    for number in range(1, 1 + PAGE):
        wordpress.add(number, minutes=9_000)
    assert len(titles(await read(a_source(wordpress, first), ask))) == PAGE


async def test_a_post_missing_twice_in_a_row_is_withdrawn_by_its_guid(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    for number in range(1, 6):
        wordpress.add(number, minutes=number * 300)
    reading = await read(a_source(wordpress), ask)
    wordpress.remove(2)
    gone: list[list[str | None]] = []
    for _ in range(3):
        reading = await read(a_source(wordpress, reading), ask)
        gone.append([one.guid for one in reading.document.withdrawals] if isinstance(reading, Took) else [])
    assert gone == [[], ["https://bay.example/?p=2"], ["https://bay.example/?p=2"]]


async def test_a_route_with_a_query_of_its_own_is_asked_as_it_stands(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    wordpress.add(1, categories="5")
    wordpress.add(2)
    url = f"{wordpress.url}wp-json/wp/v2/posts?categories=5"
    assert titles(await read(a_source(wordpress, url=url), ask)) == ["Story 1"]


@pytest.mark.parametrize(
    ("status", "text", "says"),
    [
        (401, "", "does not show its REST API"),
        (404, "", "no WordPress REST API"),
        (500, "", "500 Internal Server Error"),
        (200, "<html>", "not the JSON"),
        (200, "[]", "no WordPress REST API"),
    ],
)
async def test_errors_are_told_in_words(site: tuple[WordPress, Ask], status: int, text: str, says: str) -> None:
    wordpress, ask = site
    wordpress.instead = lambda: web.Response(status=status, text=text)
    failed = await read(a_source(wordpress), ask)
    assert isinstance(failed, Failed)
    assert says in failed.reason


async def test_a_site_that_asks_for_patience_gets_it(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    wordpress.instead = lambda: web.Response(status=429, headers={"retry-after": "7"})
    throttled = await read(a_source(wordpress), ask)
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after == 7


async def test_posts_that_are_none_are_told_of(site: tuple[WordPress, Ask]) -> None:
    wordpress, ask = site
    wordpress.add(1)
    first = await read(a_source(wordpress), ask)
    for text in ('{"posts": []}', '"x"', "7"):
        wordpress.instead = lambda text=text: web.Response(text=text)
        assert isinstance(await read(a_source(wordpress, first), ask), Failed)
    wordpress.instead = lambda: web.Response(text='[null, 7, {}, {"id": 3}, {"id": 4, "modified": "x", "link": 7}]')
    assert isinstance(await read(a_source(wordpress, first), ask), Took | Same)


@pytest.mark.parametrize(
    ("url", "roots", "route"),
    [
        ("https://b.example", ("https://b.example/wp-json/", "https://b.example/"), "wp/v2/posts"),
        ("https://b.example/blog", ("https://b.example/blog/wp-json/", "https://b.example/blog/"), "wp/v2/posts"),
        ("https://b.example/wp-json/", ("https://b.example/wp-json/",), "wp/v2/posts"),
        ("https://b.example/x/wp-json/wp/v2/news?y=1", ("https://b.example/x/wp-json/",), "wp/v2/news"),
        ("https://b.example/?rest_route=/wp/v2/posts", ("https://b.example/",), "wp/v2/posts"),
    ],
)
def test_the_api_is_found_by_any_address_of_the_site(url: str, roots: tuple[str, ...], route: str) -> None:
    assert (site_of(url).roots, site_of(url).route) == (roots, route)
