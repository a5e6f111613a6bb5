"""Who asks for nothing twice gets nothing twice, whatever breaks; the log says what is unknown; retractions arrive."""

from __future__ import annotations

import asyncio
import time

from services.syndication.webhooks.batch import wanted_of
from services.syndication.webhooks.choices import Choices
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.pacing import DigestWindow, Pacing
from services.syndication.webhooks.subscriptions import Subscription
from services.syndication.webhooks.wiring import Webhooks
from shared.redis import Store
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, logged, story, subscribe
from tests.syndication.webhooks.test_access_tokens import grant
from tests.waiting import until

ONCE = Choices(delivery="at-most-once")


async def test_a_delivery_that_was_refused_or_hung_up_on_is_not_sent_again(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(call: Call) -> Reply:
        if call.seq == 2:
            raise ConnectionError  # hangs up without an answer
        return Reply(500 if call.seq == 1 else 204)

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        subscription = await subscribe(store, receiver.url, choices=ONCE, schedule=(0.01,) * 5)
        for number in range(1, 4):
            ledger.publish(story(number))
        log = await logged(store, subscription.id, 3)
        assert await _waiting(replica, subscription) == 0
    assert sorted(receiver.seqs) == [1, 2, 3]
    assert {entry["seq"]: entry["outcome"] for entry in log} == {1: "gave_up", 2: "unknown", 3: "delivered"}
    assert await _standings(store, subscription, 1, 2, 3) == [b"g", b"u", b"c"]


async def test_what_surely_was_not_sent_is_tried_again(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver:
        url = receiver.url
    async with a_replica(store, ledger):
        subscription = await subscribe(store, url, choices=ONCE, schedule=(0.01, 0.01))
        ledger.publish(story())
        log = await logged(store, subscription.id, 3)
    assert [entry["outcome"] for entry in log] == ["gave_up", "retry", "retry"]
    assert {entry["reason"] for entry in log} == {"could not connect"}


async def test_what_a_replica_had_in_hand_when_it_was_killed_is_not_sent_again_and_the_log_says_so(
    store: Store,
) -> None:
    ledger, lanes = MemoryLedger(), Lanes(store)
    async with a_receiver() as receiver:
        subscription = await subscribe(store, receiver.url, choices=ONCE)
        ledger.publish(story(1))
        ledger.publish(story(2), "article.retracted")
        wanted = [wanted_of(entry, ()) for entry in ledger.entries]
        long_ago = int(time.time() * 1000) - lanes.patience.lease - 1
        [claimed] = await lanes.enqueue(long_ago, [(subscription.id, wanted, 2)])
        assert isinstance(claimed, State)
        assert len(claimed.claimed) == 2
        await lanes.hint([claimed])
        async with a_replica(store, ledger) as replica:
            log = await logged(store, subscription.id, 2)
            ledger.publish(story(1, 2))
            await until(lambda: len(receiver.calls) == 2)
            assert await logged(store, subscription.id, 3)
            assert await _waiting(replica, subscription) == 0
    assert receiver.seqs == [2, 3]
    assert {entry["seq"]: entry["outcome"] for entry in log} == {1: "unknown", 2: "delivered"}
    assert "lost" in next(entry["reason"] for entry in log if entry["seq"] == 1)
    assert await _standings(store, subscription, 1, 2, 3) == [b"u", b"c", b"c"]


async def test_what_is_under_way_when_the_grace_ends_is_unknown(store: Store) -> None:
    ledger = MemoryLedger()

    async def hang(_call: Call) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    async with a_receiver(hang) as receiver:
        subscription = await subscribe(store, receiver.url, choices=ONCE)
        async with a_replica(store, ledger) as replica:
            ledger.publish(story())
            await until(lambda: receiver.calls)
            await replica.stop(grace=0.05)
        log = await logged(store, subscription.id, 1)
        async with a_replica(store, ledger) as replica:
            assert await _waiting(replica, subscription) == 0
    assert [entry["outcome"] for entry in log] == ["unknown"]
    assert len(receiver.calls) == 1


async def test_what_waits_for_an_access_token_when_the_grace_ends_is_sent_by_the_next(store: Store) -> None:
    ledger, asked, given = MemoryLedger(), asyncio.Event(), asyncio.Event()

    async def tokens(_call: Call) -> Reply:
        asked.set()
        await given.wait()
        return Reply(200, body=b'{"access_token":"a","token_type":"Bearer"}')

    async with a_receiver() as receiver, a_receiver(tokens) as endpoint:
        subscription = await subscribe(store, receiver.url, choices=ONCE, credentials=grant(endpoint.url))
        async with a_replica(store, ledger) as replica:
            ledger.publish(story())
            await asked.wait()
            await replica.stop(grace=0.05)
        given.set()
        async with a_replica(store, ledger):
            log = await logged(store, subscription.id, 1)
    assert [entry["outcome"] for entry in log] == ["delivered"]
    assert len(receiver.calls) == 1


async def test_what_is_claimed_while_a_replica_stops_is_sent_by_the_next(store: Store) -> None:
    ledger, lanes, go_on = MemoryLedger(), Lanes(store), asyncio.Event()

    async def answer(_call: Call) -> Reply:
        await go_on.wait()
        return Reply()

    async with a_receiver(answer) as receiver:
        slow = await subscribe(store, receiver.url, choices=ONCE, filter="lang:en")
        late = await subscribe(store, receiver.url, choices=ONCE, filter="lang:uk")
        async with a_replica(store, ledger) as replica:
            ledger.publish(story(1))
            await until(lambda: receiver.calls)
            stopping = asyncio.create_task(replica.stop())
            await until(lambda: replica.engine.room == 0)
            ledger.publish(story(2, language="uk"))
            wanted = [wanted_of(ledger.entries[-1], ())]
            [claimed] = await lanes.enqueue(int(time.time() * 1000), [(late.id, wanted, 1)])
            assert isinstance(claimed, State)
            replica.engine.take([claimed])
            go_on.set()
            await stopping
        assert [entry["outcome"] for entry in await logged(store, slow.id, 1)] == ["delivered"]
        assert len(receiver.calls) == 1
        async with a_replica(store, ledger):
            [entry] = await logged(store, late.id, 1)
    assert (entry["outcome"], len(receiver.calls)) == ("delivered", 2)


async def test_a_digest_is_sent_once_too(store: Store) -> None:
    ledger = MemoryLedger()

    async def answer(_call: Call) -> Reply:
        return Reply(500)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        pacing = Pacing(digest=DigestWindow(2, 60.0))
        subscription = await subscribe(store, receiver.url, choices=ONCE, pacing=pacing, schedule=(0.01,) * 3)
        ledger.publish(story(1))
        ledger.publish(story(2))
        log = await logged(store, subscription.id, 2)
    assert len(receiver.calls) == 1
    assert [entry["outcome"] for entry in log] == ["gave_up", "gave_up"]


async def test_a_digest_that_was_in_a_killed_replicas_hand_is_not_sent_again(store: Store) -> None:
    ledger, lanes = MemoryLedger(), Lanes(store)
    async with a_receiver() as receiver:
        subscription = await subscribe(
            store, receiver.url, choices=ONCE, pacing=Pacing(digest=DigestWindow(items=2, seconds=60.0))
        )
        for number in (1, 2):
            ledger.publish(story(number))
        wanted = [wanted_of(entry, ()) for entry in ledger.entries]
        long_ago = int(time.time() * 1000) - lanes.patience.lease - 1
        [claimed] = await lanes.enqueue(long_ago, [(subscription.id, wanted, 2)])
        assert isinstance(claimed, State)
        assert claimed.bundle == 2
        await lanes.hint([claimed])
        async with a_replica(store, ledger):
            log = await logged(store, subscription.id, 2)
    assert receiver.calls == []
    assert [entry["outcome"] for entry in log] == ["unknown", "unknown"]


async def test_a_receiver_that_leaves_is_not_sent_what_it_left_at_when_it_is_back(store: Store) -> None:
    ledger = MemoryLedger()
    gone = True

    async def answer(_call: Call) -> Reply:
        return Reply(410 if gone else 204)

    async with a_receiver(answer) as receiver, a_replica(store, ledger) as replica:
        subscription = await subscribe(store, receiver.url, choices=ONCE)
        ledger.publish(story(1))
        await logged(store, subscription.id, 1)
        gone = False
        ledger.publish(story(2))
        await replica.api.lanes.hint([await replica.api.lanes.activate(subscription.id)])
        await replica.api.store.changed(subscription.id)
        await logged(store, subscription.id, 2)
    assert receiver.seqs == [1, 2]


async def test_a_retraction_is_sent_until_it_is_confirmed(store: Store) -> None:
    ledger = MemoryLedger()
    answers = iter([Reply(500), Reply(204)])

    async def answer(_call: Call) -> Reply:
        return next(answers)

    async with a_receiver(answer) as receiver, a_replica(store, ledger):
        subscription = await subscribe(store, receiver.url, choices=ONCE, schedule=(0.01,))
        ledger.publish(story(1), "article.retracted")
        log = await logged(store, subscription.id, 2)
    assert receiver.calls[0].id == receiver.calls[1].id
    assert [entry["outcome"] for entry in log] == ["delivered", "retry"]


async def _waiting(replica: Webhooks, subscription: Subscription) -> int:
    [state] = await replica.api.lanes.peek([subscription.id])
    assert isinstance(state, State)
    return state.pending


async def _standings(store: Store, subscription: Subscription, *seqs: int) -> list[bytes]:
    return [value[:1] for value in await store.do("HMGET", f"{{s:{subscription.id}}}:sent:0", *seqs)]
