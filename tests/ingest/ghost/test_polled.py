"""A Ghost site through the whole of polling: what is published, changed, taken back and published again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.ingest.readers import ghost
from shared.events import Retraction
from shared.redis import Store
from tests.ingest.cms.asking import a_server
from tests.ingest.ghost.site import KEY, Ghost
from tests.ingest.polling import Polling, a_polling


@pytest.fixture
async def polled(store: Store) -> AsyncIterator[tuple[Polling, Ghost]]:
    site = Ghost()
    async with a_server(site.answer) as site.url, a_polling(store) as polling:
        polling.readers["ghost"] = ghost.read
        await polling.add(url=site.url, kind="ghost", key=KEY)
        yield polling, site


async def test_posts_come_once_and_changes_are_versions(polled: tuple[Polling, Ghost]) -> None:
    polling, site = polled
    for number in range(1, 26):
        site.add(number)
    source = await polling.poll()
    assert await polling.news() == [f"Story {number}" for number in range(6, 26)]
    assert (source.health.title, source.health.home) == ("Bay Wire", "https://bay.example/")
    site.add(7, minutes=100)["title"] = "Story 7, late"
    site.add(26, minutes=101)
    await polling.again()
    assert await polling.news() == ["Story 7, late", "Story 26"]
    for _ in range(3):
        source = await polling.again()
    assert (await polling.news(), source.health.title, source.status) == ([], "Bay Wire", "active")


async def test_an_unpublished_post_is_retracted_and_comes_back_when_it_is_published_again(
    polled: tuple[Polling, Ghost],
) -> None:
    polling, site = polled
    for number in (1, 2, 3):
        site.add(number)
    await polling.poll()
    site.remove(2)
    for _ in range(6):
        await polling.again()
    site.add(2, minutes=100)
    for _ in range(3):
        await polling.again()
    await polling.sent()
    states = [body["article"]["status"] for body in polling.line.bodies if body["article"]["headline"] == "Story 2"]
    assert states == ["usable", "canceled", "usable"]
    assert len(polling.line.bodies) == 5


async def test_what_the_newsroom_took_back_stays_so_whatever_the_site_says(polled: tuple[Polling, Ghost]) -> None:
    polling, site = polled
    site.add(1)
    await polling.poll()
    ((article, _),) = await polling.sent()
    await polling.intake.retract(article, Retraction(reason="Wrong."))
    site.add(1, minutes=100)["title"] = "Story 1, again"
    await polling.again()
    assert [version for _, version in await polling.sent()] == [1, 2]


async def test_a_wrong_key_is_told_in_words_and_not_shown(polled: tuple[Polling, Ghost]) -> None:
    polling, _ = polled
    known = await polling.sources.get("bay")
    assert known is not None
    await polling.sources.replace(known.settings.model_copy(update={"key": "a-wrong-key"}))
    source = await polling.poll()
    assert source.health.error == "the server answered 401 Unauthorized: the Content API does not know the key"
