"""Reading a Ghost site by its Content API, against a server that filters, orders and pages as Ghost does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from services.ingest.fetch import Failed
from services.ingest.health import Health
from services.ingest.reader import Ask, Reading, Same, Took
from services.ingest.readers.ghost import PAGE, read, root_of
from services.ingest.source import Settings, Source
from tests.ingest.ghost.site import KEY, Ghost, a_ghost, moment


@pytest.fixture
async def site() -> AsyncIterator[tuple[Ghost, Ask]]:
    async with a_ghost() as site:
        yield site


def a_source(ghost: Ghost, before: Reading | None = None, **over: Any) -> Source:
    """Build the source as it stands after a reading."""
    settings = Settings(**{"id": "bay", "kind": "ghost", "url": ghost.url, "key": KEY} | over)
    return Source(settings, Health.read(before.fields) if isinstance(before, Took | Same) else Health())


def titles(reading: Reading) -> list[str]:
    assert isinstance(reading, Took), reading
    return [post.headline for post in reading.document.submissions]


def gone(reading: Reading) -> list[str | None]:
    return [one.guid for one in reading.document.withdrawals] if isinstance(reading, Took) else []


async def test_a_new_source_gives_its_newest_posts_with_the_sites_name(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    for number in range(1, 4):
        ghost.add(number)
    first = await read(a_source(ghost), ask)
    assert titles(first) == ["Story 3", "Story 2", "Story 1"]
    assert isinstance(first, Took)
    assert (first.document.title, first.document.home) == ("Bay Wire", "https://bay.example/")
    assert first.document.submissions[0].language == "uk"


async def test_an_old_post_that_changed_last_is_known_of_from_the_first_reading(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    for number in range(1, 2 * PAGE):
        ghost.add(number)
    ghost.add(0)["updated_at"] = moment(500)
    first = await read(a_source(ghost), ask)
    assert len(titles(first)) == PAGE + 1
    assert titles(first)[0] == "Story 0"
    assert titles(await read(a_source(ghost, first), ask)) == ["Story 0"]


async def test_only_what_changed_since_is_asked_for_and_said_once(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    for number in range(1, 31):
        ghost.add(number)
    first = await read(a_source(ghost), ask)
    ghost.add(4, minutes=60)
    second = await read(a_source(ghost, first), ask)
    assert titles(second) == ["Story 4", "Story 30"]
    third = await read(a_source(ghost, second), ask)
    fourth = await read(a_source(ghost, third), ask)
    assert titles(third) == ["Story 4"]
    assert isinstance(fourth, Same)
    assert [fourth.fields["cursor"]] == [third.fields["cursor"] for third in [third] if isinstance(third, Took)]


async def test_a_second_change_within_the_same_second_is_not_missed(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    ghost.add(1)
    first = await read(a_source(ghost), ask)
    ghost.add(2, minutes=1)
    assert "Story 2" in titles(await read(a_source(ghost, first), ask))


async def test_more_changes_than_a_page_are_all_read_even_within_one_second(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    ghost.add(0)
    first = await read(a_source(ghost), ask)
    for number in range(1, 3 * PAGE):
        ghost.add(number, minutes=10 if number < 2 * PAGE else 11)
    assert sorted(titles(await read(a_source(ghost, first), ask))) == sorted(f"Story {n}" for n in range(3 * PAGE))


async def test_of_more_changes_than_are_read_at_once_none_is_lost(
    site: tuple[Ghost, Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.readers.ghost.MOST_PAGES", 2)
    ghost, ask = site
    ghost.add(0)
    reading = await read(a_source(ghost), ask)
    for number in range(1, 4 * PAGE):
        ghost.add(number)
    seen: set[str] = set()
    for _ in range(4):
        reading = await read(a_source(ghost, reading), ask)
        seen |= set(titles(reading))
    assert seen == {f"Story {number}" for number in range(4 * PAGE)}


async def test_a_post_missing_twice_in_a_row_is_withdrawn(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    for number in range(1, 6):
        ghost.add(number)
    reading = await read(a_source(ghost), ask)
    ghost.remove(2)
    withdrawn = []
    for _ in range(6):
        reading = await read(a_source(ghost, reading), ask)
        withdrawn.append(gone(reading))
    assert withdrawn == [[], ["id0002"], ["id0002"], ["id0002"], [], []]


async def test_a_post_that_is_back_was_never_withdrawn(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    for number in range(1, 6):
        ghost.add(number)
    reading = await read(a_source(ghost), ask)
    post = ghost.posts[1]
    ghost.remove(2)
    reading = await read(a_source(ghost, reading), ask)
    ghost.posts.append(post)
    for _ in range(4):
        reading = await read(a_source(ghost, reading), ask)
        assert gone(reading) == []


async def test_a_site_that_lost_its_memory_withdraws_nothing(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    for number in range(1, 31):
        ghost.add(number)
    reading = await read(a_source(ghost), ask)
    ghost.remove(*range(1, 30))
    for _ in range(4):
        reading = await read(a_source(ghost, reading), ask)
        assert gone(reading) == []


async def test_paid_posts_are_told_of_and_not_taken(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    ghost.add(1)
    ghost.add(2, visibility="paid", access=False)
    with capture_logs() as lines:
        reading = await read(a_source(ghost), ask)
    assert titles(reading) == ["Story 1"]
    assert isinstance(reading, Took)
    assert reading.document.lost == ()
    assert [line["reason"] for line in lines if line["event"] == "posts.passed"] == ["it is for members only"]


async def test_a_post_that_cannot_be_taken_is_told_of_in_words(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    ghost.add(1)["title"] = ""
    reading = await read(a_source(ghost), ask)
    assert isinstance(reading, Took)
    assert reading.document.lost == ("post id0001: these of its fields cannot be taken: headline",)


async def test_the_key_shows_nowhere(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    ghost.add(1)
    with capture_logs() as lines:
        readings = [await read(a_source(ghost), ask)]
        ghost.instead = lambda: web.Response(status=500)
        readings.append(await read(a_source(ghost), ask))
        ghost.instead = lambda: web.Response(status=301, headers={"location": f"{ghost.url}x?key={KEY}"})
        readings.append(await read(a_source(ghost), ask))
    readings.append(await read(a_source(ghost, url="http://192.0.2.1/"), ask))
    assert KEY not in repr(readings) + repr(lines)


@pytest.mark.parametrize(
    ("status", "text", "says"),
    [
        (401, "", "does not know the key"),
        (404, "", "no Ghost Content API"),
        (500, "", "500 Internal Server Error"),
        (200, "<html>", "not the JSON"),
        (200, "[]", "not the JSON"),
        (200, '{"posts": 7}', "not the JSON"),
        (200, "[" * 9_000, "not the JSON"),
    ],
)
async def test_errors_are_told_in_words(site: tuple[Ghost, Ask], status: int, text: str, says: str) -> None:
    ghost, ask = site
    ghost.instead = lambda: web.Response(status=status, text=text)
    failed = await read(a_source(ghost), ask)
    assert isinstance(failed, Failed)
    assert says in failed.reason


async def test_odd_posts_are_passed_by(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    odd = [None, 7, {}, {"id": 7}, {"id": "x"}, {"id": "x", "updated_at": "soon"}]
    ghost.instead = lambda: web.json_response({"posts": [*odd, ghost.add(1)], "settings": []})
    assert titles(await read(a_source(ghost), ask)) == ["Story 1"]


async def test_a_source_with_hooks_alone_is_left_alone(site: tuple[Ghost, Ask]) -> None:
    ghost, ask = site
    assert isinstance(await read(a_source(ghost, key=None, secret="s"), ask), Same)
    assert isinstance(await read(a_source(ghost, key=None), ask), Failed)
    assert ghost.asked == []


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://bay.example", "https://bay.example/"),
        ("https://bay.example/blog/?x=1#y", "https://bay.example/blog/"),
        ("https://bay.example/blog/ghost/api/content/posts/?key=k", "https://bay.example/blog/"),
        ("https://bay.example/ghost/", "https://bay.example/"),
    ],
)
def test_the_api_is_found_below_any_address_of_the_site(url: str, root: str) -> None:
    assert root_of(url) == root
