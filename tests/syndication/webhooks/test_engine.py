"""What a receiver may rely on: signed, in order, again after failures, from whichever replica."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import orjson
from standardwebhooks import Webhook

from services.syndication.webhooks.attempt_log import AttemptLog
from services.syndication.webhooks.batch import wanted_of
from services.syndication.webhooks.credentials import Credentials
from services.syndication.webhooks.lane import SLOW_CAP
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.sign import secret_of, webhook_id
from services.syndication.webhooks.wiring import Webhooks
from shared.redis import Store
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import KEY, MemoryLedger, a_replica, story, subscribe
from tests.waiting import until


async def test_a_real_request_is_verified_by_the_standardwebhooks_package(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, credentials=Credentials(headers=(("x-desk", "north"),)))
        ledger.publish(story(), changed=("headline",))
        await until(lambda: receiver.calls)
    call = receiver.calls[0]
    event = Webhook(secret_of(KEY)).verify(call.body, call.headers)
    assert event == call.event
    assert call.headers["content-type"] == "application/json"
    assert call.headers["x-desk"] == "north"
    assert call.headers["user-agent"].startswith("Wireroom/")
    assert call.id == webhook_id(subscription.id, story().id, 1)


async def test_previous_seq_chains_what_one_subscription_matched(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, filter="lang:en")
        ledger.publish(story(1))
        ledger.publish(story(2, language="uk"))
        ledger.publish(story(3))
        ledger.publish(story(4))
        await until(lambda: len(receiver.calls) == 3)
    chain = sorted((call.seq, call.event["data"]["previous_seq"]) for call in receiver.calls)
    assert chain == [(1, None), (3, 1), (4, 3)]
    assert receiver.calls[0].event["data"]["matched"] == ["lang:en"]


async def test_versions_of_one_article_arrive_in_order_though_attempts_fail(store: Store) -> None:
    ledger = MemoryLedger()
    seen: Counter[str] = Counter()
    taken: list[Call] = []

    async def answer(call: Call) -> Reply:
        seen[call.id] += 1
        if seen[call.id] == 1 and call.seq % 3 == 0:
            return Reply(500)
        taken.append(call)
        return Reply(200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url)
        for version in range(1, 8):
            ledger.publish(story(1, version))
            ledger.publish(story(2, version))
        await until(lambda: {(story(1).id, 7), (story(2).id, 7)} <= {call.version for call in taken})
    for article in (story(1).id, story(2).id):
        versions = [version for id, version in (call.version for call in receiver.calls) if id == article]
        assert versions == sorted(versions)
    replaced = {seq for call in taken for seq in call.event["data"].get("supersedes", ())}
    assert {call.seq for call in taken} | replaced == set(range(1, 15))


async def test_a_version_that_fails_is_replaced_by_the_next_which_says_so(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(call: Call) -> Reply:
        return Reply(500 if call.seq == 1 else 200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, schedule=(60.0,))
        ledger.publish(story(1, 1))
        await until(lambda: receiver.seqs == [1])
        ledger.publish(story(1, 2))
        await until(lambda: receiver.seqs == [1, 2])
    assert receiver.calls[1].event["data"]["previous_seq"] == 1
    assert receiver.calls[1].event["data"]["supersedes"] == [1]


async def test_other_articles_do_not_wait_behind_one_that_fails(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(call: Call) -> Reply:
        return Reply(500 if call.version[0] == story(1).id else 200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, schedule=(60.0,))
        for number in range(1, 6):
            ledger.publish(story(number))
        await until(lambda: len(receiver.calls) == 5)
    assert sorted(receiver.seqs) == [1, 2, 3, 4, 5]


async def test_a_failed_attempt_is_repeated_with_equal_id_and_a_new_timestamp(store: Store) -> None:
    ledger = MemoryLedger()
    answers = iter([Reply(503), Reply(302, {"location": "http://127.0.0.1:1/"}), Reply(200)])

    async def answer(_call: Call) -> Reply:
        return next(answers)

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        subscription = await subscribe(store, receiver.url, schedule=(1.2, 0.1))
        ledger.publish(story())
        await until(lambda: len(receiver.calls) == 3)
        await until(lambda: replica.engine.room == 256)
        log = await _log(store, subscription.id, 3)
    first, second, third = receiver.calls
    assert first.id == second.id == third.id
    assert first.headers["webhook-timestamp"] < third.headers["webhook-timestamp"]
    assert [entry["outcome"] for entry in log] == ["delivered", "retry", "retry"]
    assert [entry["attempt"] for entry in log] == [3, 2, 1]
    assert log[1]["reason"] == "redirects are not followed"


async def test_retry_after_is_honoured_beyond_the_schedule(store: Store) -> None:
    ledger = MemoryLedger()
    answers = iter([Reply(429, {"retry-after": "1"}), Reply(200)])
    times: list[float] = []

    async def answer(_call: Call) -> Reply:
        times.append(asyncio.get_running_loop().time())
        return next(answers)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, schedule=(0.1,))
        ledger.publish(story())
        await until(lambda: len(receiver.calls) == 2)
    assert times[1] - times[0] >= 1.0


async def test_the_schedule_at_its_end_gives_up_and_lets_the_next_version_go(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(call: Call) -> Reply:
        return Reply(500 if call.seq == 1 else 200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, schedule=(0.1,))
        ledger.publish(story(1, 1))
        await until(lambda: _attempts(store, subscription.id, 2))
        ledger.publish(story(1, 2))
        await until(lambda: receiver.seqs == [1, 1, 2])
        log = await _log(store, subscription.id, 3)
    assert [entry["outcome"] for entry in log] == ["delivered", "gave_up", "retry"]


async def test_410_disables_and_what_waited_flows_again_when_re_enabled(store: Store) -> None:
    ledger = MemoryLedger()
    gone = True

    async def answer(_call: Call) -> Reply:
        return Reply(410 if gone else 200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        subscription = await subscribe(store, receiver.url)
        ledger.publish(story(1))
        await until(lambda: _status(replica, subscription.id, "disabled"))
        ledger.publish(story(2))
        await until(lambda: _pending(store, subscription.id, 2))
        assert len(receiver.calls) == 1
        gone = False
        await replica.api.lanes.hint([await replica.api.lanes.activate(subscription.id)])
        await replica.api.store.changed(subscription.id)
        await until(lambda: len(receiver.calls) == 3)
    assert receiver.calls[0].id == receiver.calls[1].id
    assert sorted(receiver.seqs) == [1, 1, 2]


async def test_a_receiver_that_takes_the_last_message_has_it_and_gets_no_more(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(_call: Call) -> Reply:
        return Reply(200, {"Webhook-Delivery": "disable"})

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        subscription = await subscribe(store, receiver.url)
        ledger.publish(story(1))
        await until(lambda: _status(replica, subscription.id, "disabled"))
        ledger.publish(story(2))
        await until(lambda: _pending(store, subscription.id, 1))
        found = await replica.api.store.get(subscription.id)
        log = await _log(store, subscription.id, 1)
    assert found is not None
    assert found.reason == "the receiver asks for no more messages"
    assert receiver.seqs == [1]
    assert [entry["outcome"] for entry in log] == ["delivered"]


async def test_a_message_that_its_receiver_aborts_is_not_sent_again_and_the_others_are(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(call: Call) -> Reply:
        return Reply(422, {"webhook-delivery": "abort-message"}) if call.seq == 1 else Reply(200)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, schedule=(0.01,) * 9)
        ledger.publish(story(1))
        ledger.publish(story(2))
        await until(lambda: _attempts(store, subscription.id, 2))
        await until(lambda: _pending(store, subscription.id, 0))
        log = await _log(store, subscription.id, 2)
        kept = await store.do("HMGET", f"{{s:{subscription.id}}}:sent:0", "1", "2")
    assert sorted(receiver.seqs) == [1, 2]
    assert sorted((entry["seq"], entry["outcome"]) for entry in log) == [(1, "refused"), (2, "delivered")]
    assert [value[:1] for value in kept] == [b"g", b"c"]


async def test_a_hanging_receiver_holds_up_nobody_else(store: Store) -> None:
    ledger = MemoryLedger()

    async def hang(_call: Call) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    async with a_receiver(hang) as slow, a_receiver() as quick, a_replica(store, ledger, prompt=8):
        await subscribe(store, slow.url)
        await subscribe(store, quick.url)
        for number in range(40):
            ledger.publish(story(number))
        await until(lambda: len(quick.calls) == 40)
        assert len(slow.calls) <= 8 + 2


async def test_what_comes_for_a_receiver_that_hangs_takes_no_place_of_others(store: Store) -> None:
    ledger = MemoryLedger()

    async def hang(_call: Call) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    async with a_receiver(hang) as slow, a_receiver() as quick, a_replica(store, ledger, prompt=8) as replica:
        await subscribe(store, slow.url)
        await subscribe(store, quick.url)
        ledger.publish(story(1))
        ledger.publish(story(2))
        await until(lambda: len(slow.calls) == len(quick.calls) == SLOW_CAP)
        await until(lambda: replica.engine.room == 8)
        for number in range(3, 23):
            ledger.publish(story(number))
            await until(lambda: len(quick.calls) == len(ledger.entries))
        assert len(slow.calls) == SLOW_CAP


async def test_two_replicas_share_the_lanes_without_repeats(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger, prompt=4), a_replica(store, ledger, prompt=4):
        for _ in range(5):
            await subscribe(store, receiver.url)
        for number in range(60):
            ledger.publish(story(number))
        await until(lambda: len(receiver.calls) >= 300)
        await until(lambda: _idle(store))
    assert len({call.id for call in receiver.calls}) == len(receiver.calls) == 300


async def test_what_a_dead_replica_had_in_hand_is_sent_again_with_equal_id(store: Store) -> None:
    ledger, lanes = MemoryLedger(), Lanes(store)
    async with a_receiver() as receiver:
        subscription = await subscribe(store, receiver.url)
        ledger.publish(story())
        wanted = wanted_of(ledger.entries[0], ())
        long_ago = int(time.time() * 1000) - lanes.patience.lease - 1
        [claimed] = await lanes.enqueue(long_ago, [(subscription.id, [wanted], 1)])
        assert isinstance(claimed, State)
        assert [delivery.fence for delivery in claimed.claimed] == [1]
        await lanes.hint([claimed])
        async with a_replica(store, ledger):
            await until(lambda: _attempts(store, subscription.id, 1))
    assert [call.id for call in receiver.calls] == [webhook_id(subscription.id, story().id, 1)]


async def test_stopping_finishes_what_is_under_way(store: Store) -> None:
    ledger = MemoryLedger()
    release = asyncio.Event()

    async def answer(_call: Call) -> Reply:
        await release.wait()
        return Reply()

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        subscription = await subscribe(store, receiver.url)
        ledger.publish(story())
        await until(lambda: receiver.calls)
        stopping = asyncio.create_task(replica.stop(grace=5))
        ledger.publish(story(2))
        release.set()
        await stopping
        assert [entry["outcome"] for entry in await _log(store, subscription.id, 1)] == ["delivered"]
        assert await store.do("HLEN", f"{{s:{subscription.id}}}:items") == 0


async def test_stopping_gives_back_what_does_not_end_within_the_grace(store: Store) -> None:
    ledger = MemoryLedger()
    hanging = True

    async def answer(_call: Call) -> Reply:
        if hanging:
            await asyncio.Event().wait()
        return Reply()

    async with a_receiver(answer) as receiver:
        subscription = await subscribe(store, receiver.url)
        async with a_replica(store, ledger) as replica:
            ledger.publish(story())
            await until(lambda: receiver.calls)
            await replica.stop(grace=0.05)
            assert await store.do("ZCARD", f"{{s:{subscription.id}}}:queue") == 1
        hanging = False
        async with a_replica(store, ledger):
            await until(lambda: len(receiver.calls) == 2)
    assert receiver.calls[0].id == receiver.calls[1].id


async def test_the_article_is_rendered_once_for_all_its_subscribers(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        for _ in range(20):
            await subscribe(store, receiver.url)
        ledger.publish(story())
        await until(lambda: len(receiver.calls) == 20)
    assert ledger.read_documents == {(story().id, 1): 1}


async def test_a_name_that_resolves_to_loopback_is_refused_when_connecting(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger, allow_networks=()):
        url = receiver.url.replace("127.0.0.1", "localhost")
        subscription = await subscribe(store, url, schedule=(60.0,))
        ledger.publish(story())
        await until(lambda: _attempts(store, subscription.id, 1))
        log = await _log(store, subscription.id, 1)
    assert receiver.calls == []
    assert log[0]["outcome"] == "retry"
    assert "loopback" in str(log[0]["reason"])


async def test_a_redirect_to_loopback_is_not_followed(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as inner:

        async def answer(_call: Call) -> Reply:
            return Reply(307, {"location": inner.url})

        async with a_receiver(answer) as outer, a_replica(store, ledger):
            subscription = await subscribe(store, outer.url, schedule=(60.0,))
            ledger.publish(story())
            await until(lambda: _attempts(store, subscription.id, 1))
    assert inner.calls == []
    assert len(outer.calls) == 1


async def _log(store: Store, subscription: str, count: int) -> list[dict[str, object]]:
    await until(lambda: _attempts(store, subscription, count))
    return [orjson.loads(entry) for _, entry in await AttemptLog(store).before(subscription, None, 10)]


async def _attempts(store: Store, subscription: str, count: int) -> bool:
    return bool(await store.do("XLEN", f"{{s:{subscription}}}:log") >= count)


async def _pending(store: Store, subscription: str, count: int) -> bool:
    return bool(await store.do("HLEN", f"{{s:{subscription}}}:items") == count)


async def _status(replica: Webhooks, subscription: str, status: str) -> bool:
    found = await replica.api.store.get(subscription)
    return found is not None and found.status == status


async def _idle(store: Store) -> bool:
    return bool(await store.do("ZCARD", "{subscriptions}:due") == 0)
