"""Where the first ledger entry stands that some subscription has still to get; delivering it is the engine's."""

from __future__ import annotations

import asyncio

from services.syndication.webhooks.lanes import keys
from services.syndication.webhooks.store import NOTICES_FROM, SubscriptionStore
from shared.redis import Store

AT_ONCE = 50


async def undelivered(store: Store, subscriptions: SubscriptionStore) -> int:
    """Return the first number that is not delivered everywhere, not dispatched, or to be fetched later.

    Raises RedisError.
    """
    first = await subscriptions.cursor() + 1
    ids = await subscriptions.ids()
    for start in range(0, len(ids), AT_ONCE):
        found = await asyncio.gather(*(_first(store, subscriptions, id) for id in ids[start : start + AT_ONCE]))
        first = min([first, *(seq for seq in found if seq is not None)])
    return first


async def _first(store: Store, subscriptions: SubscriptionStore, id: str) -> int | None:
    items = keys(id)[4]
    waiting, missed = await asyncio.gather(store.do("HKEYS", items), subscriptions.missed_from(id))
    seqs = [seq for seq in map(int, waiting) if seq < NOTICES_FROM]
    return min([*seqs, *([] if missed is None else [missed])], default=None)
