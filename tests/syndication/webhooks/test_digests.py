"""Who asks for digests gets many events in one request: in order, whole again after a failure, retractions at once."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook

from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.digests import MOST_BYTES
from services.syndication.webhooks.lanes import (
    keys,
)
from services.syndication.webhooks.pacing import DigestWindow, Pacing
from services.syndication.webhooks.sending import PLAIN
from services.syndication.webhooks.sent import Sent
from services.syndication.webhooks.sign import secret_of
from services.syndication.webhooks.subscriptions import Subscription
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import KEY, TOKEN, MemoryLedger, a_replica, story, subscribe
from tests.waiting import until

HOUR = 3600.0


async def digested(store: Store, url: str, items: int, seconds: float = HOUR, **over: Any) -> Subscription:
    pacing = Pacing(digest=DigestWindow(items, seconds))
    return await subscribe(store, url, pacing=pacing, **over)


def events(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call.event["data"]["events"]
    return found


def held(call: Call) -> list[int]:
    return [event["data"]["seq"] for event in events(call)]


async def _items(store: Store, id: str, count: int) -> bool:
    return bool(await store.do("HLEN", f"{keys(id)[0]}:items") == count)


async def standings(store: Store, id: str, *wanted: int) -> list[bytes]:
    found = await store.do("HMGET", f"{{s:{id}}}:sent:0", *wanted)
    return [value[:1] for value in found]


async def test_a_full_digest_is_one_signed_request_with_its_events_in_order(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        id = (await digested(store, receiver.url, 3)).id
        for number in range(1, 6):
            ledger.publish(story(number))
        await until(lambda: receiver.calls)
        await until(lambda: _items(store, id, 2))
        log = [orjson.loads(entry) for _, entry in await AttemptLog(store).before(id, None, 9)]
    [call] = receiver.calls
    told = Webhook(secret_of(KEY)).verify(call.body, call.headers)
    assert (told["type"], told["timestamp"]) == ("digest", ledger.entries[2].timestamp)
    assert [event["type"] for event in events(call)] == ["article.published"] * 3
    assert [event["data"]["article"]["id"] for event in events(call)] == [story(number).id for number in (1, 2, 3)]
    assert [(event["data"]["seq"], event["data"]["previous_seq"]) for event in events(call)] == [
        (1, None),
        (2, 1),
        (3, 2),
    ]
    assert sorted(each["seq"] for each in log) == [1, 2, 3]
    assert {(each["webhook_id"], each["outcome"]) for each in log} == {(call.id, "delivered")}
    assert await standings(store, id, 1, 2, 3, 4, 5) == [b"c", b"c", b"c", b"w", b"w"]


async def test_what_is_not_full_goes_when_the_first_has_waited_long_enough(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await digested(store, receiver.url, 100, 0.2)
        ledger.publish(story(1))
        ledger.publish(story(2))
        await until(lambda: receiver.calls)
    assert [held(call) for call in receiver.calls] == [[1, 2]]


@pytest.mark.parametrize(
    ("window", "came"),
    [(None, [1, 2, 3]), ({"items": 2, "seconds": HOUR}, [[1, 2], [3]]), ({"items": 9, "seconds": 1}, [[1, 2, 3]])],
)
async def test_what_is_gathered_goes_by_the_window_that_is_asked_for_since(
    store: Store, window: dict[str, float] | None, came: list[Any]
) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        id = (await digested(store, receiver.url, 100)).id
        for number in range(1, 4):
            ledger.publish(story(number))
        await until(lambda: _items(store, id, 3))
        path = f"/api/v1/subscriptions/{id}"
        answer = await ask(application(replica.routes), "PATCH", path, json={"digest": window}, token=TOKEN)
        assert answer.status == 200
        await until(lambda: len(receiver.calls) == len(came))
    assert sorted(held(call) if window else call.seq for call in receiver.calls) == came


async def test_a_retraction_goes_at_once_alone_and_replaces_what_waits_of_its_article(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        id = (await digested(store, receiver.url, 3)).id
        ledger.publish(story(1))
        ledger.publish(story(2))
        ledger.publish(story(1, 2, status="canceled"), "article.retracted")
        await until(lambda: receiver.calls)
        await until(lambda: _items(store, id, 1))
        ledger.publish(story(3))
        ledger.publish(story(4))
        await until(lambda: len(receiver.calls) == 2)
    retraction, digest = receiver.calls
    assert (retraction.event["type"], retraction.seq) == ("article.retracted", 3)
    assert retraction.event["data"]["supersedes"] == [1]
    assert held(digest) == [2, 4, 5]
    assert await standings(store, id, 1, 3) == [b"s", b"c"]


async def test_a_digest_that_fails_is_sent_again_whole_under_its_id(store: Store) -> None:
    ledger = MemoryLedger()
    answers = iter([Reply(500), Reply(200), Reply(200)])

    async def answer(_call: Call) -> Reply:
        return next(answers)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        id = (await digested(store, receiver.url, 3, schedule=(0.3,))).id
        for number in range(1, 4):
            ledger.publish(story(number))
        await until(lambda: receiver.calls)
        ledger.publish(story(4))
        ledger.publish(story(5))
        ledger.publish(story(6))
        await until(lambda: len(receiver.calls) == 3)
        await until(lambda: _items(store, id, 0))
        log = [orjson.loads(entry) for _, entry in await AttemptLog(store).before(id, None, 20)]
    first, other, again = receiver.calls
    assert [held(call) for call in receiver.calls] == [[1, 2, 3], [4, 5, 6], [1, 2, 3]]
    assert (again.id, again.body) == (first.id, first.body)
    assert (other.id != first.id, again.headers["wireroom-attempt"]) == (True, "2")
    assert sorted((each["seq"], each["attempt"]) for each in log if each["webhook_id"] == first.id) == [
        (seq, attempt) for seq in (1, 2, 3) for attempt in (1, 2)
    ]


async def test_what_makes_a_digest_too_long_goes_in_the_next_one(store: Store) -> None:
    ledger, answers = MemoryLedger(), iter([Reply(500)])

    async def answer(_call: Call) -> Reply:
        return next(answers, Reply(200))

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        id = (await digested(store, receiver.url, 5, schedule=(0.3,))).id
        for number, length in enumerate((MOST_BYTES // 2, MOST_BYTES // 3, MOST_BYTES // 3, 2 * MOST_BYTES, 1), 1):
            ledger.publish(story(number, body_text="x" * length))
        await until(lambda: len(receiver.calls) == 5)
        await until(lambda: _items(store, id, 0))
        figures = await Sent(store).figures(id, int(time() * 1000))
    assert [held(call) for call in receiver.calls[:1]] == [[1, 2]]
    assert sorted(held(call) for call in receiver.calls) == [[1, 2], [1, 2], [3], [4], [5]]
    assert {call.id for call in receiver.calls if held(call) == [1, 2]} == {receiver.calls[0].id}
    assert (figures["last_24h"]["attempts"], figures["last_24h"]["delivered"]) == (7, 5)


async def test_a_newer_version_waits_for_the_digest_that_has_the_older(store: Store) -> None:
    ledger = MemoryLedger()
    go_on = asyncio.Event()

    async def answer(_call: Call) -> Reply:
        await go_on.wait()
        return Reply(200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        id = (await digested(store, receiver.url, 1)).id
        ledger.publish(story(1, 1))
        await until(lambda: receiver.calls)
        ledger.publish(story(1, 2))
        await until(lambda: _items(store, id, 2))
        assert len(receiver.calls) == 1
        go_on.set()
        await until(lambda: len(receiver.calls) == 2)
    assert [held(call) for call in receiver.calls] == [[1], [2]]


async def test_an_article_no_longer_kept_is_left_out_and_the_rest_goes(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger, started=False) as replica:
        id = (await digested(store, receiver.url, 2)).id
        ledger.publish(story(1))
        ledger.publish(story(2))
        del ledger.documents[story(1).id, 1]
        await replica.start()
        await until(lambda: receiver.calls)
        await until(lambda: _items(store, id, 0))
    assert [held(call) for call in receiver.calls] == [[2]]
    assert await standings(store, id, 1, 2) == [b"d", b"c"]


@pytest.mark.parametrize("format", ["cloudevents-binary", "cloudevents-structured"])
async def test_a_digest_is_one_cloud_event_too(store: Store, format: str) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        sending = PLAIN.changed({"format": format})
        id = (await digested(store, receiver.url, 2, sending=sending)).id
        ledger.publish(story(1))
        ledger.publish(story(2))
        await until(lambda: receiver.calls)
    [call] = receiver.calls
    if format == "cloudevents-binary":
        about = {name: call.headers[f"ce-{name}"] for name in ("type", "subject", "id", "sequence")}
        data = call.event
    else:
        about = {name: call.event[name] for name in ("type", "subject", "id", "sequence")}
        data = call.event["data"]
    assert about == {"type": "digest", "subject": id, "id": call.id, "sequence": "2"}
    assert [event["type"] for event in data["events"]] == ["article.published"] * 2
