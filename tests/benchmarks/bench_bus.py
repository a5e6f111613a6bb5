"""The bus beside raw redis-py that does the same reads, acknowledgements and JSON in the same process and run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.bus import Bus, Done
from shared.collector import calm
from shared.events import Article, ArticleIngested, Author, Category, Image, Source, Tag, to_json
from shared.redis import Store, connect
from shared.streams import ARTICLE_INGESTED
from tests.benchmarks.bed import a_server, quiet
from tests.benchmarks.rows import Lap, Row, Stopwatch, median_ratio, middle
from tests.waiting import until

BODIES = 500
BATCH = 100
RAW = "raw"
WORDS = "The river rose again overnight and crews worked by lamp light to raise the old earth bank. "


async def run(events: int = 10_000, rounds: int = 5) -> list[Row]:
    """Measure the bus with a handler that only answers Done, logs rendered to /dev/null, rounds alternated."""
    with a_server() as server:
        return await _measure(server.url, events, rounds)


async def _measure(url: str, events: int, rounds: int) -> list[Row]:
    bodies = [_body(number) for number in range(BODIES)]
    legs: dict[str, Callable[[str, int], Awaitable[Lap]]] = {
        "raw": lambda url, count: _raw(url, count, orjson.loads),
        "typed": lambda url, count: _raw(url, count, ArticleIngested.model_validate_json),
        "bus": _bus,
    }
    calm()  # as the services do
    laps: dict[str, list[Lap]] = {name: [] for name in legs}
    for _ in range(rounds):
        for name, leg in legs.items():
            await _fill(url, bodies, events)
            laps[name].append(await leg(url, events))
    ours, raw, typed = middle(laps["bus"]), middle(laps["raw"]), middle(laps["typed"])
    size = sum(map(len, bodies)) // len(bodies)
    return [
        Row(
            name="bus, one consumer process",
            value=ours.rate,
            unit="events/s",
            ceiling=ours.rate / median_ratio(laps["bus"], laps["raw"]),
            target=0.6,
            note=f"{size} B events, COUNT {BATCH}; CPU {ours.cpu:.1f} us an event, raw {raw.cpu:.1f}",
        ),
        Row(
            name="bus beside raw with typed events",
            value=ours.rate,
            unit="events/s",
            ceiling=ours.rate / median_ratio(laps["bus"], laps["typed"]),
            note=f"the raw loop with pydantic in place of orjson; CPU {typed.cpu:.1f} us an event",
        ),
    ]


def _body(number: int) -> bytes:
    moment = datetime(2026, 11, 22, 10, 0, number % 60, tzinfo=UTC)
    text = WORDS * 7
    article = Article(
        id=f"desk-{number:020d}",
        source=Source(id="desk", name="The Desk", url="https://desk.example"),
        guid=f"story-{number}",
        url=f"https://desk.example/stories/{number}",
        headline=f"The river rose again, night {number}",
        summary=WORDS,
        body_html=f"<p>{text}</p>",
        body_text=text,
        language="en",
        published_at=moment,
        ingested_at=moment,
        authors=(Author(name="Ann Writer", role="Correspondent"),),
        tags=(Tag(id="river", slug="river", name="River"),),
        images=(Image(url="https://desk.example/river.jpg", caption="The bank at dawn", lead=True),),
    )
    categories = (Category(term="Floods"),)
    return to_json(
        ArticleIngested(occurred_at=moment, correlation_id=f"c{number}", article=article, categories=categories)
    )


async def _fill(url: str, bodies: list[bytes], events: int) -> None:
    store = Store(connect(url))
    await store.do("FLUSHALL")
    bus = Bus(url, store, service="enrichment", partitions=1)
    for start in range(0, events, BODIES):
        batch = bodies[: events - start]
        await bus.send(ARTICLE_INGESTED, [(f"desk-{i:020d}", body, f"c{i}") for i, body in enumerate(batch)])
        async with store.client.pipeline(transaction=False) as pipe:
            for body in batch:
                pipe.xadd(RAW, {"body": body})
            await pipe.execute()
    await store.do("XGROUP", "CREATE", RAW, "raw", "0")
    await store.close()


async def _raw(url: str, events: int, parse: Callable[[bytes], object]) -> Lap:
    client: Any = connect(url)  # redis-py types its replies for text and for bytes at once
    await client.ping()
    watch, done = Stopwatch(), 0
    while done < events:
        ((_, entries),) = await client.xreadgroup("raw", "one", {RAW: ">"}, count=BATCH, block=1000)
        for _, fields in entries:
            parse(fields[b"body"])
        done += await client.xack(RAW, "raw", *(entry_id for entry_id, _ in entries))
    lap = watch.lap(events)
    await client.aclose()
    return lap


async def _bus(url: str, events: int) -> Lap:
    store = Store(connect(url))
    bus = Bus(url, store, service="enrichment", partitions=1)
    handled = 0

    async def on_article_ingested(_event: ArticleIngested) -> Done:
        nonlocal handled
        handled += 1
        return Done("article.benched", {"length": 1})

    async def settled() -> bool:
        key = ARTICLE_INGESTED.key(0)
        return handled == events and (await store.client.xpending(key, "enrichment"))["pending"] == 0

    bus.subscribe(ARTICLE_INGESTED, on_article_ingested)
    with quiet():
        await store.do("PING")
        watch = Stopwatch()
        await bus.start()
        await until(settled)
        lap = watch.lap(events)
        await bus.stop()
    await store.close()
    return lap
