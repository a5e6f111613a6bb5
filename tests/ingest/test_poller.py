"""Polling real servers: what is taken, what is asked again and when, and who does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from ipaddress import ip_network

import pytest
from structlog.testing import capture_logs

from services.ingest.fetch import Fetch, FetchOutcome, fetch
from services.ingest.poller import FIRST_ITEMS, PER_HOST, Poller, split
from services.ingest.source import Settings, Source
from shared import http_client
from shared.redis import Store
from tests.ingest.feeds import Host, a_host, an_item, items, rss
from tests.ingest.parts import Bench, a_submission
from tests.waiting import until


class Polling(Bench):
    """A bench with one feed, one poller, and a host that serves it."""

    def __init__(self, store: Store, host: Host, fetch: Fetch) -> None:
        super().__init__(store)
        self.host, self.fetch = host, fetch
        self.poller = self.another()

    def another(self) -> Poller:
        return Poller(self.sources, self.intake, self.pressure, self.fetch, self.clock, lambda: 0.5)

    async def add(self, source_id: str = "bay", url: str | None = None) -> None:
        await self.sources.add(Settings(id=source_id, url=url or self.host.url))
        await self.sources.due(source_id, self.clock.seconds())

    async def poll(self, source_id: str = "bay") -> Source:
        """Poll what is due and return how the source stands."""
        await self.poller.tick()
        await until(lambda: not self.poller.busy)
        source = await self.sources.get(source_id)
        assert source is not None
        return source

    def sent_headlines(self) -> list[str]:
        return [body["article"]["headline"] for body in self.line.bodies]


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(a_host())
        session = http_client.connect((ip_network("127.0.0.0/8"),))
        stack.push_async_callback(session.close)

        async def asked(url: str, etag: str | None, last_modified: str | None) -> FetchOutcome:
            return await fetch(partial(http_client.get, session), url, etag, last_modified, now=bench.clock)

        bench = Polling(store, host, asked)
        stack.push_async_callback(bench.outbox.idle, 5)
        stack.push_async_callback(bench.poller.stop)
        yield bench


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
    waits = []
    with capture_logs() as lines:
        for _ in range(3):
            before = polling.clock.seconds()
            source = await polling.poll()
            assert (source.status, source.health.error) == ("failing", "the server answered 404 Not Found")
            claimed = await polling.sources.claim(before + 90_000, 0, 1)
            assert claimed == ["bay"]
            waits.append(source.health.next_poll_at)
            await polling.sources.due("bay", before)
        polling.host.status = 200
        source = await polling.poll()
    assert waits == ["2026-11-22T12:30:00Z", "2026-11-22T13:00:00Z", "2026-11-22T14:00:00Z"]
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
    answer = polling.fetch

    async def counted(url: str, etag: str | None, last_modified: str | None) -> FetchOutcome:
        nonlocal asking
        asking += 1
        at_once.append(asking)
        try:
            return await answer(url, etag, last_modified)
        finally:
            asking -= 1

    polling.fetch = counted
    polling.poller = polling.another()
    for number in range(12):
        await polling.add(f"s{number}", f"{polling.host.url}?{number}")
    for _ in range(12):
        await polling.poll("s0")
        polling.clock.forward(5)
    assert len(polling.host.asked) == 12
    assert max(at_once) == PER_HOST


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
    fresh, old = split((dated, *new), 2)
    assert ([one.guid for one in fresh], [one.guid for one in old]) == (["a", "b"], ["old"])
