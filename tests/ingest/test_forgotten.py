"""What the ledger let go of is forgotten; what a source goes on listing is still no news."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.ingest.forgotten import Forgotten
from services.ingest.results import Accepted, Unchanged
from services.ingest.source import Source
from shared.bus import Done
from shared.events import ArticleForgotten
from shared.redis import Store
from tests.builders import an_article
from tests.ingest.parts import NOON, Bench, a_source, a_submission

ID = "desk-2ahqyss2kk55jm3uhn2j"


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    bench = Bench(store)
    yield bench
    await bench.outbox.idle(5)


async def forget(bench: Bench, source: Source, version: int = 1) -> Done:
    await bench.sources.add(source.settings)
    event = ArticleForgotten(occurred_at=NOON, correlation_id="c", article=an_article(id=ID, version=version))
    return await Forgotten(bench.items, bench.sources).on_article_forgotten(event)


async def take(bench: Bench, source: Source, **over: Any) -> Any:
    return (await bench.intake.accept(source, [a_submission(**over)]))[0]


async def test_a_pushed_article_is_forgotten_whole(bench: Bench, store: Store) -> None:
    source = a_source()
    await take(bench, source)
    assert await forget(bench, source) == Done("article.forgotten")
    assert await store.do("HLEN", "{src:desk}:items") == 0
    assert await take(bench, source) == Accepted(ID, 1)


async def test_what_a_source_still_lists_is_no_news_until_it_changes(bench: Bench) -> None:
    source = a_source(kind="feed", url="https://example.org/rss")
    await take(bench, source)
    await forget(bench, source)
    assert isinstance(await take(bench, source), Unchanged)
    assert isinstance(await take(bench, source, headline="Changed"), Accepted)


async def test_a_newer_version_is_not_forgotten_for_the_older_one(bench: Bench) -> None:
    source = a_source()
    await take(bench, source)
    await take(bench, source, headline="Second")
    assert await forget(bench, source, version=1) == Done("article.forget_moot")
    assert await take(bench, source, headline="Third") == Accepted(ID, 3)
