from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
from faststream.redis import RedisBroker, StreamSub
from redis.crc import key_slot

from shared.bus import DeadLetters, Limits
from shared.bus.bus import consumer_name
from shared.events import ArticleEnriched, ArticleIngested
from shared.redis import Argument, Script, Store
from shared.streams import ARTICLE_ENRICHED, ARTICLE_INGESTED, partition_of
from tests.shared.bus.line import INGESTED, QUICK, Answer, bus_on, enriched, ingested, pending, running, send
from tests.waiting import until

NOBODY: Any = None
"""FastStream's logger is silenced by None, which its types do not tell."""


class _Watched(Store):
    """A store that remembers which keys its scripts were given."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.client)
        self.calls: list[tuple[Script, tuple[str, ...]]] = []

    async def run(self, script: Script, *, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        self.calls.append((script, tuple(keys)))
        return await super().run(script, keys=keys, args=args)


async def test_what_came_before_the_first_start_is_read(store: Store, redis_url: str) -> None:
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.id)
        return None

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    await send(bus, *(ingested(f"desk-{number}") for number in range(250)))
    async with running(bus):
        await until(lambda: len(seen) == 250)
    assert seen == [f"desk-{number}" for number in range(250)]


async def test_two_streams_of_as_many_partitions_as_there_may_be_are_all_read_at_once(
    store: Store, redis_url: str
) -> None:
    async def on_article(_event: ArticleIngested | ArticleEnriched) -> Answer:
        return None

    bus = bus_on(store, redis_url, partitions=64)
    bus.subscribe(ARTICLE_INGESTED, on_article)
    bus.subscribe(ARTICLE_ENRICHED, on_article)
    async with running(bus):
        await until(lambda: _waited(store, 2 * 64))
        await until(lambda: all(subscription.reclaim.failed is None for subscription in bus.subscriptions))


async def _waited(store: Store, reads: int) -> bool:
    told: Any = await store.client.info("clients")
    return bool(told["blocked_clients"] == reads)


async def test_two_consumers_share_the_work_and_every_event_is_emitted_once(store: Store, redis_url: str) -> None:
    seen: Counter[str] = Counter()

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen[event.article.id] += 1
        await asyncio.sleep(0)
        return enriched(event)

    buses = [bus_on(store, redis_url, limits=Limits(batch=10, in_hand=20)) for _ in range(2)]
    for bus in buses:
        bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    async with running(*buses):
        await send(buses[0], *(ingested(f"desk-{number}") for number in range(400)))
        await until(lambda: len(seen) == 400)
        await until(lambda: _is(pending(store), 0))
    assert set(seen.values()) == {1}
    assert await store.do("XLEN", ARTICLE_ENRICHED.key(0)) == 400


async def test_four_partitions_are_all_read_and_an_articles_events_stay_in_its_own(
    store: Store, redis_url: str
) -> None:
    seen: list[tuple[str, int]] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append((event.article.id, event.article.version))
        return enriched(event)

    bus = bus_on(store, redis_url, partitions=4)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    await send(bus, *(ingested(f"desk-{number}", version) for version in (1, 2) for number in range(40)))
    assert await bus.depth(ARTICLE_INGESTED) == 80
    async with running(bus):
        await until(lambda: len(seen) == 80)
        await until(lambda: _all_emitted(store, 80))
        await until(lambda: _is(bus.depth(ARTICLE_INGESTED), 0))
    for number in range(40):
        assert [version for name, version in seen if name == f"desk-{number}"] == [1, 2]
    for partition in range(4):
        entries = await store.do("XRANGE", ARTICLE_ENRICHED.key(partition), "-", "+")
        bodies = [orjson.loads(fields[b"__data__"].partition(b"application/json")[2]) for _, fields in entries]
        assert {partition_of(body["article"]["id"], 4) for body in bodies} == {partition}


async def test_every_script_of_a_run_keeps_to_one_cluster_slot(store: Store, redis_url: str) -> None:
    watched = _Watched(store)

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        if event.article.id == "bad":
            raise ValueError
        return enriched(event)

    bus = bus_on(watched, redis_url, partitions=4)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested, emits=ARTICLE_ENRICHED)
    letters = DeadLetters(watched, 4)
    await send(bus, *(ingested(f"desk-{number}") for number in range(20)), ingested("bad"))
    async with running(bus):
        await until(lambda: _all_emitted(store, 20))
        await until(lambda: _is(letters.count(), 1))
    (letter,) = await letters.list()
    assert await letters.retry(letter.id)
    assert {len({key_slot(key.encode()) for key in keys}) for _, keys in watched.calls} == {1}
    assert len({script.sha for script, _ in watched.calls}) >= 6, "settle, bury, revive, trim, prune, count, …"


async def test_a_faststream_reader_reads_what_the_bus_sends(store: Store, redis_url: str) -> None:
    seen: list[tuple[str, str]] = []
    broker = RedisBroker(redis_url, logger=NOBODY)

    @broker.subscriber(stream=StreamSub(INGESTED, last_id="0"))
    async def on_article_ingested(event: ArticleIngested) -> None:
        seen.append((event.article.headline, event.correlation_id))

    await send(bus_on(store, redis_url), ingested(headline="Żółw"))
    async with broker:
        await broker.start()
        await until(lambda: len(seen) == 1)
    assert seen == [("Żółw", "c-desk-1-1")]


async def test_the_bus_reads_what_a_faststream_publisher_sends(store: Store, redis_url: str) -> None:
    seen: list[str] = []

    async def on_article_ingested(event: ArticleIngested) -> Answer:
        seen.append(event.article.headline)
        return None

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    async with RedisBroker(redis_url, logger=NOBODY) as broker, running(bus):
        await broker.publish(ingested(headline="Żółw"), stream=INGESTED)
        await until(lambda: seen == ["Żółw"])


async def test_a_dead_letter_sent_round_again_is_tried_anew(store: Store, redis_url: str) -> None:
    tries = 0

    async def on_article_ingested(_event: ArticleIngested) -> Answer:
        nonlocal tries
        tries += 1
        if tries <= QUICK.tries:
            raise ValueError
        return None

    bus = bus_on(store, redis_url)
    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    letters = DeadLetters(store, 1)
    await send(bus, ingested())
    async with running(bus):
        await until(lambda: _is(letters.count(), 1))
        (letter,) = await letters.list()
        assert await letters.retry(letter.id)
        await until(lambda: tries == QUICK.tries + 1)
        await until(lambda: _is(pending(store), 0))
    assert await letters.count() == 0


def test_no_two_consumers_have_one_name() -> None:
    assert len({consumer_name("enrichment") for _ in range(1000)}) == 1000


async def _all_emitted(store: Store, count: int) -> bool:
    lengths = [await store.do("XLEN", ARTICLE_ENRICHED.key(partition)) for partition in range(4)]
    return bool(sum(lengths) == count)


async def _is(answer: Any, wanted: object) -> bool:
    return bool(await answer == wanted)
