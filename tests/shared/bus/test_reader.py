from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from itertools import pairwise
from typing import Any

import orjson
import pytest
import structlog
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import OutOfMemoryError, ResponseError
from structlog.testing import capture_logs

from shared import logs
from shared.bus import Bus, DeadLetters, Done, Later, Limits, wire
from shared.events import ArticleIngested
from shared.redis import Store
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from tests.shared.bus.line import INGESTED, QUICK, Answer, bus_on, enriched, ingested, pending, running, send
from tests.waiting import PATIENCE, until


@pytest.fixture
def bus(store: Store, redis_url: str) -> Bus:
    return bus_on(store, redis_url)


async def test_what_a_handler_answers_is_emitted_and_the_entry_acknowledged(bus: Bus, store: Store) -> None:
    async def on_article_ingested(event: ArticleIngested) -> Answer:
        return enriched(event)

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    await send(bus, ingested("desk-1"), ingested("desk-2"))
    async with running(bus):
        await until(lambda: _length(store, ARTICLE_ENRICHED.key(0), 2))
        assert await pending(store) == 0
    entries = await store.do("XRANGE", ARTICLE_ENRICHED.key(0), "-", "+")
    events = [ARTICLE_ENRICHED.event.model_validate_json(wire.decode(fields)) for _, fields in entries]
    assert [event.article.id for event in events] == ["desk-1", "desk-2"]
    assert events[0].correlation_id == "c-desk-1-1"


async def test_an_event_that_fails_is_tried_with_growing_delay_then_dead_lettered(bus: Bus, store: Store) -> None:
    at: list[float] = []

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        at.append(time.monotonic())
        raise ValueError("no such desk")

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    await send(bus, ingested())
    with capture_logs() as lines:
        async with running(bus):
            await until(lambda: _is(letters.count(), 1))
            assert await pending(store) == 0
    (letter,) = await letters.list()
    [line] = [line for line in lines if line["event"] == "event.dead_lettered"]
    article = ingested().article
    assert (line["article_id"], line["version"], line["source"]) == (article.id, article.version, article.source.id)
    assert len(at) == QUICK.tries
    gaps = [after - before for before, after in pairwise(at)]
    assert all(gap >= least for gap, least in zip(gaps, (0.01, 0.02, 0.04, 0.04), strict=True))
    assert (letter.error, letter.tries, letter.group) == ("ValueError: no such desk", 5, "enrichment")
    assert "on_article_ingested" in letter.traceback
    assert '"headline":"The river rose"' in letter.body


async def test_the_server_counts_every_try_so_that_a_crash_forgets_none(bus: Bus, store: Store) -> None:
    counts: list[int] = []

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        rows: Any = await store.client.xpending_range(INGESTED, "enrichment", "-", "+", 10)
        counts.append(rows[0]["times_delivered"])
        raise ValueError

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested())
    async with running(bus):
        await until(lambda: len(counts) == QUICK.tries)
    assert counts == [1, 2, 3, 4, 5]


BAD: dict[str, dict[bytes, bytes]] = {
    "no JSON": {wire.FIELD: b"{"},
    "not UTF-8": {wire.FIELD: b'"\xff\xfe"'},
    "plain fields": {b"headline": b"\xff", b"x": b"1"},
    "huge": {wire.FIELD: b"[" * 3_000_000},
    "another event": {wire.FIELD: wire.encode(b'{"type": "article.enriched"}', "c")},
    "a moment outside of time": {
        wire.FIELD: ingested().model_dump_json().replace("2026-11-22T10:00:00Z", "0001-01-01T00:00:00+01:00").encode()
    },
    "a lying envelope": {wire.FIELD: wire.MAGIC + b"\xff" * 40},
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_is_dead_lettered_at_once_and_its_neighbours_are_handled(
    bus: Bus, store: Store, fields: dict[bytes, bytes]
) -> None:
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.id)
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    await send(bus, ingested("desk-1"))
    await store.do("XADD", INGESTED, "*", *(part for pair in fields.items() for part in pair))
    await send(bus, ingested("desk-2"))
    with capture_logs() as lines:
        async with running(bus):
            await until(lambda: _is(letters.count(), 1))
            await until(lambda: _is(pending(store), 0))
    (letter,) = await letters.list()
    assert [line["id"] for line in lines if line["event"] == "event.dead_lettered"] == [letter.id]
    assert letter.error.startswith("not a valid article.ingested event: ")
    assert letter.tries == 1
    assert seen == ["desk-1", "desk-2"]


