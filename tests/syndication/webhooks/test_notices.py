"""Who is told of a subscription's health, and what."""

from __future__ import annotations

import asyncio

import orjson
from structlog.testing import capture_logs

from services.syndication.webhooks.metrics import HEALTH
from services.syndication.webhooks.pacing import Patience
from shared.redis import Store
from shared.web import application
from tests.asgi import ask
from tests.receiver import Call, Receiver, Reply, a_receiver
from tests.syndication.webhooks.bed import TOKEN, MemoryLedger, a_replica, logged, story, subscribe
from tests.waiting import until

PATH = "/api/v1/subscriptions"
QUICK = Patience(streak=2, pause=20, longest_pause=20)


def _told(receiver: Receiver) -> list[tuple[str, str]]:
    return [(call.event["type"], call.event["data"]["subscription"]["id"]) for call in receiver.calls]


async def test_the_operator_is_told_of_all_an_owner_of_its_own_nobody_unasked(store: Store) -> None:
    ledger, well = MemoryLedger(), asyncio.Event()

    async def answer(_call: Call) -> Reply:
        return Reply(204 if well.is_set() else 500)

    everything, own = ("subscription.*",), ("subscription.failing", "subscription.recovered")
    async with (
        a_receiver(answer) as failing,
        a_receiver() as operator,
        a_receiver() as owner,
        a_receiver() as stranger,
        a_receiver() as unasked,
    ):
        await subscribe(store, operator.url, types=everything, after=9)
        await subscribe(store, owner.url, types=own, owner="desk", after=9)
        await subscribe(store, stranger.url, types=everything, owner="another", after=9)
        await subscribe(store, unasked.url, after=9)
        subject = await subscribe(store, failing.url, owner="desk", schedule=(0.1,) * 20)
        with capture_logs() as lines:
            async with a_replica(store, ledger, patience=QUICK):
                ledger.publish(story(1))
                ledger.publish(story(2))
                await until(lambda: operator.calls and owner.calls)
                well.set()
                await until(lambda: len(operator.calls) == 2 and len(owner.calls) == 2)
    for receiver in (operator, owner):
        assert _told(receiver) == [("subscription.failing", subject.id), ("subscription.recovered", subject.id)]
    assert operator.calls[0].event["data"]["disabled_at"] > operator.calls[0].event["data"]["failing_since"]
    assert len({call.id for call in operator.calls}) == 2
    assert (stranger.calls, unasked.calls) == ([], [])
    said = [line["event"] for line in lines if line["event"].startswith("subscription.")]
    assert said == ["subscription.failing", "subscription.recovered"]


async def test_a_notice_of_a_replica_that_died_is_told_by_another(store: Store) -> None:
    ledger = MemoryLedger()
    before = HEALTH.labels("disabled")._value.get()  # noqa: SLF001  # there is no other way to read one
    async with a_receiver() as operator:
        await subscribe(store, operator.url, types=("subscription.disabled",))
        subject = await subscribe(store, operator.url, after=9, status="disabled")
        await store.do("HSET", f"{{s:{subject.id}}}", "untold", "disabled 1800000000000 7")
        async with a_replica(store, ledger):
            await until(lambda: operator.calls)
            await until(lambda: _is_told(store, subject.id))
    assert _told(operator) == [("subscription.disabled", subject.id)]
    assert HEALTH.labels("disabled")._value.get() == before + 1  # noqa: SLF001  # likewise


