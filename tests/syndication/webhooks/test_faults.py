"""Faults that once stopped deliveries for everybody: each harms only what it must."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.webhooks.lanes import keys
from services.syndication.webhooks.store import SubscriptionStore
from shared.redis import Store
from tests.receiver import Reply, a_receiver
from tests.syndication.webhooks.bed import SEALER, MemoryLedger, a_replica, story, subscribe
from tests.waiting import until


async def test_a_change_that_comes_after_the_deletion_writes_nothing_and_harms_nobody(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url)
        gone = await subscribe(store, receiver.url)
        subscriptions = SubscriptionStore(store, SEALER)
        await subscriptions.remove(gone.id, keys(gone.id))
        assert not await subscriptions.change(replace(gone, description="late"), "settings")
        assert await store.do("EXISTS", f"{{s:{gone.id}}}") == 0
        ledger.publish(story(1))
        await until(lambda: len(receiver.calls) == 1)


async def test_what_was_put_off_is_sent_though_the_server_has_become_full(store: Store) -> None:
    ledger, well = MemoryLedger(), False

    async def reply(_call: object) -> Reply:
        return Reply(204 if well else 500)

    async with a_receiver(reply) as receiver, a_replica(store, ledger):
        await subscribe(store, receiver.url, schedule=(1.0, 1.0, 1.0))
        for number in range(20):
            ledger.publish(story(number))
        await until(lambda: len(receiver.calls) >= 20)
        await until(lambda: store.do("ZCARD", "{subscriptions}:due"))
        used = int((await store.client.info("memory"))["used_memory"])
        await store.client.config_set("maxmemory", used // 2)
        try:
            well = True
            await until(lambda: len(receiver.calls) >= 40)
        finally:
            await store.client.config_set("maxmemory", 256 << 20)


async def test_after_a_flush_a_number_means_what_it_means_now(store: Store) -> None:
    ledger = MemoryLedger()
    async with a_receiver() as receiver, a_replica(store, ledger) as replica:
        await subscribe(store, receiver.url)
        for number in range(3):
            ledger.publish(story(number))
        await until(lambda: len(receiver.calls) == 3)
        await store.do("FLUSHALL")
        for kept in (ledger.entries, ledger.articles, ledger.documents, ledger.newest):
            kept.clear()
        await until(lambda: not replica.dispatcher.leading or replica.dispatcher.cursor == 0)
        await subscribe(store, receiver.url)
        assert ledger.publish(story(77)) == 1
        await until(lambda: len(receiver.calls) == 4)
        assert receiver.calls[-1].event["data"]["article"]["headline"] == story(77).headline
