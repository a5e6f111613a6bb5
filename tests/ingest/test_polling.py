"""When polling goes on, whatever servers say and whatever dies: schedule, leases, moves, lies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from services.ingest.health import FORGOTTEN
from services.ingest.identity import article_id
from services.ingest.poller import AT_ONCE, LEASE_SECONDS, PACE
from services.ingest.reader import Ask, Reading
from services.ingest.source import Settings, Source
from services.ingest.store import SourceStore
from shared.redis import RedisError, Store
from tests.builders import SEALS
from tests.ingest.feeds import a_host, an_item, items, rss
from tests.ingest.polling import HOUR, Polling, a_polling
from tests.waiting import until


@pytest.fixture
async def polling(store: Store) -> AsyncIterator[Polling]:
    async with a_polling(store) as polling:
        yield polling


def minutes(source: Source, polling: Polling) -> float:
    """Return in how many minutes a source is polled next."""
    assert source.health.next_poll_at is not None
    return (datetime.fromisoformat(source.health.next_poll_at) - polling.clock()).total_seconds() / 60


# --- schedule


async def test_a_new_source_without_an_interval_is_asked_again_within_the_usual_one(polling: Polling) -> None:
    await polling.add()
    assert minutes(await polling.poll(), polling) == 10
    assert minutes(await polling.again(), polling) == 15


async def test_a_feed_of_our_own_gives_its_stories_once_and_never_copies_of_copies(polling: Polling) -> None:
    def ours(*numbered: tuple[int, str]) -> bytes:
        listed = [(an_item(number, f"Copy of {id}"), f">g{number}<", id) for number, id in numbered]
        return rss(*(item.replace(guid, f">tag:w.example,2026:article:{id}<") for item, guid, id in listed))

    await polling.add()
    await polling.poll()
    await polling.sources.never("bay")
    await polling.sent()
    original = polling.line.bodies.pop()["article"]["id"]
    polling.host.body = ours((1, original))
    await polling.add("mirror")
    await polling.poll("mirror")
    await polling.sent()
    copy = polling.line.bodies.pop()["article"]["id"]
    assert copy.startswith("mirror-")
    stranger = article_id("mirror", "of another Wireroom")
    await polling.again(ours((1, original), (2, copy), (3, stranger)))
    assert await polling.news() == [f"Copy of {stranger}"]


async def test_a_busy_source_is_asked_more_often_and_a_quiet_one_less(polling: Polling) -> None:
    polling.host.body = rss(*items(range(719, 660, -4)))
    await polling.add()
    await polling.poll()
    assert minutes(await polling.again(), polling) == 5
    assert minutes(await polling.again(seconds=12 * HOUR), polling) == pytest.approx(48.8, abs=0.1)
    assert minutes(await polling.again(seconds=240 * HOUR), polling) == 60


@pytest.mark.parametrize(
    ("channel", "headers", "wait"),
    [
        ("<ttl>40</ttl>", {}, 40),
        ("", {"Cache-Control": "max-age=2400"}, 40),
        ("<ttl>20</ttl>", {"Cache-Control": "max-age=2400"}, 40),
        ("<ttl>9000</ttl>", {}, 60),
        ("<ttl>-5</ttl>", {"Cache-Control": "max-age=-9"}, 15),
    ],
)
async def test_what_document_and_server_wish_for_lengthens_the_wait_up_to_an_hour(
    polling: Polling, channel: str, headers: dict[str, str], wait: float
) -> None:
    polling.host.body, polling.host.headers = rss(an_item(1), channel=channel), headers
    await polling.add()
    await polling.poll()
    polling.host.conditional = False
    assert minutes(await polling.again(), polling) == wait


async def test_a_set_interval_holds_over_a_ttl_and_bounds_over_both(polling: Polling) -> None:
    polling.host.body = rss(an_item(1), channel="<ttl>60</ttl>")
    await polling.add(interval_minutes=20)
    await polling.poll()
    assert minutes(await polling.again(), polling) == 20


async def test_hours_that_a_source_leaves_out_are_left_out(polling: Polling) -> None:
    skipped = "".join(f"<hour>{hour}</hour>" for hour in (13, 14))
    polling.host.body = rss(an_item(1), channel=f"<skipHours>{skipped}</skipHours>")
    await polling.add()
    await polling.poll()
    source = await polling.again(seconds=50 * 60)
    assert source.health.next_poll_at == "2026-11-22T15:05:00Z"


async def test_polling_slows_while_a_hub_delivers_and_is_restored_when_it_does_not(polling: Polling) -> None:
    await polling.add()
    await polling.poll()
    await polling.sources.note("bay", {"push_until": "2026-11-22T20:00:00Z"})
    assert minutes(await polling.again(), polling) == 240
    await polling.sources.due("bay", polling.clock.seconds())
    assert minutes(await polling.again(seconds=8 * HOUR), polling) <= 60


async def test_after_a_standstill_sources_are_not_all_polled_at_once(polling: Polling) -> None:
    asked: list[str] = []

    async def read(source: Source, _ask: Ask) -> Reading:
        asked.append(source.settings.id)
        raise ValueError

    polling.readers["feed"] = read
    for number in range(300):
        await polling.add(f"s{number}", f"https://h{number}.example/rss")
    await polling.poll("s0")
    assert len(asked) == AT_ONCE
    polling.clock.forward(1)
    await polling.poll("s0")
    assert len(asked) == AT_ONCE + PACE
    for _ in range(6):
        polling.clock.forward(1)
        await polling.poll("s0")
    assert len(asked) == len(set(asked)) == 300


# --- lies


async def test_one_poll_of_a_hundred_is_forced_and_sees_through_a_304_for_ever(polling: Polling) -> None:
    await polling.add()
    await polling.poll()

    async def stale(request: web.Request) -> web.StreamResponse:
        if request.headers.get("if-none-match"):
            return web.Response(status=304)
        return web.Response(body=rss(*items([2, 1])), headers={"ETag": '"for-ever"'})

    polling.host.answer = stale  # type: ignore[method-assign]  # a cache that never looks again
    assert await polling.news() == ["Story 1"]
    await polling.again()
    assert await polling.news() == []
    polling.draw = 0.001
    await polling.again()
    assert await polling.news() == ["Story 2"]


async def test_a_document_under_the_same_etag_is_the_same(polling: Polling) -> None:
    await polling.add()
    await polling.poll()
    polling.host.headers = {"ETag": polling.host.etag}
    polling.host.conditional = False
    with capture_logs() as lines:
        await polling.again(polling.host.body.replace(b"<?xml version", b"<?xml  version"))
    assert [line["outcome"] for line in lines if line["event"] == "source.polled"] == ["same"]


async def test_validators_that_come_with_a_304_are_kept(polling: Polling) -> None:
    await polling.add()
    await polling.poll()

    async def unchanged(request: web.Request) -> web.StreamResponse:
        return web.Response(status=304, headers={"ETag": '"next"', "Last-Modified": "Sun, 22 Nov 2026 12:00:00 GMT"})

    polling.host.answer = unchanged  # type: ignore[method-assign]  # a server that renames its documents
    source = await polling.again()
    assert (source.health.etag, source.health.last_modified) == ('"next"', "Sun, 22 Nov 2026 12:00:00 GMT")


async def test_a_build_date_alone_is_no_news(polling: Polling) -> None:
    polling.host.body = rss(an_item(1), channel="<lastBuildDate>Sunday</lastBuildDate>")
    await polling.add()
    await polling.poll()
    with capture_logs() as lines:
        await polling.again(rss(an_item(1), channel="<lastBuildDate>Monday</lastBuildDate>"))
    assert [line["outcome"] for line in lines if line["event"] == "source.polled"] == ["same"]


async def test_a_host_that_asks_for_patience_gets_it_from_all_its_sources_without_strikes(polling: Polling) -> None:
    polling.host.status, polling.host.headers = 503, {"Retry-After": "7200"}
    await polling.add("bay")
    await polling.poll()
    await polling.add("hill", polling.host.url + "/hill")
    await polling.poll()
    bay, hill = await polling.sources.all()
    assert len(polling.host.asked) == 1
    assert (bay.health.failures, hill.health.failures, hill.status) == (0, 0, "active")
    assert minutes(hill, polling) > 115


async def test_a_source_polled_by_hand_while_its_host_rests_is_polled_when_that_ends(polling: Polling) -> None:
    polling.draw = 0.0
    polling.host.status, polling.host.headers = 429, {"Retry-After": "60"}
    await polling.add()
    assert minutes(await polling.poll(), polling) > 4
    polling.host.status, polling.host.headers = 200, {}
    await polling.sources.due("bay", polling.clock.seconds() + 20)
    with capture_logs() as lines:
        source = await polling.again(seconds=20)
    assert [line["outcome"] for line in lines if line["event"] == "source.polled"] == ["resting"]
    assert (len(polling.host.asked), source.health.held, source.health.failures) == (1, 1, 0)
    assert minutes(source, polling) == pytest.approx(40 / 60)
    assert (await polling.again(seconds=40)).health.error is None
    assert len(polling.host.asked) == 2


async def test_a_reader_that_breaks_is_a_failure_that_backs_off(polling: Polling) -> None:
    async def broken(_source: Source, _ask: Ask) -> Reading:
        raise RecursionError

    polling.readers["feed"] = broken
    await polling.add()
    source = await polling.poll()
    assert (source.health.failures, source.health.error) == (1, "it could not be read: RecursionError")


# --- moves


async def moved(polling: Polling, hours: int, **over: Any) -> tuple[Source, list[Any]]:
    """Have the feed redirect to another host for good, poll every hour, and return what came of it."""
    async with a_host() as there:
        polling.host.status, polling.host.headers = 301, {"Location": there.url}
        await polling.add(**over)
        source = await polling.poll()
        with capture_logs() as lines:
            for _ in range(hours):
                source = await polling.again()
        polling.host.asked.clear()
        await polling.again()
        return source, [line for line in lines if line["event"] == "source.moved"]


async def test_a_source_that_redirects_for_good_for_a_day_is_asked_there(polling: Polling) -> None:
    source, told = await moved(polling, 25)
    assert source.settings.url == polling.host.headers["Location"]
    assert [line["url"] for line in told] == [source.settings.url]
    assert polling.host.asked == []


async def test_a_source_of_the_file_keeps_its_settings_and_is_asked_there_all_the_same(polling: Polling) -> None:
    source, told = await moved(polling, 30, origin="file")
    assert source.settings.url == polling.host.url
    assert source.address == polling.host.headers["Location"]
    assert [line["settings_changed"] for line in told] == [False]
    assert polling.host.asked == []


async def test_a_source_with_credentials_is_not_given_another_hosts_address(polling: Polling) -> None:
    source, _ = await moved(polling, 26, authorization="Bearer of-news")
    assert source.settings.url == polling.host.url


async def test_less_than_a_day_of_redirects_changes_nothing(polling: Polling) -> None:
    source, told = await moved(polling, 20)
    assert (source.settings.url, told) == (polling.host.url, [])
    assert source.health.moved_to == polling.host.headers["Location"]


# --- leases and crashes


async def test_a_poll_that_takes_long_keeps_its_lease(polling: Polling) -> None:
    gate, asked = asyncio.Event(), 0
    answer = polling.host.answer

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        await gate.wait()
        return await answer(request)

    polling.host.answer = slow  # type: ignore[method-assign]  # a server that takes its time
    await polling.add()
    other = polling.another()
    await polling.poller.tick()
    await until(lambda: asked == 1)
    for _ in range(8):
        polling.clock.forward(LEASE_SECONDS / 2)
        await polling.poller.tick()
        await other.tick()
        assert other.busy == 0
    await polling.sources.due("bay", polling.clock.seconds())  # wanted now by the operator
    await other.tick()
    assert other.busy == 0
    gate.set()
    await until(lambda: not polling.poller.busy)
    polling.clock.forward(2)
    await other.tick()
    await until(lambda: not other.busy)
    assert asked == 2
    assert len(await polling.sent()) == 1


async def test_killed_between_commit_and_due_time_nothing_is_lost_or_sent_twice(
    polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_args: object, **_kwargs: object) -> None:
        raise asyncio.CancelledError

    await polling.add()
    with monkeypatch.context() as patch:
        patch.setattr(polling.sources, "note", killed)
        patch.setattr(polling.sources, "finish", killed)
        await polling.poller.tick()
        await until(lambda: not polling.poller.busy)
    other = polling.another()
    polling.clock.forward(LEASE_SECONDS - 1)
    await other.tick()
    assert other.busy == 0
    polling.clock.forward(2)
    await other.tick()
    await until(lambda: not other.busy)
    source = await polling.sources.get("bay")
    assert source is not None
    assert source.health.succeeded_at is not None
    assert polling.host.asked[1]["if-none-match"] == polling.host.etag
    assert len(await polling.sent()) == 1


async def test_killed_before_the_commit_the_document_comes_again(
    polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_args: object, **_kwargs: object) -> None:
        raise asyncio.CancelledError

    await polling.add()
    with monkeypatch.context() as patch:
        patch.setattr(polling.items, "commit", killed)
        await polling.poller.tick()
        await until(lambda: not polling.poller.busy)
    assert await polling.sent() == []
    await polling.again(seconds=LEASE_SECONDS + 1)
    assert len(await polling.sent()) == 1
    assert "if-none-match" not in polling.host.asked[1]


async def test_a_store_that_fails_in_mid_poll_costs_a_lease_and_no_strike(
    polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: object, **_kwargs: object) -> None:
        raise RedisError("away")

    await polling.add()
    with monkeypatch.context() as patch:
        patch.setattr(polling.items, "commit", away)
        source = await polling.poll()
    assert (source.health.failures, source.health.etag) == (0, None)
    source = await polling.again(seconds=LEASE_SECONDS + 1)
    assert source.health.etag == polling.host.etag
    assert len(await polling.sent()) == 1


async def test_a_source_that_is_stopped_in_mid_poll_stays_stopped(polling: Polling) -> None:
    started, gate = asyncio.Event(), asyncio.Event()
    answer = polling.host.answer

    async def slow(request: web.Request) -> web.StreamResponse:
        started.set()
        await gate.wait()
        return await answer(request)

    polling.host.answer = slow  # type: ignore[method-assign]  # a server that takes its time
    await polling.add()
    await polling.poller.tick()
    await started.wait()
    await polling.sources.never("bay")
    gate.set()
    await until(lambda: not polling.poller.busy)
    assert await polling.sources.planned() == 0


async def test_an_address_changed_in_mid_poll_begins_afresh(polling: Polling) -> None:
    started, gate = asyncio.Event(), asyncio.Event()
    answer = polling.host.answer

    async def slow(request: web.Request) -> web.StreamResponse:
        started.set()
        await gate.wait()
        return await answer(request)

    polling.host.answer = slow  # type: ignore[method-assign]  # a server that takes its time
    await polling.add()
    await polling.poller.tick()
    await started.wait()
    async with a_host() as there:
        there.body = rss(*items(range(50, 20, -1)))
        await polling.sources.replace(Settings(id="bay", url=there.url))
        await polling.sources.note("bay", FORGOTTEN)
        await polling.sources.due("bay", polling.clock.seconds())
        gate.set()
        await until(lambda: not polling.poller.busy)
        assert await polling.news() == ["Story 1"]
        await polling.again(seconds=2)
        assert "if-none-match" not in there.asked[0]
    assert await polling.news() == [f"Story {n}" for n in range(31, 51)]


async def test_a_lease_that_was_lost_to_another_is_not_ended_for_it(store: Store) -> None:
    sources = SourceStore(store, SEALS)
    await sources.due("a", 100.0)
    assert await sources.claim(100.0, 60.0, 5) == ["a"]
    assert await sources.claim(161.0, 60.0, 5) == ["a"]
    assert not await sources.finish("a", 160.0, 500.0)
    await sources.renew({"a": 160.0}, 900.0)
    assert await sources.claim(220.0, 60.0, 5) == []
    assert await sources.finish("a", 221.0, 500.0)
    assert await sources.claim(499.0, 60.0, 5) == []
    assert await sources.claim(500.0, 60.0, 5) == ["a"]


async def test_two_processes_poll_many_sources_once_each(polling: Polling) -> None:
    asked: list[str] = []

    async def read(source: Source, _ask: Ask) -> Reading:
        asked.append(source.settings.id)
        await asyncio.sleep(0)
        raise ValueError

    polling.readers["feed"] = read
    for number in range(200):
        await polling.add(f"s{number}", f"https://h{number}.example/rss")
    pollers = [polling.another() for _ in range(3)]
    for _ in range(5):
        await asyncio.gather(*(poller.tick() for poller in pollers))
        await until(lambda: not any(poller.busy for poller in pollers))
        polling.clock.forward(1)
    assert len(asked) == 200
    assert len(set(asked)) == 200


async def test_settings_changed_meanwhile_are_not_overwritten_by_a_move(store: Store) -> None:
    sources = SourceStore(store, SEALS)
    old = Settings(id="a", url="https://old.example/")
    await sources.add(old)
    await sources.replace(old.model_copy(update={"name": "New name"}))
    assert not await sources.change(old, {"url": "https://new.example/"})
    (source,) = await sources.all()
    assert (source.settings.url, source.settings.name) == ("https://old.example/", "New name")


async def test_thousands_of_sources_are_read_in_few_round_trips(store: Store) -> None:
    sources = SourceStore(store, SEALS)
    await asyncio.gather(*(sources.add(Settings(id=f"s{number}")) for number in range(2_000)))
    before = await _processed(store)
    assert len(await sources.all()) == 2_000
    assert await _processed(store) - before < 2_100


async def _processed(store: Store) -> int:
    found: Mapping[str, Any] = await store.do("INFO", "stats")
    return int(found["total_commands_processed"])
