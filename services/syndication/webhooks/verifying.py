"""Proves pending subscriptions' receivers before they get content: keeps whose turn it is, tries, sets free."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import time

import structlog

from services.syndication.webhooks.attempts import Send
from services.syndication.webhooks.lane_replies import State
from services.syndication.webhooks.lanes import Lanes
from services.syndication.webhooks.message import Message
from services.syndication.webhooks.store import SubscriptionStore
from services.syndication.webhooks.subscriptions import Subscription
from services.syndication.webhooks.verification import Proof, proof, verification_body, wait_after
from shared.redis import Script, Store
from shared.ticks import Tick
from shared.times import now, rfc3339

log = structlog.get_logger()

QUEUE = "{subscriptions}:verifying"
"""Sorted set: subscription by the Unix time of its next try."""

LEASE_SECONDS = 30.0
"""Longer than a try takes: a replica that dies in one leaves it to another."""

AT_ONCE = 32
POLL_SECONDS = 1.0

CLAIM = Script("""
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[2], id) end
return ids
""")
"""ARGV: now, seconds of the lease, how many. Whose turn it is; nobody else tries them meanwhile."""

SETTLE = Script("""
if redis.call('HGET', KEYS[1], 'verifying') ~= ARGV[1] then return -1 end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'reason', ARGV[2])
  return redis.call('HINCRBY', KEYS[1], 'verifying_tries', 1)
end
redis.call('HDEL', KEYS[1], 'verifying', 'verifying_tries')
redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('HSET', KEYS[1], 'reason', '')
if redis.call('HGET', KEYS[1], 'status') ~= 'paused' then redis.call('HSET', KEYS[1], 'status', 'active') end
return 0
""")
"""ARGV: the mark of what was tried, what was wrong or empty. Returns the tries so far; -1 when its address changed.

What its owner paused stays so.
"""


UNPROVEN = "not verified yet"


def unproven(*, paused: bool) -> Mapping[str, str]:
    """Return what is written beside a new address, which gets nothing before it is proven."""
    mark = {"verifying": secrets.token_hex(8), "verifying_tries": "0"}
    return {**mark, "status": "paused" if paused else "pending", "reason": UNPROVEN}


class Verifying:
    """Tries receivers by turns; replicas share the turns."""

    def __init__(
        self, store: Store, *, subscriptions: SubscriptionStore, lanes: Lanes, send: Send, look: Callable[[], None]
    ) -> None:
        self._store, self._subscriptions, self._lanes = store, subscriptions, lanes
        self._send, self._look = send, look
        self.tick = Tick("webhook verification", POLL_SECONDS, self._round)

    async def ask(self, id: str, seconds: float) -> None:
        """Have a subscription tried after so many seconds."""
        await self._store.do("ZADD", QUEUE, time() + seconds, id)

    async def ask_now(self, id: str) -> None:
        """Have a subscription tried at once."""
        await self.ask(id, 0.0)
        self.tick.wake()

    async def spare(self, id: str) -> None:
        """Take a subscription out of the turns: an operator answers for its receiver."""
        await self._store.do("ZREM", QUEUE, id)
        await self._store.do("HDEL", f"{{s:{id}}}", "verifying", "verifying_tries")

    async def holds_back(self, subscription: Subscription) -> bool:
        """Have one that is to be active again wait for the proof that is still to come; False when there is none."""
        if subscription.status == "pending" or not await self._mark(subscription.id):
            return False
        held = replace(subscription, status="pending", reason=UNPROVEN)
        await self._subscriptions.change(held, "status", "reason")
        await self.ask_now(subscription.id)
        return True

    async def _mark(self, id: str) -> bytes | None:
        found: bytes | None = await self._store.do("HGET", f"{{s:{id}}}", "verifying")
        return found

    async def attempt(self, subscription: Subscription) -> Proof | None:
        """Try a subscription's receiver now; None when there is nothing to prove (any more)."""
        kind = subscription.choices.verify or "test"
        mark = await self._mark(subscription.id)
        if mark is None:
            await self._store.do("ZREM", QUEUE, subscription.id)  # and no mark: a change may be writing one just now
            return None
        challenge, moment = secrets.token_urlsafe(24), now()
        body = verification_body(subscription.id, kind, challenge, rfc3339(moment))
        message = Message(f"msg_verify{secrets.token_hex(12)}", body)
        outcome = await self._send(subscription, message, moment.timestamp())
        found = proof(kind, challenge, outcome)
        return found if await self._settle(subscription.id, mark, found) else None

    async def _settle(self, id: str, mark: bytes, found: Proof) -> bool:
        reason = f"not verified: {found.reason}"[:300] if found.reason else ""
        tries = int(await self._store.run(SETTLE, keys=[f"{{s:{id}}}"], args=[mark, reason]))
        if tries < 0:
            return False
        wait = wait_after(tries)
        if wait is None:
            await self._store.do("ZREM", QUEUE, id)
        else:
            await self.ask(id, wait)
        log.info("subscription.verified" if found.holds else "subscription.unverified", subscription=id, tries=tries)
        await self._subscriptions.changed(id)
        if found.holds:
            await self._lanes.hint([state for state in await self._lanes.peek([id]) if isinstance(state, State)])
            self._look()
        return True

    async def _round(self) -> None:
        ids = await self._store.run(CLAIM, keys=[QUEUE], args=[time(), LEASE_SECONDS, AT_ONCE])
        found = await self._subscriptions.load([id.decode() for id in ids])
        for id, subscription in zip(ids, found, strict=True):
            if subscription is None:
                await self._store.do("ZREM", QUEUE, id)
        await asyncio.gather(*(self.attempt(each) for each in found if each is not None))
        if len(ids) == AT_ONCE:
            self.tick.wake()
