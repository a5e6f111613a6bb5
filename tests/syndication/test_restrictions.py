"""Once an article is withheld or taken back, nobody but the newsroom reads what its earlier versions said."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp

from services.syndication.ledger import Ledger
from services.syndication.restrictions import restrictions
from services.syndication.store import Articles
from shared.auth import CONSUMERS, digest
from shared.events import Correction, Retraction, to_json
from shared.redis import Store
from tests.asgi import ask
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on
from tests.syndication.test_api import ARTICLE_ID, NOW, TOKEN, app

__all__ = ["app"]

KEY = "wrk_partner_0123456789abcdef"
SAID = ("Secret talks", "sank at dawn", "It sank twice")


async def consumer(store: Store, **terms: str) -> None:
    kept = {"name": "partner", "key": digest(KEY), "created_at": "", **terms}
    await store.do("HSET", CONSUMERS, "partner", to_json(kept))


async def told_and_withdrawn(store: Store, status: str) -> None:
    """Publish an article, correct it, and withhold it or take it back."""
    body = {"body_html": "<p>It sank at dawn.</p>", "body_text": "It sank at dawn."}
    first = an_article(headline="Secret talks", section="world", **body)
    second = first.model_copy(update={"version": 2, "headline": "Secret talks held"})
    last = first.model_copy(update={"version": 3, "status": "withheld" if status == "withheld" else "usable"})
    handlers = handlers_on(store, now=lambda: NOW)
    await handlers.on_article_enriched(an_enriched(article=first))
    await handlers.on_article_enriched(an_enriched(article=second, correction=Correction(note="It sank twice.")))
    reason = {} if status == "withheld" else {"retraction": Retraction(reason="It was a hoax")}
    await handlers.on_article_enriched(an_enriched(article=last, **reason))


async def read(app: ASGIApp, path: str, token: str = KEY) -> Any:
    answer = await ask(app, "GET", f"/api/v1/{path}", token=token)
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.mark.parametrize("status", ["withheld", "canceled"])
async def test_versions_and_events_tell_who_it_is_and_how_it_stands(app: ASGIApp, store: Store, status: str) -> None:
    await consumer(store)
    await told_and_withdrawn(store, status)
    versions = (await read(app, f"articles/{ARTICLE_ID}/versions"))["versions"]
    assert [(one["id"], one["version"], one["status"]) for one in versions] == [
        (ARTICLE_ID, n, status) for n in (1, 2, 3)
    ]
    events = (await read(app, "events"))["events"]
    last = "article.updated" if status == "withheld" else "article.retracted"
    assert [(one["seq"], one["type"]) for one in events] == [
        (1, "article.published"),
        (2, "article.corrected"),
        (3, last),
    ]
    assert [one["data"]["article"]["status"] for one in events] == [status] * 3
    assert [one["data"]["article"]["version"] for one in events] == [1, 2, 3]
    assert not any(said in orjson.dumps([versions[:2], events]).decode() for said in SAID)


@pytest.mark.parametrize("status", ["withheld", "canceled"])
async def test_the_newsroom_reads_all_of_it(app: ASGIApp, store: Store, status: str) -> None:
    await told_and_withdrawn(store, status)
    versions = (await read(app, f"articles/{ARTICLE_ID}/versions", TOKEN))["versions"]
    assert [one["headline"] for one in versions[:2]] == ["Secret talks", "Secret talks held"]
    events = (await read(app, "events?q=dawn", TOKEN))["events"]
    assert [one["data"]["article"]["headline"] for one in events] == ["Secret talks", "Secret talks held"]
    assert events[1]["data"]["correction"] == "It sank twice."


@pytest.mark.parametrize("status", ["withheld", "canceled"])
async def test_no_query_finds_out_what_it_said(app: ASGIApp, store: Store, status: str) -> None:
    await consumer(store)
    await told_and_withdrawn(store, status)
    for query in ("dawn", "secret", "section:world"):
        found = (await read(app, f"events?q={query}"))["events"]
        assert not found or [one["type"] for one in found] == ["article.retracted"]
    assert [one["seq"] for one in (await read(app, "events?q=type:article.published"))["events"]] == [1]


async def test_who_may_not_have_an_article_is_not_told_of_its_earlier_versions(app: ASGIApp, store: Store) -> None:
    await consumer(store, query="section:sport")
    await told_and_withdrawn(store, "withheld")
    assert [one["seq"] for one in (await read(app, "events"))["events"]] == [3]
    assert len((await read(app, f"articles/{ARTICLE_ID}/versions"))["versions"]) == 1


async def test_what_may_be_read_again_is_whole_again(app: ASGIApp, store: Store) -> None:
    await consumer(store)
    await told_and_withdrawn(store, "withheld")
    again = an_article(version=4, headline="Talks confirmed", body_text="They talked.")
    await handlers_on(store, now=lambda: NOW).on_article_enriched(an_enriched(article=again))
    told = [one["data"]["article"]["headline"] for one in (await read(app, "events"))["events"]]
    assert told == ["Secret talks", "Secret talks held", "", "Talks confirmed"]


@pytest.mark.parametrize("reuse", ["summary", "headline"])
async def test_no_more_is_left_of_earlier_versions_than_may_go_on(app: ASGIApp, store: Store, reuse: str) -> None:
    await consumer(store)
    first = an_article(summary="A talk.", body_html="<p>Secret talks</p>", body_text="Secret talks")
    last = first.model_copy(update={"version": 2, "reuse": reuse})
    handlers = handlers_on(store, now=lambda: NOW)
    await handlers.on_article_enriched(an_enriched(article=first))
    await handlers.on_article_enriched(an_enriched(article=last))
    versions = (await read(app, f"articles/{ARTICLE_ID}/versions"))["versions"]
    told = [*versions, *(event["data"]["article"] for event in (await read(app, "events"))["events"])]
    assert [(one["version"], one["reuse"], one["body_text"]) for one in told] == [(1, reuse, ""), (2, reuse, "")] * 2
    assert {one["summary"] for one in told} == {"A talk." if reuse == "summary" else None}
    assert (await read(app, "events?q=secret"))["events"] == []
    assert len((await read(app, "events?q=secret", TOKEN))["events"]) == 2


async def test_only_articles_with_a_later_version_are_looked_up(store: Store) -> None:
    ledger, reads = Ledger(store), Reads(store)
    handlers = handlers_on(store, now=lambda: NOW)
    for number in range(3):
        await handlers.on_article_enriched(an_enriched(article=an_article(id=f"desk-{number}", guid=str(number))))
    later = an_article(id="desk-1", guid="1", version=2, status="withheld")
    await handlers.on_article_enriched(an_enriched(article=later))
    assert await restrictions(reads, await ledger.read(0, 10)) == {"desk-1": "withheld"}
    assert reads.documents == [("desk-1", 2)]


class Reads:
    """Counts the documents that are read."""

    def __init__(self, store: Store) -> None:
        self._articles = Articles(store)
        self.documents: list[tuple[str, int]] = []
        self.heads = Ledger(store).heads

    async def document(self, article_id: str, version: int) -> bytes | None:
        self.documents.append((article_id, version))
        return await self._articles.document(article_id, version)
