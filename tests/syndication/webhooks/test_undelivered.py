"""What some subscription has still to get is known by its number."""

from __future__ import annotations

from services.syndication.webhooks.lanes import Lanes, Wanted, keys, pack
from services.syndication.webhooks.store import NOTICES_FROM, SubscriptionStore
from services.syndication.webhooks.undelivered import undelivered
from shared.redis import Store
from tests.syndication.webhooks.bed import SEALER, subscribe


def wanted(seq: int) -> Wanted:
    return Wanted(seq, f"desk-{seq}", pack("article.published", f"desk-{seq}", 1, b"[]"))


async def test_it_is_the_first_that_is_not_dispatched_or_not_taken_or_missed(store: Store) -> None:
    subscriptions = SubscriptionStore(store, SEALER)
    assert await undelivered(store, subscriptions) == 1
    await store.do("SET", "{ledger}:cursor:webhooks", 90)
    assert await undelivered(store, subscriptions) == 91
    ids = [(await subscribe(store, f"http://127.0.0.1:{n}/")).id for n in (1, 2)]
    await Lanes(store).enqueue(0, [(ids[0], [wanted(70), wanted(NOTICES_FROM + 1)], 0), (ids[1], [wanted(60)], 0)])
    assert await undelivered(store, subscriptions) == 60
    await store.do("HSET", keys(ids[0])[0], "missed_from", "000000000041")
    assert await undelivered(store, subscriptions) == 41
