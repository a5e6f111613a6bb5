"""Retention leaves nothing behind of what it lets go of, and touches nothing of what it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.syndication.ledger import Ledger
from services.syndication.retention import Keep, Retention
from services.syndication.store import Articles, Library
from shared.bus import DeadLetters
from shared.events import ArticleForgotten, Retraction
from shared.redis import RedisError, Store
from shared.streams import ARTICLE_INGESTED, Stream
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Room:
    """A ledger with a clock, and what ingest was told."""

    def __init__(self, store: Store) -> None:
        self.store, self.moment, self.told = store, NOW, list[tuple[str, int]]()
        self.library = Library(Ledger(store), Articles(store))
        self.ledger, self.away, self.waits = self.library.ledger, False, 1 << 40
        self.handlers = handlers_on(store, self.library.articles, now=lambda: self.moment, patience=-1)

    def retention(self, me: str = "one", **keep: int) -> Retention:
        return Retention(
            Keep(**keep),
            self.library,
            DeadLetters(self.store, 1),
            self,
            store=self.store,
            undelivered=self.undelivered,
            now=lambda: self.moment,
            me=me,
        )

    async def send(self, _stream: Stream[Any], events: Sequence[tuple[str, bytes, str]]) -> None:
        if self.away and events:
            raise RedisError("away")
        for id, body, _ in events:
            self.told.append((id, ArticleForgotten.model_validate_json(body).article.version))

    async def undelivered(self) -> int:
        return self.waits

    async def publish(self, id: str, version: int = 1, **over: Any) -> None:
        about = {name: over.pop(name) for name in ("retraction",) if name in over}
        article = an_article(id=f"desk-{id}", guid=id, version=version, **over)
        await self.handlers.on_article_enriched(an_enriched(article=article, **about))

    async def seqs(self) -> list[int]:
        return [entry.seq for entry in await self.ledger.read(0, 100)]

    async def keys(self) -> list[str]:
        return sorted(key.decode() for key in await self.store.do("KEYS", "*"))


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def test_by_default_everything_is_kept(room: Room) -> None:
    await room.publish("a")
    room.moment += 9999 * DAY
    await room.retention().tick()
    assert await room.seqs() == [1]


async def test_old_articles_leave_nothing_behind(room: Room) -> None:
    await room.publish("a")
    await room.publish("a", 2, headline="New")
    await room.publish("b", section="bay", duplicate_of="desk-a")
    await room.publish("b", 2, retraction=Retraction(reason="Wrong."))
    room.moment += 8 * DAY
    await room.retention(days=7).tick()
    assert await room.seqs() == []
    assert await room.keys() == ["{ledger}:events", "{ledger}:retention", "{ledger}:seq", "{ledger}:server"]
    assert sorted(room.told) == [("desk-a", 2), ("desk-b", 2)]
    assert await room.ledger.first() == 5


async def test_as_many_as_asked_for_are_kept(room: Room) -> None:
    for id in "abcd":
        await room.publish(id)
    await room.publish("a", 2, headline="New")
    await room.retention(articles=2).tick()
    assert await room.seqs() == [4, 5]
    assert [id for id, _ in await room.ledger.newest("all", None, 9)] == ["desk-a", "desk-d"]
    kept = await room.library.article("desk-a", 2)
    assert kept is not None
    assert kept.headline == "New"
    assert await room.library.articles.versions("desk-a") == [2]  # the one before is as old as what went


async def test_a_version_that_stands_for_the_one_before_keeps_its_text(room: Room) -> None:
    await room.publish("a")
    await room.publish("b")
    await room.publish("b", 2)
    await room.retention(articles=1).tick()
    assert await room.seqs() == [2]
    assert await room.library.article("desk-b", 2) is not None


async def test_short_feeds_are_told_to_have_changed_and_empty_ones_are_gone(room: Room) -> None:
    await room.publish("a", section="bay")
    await room.publish("b")
    before = await room.ledger.mark("languages/en")
    await room.publish("c", language="fr")
    await room.retention(articles=2).tick()
    marks = await room.ledger.marks()
    assert "sections/bay" not in marks
    assert marks["languages/en"] > before


async def test_an_article_whose_update_waits_is_kept(room: Room) -> None:
    await room.publish("a")
    await room.publish("a", 2, embargoed_until=NOW + 30 * DAY)
    room.moment += 8 * DAY
    await room.retention(days=7).tick()
    assert await room.seqs() == [1]


async def test_what_is_not_delivered_is_kept_for_a_week_more_and_its_end_is_told(room: Room) -> None:
    await room.publish("a")
    await room.publish("b")
    room.waits = 2
    room.moment += 5 * DAY
    await room.retention(days=1).tick()
    assert await room.seqs() == [2]
    room.moment += 3 * DAY
    with capture_logs() as lines:
        await room.retention(days=1).tick()
    assert ("retention.undelivered", 2) in [(line["event"], line.get("first")) for line in lines]
    assert await room.ledger.head("desk-b") is None


async def test_what_was_not_told_is_told_later(room: Room) -> None:
    await room.publish("a")
    room.moment += 8 * DAY
    room.away = True
    with pytest.raises(RedisError):
        await room.retention(days=7).tick()
    room.away = False
    await room.retention(days=7).tick()
    assert room.told == [("desk-a", 1)]


async def test_one_replica_does_it(room: Room) -> None:
    await room.publish("a")
    await room.retention(days=7).tick()
    room.moment += 8 * DAY
    await room.retention(me="two", days=7).tick()
    assert await room.seqs() == [1]


async def test_more_than_a_batch_is_let_go_of_step_by_step(room: Room) -> None:
    for n in range(130):
        await room.publish(f"{n:03}")
    retention = room.retention(articles=5)
    assert await retention.tick() == 0.0
    await retention.tick()
    assert await room.seqs() == [126, 127, 128, 129, 130]


async def test_old_dead_letters_are_forgotten(room: Room) -> None:
    key = ARTICLE_INGESTED.dead_key(0)
    for age in (9, 1):
        moment = int((NOW - age * DAY).timestamp() * 1000)
        await room.store.do("XADD", key, f"{moment}-0", "__data__", "{}")
    await room.retention(days=7).tick()
    assert await room.store.do("XLEN", key) == 1
