"""Requests to complete articles anew are kept once, begin after a moment, and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.recalls import SETTLE_SECONDS, Progress, Recall, Recalls, recall_id, recall_key
from shared.redis import Store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SETTLED = NOON + timedelta(seconds=SETTLE_SECONDS)


def a_recall(id: str = "one", **over: object) -> Recall:
    return Recall.model_validate({"id": id, "since": NOON - timedelta(days=7)} | over)


async def test_a_request_asked_twice_is_one(store: Store) -> None:
    recalls = Recalls(store)
    assert await recalls.ask(a_recall(), NOON)
    assert not await recalls.ask(a_recall(reason="again"), NOON)
    assert await recalls.get("one") == (a_recall(), Progress())


async def test_a_request_begins_when_every_process_has_read_the_files(store: Store) -> None:
    recalls = Recalls(store)
    await recalls.ask(a_recall(), NOON)
    assert await recalls.first_open(NOON) is None
    assert await recalls.first_open(SETTLED) == (a_recall(), Progress())


async def test_requests_are_worked_off_in_the_order_they_came(store: Store) -> None:
    recalls = Recalls(store)
    await recalls.ask(a_recall("second"), NOON)
    await recalls.ask(a_recall("first"), NOON - timedelta(seconds=1))
    found = await recalls.first_open(SETTLED)
    assert found is not None
    assert found[0].id == "first"


async def test_what_is_done_is_not_open_and_can_still_be_seen(store: Store) -> None:
    recalls, done = Recalls(store), Progress(status="done", first=1, last=9, at=9, recalled=4)
    await recalls.ask(a_recall(), NOON)
    await recalls.note("one", done)
    assert await recalls.first_open(SETTLED) is None
    assert await recalls.get("one") == (a_recall(), done)


async def test_a_request_that_outlived_its_keeping_is_let_go(store: Store) -> None:
    recalls = Recalls(store)
    await recalls.ask(a_recall("gone"), NOON)
    await recalls.ask(a_recall("kept"), NOON + timedelta(seconds=1))
    await store.do("DEL", recall_key("gone"))
    found = await recalls.first_open(SETTLED + timedelta(seconds=1))
    assert found is not None
    assert found[0].id == "kept"


def test_the_id_of_a_request_tells_its_parts_apart() -> None:
    assert recall_id("a", "b") == recall_id("a", "b")
    assert recall_id("a", "b") != recall_id("ab", "")