@pytest.mark.parametrize(
    "trouble",
    [
        NotConnectedError("gone"),
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        ResponseError("OOM command not allowed when used memory > 'maxmemory'. script: on @user_script:2."),
        ResponseError("MISCONF Errors writing to the AOF file"),
    ],
)
async def test_trouble_of_the_server_is_waited_out_and_counts_no_try(
    bus: Bus, store: Store, trouble: Exception
) -> None:
    asked = 0

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        nonlocal asked
        asked += 1
        if asked < 2 * QUICK.tries:
            raise trouble
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested())
    async with running(bus):
        await until(lambda: asked == 2 * QUICK.tries)
        await until(lambda: _is(pending(store), 0))
    assert await DeadLetters(store, 1).count() == 0


async def test_a_command_that_is_wrong_for_ever_counts_as_a_try(bus: Bus, store: Store) -> None:
    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        await store.do("INCR", INGESTED)
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    await send(bus, ingested())
    async with running(bus):
        await until(lambda: _is(letters.count(), 1))
    assert (await letters.list())[0].error.startswith("ResponseError: WRONGTYPE")


async def test_a_handler_that_hangs_is_cut_off_and_counted(store: Store, redis_url: str) -> None:
    bus = bus_on(store, redis_url, limits=Limits(timeout=0.02, tries=2, first_delay=0.01, idle=0.6))

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        await asyncio.Event().wait()
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    await send(bus, ingested())
    async with running(bus):
        await until(lambda: _is(letters.count(), 1))
    assert (await letters.list())[0].error == "TimeoutError: not done within 0.02 s"


async def test_an_answer_of_a_wrong_kind_is_the_events_failure_and_stops_no_worker(
    store: Store, redis_url: str
) -> None:
    bus = bus_on(store, redis_url, limits=Limits(workers=1, tries=1, idle=0.6))
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Any:
        seen.append(event.article.id)
        return {"not": "an event"} if event.article.id == "desk-1" else None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    await send(bus, ingested("desk-1"), ingested("desk-2"))
    async with running(bus):
        await until(lambda: _is(letters.count(), 1))
        await until(lambda: seen == ["desk-1", "desk-2"])


async def test_order_within_an_article_holds_through_retries_and_others_do_not_wait(bus: Bus) -> None:
    seen: list[tuple[str, int]] = []
    failed: set[tuple[str, int]] = set()

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        this = (event.article.id, event.article.version)
        await asyncio.sleep(0)
        if event.article.id == "slow" and this not in failed:
            failed.add(this)
            raise ValueError
        seen.append(this)
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    events = [ingested(article, version) for version in range(1, 11) for article in ("slow", "desk-1", "desk-2")]
    await send(bus, *events)
    async with running(bus):
        await until(lambda: len(seen) == 30)
    for article in ("slow", "desk-1", "desk-2"):
        assert [version for name, version in seen if name == article] == list(range(1, 11))
    assert seen.index(("desk-2", 10)) < seen.index(("slow", 2))


async def test_later_is_no_try_and_keeps_its_article_waiting_but_no_other(bus: Bus, store: Store) -> None:
    seen: list[tuple[str, int]] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append((event.article.id, event.article.version))
        if len([one for one in seen if one == ("late", 1)]) < 2 * QUICK.tries and event.article.id == "late":
            return Later(0.01, "embargoed")
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested("late", 1), ingested("late", 2), ingested("desk-1"))
    async with running(bus):
        await until(lambda: ("late", 2) in seen)
        await until(lambda: _is(pending(store), 0))
    assert seen.count(("late", 1)) == 2 * QUICK.tries
    assert seen[-1] == ("late", 2)
    assert ("desk-1", 1) in seen[:3]
    assert await DeadLetters(store, 1).count() == 0


