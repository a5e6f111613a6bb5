"""What the projection of the ledger onto subscriptions keeps: everything once, in order, by one replica at a time."""

from __future__ import annotations

from services.syndication.webhooks.following import bits, has_bit, numbers_of
from services.syndication.webhooks.lanes import keys
from services.syndication.webhooks.store import CURSOR_KEY, FEW, SubscriptionStore
from shared.redis import Store
from tests.receiver import a_receiver
from tests.syndication.webhooks.bed import SEALER, MemoryLedger, a_replica, story, subscribe
from tests.waiting import until


async def test_only_one_replica_dispatches_and_another_takes_over(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as one:
        await until(lambda: one.dispatcher.leading)
        async with a_replica(store, ledger) as two:
            await subscribe(store, receiver.url)
            ledger.publish(story(1))
            await until(lambda: len(receiver.calls) == 1)
            assert not two.dispatcher.leading
            await one.stop()
            two.nudge()
            await until(lambda: two.dispatcher.leading)
            ledger.publish(story(2))
            await until(lambda: len(receiver.calls) == 2)
    assert receiver.seqs == [1, 2]


async def test_dispatching_the_ledger_again_sends_nothing_again(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver:
        subscription = await subscribe(store, receiver.url)
        async with a_replica(store, ledger):
            for number in range(5):
                ledger.publish(story(number))
            await until(lambda: _logged(store, subscription.id, 5))
        await store.do("DEL", CURSOR_KEY)  # as if it had crashed before it moved the cursor
        async with a_replica(store, ledger):
            await until(lambda: _cursor(store, 5))
            ledger.publish(story(9))
            await until(lambda: len(receiver.calls) >= 6)
    assert sorted(receiver.seqs) == [1, 2, 3, 4, 5, 6]


async def test_a_subscription_made_before_an_event_never_misses_it(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        await until(lambda: replica.dispatcher.leading)
        for number in range(1, 11):
            await subscribe(store, receiver.url, after=number - 1)
            ledger.publish(story(number))
        await until(lambda: len(receiver.calls) == 55)
    assert len({call.id for call in receiver.calls}) == 55


async def test_a_retraction_follows_the_article_to_everyone_who_got_it(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as carrier, a_receiver() as stranger, a_replica(store, ledger):
        await subscribe(store, carrier.url, filter="ferry")
        await subscribe(store, stranger.url, filter="bridge")
        ledger.publish(story(1))
        retracted = story(1, 2, headline="Withdrawn", status="canceled", body_html="")
        ledger.publish(retracted, "article.retracted", reason="not true")
        ledger.publish(story(2, headline="A bridge"))
        await until(lambda: len(carrier.calls) == 2 and len(stranger.calls) == 1)
    told = carrier.calls[1].event
    assert (told["type"], told["data"]["reason"], told["data"]["matched"]) == ("article.retracted", "not true", [])
    assert stranger.seqs == [3]


async def test_only_the_types_asked_for_are_sent(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, types=("article.updated",))
        ledger.publish(story(1))
        ledger.publish(story(1, 2), "article.updated")
        await until(lambda: receiver.calls)
    assert receiver.seqs == [2]


async def test_what_waits_is_found_again_when_the_due_list_was_lost(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver:
        subscription = await subscribe(store, receiver.url)
        ledger.publish(story(1))
        async with a_replica(store, ledger, prompt=0):
            await until(lambda: _cursor(store, 1))
        await store.do("DEL", "{subscriptions}:due", "{subscriptions}:revisions")
        async with a_replica(store, ledger):
            await until(lambda: _logged(store, subscription.id, 1))
    assert receiver.seqs == [1]


def test_bits_are_written_as_setbit_writes_them() -> None:
    assert bits([0, 9]) == bytes([128, 64])
    assert [number for number in range(20) if has_bit(bytes([128, 64]), number)] == [0, 9]
    assert bits([]) == b""


async def test_carriers_are_added_to_those_known(store: Store) -> None:
    registry = SubscriptionStore(store, SEALER)
    await registry.carry([("a", [3])])
    await registry.carry([("a", range(20, 20 + 2 * FEW)), ("b", [1])])
    await registry.carry([("a", [17])])
    assert numbers_of(await registry.carriers("a")) == [3, 17, *range(20, 20 + 2 * FEW)]
    assert await registry.carriers("b") == bits([1])


async def _logged(store: Store, subscription: str, count: int) -> bool:
    return bool(await store.do("XLEN", keys(subscription)[-1]) == count)


async def _cursor(store: Store, seq: int) -> bool:
    return await SubscriptionStore(store, SEALER).cursor() == seq
