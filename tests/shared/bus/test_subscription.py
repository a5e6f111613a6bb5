from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from shared.bus import DeadLetters
from shared.embedded import EmbeddedServer
from shared.events import ArticleIngested
from shared.redis import ResponseError, Store, is_full
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED
from tests.shared.bus.line import GROUP, INGESTED, Answer, bus_on, enriched, ingested, pending, running, send
from tests.waiting import until


@pytest.mark.parametrize(
    "loss", [("XGROUP", "DESTROY", INGESTED, GROUP), ("DEL", INGESTED), ("FLUSHALL",)], ids=lambda loss: loss[0]
)
async def test_a_lost_group_is_made_anew_at_0_and_read(store: Store, redis_url: str, loss: tuple[str, ...]) -> None:
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.id)
        return None

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, ingested("before"))
    async with running(bus):
        await until(lambda: seen == ["before"])
        await store.do(*loss)
        await send(bus, ingested("after"))
        await until(lambda: "after" in seen)
        await until(lambda: bus.unready() is None)
        await send(bus, ingested("later"))
        await until(lambda: "later" in seen)
        await until(lambda: _is(pending(store), 0))


async def test_a_server_killed_and_restarted_loses_nothing_and_is_read_again(
    own_server: EmbeddedServer, own_store: Store
) -> None:
    seen: set[str] = set()

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.add(event.article.id)
        return enriched(event)

    bus = bus_on(own_store, own_server.url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    async with running(bus):
        await send(bus, *(ingested(f"desk-{number}") for number in range(500)))
        await until(lambda: len(seen) > 50)
        pid = own_server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: bus.unready() is not None)
        own_server.stop()
        own_server.start()
        await until(lambda: bus.unready() is None)
        await send(bus, ingested("after"))
        await until(lambda: "after" in seen)
        await until(lambda: _is(pending(own_store), 0))
        assert await own_store.do("XLEN", ARTICLE_ENRICHED.key(0)) == 501
        assert len(seen) == 501
        assert await DeadLetters(own_store, 1).count() == 0


async def test_a_server_that_is_not_there_at_the_start_is_waited_for(
    own_server: EmbeddedServer, own_store: Store
) -> None:
    own_server.stop()
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.id)
        return None

    bus = bus_on(own_store, own_server.url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    async with running(bus):
        await until(lambda: bus.unready() is not None)
        own_server.start()
        await send(bus, ingested())
        await until(lambda: seen == ["desk-1"])
        await until(lambda: bus.unready() is None)


async def test_a_bus_stops_in_time_while_the_server_is_away(own_server: EmbeddedServer, own_store: Store) -> None:
    bus = bus_on(own_store, own_server.url)

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        return None

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    async with running(bus):
        await until(lambda: bus.unready() is None)
        own_server.stop()


async def test_a_full_server_is_read_empty_even_by_a_consumer_that_starts_then(
    own_server: EmbeddedServer, own_store: Store
) -> None:
    asked = 0

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        nonlocal asked
        asked += 1
        return None

    bus = bus_on(own_store, own_server.url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, *(ingested(f"desk-{number}", headline="x" * 20_000) for number in range(500)))
    await own_store.do("XGROUP", "CREATE", INGESTED, GROUP, "0")
    await own_store.do("CONFIG", "SET", "maxmemory", "5mb")
    with pytest.raises(ResponseError) as refused:
        await send(bus, ingested("too-much"))
    assert is_full(refused.value)
    async with running(bus):
        await until(lambda: asked == 500)
        await until(lambda: _is(own_store.do("XLEN", INGESTED), 0))
        await until(lambda: bus.unready() is None)
        await send(bus, ingested("after"))
        await until(lambda: asked == 501)
        assert await DeadLetters(own_store, 1).count() == 0


async def test_a_server_that_fills_up_meanwhile_costs_no_try_and_loses_nothing(
    own_server: EmbeddedServer, own_store: Store
) -> None:
    refused: list[str] = []
    done: set[str] = set()

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        try:
            await own_store.do("SET", "{a:x}:doc", "x")
        except Exception:
            refused.append(event.article.id)
            raise
        done.add(event.article.id)
        return enriched(event)

    bus = bus_on(own_store, own_server.url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    await send(bus, *(ingested(f"desk-{number}") for number in range(20)))
    await own_store.do("CONFIG", "SET", "maxmemory", "1mb")
    async with running(bus):
        await until(lambda: len(refused) > 20 * 6)
        assert not done
        await own_store.do("CONFIG", "SET", "maxmemory", "64mb")
        await until(lambda: len(done) == 20)
        await until(lambda: _is(own_store.do("XLEN", ARTICLE_ENRICHED.key(0)), 20))
        assert await pending(own_store) == 0
        assert await DeadLetters(own_store, 1).count() == 0


async def test_a_busy_stream_is_trimmed_while_it_is_read(store: Store, redis_url: str) -> None:
    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        return None

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, *(ingested(f"desk-{number}") for number in range(200)))
    async with running(bus):
        await until(lambda: _is(store.do("XLEN", INGESTED), 0))


async def _is(answer: Any, wanted: object) -> bool:
    return bool(await answer == wanted)
