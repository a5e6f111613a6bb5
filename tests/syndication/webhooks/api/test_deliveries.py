"""Trying a subscription out, and sending again."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from services.syndication.webhooks import assigned, replay
from services.syndication.webhooks.api import deliveries
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.pacing import Patience
from tests.receiver import Call, Reply, fine
from tests.syndication.webhooks.api.asking import Bed
from tests.syndication.webhooks.bed import story
from tests.waiting import PATIENCE, until


async def test_a_test_message_is_sent_at_once_and_the_answer_told(bed: Bed) -> None:
    made = await bed.made()

    async def teapot(_call: Call) -> Reply:
        return Reply(418, body=b"short and stout")

    bed.receiver.answer = teapot
    told = (await bed("POST", f"/{made['id']}/test")).json()
    call = bed.receiver.calls[0]
    Webhook(made["secret"]).verify(call.body, call.headers)
    assert (told["delivered"], told["status"], told["body"]) == (False, 418, "short and stout")
    assert call.event["type"] == "webhook.test"


async def test_replay_sends_what_matches_again_with_equal_ids(bed: Bed) -> None:
    made = await bed.made(filter="ferry")
    for number in range(1, 5):
        bed.ledger.publish(story(number, headline="A bridge" if number == 2 else "A ferry", body_html=""))
    await until(lambda: len(bed.receiver.calls) == 3)
    await bed.waiting(made["id"], 0)
    with capture_logs() as lines:
        told = await bed("POST", f"/{made['id']}/replay", json={"from_seq": 2, "to_seq": 3})
    [line] = [line for line in lines if line["event"] == "subscription.replayed"]
    assert (line["subscription"], line["queued"]) == (made["id"], 1)
    assert (told.status, told.json()) == (202, {"queued": 1, "next": None})
    await until(lambda: len(bed.receiver.calls) == 4)
    again = bed.receiver.calls[3]
    assert again.seq == 3
    assert [call.id for call in bed.receiver.calls].count(again.id) == 2
    assert (await bed("POST", f"/{made['id']}/replay", json={"from_seq": 3, "to_seq": 2})).status == 422
    assert (await bed("POST", f"/{made['id']}/replay", json={})).status == 422
    beyond = await bed("POST", f"/{made['id']}/replay", json={"after_seq": 99})
    assert (beyond.status, beyond.json()["after"]) == (409, 99)


async def test_an_articles_versions_are_sent_again(bed: Bed) -> None:
    made = await bed.made(filter="ferry")
    bed.ledger.publish(story(1))
    bed.ledger.publish(story(2))
    await bed.logged(made["id"], 2)
    await bed.waiting(made["id"], 0)
    bed.ledger.publish(story(1, 2, headline="A bridge", body_html=""), "article.updated")
    await bed.logged(made["id"], 3)
    await bed.waiting(made["id"], 0)
    told = await bed("POST", f"/{made['id']}/replay", json={"article_id": story(1).id})
    assert (told.status, told.json()) == (202, {"queued": 2, "next": None})
    await until(lambda: len(bed.receiver.calls) == 5)
    assert [(call.seq, call.event["data"].get("exit", False)) for call in bed.receiver.calls[3:]] == [
        (1, False),
        (3, True),
    ]


async def test_what_was_given_up_is_sent_again(bed: Bed) -> None:
    async def picky(call: Call) -> Reply:
        return Reply(500 if call.seq == 2 else 204)

    bed.receiver.answer = picky
    made = await bed.made(schedule=[0.1])
    for number in range(1, 4):
        bed.ledger.publish(story(number))
    await bed.logged(made["id"], 4)
    await bed.waiting(made["id"], 0)
    bed.receiver.answer = fine
    path = f"/{made['id']}/replay"
    assert (await bed("POST", path, json={"failed_since": "2999-01-01T00:00:00Z"})).json()["queued"] == 0
    assert (await bed("POST", path, json={"failed_since": "2026-01-01T00:00:00Z"})).json()["queued"] == 1
    await until(lambda: bed.receiver.calls[-1].seq == 2)
    await bed.waiting(made["id"], 0)
    assert (await bed("POST", path, json={"failed_since": "2026-01-01T00:00:00Z"})).json()["queued"] == 0
    assert (await bed("POST", path, json={"failed_since": "2026-01-01"})).status == 422
    assert (await bed("POST", path, json={"article_id": "a", "after_seq": 1})).status == 422


async def test_what_waits_for_its_next_try_goes_at_once_when_what_failed_is_replayed(bed: Bed) -> None:
    async def broken(_: Call) -> Reply:
        return Reply(500)

    bed.receiver.answer = broken
    made = await bed.made(schedule=[3600])
    for number in (1, 2):
        bed.ledger.publish(story(number))
    await bed.logged(made["id"], 2)
    bed.receiver.answer = fine
    told = await bed("POST", f"/{made['id']}/replay", json={"failed_since": "2999-01-01T00:00:00Z"})
    assert told.json() == {"queued": 2, "next": None}
    await bed.waiting(made["id"], 0)


async def test_what_was_replaced_unsent_does_not_follow_what_replaced_it(bed: Bed) -> None:
    made = await bed.made()
    await bed("PATCH", f"/{made['id']}", json={"status": "paused"})
    for version in (1, 2):
        bed.ledger.publish(story(1, version))
    bed.ledger.publish(story(2))
    await bed.waiting(made["id"], 2)
    await bed("PATCH", f"/{made['id']}", json={"status": "active"})
    await until(lambda: len(bed.receiver.calls) == 2)
    await bed.waiting(made["id"], 0)
    for asked, queued in (({"from_seq": 1, "to_seq": 2}, 1), ({"article_id": story(1).id}, 1), ({"after_seq": 0}, 2)):
        told = await bed("POST", f"/{made['id']}/replay", json=asked)
        assert (told.status, told.json()["queued"]) == (202, queued)
        await bed.waiting(made["id"], 0)
    assert [call.seq for call in bed.receiver.calls[2:]] == [2, 2, 2, 3]
    assert [call.event["data"]["previous_seq"] for call in bed.receiver.calls[4:]] == [None, 2]


async def test_what_was_given_up_does_not_follow_a_newer_version_that_came(bed: Bed) -> None:
    async def picky(call: Call) -> Reply:
        return Reply(500 if call.seq == 1 else 204)

    bed.receiver.answer = picky
    made = await bed.made(schedule=[0.1])
    bed.ledger.publish(story(1))
    await bed.logged(made["id"], 2)
    await bed.waiting(made["id"], 0)
    bed.ledger.publish(story(1, 2))
    await bed.logged(made["id"], 3)
    await bed.waiting(made["id"], 0)
    for asked in ({"failed_since": "2026-01-01T00:00:00Z"}, {"from_seq": 1, "to_seq": 1}):
        assert (await bed("POST", f"/{made['id']}/replay", json=asked)).json()["queued"] == 0
    assert (await bed("POST", f"/{made['id']}/replay", json={"after_seq": 0})).json()["queued"] == 1
    await until(lambda: len(bed.receiver.calls) == 4)
    assert bed.receiver.calls[-1].seq == 2


async def test_versions_from_before_the_subscription_are_replayed_in_order(bed: Bed) -> None:
    for version in (1, 2, 3):
        bed.ledger.publish(story(1, version))
    made = await bed.made()
    bed.ledger.publish(story(2))
    await until(lambda: len(bed.receiver.calls) == 1)
    await bed.waiting(made["id"], 0)
    assert (await bed("POST", f"/{made['id']}/replay", json={"to_seq": 2, "from_seq": 1})).json()["queued"] == 2
    await until(lambda: [call.seq for call in bed.receiver.calls] == [4, 1, 2])


async def test_an_article_that_was_taken_back_is_not_replayed_without_its_retraction(bed: Bed) -> None:
    bed.ledger.publish(story(1))
    bed.ledger.publish(story(1, 2, headline="", body_html="", status="canceled"), "article.retracted")
    await bed.dispatched(2)
    made = await bed.made()
    assert (await bed("POST", f"/{made['id']}/replay", json={"from_seq": 1, "to_seq": 1})).json()["queued"] == 2
    await bed.waiting(made["id"], 0)
    assert bed.receiver.calls[-1].event["type"] == "article.retracted"


@pytest.mark.parametrize("part", [1, 64])
async def test_a_retraction_that_no_filter_finds_follows_what_is_replayed_with_it(
    bed: Bed, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(replay, "READ", part)
    monkeypatch.setattr(replay, "SECONDS", 0.0)
    bed.ledger.publish(story(1))
    bed.ledger.publish(story(1, 2, headline="", body_html="", body_text="", status="canceled"), "article.retracted")
    await bed.dispatched(2)
    made = await bed.made(filter="ferry")
    told = (await bed("POST", f"/{made['id']}/replay", json={"after_seq": 0})).json()
    assert told == {"queued": 2, "next": 2 if part == 1 else None}
    await bed.waiting(made["id"], 0)
    assert bed.receiver.calls[-1].event["type"] == "article.retracted"


async def test_a_retraction_that_comes_while_an_article_is_replayed_follows_it(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed.ledger.publish(story(1))
    await bed.dispatched(1)
    made = await bed.made(types=["article.published"])
    requeue = Lanes.requeue

    async def retracted_first(lanes: Lanes, *args: Any, **more: Any) -> State:
        bed.ledger.publish(story(1, 2, headline="", body_html="", status="canceled"), "article.retracted")
        await bed.dispatched(2)
        return await requeue(lanes, *args, **more)

    monkeypatch.setattr(Lanes, "requeue", retracted_first)
    assert (await bed("POST", f"/{made['id']}/replay", json={"after_seq": 0})).status == 202
    await until(lambda: bool(bed.receiver.calls) and bed.receiver.calls[-1].event["type"] == "article.retracted")


async def test_a_replay_ends_though_the_ledger_lost_what_was_dispatched(bed: Bed) -> None:
    made = await bed.made()
    bed.ledger.publish(story(1))
    await bed.logged(made["id"], 1)
    await bed.waiting(made["id"], 0)
    await bed.store.do("HSET", f"{{s:{made['id']}}}", "dispatched", f"{9:012d}")
    await bed.store.do("DEL", f"{{s:{made['id']}}}:sent:0")
    async with asyncio.timeout(PATIENCE):
        told = await bed("POST", f"/{made['id']}/replay", json={"after_seq": 0})
    assert told.json() == {"queued": 1, "next": None}


async def test_a_replay_takes_no_longer_than_allowed_and_says_where_to_go_on(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "READ", 2)
    monkeypatch.setattr(replay, "SECONDS", 0.0)
    for number in range(1, 6):
        bed.ledger.publish(story(number, language="en" if number == 5 else "uk"))
    made = await bed.made(filter="lang:en")
    await bed.dispatched(5)
    path = f"/{made['id']}/replay"
    told = [(await bed("POST", path, json={"after_seq": after})).json() for after in (0, 2, 4)]
    assert told == [{"queued": 0, "next": 3}, {"queued": 0, "next": 5}, {"queued": 1, "next": None}]
    told = [(await bed("POST", path, json={"from_seq": start, "to_seq": 5})).json()["next"] for start in (1, 3)]
    assert told == [3, 5]


async def test_looking_for_what_failed_takes_no_longer_either(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_call: Call) -> Reply:
        return Reply(500)

    bed.receiver.answer = refuse
    made = await bed.made(schedule=[0.1], filter="lang:en")
    for number in range(1, 10):
        bed.ledger.publish(story(number, language="en" if number in (4, 5, 9) else "uk"))
    await bed.dispatched(9)
    await bed.logged(made["id"], 6)
    await bed.waiting(made["id"], 0)
    await bed("PATCH", f"/{made['id']}", json={"status": "paused"})
    monkeypatch.setattr(assigned, "SPAN", 3)
    monkeypatch.setattr(replay, "READ", 1)
    monkeypatch.setattr(replay, "SECONDS", 0.0)
    asked, told = {"failed_since": "2026-01-01T00:00:00Z"}, {}
    for start in ({}, {"from_seq": 3}, {"from_seq": 5}, {"from_seq": 6}, {"from_seq": 9}):
        one = (await bed("POST", f"/{made['id']}/replay", json={**asked, **start})).json()
        told[start.get("from_seq")] = one["queued"], one["next"]
    assert told == {None: (0, 3), 3: (1, 5), 5: (1, 6), 6: (0, 9), 9: (1, None)}


async def test_a_replay_leaves_room_in_the_queue_for_what_is_new(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "READ", 2)
    for number in range(1, 10):
        bed.ledger.publish(story(number))
    made = await bed.made()
    await bed("PATCH", f"/{made['id']}", json={"status": "paused"})
    await bed.dispatched(9)
    monkeypatch.setattr(bed.replica.api.lanes, "patience", Patience(most_pending=6))
    path = f"/{made['id']}/replay"
    assert (await bed("POST", path, json={"after_seq": 0})).json() == {"queued": 4, "next": 5}
    full = await bed("POST", path, json={"after_seq": 4})
    assert (full.status, full.json()["detail"]) == (409, deliveries.FULL)
    await bed("PATCH", f"/{made['id']}", json={"status": "active"})
    await bed.waiting(made["id"], 0)
    assert (await bed("POST", path, json={"after_seq": 7})).json() == {"queued": 2, "next": None}


async def test_who_asks_for_many_replays_at_once_is_refused_some(bed: Bed) -> None:
    bed.ledger.publish(story())
    made = await bed.made()
    asked = (bed("POST", f"/{made['id']}/replay", json={"after_seq": 0}) for _ in range(40))
    told = Counter(answer.status for answer in await asyncio.gather(*asked))
    assert (told[202] >= 16, told[429] > 0, sum(told.values())) == (True, True, 40)


async def test_one_idempotency_key_replays_once(bed: Bed) -> None:
    made = await bed.made()
    bed.ledger.publish(story(1))
    await bed.logged(made["id"], 1)
    for _ in range(2):
        answer = await bed("POST", f"/{made['id']}/replay", {"after_seq": 0}, headers={"idempotency-key": "k"})
        assert (answer.status, answer.json()["queued"]) == (202, 1)
        await bed.waiting(made["id"], 0)
    bed.ledger.publish(story(2))
    await until(lambda: len(bed.receiver.calls) >= 3)
    assert [call.event["data"]["seq"] for call in bed.receiver.calls] == [1, 1, 2]
