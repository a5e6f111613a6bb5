"""Which article an item is, whatever becomes of its guid."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from structlog.testing import capture_logs

from shared.redis import Store
from tests.ingest.feeds import items, rss
from tests.ingest.polling import Polling, a_polling

Words = Callable[[int], str]
LONG = "Words that are long enough to tell one story from another, number "


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with a_polling(store) as polling:
        yield polling


def item(number: int, *, guid: str, url: str | None = None, title: str | None = None, words: str | None = None) -> str:
    link = f"<link>{url or f'https://bay.example/{number}'}</link>" if url != "" else ""
    return (
        f"<item><title>{title or f'Story {number}'}</title>{link}<guid isPermaLink='false'>{guid}</guid>"
        f"<description>{words or LONG + str(number)}</description>"
        f"<pubDate>Sun, 22 Nov 2026 10:{number:02d}:00 GMT</pubDate></item>"
    )


def feed(numbers: list[int], guid: Words, **over: Words) -> bytes:
    return rss(
        *(item(number, guid=guid(number), **{name: make(number) for name, make in over.items()}) for number in numbers)
    )


NINE = list(range(9, 0, -1))


async def test_new_guids_for_known_addresses_flood_nobody_and_are_told_of_once(polling: Polling) -> None:
    polling.host.body = feed(NINE, lambda n: f"first-{n}")
    await polling.add()
    await polling.poll()
    before = {id for id, _ in await polling.sent()}
    with capture_logs() as lines:
        source = await polling.again(feed([10, *NINE], lambda n: f"second-{n}", title=lambda n: f"Retold {n}"))
        await polling.again(feed([10, *NINE], lambda n: f"third-{n}", title=lambda n: f"Retold {n}"))
    assert source.health.identity == "url"
    told = [line for line in lines if line["event"] == "source.identity_degraded"]
    assert [(line["identity"], line["instead_of"]) for line in told] == [("url", "guid")]
    sent = await polling.sent()
    assert len(sent) == 9 + 10
    assert {id for id, _ in sent[9:]} > before
    assert sorted(version for _, version in sent[9:]) == [1] + [2] * 9


async def test_guids_that_change_with_unchanged_words_bring_nothing_at_all(polling: Polling) -> None:
    polling.host.body = feed(NINE, lambda n: f"a{n}")
    await polling.add()
    await polling.poll()
    for prefix in ("b", "c", "d"):
        await polling.again(feed(NINE, partial("{}{}".format, prefix)))
    assert len(await polling.sent()) == 9


async def test_a_move_to_https_and_another_host_keeps_every_article(polling: Polling) -> None:
    polling.host.body = feed(NINE, lambda n: f"http://old.example/{n}", url=lambda n: f"http://old.example/{n}")
    await polling.add()
    await polling.poll()
    ids = {id for id, _ in await polling.sent()}
    await polling.again(
        feed(NINE, lambda n: f"https://www.old.example/{n}", url=lambda n: f"https://www.old.example/{n}")
    )
    source = await polling.again(
        feed(NINE, lambda n: f"https://new.example/{n}", url=lambda n: f"https://new.example/{n}")
    )
    assert {id for id, _ in await polling.sent()} == ids
    assert source.health.identity == "url"


async def test_a_move_to_https_alone_takes_no_belief_in_guids_away(polling: Polling) -> None:
    polling.host.body = feed(NINE, lambda n: f"http://old.example/{n}", url=lambda n: f"http://old.example/{n}")
    await polling.add()
    await polling.poll()
    ids = {id for id, _ in await polling.sent()}
    source = await polling.again(
        feed(NINE, lambda n: f"https://old.example/{n}", url=lambda n: f"https://old.example/{n}")
    )
    assert {id for id, _ in await polling.sent()} == ids
    assert source.health.identity == "guid"


async def test_guids_that_count_places_do_not_turn_one_story_into_another(polling: Polling) -> None:
    def placed(numbers: list[int]) -> bytes:
        return rss(*(item(number, guid=str(place)) for place, number in enumerate(numbers)))

    polling.host.body = placed(NINE)
    await polling.add()
    await polling.poll()
    await polling.news()
    await polling.again(placed([10, *NINE[:-1]]))
    assert await polling.news() == ["Story 10"]
    await polling.again(placed([12, 11, 10, *NINE[:-3]]))
    assert sorted(await polling.news()) == ["Story 11", "Story 12"]


async def test_addresses_that_change_too_leave_the_words(polling: Polling) -> None:
    polling.host.body = feed(NINE, lambda n: f"a{n}", url=lambda n: f"https://bay.example/{n}?session=1")
    await polling.add()
    await polling.poll()
    source = await polling.again(
        feed([10, *NINE], lambda n: f"b{n}", url=lambda n: f"https://bay.example/{n}?session=2")
    )
    assert source.health.identity == "words"
    ids = {id for id, _ in await polling.sent()}
    assert len(ids) == 10
    await polling.again(feed([10, *NINE], lambda n: f"c{n}", url=lambda n: f"https://bay.example/{n}?session=3"))
    assert {id for id, _ in await polling.sent()} == ids


async def test_one_new_item_at_a_known_address_is_a_story_of_its_own(polling: Polling) -> None:
    weather = "https://bay.example/weather"
    polling.host.body = rss(item(1, guid="monday", url=weather, words=LONG + "sunny"), *items([2, 3, 4]))
    await polling.add()
    await polling.poll()
    source = await polling.again(rss(item(5, guid="tuesday", url=weather, words=LONG + "rain"), *items([2, 3, 4])))
    assert len({id for id, _ in await polling.sent()}) == 5
    assert source.health.identity == "guid"


async def test_stories_that_share_one_address_stay_apart_under_new_guids(polling: Polling) -> None:
    def live(prefix: str, numbers: list[int]) -> bytes:
        return feed(numbers, lambda n: f"{prefix}{n}", url=lambda _: "https://bay.example/live")

    polling.host.body = live("a", [3, 2, 1])
    await polling.add()
    await polling.poll()
    await polling.again(live("a", [6, 5, 4, 3, 2, 1]))
    assert len({id for id, _ in await polling.sent()}) == 6


async def test_an_article_under_its_second_guid_is_found_when_it_changes(polling: Polling) -> None:
    polling.host.body = rss(item(1, guid="a"), *items([2, 3]))
    await polling.add()
    await polling.poll()
    await polling.again(rss(item(1, guid="b"), *items([2, 3])))
    await polling.again(rss(item(1, guid="b", title="Changed", words=LONG + "other"), *items([2, 3])))
    sent = await polling.sent()
    assert len({id for id, _ in sent}) == 3
    assert sent[-1][1] == 2
    assert polling.line.bodies[-1]["article"]["guid"] == "a"


async def test_a_story_whose_address_changes_keeps_its_guids_article(polling: Polling) -> None:
    polling.host.body = rss(item(1, guid="a"), *items([2, 3]))
    await polling.add()
    await polling.poll()
    await polling.again(rss(item(1, guid="a", url="https://bay.example/better-slug"), *items([2, 3])))
    assert sorted(version for _, version in await polling.sent()) == [1, 1, 1, 2]


async def test_where_addresses_count_a_new_one_for_the_same_words_is_no_new_story(polling: Polling) -> None:
    polling.host.body = feed(NINE, lambda n: f"a{n}")
    await polling.add()
    await polling.poll()
    await polling.again(feed(NINE, lambda n: f"b{n}"))
    await polling.again(
        rss(item(9, guid="b9", url="https://bay.example/better"), *(item(n, guid=f"b{n}") for n in (8, 7)))
    )
    sent = await polling.sent()
    assert (len({id for id, _ in sent}), sent[-1][1]) == (9, 2)


async def test_what_articles_are_found_by_takes_few_bytes(polling: Polling, store: Store) -> None:
    polling.host.body = feed(NINE, lambda n: f"a{n}")
    await polling.add()
    await polling.poll()
    found = await store.do("HGETALL", "{src:bay}:aliases")
    assert (len(found), {len(key) for key in found}, {len(id) for id in found.values()}) == (18, {8}, {20})
