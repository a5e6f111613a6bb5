"""What the bus tests share: events, quick limits, a running bus, a view of the pending list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from shared.bus import Bus, Done, Later, Limits
from shared.events import Article, ArticleEnriched, ArticleIngested, Source, to_json
from shared.redis import ResponseError, Store
from shared.streams import ARTICLE_INGESTED

MOMENT = datetime(2026, 11, 22, 10, tzinfo=UTC)
INGESTED = ARTICLE_INGESTED.key(0)
GROUP = "enrichment"

QUICK = Limits(idle=0.6, first_delay=0.01, longest_delay=0.04, hold=0.05, grace=3.0)

Answer = ArticleEnriched | Done | Later | None


def ingested(article: str = "desk-1", version: int = 1, headline: str = "The river rose") -> ArticleIngested:
    return ArticleIngested(
        occurred_at=MOMENT,
        correlation_id=f"c-{article}-{version}",
        article=Article(
            id=article,
            version=version,
            source=Source(id="desk"),
            guid=article,
            headline=headline,
            published_at=MOMENT,
            ingested_at=MOMENT,
        ),
    )


def enriched(event: ArticleIngested) -> ArticleEnriched:
    return ArticleEnriched(occurred_at=MOMENT, correlation_id=event.correlation_id, article=event.article)


async def send(bus: Bus, *events: ArticleIngested) -> None:
    await bus.send(ARTICLE_INGESTED, [(e.key, to_json(e), e.correlation_id) for e in events])


async def pending(store: Store, key: str = INGESTED, group: str = GROUP) -> int:
    """Return how many entries are given out and not acknowledged; -1 while there is no group."""
    try:
        summary: Any = await store.client.xpending(key, group)
    except ResponseError:
        return -1
    return int(summary["pending"])


def bus_on(store: Store, url: str, *, partitions: int = 1, limits: Limits = QUICK) -> Bus:
    return Bus(url, store, service=GROUP, partitions=partitions, limits=limits)


@asynccontextmanager
async def running(*buses: Bus) -> AsyncIterator[None]:
    for bus in buses:
        await bus.start()
    try:
        yield
    finally:
        for bus in buses:
            await bus.stop()
