"""Enrichment whole, as it runs under load: JSON in and out, 10,000 terms, neighbours among three full days."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta

from services.enrichment.handlers import Handlers
from services.enrichment.neighbours import Neighbours
from services.enrichment.newsroom import Newsroom
from shared import collector
from shared.events import ArticleIngested, to_json
from shared.redis import Store, connect
from tests.benchmarks.bed import a_server
from tests.benchmarks.bench_enrichment import SEED, a_newsroom
from tests.benchmarks.rows import Row, Stopwatch
from tests.builders import MORNING, an_article, an_ingested
from tests.enrichment.duplicates.parts import text

WORKERS, DAYS, WORDS = 64, 3, 1_000


async def run(articles: int = 600) -> list[Row]:
    """Take in `articles` a day for three days, many at once and one by one; the last day counts."""
    names, newsroom = a_newsroom(random.Random(SEED))
    collector.calm()
    with a_server() as server:
        store = Store(connect(server.url))
        try:
            many, alone = [await _measured(store, newsroom, names, articles, workers) for workers in (WORKERS, 1)]
        finally:
            await store.close()
    return [
        Row(
            name="enrichment whole, 64 at once",
            value=many[0],
            unit="µs CPU",
            note=f"target 1,000 (the steps alone); {many[1]:.0f} more in Redis; {WORDS:,} words",
        ),
        Row(name="enrichment whole, one by one", value=alone[0], unit="µs CPU", note=f"{alone[1]:.0f} more in Redis"),
    ]


async def _measured(
    store: Store, newsroom: Newsroom, names: list[str], articles: int, workers: int
) -> tuple[float, float]:
    """Return the µs of CPU here and in Redis of an article of the last day."""
    await store.do("FLUSHALL")
    handlers, chance = Handlers(newsroom, Neighbours(store)), random.Random(SEED)
    for day in range(DAYS):
        waiting = iter([_story(names, chance, day, number, articles) for number in range(articles)])
        before, watch = await _server(store), Stopwatch()
        await asyncio.gather(*(_worked(handlers, waiting) for _ in range(workers)))
        lap = watch.lap(articles)
    return lap.cpu, (await _server(store) - before) / articles * 1e6


async def _worked(handlers: Handlers, waiting: Iterator[bytes]) -> None:
    for story in waiting:
        to_json(await handlers.on_article_ingested(ArticleIngested.model_validate_json(story)))


async def _server(store: Store) -> float:
    used = await store.client.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"])


def _story(names: list[str], chance: random.Random, day: int, number: int, articles: int) -> bytes:
    """Make a story that names a term in each forty words, some terms far more often than others."""
    seed = day * articles + number
    moment = MORNING + timedelta(days=day, seconds=number * 80_000 / articles)
    words = text(seed, words=WORDS).split(" ")
    for at in range(0, len(words), 40):
        term = min(int(chance.paretovariate(0.5)), len(names)) - 1
        words[at] = f"{names[term]} {term}"
    article = an_article(
        id=f"desk-{seed:020}",
        url=f"https://news.example.org/2026/{seed}/a-story",
        headline=f"Headline {seed} {' '.join(words[:8])}",
        body_html="".join(f"<p>{paragraph}</p>" for paragraph in " ".join(words).split("\n\n")),
        published_at=moment,
        ingested_at=moment,
    )
    return to_json(an_ingested(occurred_at=moment, article=article))
