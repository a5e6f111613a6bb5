"""What is taken in, once per version, by however many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.ingest.document import Withdrawal
from services.ingest.intake import Intake
from services.ingest.results import Accepted, Outdated, Refused, Retracted, Unchanged
from services.ingest.store import NOTHING, Entry, ItemStore
from shared.events import ArticleIngested, Retraction
from shared.redis import RedisError, Store
from tests.ingest.parts import Bench, a_source, a_submission
from tests.waiting import until

ID = "desk-2ahqyss2kk55jm3uhn2j"


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    bench = Bench(store)
    yield bench
    await bench.outbox.idle(5)


async def take(bench: Bench, **over: Any) -> Any:
    return (await bench.intake.accept(a_source(), [a_submission(**over)]))[0]


async def test_versions_count_up_with_each_change_and_reach_the_line_in_order(bench: Bench) -> None:
    assert await take(bench) == Accepted(ID, 1)
    assert await take(bench) == Unchanged(ID, 1)
    assert await take(bench, headline="Second") == Accepted(ID, 2)
    assert await take(bench) == Accepted(ID, 3)
    assert await bench.sent() == [(ID, 1), (ID, 2), (ID, 3)]


ELEVEN, HALF_PAST = "2026-11-22T11:00:00Z", "2026-11-22T11:30:00Z"


async def test_an_older_text_that_comes_late_leaves_the_newer_one_standing(bench: Bench) -> None:
    assert await take(bench, updated_at=HALF_PAST) == Accepted(ID, 1)
    with capture_logs() as lines:
        assert await take(bench, updated_at=ELEVEN, headline="As it was before") == Outdated(ID, 1)
    assert [line["event"] for line in lines] == ["article.outdated"]
    assert await take(bench, headline="Without a date it is the newest") == Accepted(ID, 2)
    assert await take(bench, updated_at=ELEVEN, headline="As it was before") == Outdated(ID, 2)
    assert await bench.sent() == [(ID, 1), (ID, 2)]


async def test_of_two_texts_at_once_the_later_one_holds_in_whatever_order_they_come(bench: Bench) -> None:
    texts = [a_submission(updated_at=HALF_PAST, headline="Later"), a_submission(updated_at=ELEVEN, headline="Earlier")]
    assert await bench.intake.accept(a_source(), texts) == [Accepted(ID, 1)] * 2
    await bench.sent()
    assert bench.line.bodies[0]["article"]["headline"] == "Later"


async def test_a_withdrawal_from_before_the_last_update_changes_nothing_and_a_later_one_holds(bench: Bench) -> None:
    await take(bench, updated_at=HALF_PAST)
    earlier = Withdrawal(guid="story-1", at=datetime(2026, 11, 22, 11, tzinfo=UTC))
    later = Withdrawal(guid="story-1", at=datetime(2026, 11, 22, 11, 45, tzinfo=UTC))
    assert await bench.intake.withdraw("desk", earlier) == Outdated(ID, 1)
    assert await bench.intake.withdraw("desk", later) == Accepted(ID, 2)
    assert await take(bench, updated_at=HALF_PAST, status="usable", headline="A late hook") == Outdated(ID, 2)
    assert await take(bench, updated_at="2026-11-22T11:50:00Z", status="usable") == Accepted(ID, 3)
    assert await bench.intake.withdraw("desk", Withdrawal(guid="unheard of")) is None


async def test_the_event_on_the_line_is_complete(bench: Bench) -> None:
    await bench.intake.accept(a_source(), [a_submission(categories=["Bay"])], correlation_id="c-7")
    await bench.sent()
    event = ArticleIngested.model_validate(bench.line.bodies[0])
    assert (event.type, event.correlation_id, event.article.version) == ("article.ingested", "c-7", 1)
    assert event.categories[0].term == "Bay"
    assert event.article.authors[0].name == "Ann Writer"


async def test_pushes_of_one_article_at_once_each_get_a_version_of_their_own(bench: Bench) -> None:
    results = await asyncio.gather(*(take(bench, headline=f"Headline {n}") for n in range(10)))
    assert sorted(result.version for result in results) == list(range(1, 11))
    assert [version for _, version in await bench.sent()] == list(range(1, 11))


async def test_the_same_push_at_once_is_taken_once(bench: Bench) -> None:
    results = await asyncio.gather(*(take(bench) for _ in range(10)))
    assert sum(isinstance(result, Accepted) for result in results) == 1
    assert await bench.sent() == [(ID, 1)]


class Interrupted(ItemStore):
    """Lets another writer in between reading and committing, once."""

    def __init__(self, store: Store, other: Intake) -> None:
        super().__init__(store)
        self._other: Intake | None = other

    async def commit(
        self,
        source_id: str,
        entries: Iterable[Entry],
        document: Mapping[str, str],
        aliases: Mapping[bytes, str] = NOTHING,
    ) -> frozenset[str]:
        if self._other is not None:
            other, self._other = self._other, None
            await other.accept(a_source(), [a_submission(headline="The other was first")])
        return await super().commit(source_id, entries, document, aliases)


async def test_a_conflict_is_read_again_and_tried_again(bench: Bench, store: Store) -> None:
    items = Interrupted(store, bench.intake)
    intake = Intake(bench.sources, items, bench.outbox, bench.pressure, bench.clock)
    assert await intake.accept(a_source(), [a_submission()]) == [Accepted(ID, 2)]
    assert await bench.sent() == [(ID, 1), (ID, 2)]


AHEAD = "2026-11-22T13:00:00Z"


async def test_an_embargo_is_moved_and_lifted_by_a_push_with_the_same_text(bench: Bench) -> None:
    assert await take(bench, embargoed_until=AHEAD) == Accepted(ID, 1)
    assert await take(bench, embargoed_until=AHEAD) == Unchanged(ID, 1)
    assert await take(bench, embargoed_until="2026-11-22T14:00:00Z") == Accepted(ID, 2)
    assert await take(bench) == Accepted(ID, 3)
    assert await take(bench, embargoed_until=AHEAD) == Unchanged(ID, 3)  # it is out: that cannot be undone
    await bench.sent()
    ends = [ArticleIngested.model_validate(body).article.embargoed_until for body in bench.line.bodies]
    assert [end and end.hour for end in ends] == [13, 14, None]


async def test_the_same_text_after_its_embargo_ended_is_no_news(bench: Bench) -> None:
    assert await take(bench, embargoed_until=AHEAD) == Accepted(ID, 1)
    bench.clock.forward(3600)
    assert await take(bench) == Unchanged(ID, 1)


async def test_what_is_under_an_embargo_is_no_old_story_of_a_new_source(bench: Bench) -> None:
    ahead = a_submission(embargoed_until=AHEAD)
    await bench.intake.accept(a_source(), [], seen=[ahead])
    assert await bench.sent() == [(ID, 1)]


async def test_items_only_seen_are_known_and_not_published(bench: Bench) -> None:
    await bench.intake.accept(a_source(), [], seen=[a_submission()])
    assert await take(bench) == Unchanged(ID, 0)
    assert await bench.intake.retract(ID, Retraction(reason="x")) is None
    assert await take(bench, headline="Changed") == Accepted(ID, 1)
    assert await bench.sent() == [(ID, 1)]


async def test_a_retraction_is_a_version_and_stays(bench: Bench) -> None:
    await take(bench)
    assert await bench.intake.retract(ID, Retraction(reason="Wrong place")) == Accepted(ID, 2)
    assert await bench.intake.retract(ID, Retraction(reason="Wrong place")) == Unchanged(ID, 2)
    assert await take(bench) == Unchanged(ID, 2)
    assert await take(bench, headline="Changed") == Retracted(ID, 2)
    assert await take(bench, status="usable") == Accepted(ID, 3)
    await bench.sent()
    assert bench.line.bodies[1]["retraction"] == {"reason": "Wrong place", "replacement_url": None}
    assert bench.line.bodies[1]["article"]["status"] == "canceled"
    assert bench.line.bodies[2]["retraction"] is None


async def test_a_source_may_withdraw_what_was_published_and_nothing_else(bench: Bench) -> None:
    assert isinstance(await take(bench, status="canceled"), Refused)
    await take(bench)
    assert await take(bench, status="canceled") == Accepted(ID, 2)
    await bench.sent()
    assert bench.line.bodies[-1]["retraction"]["reason"]


async def test_each_version_is_told_once_with_all_that_follows_it(bench: Bench) -> None:
    with capture_logs() as lines:
        await take(bench)
        await take(bench)
    told = [line for line in lines if line["event"] == "article.ingested"]
    assert len(told) == 1
    assert {"article_id", "version", "source", "correlation_id", "ms"} <= told[0].keys()
    assert [line["log_level"] for line in lines if line["event"] == "article.unchanged"] == ["debug"]


async def test_what_is_refused_is_told_with_where_it_came_from(bench: Bench) -> None:
    with capture_logs() as lines:
        await take(bench, status="canceled")
    [told] = [line for line in lines if line["event"] == "article.refused"]
    assert (told["article_id"], told["source"]) == (ID, "desk")
    assert len(told["correlation_id"]) == 32


async def test_a_full_server_makes_intake_wait_and_nothing_is_half_written(bench: Bench, store: Store) -> None:
    await store.do("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await take(bench)
        assert bench.pressure.reason() == "the store is full"
    finally:
        await store.do("CONFIG", "SET", "maxmemory", "256mb")
    assert await bench.sent() == []
    assert await bench.items.read("desk", [ID]) == [b""]
    bench.clock.forward(10)
    assert bench.pressure.reason() is None
    assert await take(bench) == Accepted(ID, 1)


async def test_others_have_their_turn_between_the_articles_of_a_document(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, at = 0, [0]

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    read = bench.items.read

    async def counting(source_id: str, ids: Any) -> Any:
        found = await read(source_id, ids)
        at[0] = turns
        return found

    async def committed(*_given: Any) -> Any:
        at.append(turns - at[0])
        raise RedisError("enough was seen")

    monkeypatch.setattr(bench.items, "read", counting)
    monkeypatch.setattr(bench.items, "commit", committed)
    others = asyncio.create_task(other())
    with pytest.raises(RedisError):
        await bench.intake.accept(a_source(), [a_submission(guid=f"g{number}") for number in range(50)])
    others.cancel()
    assert at[1] >= 50


async def test_a_source_is_registered_once(bench: Bench) -> None:
    settings = a_source().settings
    with capture_logs() as lines:
        await asyncio.gather(*(bench.intake.source(settings) for _ in range(5)))
    assert [line["event"] for line in lines] == ["source.added"]
    assert await bench.sources.ids() == ["desk"]


async def test_a_push_that_does_not_say_what_its_source_is_called_has_the_name_that_is_known(bench: Bench) -> None:
    settings = a_source().settings
    for number, source in enumerate(({"id": "desk"}, {"id": "desk", "name": "City Desk"}, {"id": "desk"})):
        await bench.intake.push(settings, a_submission(guid=f"g{number}", url=None, source=source))
    await bench.sent()
    assert [body["article"]["source"]["name"] for body in bench.line.bodies] == [None, "City Desk", "City Desk"]


async def test_what_a_source_is_called_in_its_settings_stands(bench: Bench) -> None:
    settings = a_source(name="The Desk").settings
    for number, source in enumerate(({"id": "desk", "name": "City Desk"}, {"id": "desk"})):
        await bench.intake.push(settings, a_submission(guid=f"g{number}", url=None, source=source))
    await bench.sent()
    assert [body["article"]["source"]["name"] for body in bench.line.bodies] == ["City Desk", "The Desk"]


async def test_a_push_registers_its_source_once_and_counts_versions(bench: Bench) -> None:
    settings = a_source(name="The Desk").settings
    pushed = [await bench.intake.push(settings, a_submission(headline=words)) for words in ("One", "Two", "Two")]
    assert pushed == [Accepted(ID, 1), Accepted(ID, 2), Unchanged(ID, 2)]
    assert await bench.intake.push(a_source(name="Another").settings, a_submission()) == Accepted(ID, 3)
    assert await bench.sent() == [(ID, 1), (ID, 2), (ID, 3)]
    assert {body["article"]["source"]["name"] for body in bench.line.bodies} == {"The Desk"}


async def test_what_is_committed_is_relayed_by_the_look_that_goes_out_right_behind_it(
    bench: Bench, store: Store
) -> None:
    await store.do("CONFIG", "RESETSTAT")
    await take(bench)
    await until(lambda: bench.line.sent)
    await bench.outbox.idle(5)
    stats: Any = await store.client.info("commandstats")
    assert stats["cmdstat_xrange"]["calls"] == 1