async def test_no_more_is_taken_in_hand_than_the_limit(store: Store, redis_url: str) -> None:
    bus = bus_on(store, redis_url, limits=Limits(batch=10, in_hand=30, workers=5, idle=5))
    go = asyncio.Event()
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        await go.wait()
        seen.append(event.article.id)
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, *(ingested(f"desk-{number}") for number in range(100)))
    async with running(bus):
        await until(lambda: _is(pending(store), 30))
        assert len(seen) == 0
        go.set()
        await until(lambda: len(seen) == 100)
        most = await store.do("XINFO", "CONSUMERS", INGESTED, "enrichment")
        assert len(most) == 1


async def test_a_stop_finishes_what_is_in_hand_and_hands_the_rest_back_without_a_try(
    store: Store, redis_url: str
) -> None:
    begun: list[str] = []
    finished: list[str] = []
    go = asyncio.Event()

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        begun.append(event.article.id)
        if event.article.id == "late":
            return Later(60, "embargoed")
        await go.wait()
        finished.append(event.article.id)
        return None

    # What is not handed back would be taken over, and a stop that waits would end, long after this test.
    slow = replace(QUICK, idle=600.0, grace=600.0)
    bus = bus_on(store, redis_url, limits=slow)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested("late", 1), ingested("late", 2), ingested("desk-1"), ingested("desk-2"))
    await bus.start()
    await until(lambda: len(begun) == 3)
    stopping = asyncio.create_task(bus.stop())
    await asyncio.sleep(0)
    go.set()
    async with asyncio.timeout(PATIENCE):
        await stopping
    assert finished == ["desk-1", "desk-2"]
    rows: Any = await store.client.xpending_range(INGESTED, "enrichment", "-", "+", 10)
    assert [row["times_delivered"] for row in rows] == [0, 0]

    again: list[int] = []

    async def on_article_ingested_again(event: ArticleIngested) -> Answer:
        again.append(event.article.version)
        return None

    fresh = bus_on(store, redis_url, limits=slow)
    fresh.subscribe(ARTICLE_INGESTED, on_article_ingested_again)
    async with running(fresh):
        await until(lambda: again == [1, 2])


async def test_a_handler_that_outlives_the_grace_period_is_cut_off_and_its_event_stays_pending(
    store: Store, redis_url: str
) -> None:
    begun = asyncio.Event()

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        begun.set()
        await asyncio.Event().wait()
        return None

    bus = bus_on(store, redis_url, limits=Limits(grace=0.05))
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested())
    await bus.start()
    await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await bus.stop()
    assert await pending(store) == 1


async def test_one_line_is_logged_for_an_event_with_its_ids_and_what_the_handler_tells(
    bus: Bus, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    handled = asyncio.Event()

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        handled.set()
        return Done("article.looked_at", {"words": 7})

    logs.configure("json", "info", service="test")
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested())
    try:
        async with running(bus):
            await until(lambda: handled.is_set() and not bus.subscriptions[0].reader.in_hand)
    finally:
        structlog.reset_defaults()
    lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    (line,) = [line for line in lines if line["event"] == "article.looked_at"]
    assert {name: line[name] for name in ("service", "level", "article_id", "version", "source", "words", "tries")} == {
        "service": "test",
        "level": "info",
        "article_id": "desk-1",
        "version": 1,
        "source": "desk",
        "words": 7,
        "tries": 1,
    }
    assert line["correlation_id"] == "c-desk-1-1"
    assert line["ms"] >= 0
    assert line["timestamp"].endswith("Z")


async def _length(store: Store, key: str, wanted: int) -> bool:
    return bool(await store.do("XLEN", key) == wanted)


async def _is(answer: Any, wanted: object) -> bool:
    return bool(await answer == wanted)
