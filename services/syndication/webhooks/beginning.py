"""Lets a new subscription begin in the past with no gap and no overlap; what it missed until then is caught up."""

from __future__ import annotations

from services.syndication.webhooks.reading import LedgerReader
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Status, Subscription
from shared.redis import Argument, Script, Store

BEGIN = Script("""
local head = redis.call('HMGET', KEYS[1], 'status', 'dispatched')
if not head[1] then return 0 end
if tonumber(ARGV[1]) > tonumber(head[2]) then redis.call('HSET', KEYS[1], 'dispatched', ARGV[1]) end
redis.call('HSET', KEYS[1], 'began', ARGV[1])
if head[1] == 'starting' then redis.call('HSET', KEYS[1], 'status', ARGV[2]) end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return 1
""")
"""ARGV: the ledger's latest number, the status to begin with."""


async def begin(
    subscription: Subscription,
    first: int,
    marks: dict[str, Argument],
    *,
    store: Store,
    subscriptions: SubscriptionStore,
    ledger: LedgerReader,
    latest: int,
) -> None:
    """Keep a subscription that begins with ledger entry `first`; `latest` is the newest known before.

    What is published just now may be dispatched by who does not know the subscription yet. So it is made known
    first, while nothing is put in its lanes; then the ledger's latest number is read, past which everybody knows it;
    what is up to there is caught up from the ledger, in order, before anything newer goes out.
    """
    status: Status = "starting" if subscription.status == "active" else subscription.status
    known = {**marks, "missed_from": f"{first:012d}", "status": status}
    await subscriptions.be_behind(subscription.id)
    await subscriptions.add(subscription, latest, known)
    keys = [f"{{s:{subscription.id}}}"]
    await store.run(BEGIN, keys=keys, args=[f"{await ledger.latest():012d}", subscription.status])
    await subscriptions.changed(subscription.id)
