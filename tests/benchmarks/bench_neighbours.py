"""Copies and related stories: the time and the memory they take for each article, and how well they are found."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from services.enrichment.duplicates import signature
from services.enrichment.neighbours import Neighbours
from services.enrichment.related.words import telling
from shared.events import Article, Tag
from shared.redis import Store, connect
from tests.benchmarks.bed import a_server
from tests.benchmarks.rows import Row, Stopwatch
from tests.builders import MORNING, an_article
from tests.enrichment.duplicates.parts import text
from tests.enrichment.quality import beside, copies

AT_ONCE = 32
TAGS = 300
DAYS = 3


async def run(articles: int = 3_000) -> list[Row]:
    """Measure on a server of its own; `articles` a day for three days, so that every look-up finds full days."""
    with a_server() as server:
        store = Store(connect(server.url))
        try:
            return [*_alone(), *await _taken_in(store, articles), *await _found(store)]
        finally:
            await store.close()


def _alone() -> list[Row]:
    story = text(1, words=1_000)
    steps: dict[str, Callable[[], object]] = {
        "signature of 1,000 words": partial(signature, "A headline", story),
        "telling words": partial(telling, "A headline", story),
    }
    return [Row(name=f"neighbours, {name}", value=_cpu(step), unit="µs CPU") for name, step in steps.items()]


def _cpu(step: Callable[[], object], times: int = 300) -> float:
    step()
    started = time.process_time()
    for _ in range(times):
        step()
    return (time.process_time() - started) / times * 1e6


async def _taken_in(store: Store, articles: int) -> list[Row]:
    await store.do("FLUSHALL")
    neighbours, chance = Neighbours(store), random.Random(7)
    rows, before = [], await _used(store)
    for day in range(DAYS):
        batch = [_article(chance, day, number, articles) for number in range(articles)]
        await store.do("CONFIG", "RESETSTAT")
        watch = Stopwatch()
        for start in range(0, articles, AT_ONCE):
            await asyncio.gather(*(neighbours.beside(one, one.ingested_at) for one in batch[start : start + AT_ONCE]))
        lap = watch.lap(articles)
    calls, server = await _commands(store, articles)
    told = f"{lap.cpu:.0f} µs of CPU here, {server:.0f} in Redis, {calls:.1f} commands in 2 round trips; 1,000 words"
    rows.append(Row(name="neighbours, whole step, 3 full days", value=lap.rate, unit="articles/s", note=told))
    used = (await _used(store) - before) / articles / DAYS
    kept = f"{articles:,} articles a day, up to 3 tags each; near-duplicates for 4 days, tags 7, addresses 60"
    rows.append(Row(name="neighbours, memory in Redis", value=used, unit="B/article", note=kept))
    return rows


def _article(chance: random.Random, day: int, number: int, articles: int) -> Article:
    moment = MORNING + timedelta(days=day, seconds=number * 80_000 / articles)
    names = {min(int(chance.paretovariate(0.7)), TAGS) for _ in range(3)}
    tags = tuple(Tag(id=f"topic/t-{n}", slug=f"t-{n}", name=f"T {n}", score=3.0, primary=True) for n in sorted(names))
    seed = day * articles + number
    return an_article(
        id=f"desk-{seed:020}",
        url=f"https://news.example.org/2026/{seed}/a-story-of-the-day",
        headline=f"Headline {seed}",
        body_text=text(seed, words=1_000),
        tags=tags,
        published_at=moment,
        ingested_at=moment,
    )


async def _used(store: Store) -> int:
    return int((await store.client.info("memory"))["used_memory"])


async def _commands(store: Store, articles: int) -> tuple[float, float]:
    """Return how many commands an article took, and µs of the server's time, those inside scripts included."""
    stats: dict[str, Any] = await store.client.info("commandstats")
    ours = [stats[f"cmdstat_{name}"] for name in ("evalsha", "zrange")]
    return sum(one["calls"] for one in ours) / articles, sum(one["usec"] for one in ours) / articles


async def _found(store: Store) -> list[Row]:
    await store.do("FLUSHALL")
    found = await copies(store)
    rows = [
        Row(
            name=f"copies recognised, {edit}",
            value=100 * seen.recall,
            unit="%",
            note=f"{100 * seen.copies / seen.asked:.0f}% as copies, the rest as revisions; {seen.wrong} as another's",
        )
        for edit, seen in found.by_edit.items()
    ]
    rows.append(Row(name="texts wrongly taken for copies", value=found.false, unit="texts"))
    await store.do("FLUSHALL")
    threads = await beside(store)
    told = f"P@3 {threads.precision(3):.2f}, P@5 {threads.precision(5):.2f}, recall {threads.recall:.2f}"
    rows.append(Row(name="related stories of the same thread, P@1", value=threads.precision(1), unit="", note=told))
    return rows
