"""Syndication brings every version into the ledger once, in order, whatever happens on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.syndication.handlers import Handlers
from services.syndication.ledger import Ledger
from services.syndication.store import Articles
from shared.bus import Done, Later
from shared.events import ArticleEnriched, Retraction
from shared.redis import Store
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Line:
    """Handlers on a real store, and what they woke."""

    def __init__(self, store: Store) -> None:
        self.store, self.ledger, self.articles, self.nudges = store, Ledger(store), Articles(store), 0
        self.handlers = self.with_patience(30.0)

    def with_patience(self, seconds: float) -> Handlers:
        return handlers_on(self.store, self.articles, now=lambda: NOW, nudge=self._nudge, patience=seconds)

    def _nudge(self) -> None:
        self.nudges += 1

    async def on(self, event: ArticleEnriched) -> Done | Later:
        return await self.handlers.on_article_enriched(event)


@pytest.fixture
def line(store: Store) -> Line:
    return Line(store)


def version(number: int, **more: object) -> ArticleEnriched:
    return an_enriched(article=an_article(version=number, **more))


async def test_a_new_article_is_published_and_wakes_who_waits(line: Line) -> None:
    outcome = await line.on(version(1))
    assert outcome == Done("article.published", {"seq": 1, "changed": []})
    assert line.nudges == 1


async def test_a_repeated_event_has_no_second_effect(line: Line) -> None:
    await line.on(version(1))
    assert await line.on(version(1)) == Done("article.repeated")
    assert await line.ledger.latest() == 1
    assert line.nudges == 1


async def test_a_first_version_that_comes_again_after_a_later_one_has_no_effect(line: Line) -> None:
    for number, words in ((1, "One"), (2, "Two")):
        await line.on(version(number, headline=words))
    assert await line.on(version(1, headline="One")) == Done("article.repeated")
    assert await line.ledger.latest() == 2
    head = await line.ledger.head(version(1).article.id)
    assert head is not None
    assert head.version == 2


async def test_an_update_names_what_changed(line: Line) -> None:
    await line.on(version(1, headline="Old"))
    assert await line.on(version(2, headline="New")) == Done("article.updated", {"seq": 2, "changed": ["headline"]})


async def test_a_version_waits_for_its_elder(line: Line) -> None:
    await line.on(version(1, headline="One"))
    assert isinstance(await line.on(version(3, headline="Three")), Later)
    await line.on(version(2, headline="Two"))
    assert await line.on(version(3, headline="Three")) == Done("article.updated", {"seq": 3, "changed": ["headline"]})


async def test_an_elder_that_never_comes_is_waited_for_only_so_long(line: Line) -> None:
    assert isinstance(await line.on(version(2)), Later)
    line.handlers = line.with_patience(-1.0)
    assert await line.on(version(2)) == Done("article.published", {"seq": 1, "changed": []})
    assert await line.on(version(1)) == Done("article.repeated")


async def test_a_version_without_a_visible_change_takes_no_number(line: Line) -> None:
    await line.on(version(1))
    assert await line.on(version(2)) == Done("article.unchanged")
    assert await line.ledger.latest() == 1
    assert await line.on(version(3, headline="New")) == Done("article.updated", {"seq": 2, "changed": ["headline"]})


async def test_killed_after_keeping_the_document_the_redelivery_finishes(line: Line) -> None:
    event = version(1)
    await line.articles.keep(event.article)
    assert await line.on(event) == Done("article.published", {"seq": 1, "changed": []})


async def test_a_retraction_empties_the_article_and_keeps_its_feeds(line: Line) -> None:
    await line.on(version(1))
    event = an_enriched(article=an_article(version=2), retraction=Retraction(reason="Wrong."))
    outcome = await line.on(event)
    assert isinstance(outcome, Done)
    assert outcome.event == "article.retracted"
    kept = await line.articles.article(event.article.id, 2)
    assert kept is not None
    assert (kept.status, kept.body_html) == ("canceled", "")


async def test_time_in_which_nobody_could_look_is_not_the_elders_delay(line: Line) -> None:
    moment = 0.0
    handlers = handlers_on(line.store, line.articles, now=lambda: NOW, patience=5.0, clock=lambda: moment)
    assert isinstance(await handlers.on_article_enriched(version(2)), Later)
    moment += 3600  # Redis was away for an hour
    assert isinstance(await handlers.on_article_enriched(version(2)), Later)
    assert await handlers.on_article_enriched(version(1)) == Done("article.published", {"seq": 1, "changed": []})
