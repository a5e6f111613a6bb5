"""What found a queue full comes from the ledger when there is room, in order, without a gap in the chain."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from services.syndication.webhooks.pacing import Patience
from shared.redis import Store
from tests.receiver import Call, Reply, a_receiver
from tests.syndication.webhooks.bed import MemoryLedger, a_replica, story, subscribe
from tests.waiting import until

SMALL = Patience(most_pending=6, pause=20, longest_pause=20)


async def test_everything_beyond_a_full_queue_is_fetched_once_the_receiver_is_back(store: Store) -> None:
    ledger, well = MemoryLedger(), asyncio.Event()
    taken: list[Call] = []

    async def answer(call: Call) -> Reply:
        if not well.is_set():
            return Reply(500)
        taken.append(call)
        return Reply()

    async with a_receiver(answer) as receiver, a_replica(store, ledger, patience=SMALL):
        subscription = await subscribe(store, receiver.url, filter="ferry", schedule=(0.1,) * 20)
        for number in range(1, 41):
            headline = "A bridge" if number % 4 == 0 else "A ferry"
            ledger.publish(story(number, headline=headline, body_html=""))
        await until(lambda: store.do("HGET", f"{{s:{subscription.id}}}", "missed_from"))
        well.set()
        wanted = {seq for seq in range(1, 41) if seq % 4}
        await until(lambda: {call.seq for call in taken} == wanted)
        assert await store.do("HGET", f"{{s:{subscription.id}}}", "missed_from") == b""
        ledger.publish(story(99))
        await until(lambda: taken[-1].seq == 41)
    chain = {call.seq: call.event["data"]["previous_seq"] for call in taken}
    assert all(chain[later] == earlier for earlier, later in pairwise(sorted(chain)))


async def test_a_newer_version_never_goes_before_an_older_one_that_was_missed(store: Store) -> None:
    ledger, well = MemoryLedger(), asyncio.Event()
    taken: list[Call] = []

    async def answer(call: Call) -> Reply:
        if not well.is_set():
            return Reply(500)
        taken.append(call)
        return Reply()

    async with a_receiver(answer) as receiver, a_replica(store, ledger, patience=SMALL):
        subscription = await subscribe(store, receiver.url, schedule=(0.1,) * 20)
        for version in range(1, 4):
            for number in range(10):
                ledger.publish(story(number, version))
        await until(lambda: store.do("HGET", f"{{s:{subscription.id}}}", "missed_from"))
        well.set()
        newest = {(story(number).id, 3) for number in range(10)}
        await until(lambda: newest <= {call.version for call in taken})
    for number in range(10):
        versions = [version for id, version in (call.version for call in taken) if id == story(number).id]
        assert versions == sorted(versions)
