"""Polling real servers: what is taken, what is asked again and when, and who does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.ingest.offers import Offer
from services.ingest.source import FIRST_ITEMS, Settings
from services.ingest.taking import split
from services.ingest.turns import AT_ONCE
from shared.http_client import NoAnswer, Page, TooLarge
from shared.redis import Store
from tests.ingest.feeds import an_item, items, rss
from tests.ingest.parts import a_submission
from tests.ingest.polling import Polling, a_polling
from tests.waiting import until


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with a_polling(store) as polling:
        yield polling


async def test_a_feeds_items_reach_the_line_oldest_first_with_one_correlation_id(polling: Polling) -> None:
    polling.host.body = rss(*items([3, 2, 1]))
    await polling.add()
    source = await polling.poll()
    await polling.sent()
    assert polling.sent_headlines() == ["Story 1", "Story 2", "Story 3"]
    assert len({body["correlation_id"] for body in polling.line.bodies}) == 1
    assert (source.status, source.health.title, source.health.home) == ("active", "Bay Wire", "https://bay.example/")
    named = {"id": "bay", "name": "Bay Wire", "url": "https://bay.example/"}
    assert polling.line.bodies[0]["article"]["source"] == named


async def test_the_second_poll_is_conditional_and_a_304_changes_nothing(polling: Polling) -> None:
    await polling.add()
    await polling.poll()
    polling.clock.forward(901)
    source = await polling.poll()
    assert polling.host.asked[1]["if-none-match"] == polling.host.etag
    assert source.health.next_poll_at == "2026-11-22T12:30:01Z"
    assert len(await polling.sent()) == 1


async def test_the_same_bytes_without_validators_are_not_parsed_again(polling: Polling) -> None:
    polling.host.conditional = False
    await polling.add()
    await polling.poll()
    polling.clock.forward(901)
    with capture_logs() as lines:
        await polling.poll()
    assert [line["outcome"] for line in lines if line["event"] == "source.polled"] == ["same"]


async def test_a_change_in_the_feed_is_a_version_and_the_rest_is_not(polling: Polling) -> None:
    polling.host.body = rss(*items([2, 1]))
    await polling.add()
    await polling.poll()
    polling.clock.forward(901)
    polling.host.body = rss(an_item(3), an_item(2, "Story 2, corrected"), an_item(1))
    await polling.poll()
    await polling.sent()
    assert polling.sent_headlines() == ["Story 1", "Story 2", "Story 2, corrected", "Story 3"]
    assert [version for _, version in polling.line.sent] == [1, 1, 2, 1]


async def test_an_item_that_changed_and_changed_back_has_two_more_versions(polling: Polling) -> None:
    await polling.add()
    await polling.poll()
    for title in ("Otherwise", None):
        await polling.again(rss(an_item(1, title)))
    await polling.sent()
    assert polling.sent_headlines() == ["Story 1", "Otherwise", "Story 1"]
    assert [version for _, version in polling.line.sent] == [1, 2, 3]


async def test_an_undated_item_keeps_the_date_it_was_first_seen(polling: Polling) -> None:
    polling.host.body = rss("<item><title>No date</title><guid>n</guid></item>")
    await polling.add()
    await polling.poll()
    await polling.again(rss("<item><title>No date yet</title><guid>n</guid></item>"))
    await polling.sent()
    dates = [body["article"]["published_at"] for body in polling.line.bodies]
    assert dates == ["2026-11-22T12:00:00Z"] * 2


async def test_an_item_that_left_the_feed_stays(polling: Polling) -> None:
    await polling.add()
    await polling.poll()
    polling.clock.forward(901)
    polling.host.body = rss(an_item(2))
    await polling.poll()
    assert [version for _, version in await polling.sent()] == [1, 1]


async def test_of_a_new_source_the_newest_20_are_published_and_the_rest_only_known(polling: Polling) -> None:
    polling.host.body = rss(*items(range(30, 0, -1)))
    await polling.add()
    await polling.poll()
    await polling.sent()
    assert polling.sent_headlines() == [f"Story {n}" for n in range(11, 31)]
    polling.clock.forward(901)
    polling.host.body = rss(an_item(31), *items(range(30, 1, -1)), an_item(1, "Story 1 after all"))
    await polling.poll()
    await polling.sent()
    assert polling.sent_headlines()[FIRST_ITEMS:] == ["Story 1 after all", "Story 31"]


async def test_failures_are_told_once_back_off_and_end_with_a_recovery(polling: Polling) -> None:
    polling.host.status = 404
    await polling.add()
    waits, states = [], []
    with capture_logs() as lines:
        for _ in range(4):
            source = await polling.poll()
            assert source.health.error == "the server answered 404 Not Found"
            states.append(source.status)
            waits.append(source.health.next_poll_at)
            await polling.sources.due("bay", polling.clock.seconds())
        polling.host.status = 200
        source = await polling.poll()
    assert waits == ["2026-11-22T12:15:00Z", "2026-11-22T12:30:00Z", "2026-11-22T13:00:00Z", "2026-11-22T14:00:00Z"]
    assert states == ["active", "active", "failing", "failing"]
    assert (source.status, source.health.error, source.health.failures) == ("active", None, 0)
    told = [line["event"] for line in lines if line["event"] in ("source.failing", "source.recovered")]
    assert told == ["source.failing", "source.recovered"]


async def test_retry_after_is_kept_and_is_no_failure(polling: Polling) -> None:
    polling.host.status, polling.host.headers = 429, {"Retry-After": "7200"}
    await polling.add()
    source = await polling.poll()
    assert (source.status, source.health.failures) == ("active", 0)
    assert source.health.next_poll_at == "2026-11-22T14:06:00Z"


async def test_a_source_that_is_gone_is_not_asked_again(polling: Polling) -> None:
    polling.host.status = 410
    await polling.add()
    assert (await polling.poll()).status == "gone"
    polling.clock.forward(10 * 86_400)
    await polling.poller.plan()
    await polling.poll()
    assert len(polling.host.asked) == 1


async def test_what_is_no_feed_is_a_failure_in_words(polling: Polling) -> None:
    polling.host.body = b"<!doctype html><html><body>Moved!</body></html>"
    await polling.add()
    assert (await polling.poll()).health.error == "this is an HTML page, not a feed"


async def test_two_pollers_share_the_sources_and_poll_none_twice(polling: Polling) -> None:
    for number in range(40):
        await polling.add(f"s{number}", f"{polling.host.url}?{number}")
    other = polling.another()
    for _ in range(30):
        await polling.poller.tick()
        await other.tick()
        await until(lambda: not polling.poller.busy and not other.busy)
        polling.clock.forward(2)
    assert len(polling.host.asked) == 40
    assert len(await polling.sent()) == 40


async def test_a_host_is_not_asked_by_more_than_two_at_once(polling: Polling) -> None:
    at_once: list[int] = []
    asking = 0
    answer = polling.get

    async def counted(url: str, **asked: Any) -> Page | TooLarge | NoAnswer:
        nonlocal asking
        asking += 1
        at_once.append(asking)
        try:
            return await answer(url, **asked)
        finally:
            asking -= 1

    polling.get = counted
    polling.poller = polling.another()
    for number in range(12):
        await polling.add(f"s{number}", f"{polling.host.url}?{number}")
    for _ in range(12):
        await polling.poll("s0")
        polling.clock.forward(5)
    assert len(polling.host.asked) == 12
    assert max(at_once) == AT_ONCE


async def test_a_poller_that_died_gives_its_sources_back_when_the_lease_ends(polling: Polling) -> None:
    await polling.add()
    assert await polling.sources.claim(polling.clock.seconds(), 120, 10) == ["bay"]
    await polling.poll()
    assert polling.host.asked == []
    polling.clock.forward(121)
    await polling.poll()
    assert len(polling.host.asked) == 1


async def test_a_source_whose_due_time_a_crash_prevented_is_planned(polling: Polling) -> None:
    await polling.sources.add(Settings(id="bay", url=polling.host.url))
    await polling.poller.plan()
    await polling.poll()
    assert len(polling.host.asked) == 1


async def test_nothing_is_polled_while_the_line_is_full(polling: Polling) -> None:
    await polling.add()
    polling.pressure.tell_full()
    await polling.poll()
    assert polling.host.asked == []
    polling.clock.forward(10)
    await polling.poll()
    assert len(polling.host.asked) == 1


def test_the_undated_count_as_newest_and_keep_their_order() -> None:
    dated = a_submission(guid="old", published_at="2020-01-01T00:00:00Z")
    new = [a_submission(guid=guid, published_at=None) for guid in ("b", "a")]
    fresh, old = split([Offer(one, one.guid or "", "") for one in (dated, *new)], 2)
    assert ([one.id for one in fresh], [one.id for one in old]) == (["a", "b"], ["old"])