async def test_many_deliveries_given_up_are_told_of_in_one_message_and_of_the_rest_later(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(_call: Call) -> Reply:
        return Reply(500)

    async with a_receiver(answer) as failing, a_receiver() as operator:
        await subscribe(store, operator.url, types=("subscription.exhausted",), after=99)
        subject = await subscribe(store, failing.url, schedule=(0.001,))
        async with a_replica(store, ledger):
            ledger.publish(story(0))
            await until(lambda: len(operator.calls) == 1)
            for number in range(1, 6):
                ledger.publish(story(number))
            await until(lambda: _counted(store, subject.id, 6, operator))
            assert len(operator.calls) == 1
        await _was_told_long_ago(store, subject.id)
        told_of_all = operator.calls[0].event["data"]["count"] == 6
        if told_of_all:  # it was made late
            ledger.publish(story(6))
        async with a_replica(store, ledger):
            await until(lambda: len(operator.calls) == 2)
            await until(lambda: _counted(store, subject.id, 6, operator, untold=0))
    first, second = (call.event["data"] for call in operator.calls)
    assert _told(operator) == [("subscription.exhausted", subject.id)] * 2
    assert first["count"] + second["count"] == 6 + told_of_all
    assert (first["last"]["status"], first["last"]["attempt"]) == (500, 2)
    assert first["last"]["reason"] == "the receiver answered 500"
    assert first["last"]["article_id"].startswith("desk-story")
    assert operator.calls[0].id != operator.calls[1].id


async def test_messages_about_others_that_are_given_up_are_told_to_nobody(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(_call: Call) -> Reply:
        return Reply(500)

    async with a_receiver(answer) as failing, a_receiver() as operator, a_replica(store, ledger):
        await subscribe(store, operator.url, types=("subscription.exhausted",), after=99)
        watcher = await subscribe(store, failing.url, types=("subscription.*",), schedule=(0.001,), after=99)
        subject = await subscribe(store, failing.url, schedule=(0.001,))
        ledger.publish(story())
        await until(lambda: operator.calls)
        assert [entry["type"] for entry in await logged(store, watcher.id, 2)] == ["subscription.exhausted"] * 2
        assert await store.do("HEXISTS", f"{{s:{watcher.id}}}", "exhausted") == 0
    assert _told(operator) == [("subscription.exhausted", subject.id)]


async def test_what_is_done_to_a_subscription_is_told_to_who_asked(store: Store) -> None:
    async with (
        a_receiver() as operator,
        a_receiver() as owner,
        a_receiver() as stranger,
        a_replica(store, MemoryLedger()) as replica,
    ):
        await subscribe(store, operator.url, types=("subscription.*",), after=9)
        await subscribe(store, owner.url, types=("subscription.deleted",), owner="desk", after=9)
        await subscribe(store, stranger.url, types=("subscription.*",), owner="another", after=9)
        app = application(replica.routes)
        made = (await ask(app, "POST", PATH, json={"url": "http://127.0.0.1/?key=hush"}, token=TOKEN)).json()
        one = f"{PATH}/{made['id']}"
        await ask(app, "PATCH", one, json={"description": "of the desk"}, token=TOKEN)
        await ask(app, "PATCH", one, json={"description": "of the desk"}, token=TOKEN)
        await ask(app, "DELETE", one, token=TOKEN)
        left = await subscribe(store, "http://127.0.0.1/", owner="desk")
        await replica.leave("desk")
        await until(lambda: len(operator.calls) == 5)
    told = [(type, id) for type, id in _told(operator) if id in (made["id"], left.id)]
    assert sorted(told) == [
        *(("subscription.created", each) for each in (made["id"],)),
        *sorted(("subscription.deleted", each) for each in (made["id"], left.id)),
        ("subscription.updated", made["id"]),
    ]
    assert not any(b"hush" in call.body for call in operator.calls)
    assert len({call.id for call in operator.calls}) == 5
    assert stranger.calls == []


async def _counted(store: Store, id: str, count: int, told: Receiver, untold: int | None = None) -> bool:
    kept = orjson.loads(await store.do("HGET", f"{{s:{id}}}", "exhausted") or b"{}")
    here = kept.get("count", -1)
    if untold is not None:
        return bool(here == untold)
    return bool(told.calls and kept["told"] and here + told.calls[0].event["data"]["count"] == count)


async def _was_told_long_ago(store: Store, id: str) -> None:
    kept = orjson.loads(await store.do("HGET", f"{{s:{id}}}", "exhausted"))
    await store.do("HSET", f"{{s:{id}}}", "exhausted", orjson.dumps({**kept, "told": kept["told"] - 700_000}))


async def _is_told(store: Store, id: str) -> bool:
    return not await store.do("HEXISTS", f"{{s:{id}}}", "untold")
