"""A recalled article gets its next version once, and never in place of a newer one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import pytest

from services.ingest.recalled import Recalled
from shared.bus import Done
from shared.events import Article, ArticleRecalled, Category
from shared.redis import Store
from tests.ingest.parts import NOON, Bench, a_source, a_submission


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    bench = Bench(store)
    yield bench
    await bench.sent()


async def published(bench: Bench) -> Article:
    await bench.intake.accept(a_source(), [a_submission()])
    await bench.sent()
    return Article.model_validate(bench.line.bodies[-1]["article"])


def recall(article: Article) -> ArticleRecalled:
    return ArticleRecalled(
        occurred_at=NOON, correlation_id="recall-1", article=article, byline="By A", categories=(Category(term="War"),)
    )


def handler(bench: Bench) -> Recalled:
    return Recalled(bench.items, bench.outbox, bench.clock)


async def test_it_goes_down_the_line_as_the_next_version(bench: Bench) -> None:
    article = await published(bench)
    assert await handler(bench).on_article_recalled(recall(article)) == Done("article.reingested", {"version": 2})
    assert [version for _, version in await bench.sent()] == [1, 2]
    again = bench.line.bodies[-1]
    assert (again["byline"], again["categories"][0]["term"], again["correlation_id"]) == ("By A", "War", "recall-1")
    assert again["article"]["updated_at"] == orjson.loads(article.model_dump_json())["updated_at"]


async def test_a_redelivery_has_no_second_effect(bench: Bench) -> None:
    article = await published(bench)
    await handler(bench).on_article_recalled(recall(article))
    assert await handler(bench).on_article_recalled(recall(article)) == Done("article.recall_moot")
    assert len(await bench.sent()) == 2


async def test_a_newer_version_on_the_way_makes_it_moot(bench: Bench) -> None:
    article = await published(bench)
    await bench.intake.accept(a_source(), [a_submission(headline="Another headline")])
    assert await handler(bench).on_article_recalled(recall(article)) == Done("article.recall_moot")


async def test_what_is_not_known_is_left_alone(bench: Bench) -> None:
    article = await published(bench)
    stranger = article.model_copy(update={"id": "desk-" + "a" * 20})
    assert await handler(bench).on_article_recalled(recall(stranger)) == Done("article.recall_moot")


async def test_its_source_may_say_the_same_again_without_a_third_version(bench: Bench) -> None:
    article = await published(bench)
    await handler(bench).on_article_recalled(recall(article))
    await bench.intake.accept(a_source(), [a_submission()])
    assert len(await bench.sent()) == 2
