from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from shared.bus import DeadLetters, Limits
from shared.bus.reclaim import PRUNE
from shared.events import ArticleIngested
from shared.redis import Store
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from tests.shared.bus.line import GROUP, INGESTED, QUICK, Answer, bus_on, enriched, ingested, pending, running, send
from tests.waiting import ENOUGH, until


async def _die_with(store: Store, url: str, count: int) -> None:
    """Send events and have them given to a consumer that is never heard of again."""
    await send(bus_on(store, url), *(ingested(f"desk-{number}") for number in range(count)))
    await store.do("XGROUP", "CREATE", INGESTED, GROUP, "0")
    await store.do("XREADGROUP", "GROUP", GROUP, "dead", "STREAMS", INGESTED, ">")


async def test_what_a_dead_consumer_held_is_taken_over(store: Store, redis_url: str) -> None:
    await _die_with(store, redis_url, 300)
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.id)
        return enriched(event)

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    async with running(bus):
        await until(lambda: _is(pending(store), 0))
    assert sorted(seen) == sorted(f"desk-{number}" for number in range(300))
    assert await store.do("XLEN", ARTICLE_ENRICHED.key(0)) == 300


async def test_a_slow_handler_that_lives_keeps_its_event_past_the_idle_time(store: Store, redis_url: str) -> None:
    begun = 0
    go = asyncio.Event()

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        nonlocal begun
        begun += 1
        await go.wait()
        return None

    # So long that a busy machine does not keep the sign of life back meanwhile.
    limits = replace(QUICK, idle=ENOUGH)
    buses = [bus_on(store, redis_url, limits=limits), bus_on(store, redis_url, limits=limits)]
    for bus in buses:
        bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(buses[0], ingested())
    async with running(*buses):
        await until(lambda: begun == 1)
        loop = asyncio.get_running_loop()
        late = loop.time() + 1.5 * limits.idle
        await until(lambda: loop.time() > late)
        assert begun == 1
        go.set()
        await until(lambda: _is(pending(store), 0))


async def test_an_event_that_another_took_over_meanwhile_is_not_begun_and_not_taken_back(
    store: Store, redis_url: str
) -> None:
    seen: list[int] = []
    go = asyncio.Event()

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.version)
        await go.wait()
        return None

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested(version=1), ingested(version=2))
    reader = bus.subscriptions[0].reader
    async with running(bus):
        await until(lambda: len(reader.in_hand) == 2)
        second = list(reader.in_hand)[1]
        await store.do("XCLAIM", INGESTED, GROUP, "other", 0, second)
        entry = reader.in_hand[second]
        await until(lambda: entry is not None and entry.lost)
        go.set()
        await until(lambda: not reader.in_hand)
        rows: Any = await store.client.xpending_range(INGESTED, GROUP, "-", "+", 10)
        assert [row["consumer"] for row in rows] == [b"other"]
        assert seen == [1]


async def test_an_event_whose_consumers_keep_dying_is_dead_lettered(store: Store, redis_url: str) -> None:
    await _die_with(store, redis_url, 1)
    (entry_id, _), *_rest = await store.do("XRANGE", INGESTED, "-", "+")
    for _ in range(QUICK.tries - 1):
        await store.do("XCLAIM", INGESTED, GROUP, "dead", 0, entry_id)

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        raise AssertionError("a killer is not handled again")

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    async with running(bus):
        await until(lambda: _is(letters.count(), 1))
    (letter,) = await letters.list()
    assert letter.error == "delivered 5 times without an answer: its consumers died or hung"
    assert letter.tries == 5


async def test_takeover_stops_at_the_limit_of_what_is_held(store: Store, redis_url: str) -> None:
    await _die_with(store, redis_url, 50)
    go = asyncio.Event()
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        await go.wait()
        seen.append(event.article.id)
        return None

    bus = bus_on(store, redis_url, limits=Limits(batch=5, in_hand=20, idle=0.3))
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    reader = bus.subscriptions[0].reader
    async with running(bus):
        await until(lambda: len(reader.in_hand) == 20)
        loop = asyncio.get_running_loop()
        late = loop.time() + 0.5
        await until(lambda: loop.time() > late)
        assert len(reader.in_hand) == 20
        go.set()
        await until(lambda: len(seen) == 50)


async def test_prune_drops_idle_consumers_that_own_nothing_and_no_other(store: Store, redis_url: str) -> None:
    await _die_with(store, redis_url, 1)
    await store.do("XGROUP", "CREATECONSUMER", INGESTED, GROUP, "empty")

    async def idle() -> bool:
        rows: Any = await store.client.xinfo_consumers(INGESTED, GROUP)
        return all(row["idle"] > 10 for row in rows)

    await until(idle)
    assert await store.run(PRUNE, keys=[INGESTED], args=[GROUP, 60_000]) == 0
    assert await store.run(PRUNE, keys=[INGESTED], args=[GROUP, 5]) == 1
    rows: Any = await store.client.xinfo_consumers(INGESTED, GROUP)
    assert [row["name"] for row in rows] == [b"dead"]


async def _is(answer: Any, wanted: object) -> bool:
    return bool(await answer == wanted)
