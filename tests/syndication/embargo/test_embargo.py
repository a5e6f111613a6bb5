"""A version under an embargo comes into the ledger when that ends: on time, once, and is nowhere seen before."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.syndication.embargo import Embargoes, Releases, Texts
from services.syndication.ledger import Ledger
from services.syndication.recording import Recording
from services.syndication.store import Articles
from shared import logs
from shared.bus import Done, Later
from shared.events import ArticleEnriched, Correction, Retraction
from shared.redis import RedisError, Store
from tests.builders import an_article, an_enriched
from tests.syndication.parts import handlers_on, nothing, releases_on

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID = an_article().id


class Desk:
    """A line with a clock to set."""

    def __init__(self, store: Store) -> None:
        self.store, self.ledger, self.articles, self.moment = store, Ledger(store), Articles(store), NOW
        self.woken, self.nudged = 0, 0
        self.handlers = handlers_on(store, now=lambda: self.moment, nudge=self._nudge, wake=self._wake)
        self.releases = self.replica()

    def replica(self) -> Releases:
        return releases_on(self.store, now=lambda: self.moment, nudge=self._nudge)

    def _wake(self) -> None:
        self.woken += 1

    def _nudge(self) -> None:
        self.nudged += 1

    async def on(self, version: int, until: timedelta | None = None, **more: Any) -> Done | Later:
        return await self.handlers.on_article_enriched(event(version, until, **more))

    async def after(self, wait: timedelta) -> float | None:
        self.moment += wait
        return await self.releases.tick()

    async def told(self) -> list[tuple[str, int]]:
        return [(entry.type, entry.version) for entry in await self.ledger.read(0, 1000)]

    async def embargoed(self) -> list[tuple[int, datetime]]:
        listed = await Embargoes(self.ledger, Texts(self.store), nothing).list(0, 100)
        return [(one.version, one.embargoed_until) for one in listed]


def event(version: int, until: timedelta | None = None, **more: Any) -> ArticleEnriched:
    about = {name: more.pop(name) for name in ("correction", "retraction") if name in more}
    end = None if until is None else NOW + until
    return an_enriched(article=an_article(version=version, embargoed_until=end, **more), **about)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


async def test_a_version_waits_and_comes_in_when_its_embargo_ends(desk: Desk) -> None:
    assert await desk.on(1, HOUR) == Done("article.embargoed", {"until": "2026-11-22T11:00:00Z"})
    assert desk.woken == 1
    assert await desk.after(timedelta(minutes=59)) == pytest.approx(60.0)
    assert (await desk.told(), desk.nudged) == ([], 0)
    await desk.after(timedelta(minutes=1))
    assert (await desk.told(), desk.nudged) == ([("article.published", 1)], 1)
    (entry,) = await desk.ledger.read(0, 10)
    assert entry.timestamp == "2026-11-22T11:00:00Z"


async def test_it_leaves_nothing_behind(desk: Desk) -> None:
    await desk.on(1, HOUR)
    await desk.after(HOUR)
    assert await desk.on(2, headline="Later") == Done("article.updated", {"seq": 2, "changed": ["headline"]})
    kept = {key.decode() for key in await desk.store.do("KEYS", "*")}
    assert not {key for key in kept if "embargoed" in key or key.endswith((":turns", ":due", ":spent"))}


async def test_while_it_waits_nothing_of_it_is_where_readers_look(desk: Desk) -> None:
    await desk.on(1, HOUR)
    assert await desk.ledger.head(ID) is None
    assert await desk.articles.versions(ID) == []
    assert await desk.ledger.marks() == {}
    assert await desk.ledger.newest("all", None, 10) == []


async def test_the_version_that_is_out_stays_until_the_update_is_due(desk: Desk) -> None:
    await desk.on(1)
    await desk.on(2, HOUR, headline="New")
    head = await desk.ledger.head(ID)
    assert head is not None
    assert head.version == 1
    await desk.after(HOUR)
    assert await desk.told() == [("article.published", 1), ("article.updated", 2)]


@pytest.mark.parametrize("moved", [HOUR / 2, 2 * HOUR])
async def test_an_embargo_is_moved_by_the_next_version(desk: Desk, moved: timedelta) -> None:
    await desk.on(1, HOUR)
    await desk.on(2, moved)
    assert await desk.embargoed() == [(2, NOW + moved)]
    await desk.after(moved - timedelta(seconds=1))
    assert await desk.told() == []
    await desk.after(timedelta(seconds=1))
    assert await desk.told() == [("article.published", 2)]


async def test_a_version_without_an_embargo_is_out_at_once_and_ends_the_wait(desk: Desk) -> None:
    await desk.on(1, HOUR, headline="First")
    assert await desk.on(2, updated_at=NOW, correction=Correction(note="x")) == Done(
        "article.published", {"seq": 1, "changed": []}
    )
    published = await desk.articles.article(ID, 2)
    assert published is not None
    assert (published.updated_at, published.corrections) == (None, ())  # nobody saw what was corrected
    await desk.after(HOUR)
    assert await desk.told() == [("article.published", 2)]


async def test_what_is_taken_back_before_it_was_out_never_is(desk: Desk) -> None:
    await desk.on(1, HOUR)
    assert await desk.on(2, status="canceled", retraction=Retraction(reason="Killed.")) == Done("article.canceled")
    await desk.after(HOUR)
    assert (await desk.told(), await desk.embargoed()) == ([], [])
    assert await desk.on(3) == Done("article.published", {"seq": 1, "changed": []})


async def test_a_retraction_of_what_is_out_ends_the_wait_of_its_update(desk: Desk) -> None:
    await desk.on(1)
    await desk.on(2, HOUR, headline="New")
    await desk.on(3, HOUR, status="canceled", retraction=Retraction(reason="Wrong."))
    await desk.after(HOUR)
    assert await desk.told() == [("article.published", 1), ("article.retracted", 3)]


async def test_an_update_that_says_the_same_takes_its_turn_and_no_number(desk: Desk) -> None:
    await desk.on(1)
    await desk.on(2, HOUR)
    await desk.after(HOUR)
    assert (await desk.told(), await desk.embargoed()) == ([("article.published", 1)], [])
    assert await desk.on(3, headline="New") == Done("article.updated", {"seq": 2, "changed": ["headline"]})


async def test_waiting_keeps_nobody_back_and_lets_nobody_pass_too_early(desk: Desk) -> None:
    await desk.on(1, HOUR)
    assert isinstance(await desk.on(3, headline="Three"), Later)
    assert await desk.on(2, headline="Two") == Done("article.published", {"seq": 1, "changed": []})
    assert await desk.on(1, HOUR) == Done("article.repeated")
    assert await desk.on(3, headline="Three") == Done("article.updated", {"seq": 2, "changed": ["headline"]})


async def test_an_event_that_comes_again_changes_nothing(desk: Desk) -> None:
    await desk.on(1, HOUR)
    assert await desk.on(1, HOUR) == Done("article.repeated")
    await desk.after(HOUR)
    assert await desk.on(1, HOUR) == Done("article.repeated")
    await desk.after(HOUR)
    assert await desk.told() == [("article.published", 1)]


async def test_an_embargo_that_ended_on_the_way_is_none(desk: Desk) -> None:
    assert await desk.on(1, -HOUR) == Done("article.published", {"seq": 1, "changed": []})


async def test_of_many_replicas_one_releases_each_and_a_burst_is_released_whole(desk: Desk) -> None:
    for n in range(120):
        article = an_article(id=f"desk-{n:020}", guid=str(n), embargoed_until=NOW + HOUR)
        await desk.handlers.on_article_enriched(an_enriched(article=article))
    desk.moment += HOUR
    replicas = [desk.replica() for _ in range(3)]
    while (await asyncio.gather(*(replica.tick() for replica in replicas))) != [None] * 3:
        pass
    assert len(await desk.told()) == 120
    assert await desk.store.do("SCARD", "{ledger}:spent") == 0


class Dying(Store):
    """Runs so many more commands, and then no more: as a process that is killed."""

    def __init__(self, store: Store, commands: int) -> None:
        super().__init__(store.client)
        self._left = commands

    def ask(self, *command: Any) -> asyncio.Future[Any]:
        self._left -= 1
        if self._left < 0:
            raise RedisError("killed")
        return super().ask(*command)


@pytest.mark.parametrize("commands", range(12))
async def test_killed_between_any_two_steps_it_is_finished_by_whoever_comes_next(desk: Desk, commands: int) -> None:
    dying = handlers_on(Dying(desk.store, commands), now=lambda: desk.moment)
    await asyncio.gather(dying.on_article_enriched(event(1, HOUR)), return_exceptions=True)
    await desk.on(1, HOUR)  # what was not acknowledged comes again
    desk.moment += HOUR
    killed = releases_on(Dying(desk.store, commands), now=lambda: desk.moment)
    await asyncio.gather(killed.tick(), return_exceptions=True)
    wait = await desk.releases.tick()
    if wait:
        assert wait <= 5.0
        await desk.after(timedelta(seconds=5))
    assert await desk.told() == [("article.published", 1)]
    assert await desk.store.do("EXISTS", "{ledger}:spent", f"{{a:{ID}}}:embargoed", "{ledger}:turns") == 0


async def test_a_text_that_is_gone_is_told_of_and_keeps_nothing_up(desk: Desk) -> None:
    await desk.on(1, HOUR)
    await desk.store.do("DEL", f"{{a:{ID}}}:embargoed")
    with capture_logs() as lines:
        await desk.after(HOUR)
    [lost] = lines
    assert (lost["event"], lost["article_id"], lost["version"]) == ("embargo.lost", ID, 1)
    assert await desk.on(2) == Done("article.published", {"seq": 1, "changed": []})


async def test_one_that_cannot_be_released_holds_back_no_other(desk: Desk) -> None:
    other = an_article(id="desk-bbbbbbbbbbbbbbbbbbbb", guid="other", embargoed_until=NOW + HOUR)
    await desk.on(1, HOUR)
    await desk.handlers.on_article_enriched(an_enriched(article=other))
    await desk.store.do("HSET", f"{{a:{ID}}}:embargoed", "1", b"?no such format")
    with capture_logs() as lines:
        await desk.after(HOUR)
    assert [line["event"] for line in lines] == ["embargo.postponed", "article.published"]
    assert (lines[0]["article_id"], lines[0]["version"]) == (ID, 1)
    told = {name: lines[1][name] for name in ("article_id", "version", "source", "seq", "correlation_id")}
    assert told == {**logs.of(other), "seq": 1, "correlation_id": an_enriched().correlation_id}
    assert other.headline not in repr(lines)


async def test_a_version_released_while_its_successor_is_recorded_is_not_passed_over(desk: Desk) -> None:
    await desk.on(1, HOUR)
    before = await desk.ledger.standing(ID)
    await desk.after(HOUR)
    recording = Recording(desk.ledger, desk.articles, now=lambda: desk.moment, nudge=nothing)
    outcome = await recording.record(event(2, headline="New"), before)
    assert isinstance(outcome, Later)
    assert await desk.on(2, headline="New") == Done("article.updated", {"seq": 2, "changed": ["headline"]})
