"""Requests are worked off batch by batch: the newest versions that match, and nothing twice in effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from services.syndication.ledger import Ledger
from services.syndication.recall.worker import LEASE, MOST_ON_THE_LINE, Worker
from services.syndication.store import Articles, Library
from shared.events import Author, Category, Given, Retraction
from shared.recalls import SETTLE_SECONDS, Progress, Recall, Recalls
from shared.redis import RedisError, Store
from shared.streams import Stream
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GIVEN = Given(byline="By A. Writer", categories=(Category(term="War"),), authors=(), summary="As the source said it")


class Desk:
    """A worker on a real ledger, and what it sent down the line."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ledger, self.articles, self.recalls = Ledger(store), Articles(store), Recalls(store)
        self.sent: list[dict[str, Any]] = []
        self.depth, self.away = 0, False
        self.handlers = handlers_on(store, self.articles, now=lambda: NOON, patience=-1)
        self.worker = self.a_worker("me")

    def a_worker(self, me: str) -> Worker:
        return Worker(
            self.recalls,
            Library(self.ledger, self.articles),
            self,
            store=self.store,
            depth=self._depth,
            now=lambda: NOON + timedelta(seconds=SETTLE_SECONDS),
            me=me,
        )

    async def _depth(self) -> int:
        return self.depth

    async def send(self, stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        if self.away:
            raise RedisError("away")
        assert stream.name == "article.recalled"
        self.sent += [orjson.loads(body) for _, body, _ in events]

    async def publish(self, id: str, version: int = 1, given: Given | None = GIVEN, **article: Any) -> None:
        event = an_enriched(article=an_article(id=id, version=version, **article), occurred_at=NOON)
        await self.handlers.on_article_enriched(event.model_copy(update={"given": given}))

    async def ask(self, **over: object) -> None:
        recall = Recall.model_validate({"id": "r", "since": NOON - timedelta(days=1)} | over)
        await self.recalls.ask(recall, NOON)

    async def until_done(self) -> Progress:
        for _ in range(50):
            await self.worker.tick()
            found = await self.recalls.get("r")
            if found is not None and found[1].status in ("done", "refused"):
                return found[1]
        raise AssertionError("never done")

    @property
    def ids(self) -> list[str]:
        return [event["article"]["id"] for event in self.sent]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


async def test_the_newest_versions_go_back_as_their_source_gave_them(desk: Desk) -> None:
    await desk.publish("one", headline="First")
    await desk.publish("two")
    await desk.publish("one", version=2, headline="Second")
    await desk.ask()
    assert await desk.until_done() == Progress(status="done", first=1, last=3, at=3, recalled=2)
    assert [(e["article"]["id"], e["article"]["version"]) for e in desk.sent] == [("two", 1), ("one", 2)]
    one = desk.sent[1]
    assert (one["byline"], one["categories"][0]["term"], one["article"]["summary"]) == (
        "By A. Writer",
        "War",
        "As the source said it",
    )
    assert (one["article"]["headline"], one["article"]["tags"], one["article"]["authors"]) == ("Second", [], [])


async def test_what_enrichment_did_for_nothing_can_be_done_over_again(desk: Desk) -> None:
    await desk.publish("one")
    await desk.publish("one", version=2)
    await desk.ask()
    await desk.until_done()
    assert [(e["article"]["id"], e["article"]["version"]) for e in desk.sent] == [("one", 1)]


async def test_only_what_the_filter_matches_goes_back(desk: Desk) -> None:
    await desk.publish("storm", headline="A storm comes")
    await desk.publish("calm", headline="All is calm")
    await desk.ask(filter="storm")
    await desk.until_done()
    assert desk.ids == ["storm"]


async def test_only_articles_by_the_authors_named_go_back(desk: Desk) -> None:
    await desk.publish("linked", authors=(Author(id="anna", name="Anna Kovalenko"),))
    await desk.publish("unlinked", authors=(Author(name="KOVALENKO, Anna"),))
    await desk.publish("namesake", authors=(Author(id="other", name="Anna Kovalenko"),))
    await desk.publish("addressed", authors=(Author(name="A. K.", url="https://anna.example/"),))
    await desk.publish("nobody", authors=())
    await desk.ask(authors=["anna"], names=["anna kovalenko"], addresses=["https://anna.example"])
    await desk.until_done()
    assert desk.ids == ["linked", "unlinked", "addressed"]


async def test_what_was_taken_back_stays_so(desk: Desk) -> None:
    await desk.publish("gone")
    event = an_enriched(article=an_article(id="gone", version=2, status="canceled"))
    await desk.handlers.on_article_enriched(event.model_copy(update={"retraction": Retraction(reason="Wrong.")}))
    await desk.ask()
    assert (await desk.until_done()).recalled == 0


async def test_versions_from_before_what_was_given_was_kept_are_passed_by(desk: Desk) -> None:
    await desk.publish("old", given=None)
    await desk.ask()
    assert (await desk.until_done()).recalled == 0


async def test_a_long_ledger_goes_batch_by_batch(desk: Desk) -> None:
    for number in range(230):
        await desk.publish(f"n{number}")
    await desk.ask()
    await desk.worker.tick()
    found = await desk.recalls.get("r")
    assert found is not None
    assert (found[1].status, found[1].at, found[1].recalled) == ("running", 100, 100)
    assert (await desk.until_done()).recalled == 230
    assert len(set(desk.ids)) == 230


async def test_a_batch_that_was_not_taken_is_done_again(desk: Desk) -> None:
    await desk.publish("one")
    await desk.ask()
    desk.away = True
    with pytest.raises(RedisError):
        await desk.worker.tick()
    desk.away = False
    assert (await desk.until_done()).recalled == 1


async def test_a_full_line_goes_first(desk: Desk) -> None:
    await desk.publish("one")
    await desk.ask()
    desk.depth = MOST_ON_THE_LINE + 1
    await desk.worker.tick()
    assert desk.sent == []


async def test_one_replica_works_and_the_next_follows_when_it_died(desk: Desk, store: Store) -> None:
    await desk.publish("one")
    await desk.ask()
    await store.do("SET", LEASE, "another")
    await desk.worker.tick()
    assert desk.sent == []
    await store.do("DEL", LEASE)
    assert (await desk.until_done()).recalled == 1


async def test_a_filter_that_cannot_be_read_any_more_is_refused_in_words(desk: Desk) -> None:
    await desk.ask(filter="tag:(")
    progress = await desk.until_done()
    assert progress.status == "refused"
    assert progress.reason
