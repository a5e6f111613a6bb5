"""Keeps subscriptions, the dispatcher's lease and cursor, and which subscription got which article; lanes are apart."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from time import time_ns
from typing import Any, TypeVar

from services.syndication.webhooks.following import Followers, bits, followers_of
from services.syndication.webhooks.scripts import ADVANCE, CARRY, CHANGE, CHANGED, DUE, HEAL, HOLD, MARK, RELEASE, SEAL
from services.syndication.webhooks.subscriptions import Subscription, is_whole, pack, unpack
from services.syndication.within import UNBOUND, Terms, Within
from shared.redis import Argument, Call, Script, Store
from shared.sealing import Sealer

Refusal = TypeVar("Refusal")

IDS_KEY = "{subscriptions}:ids"
CHANGES_KEPT = 10_000
GENERATION_KEY = "{subscriptions}:generation"
CHANGES_KEY = "{subscriptions}:changes"
NUMBER_KEY = "{subscriptions}:number"
NOTICES_KEY = "{subscriptions}:notices"
BEHIND_KEY = "{subscriptions}:behind"
DUE_KEY = "{subscriptions}:due"
REVISIONS_KEY = "{subscriptions}:revisions"
DISPATCHER_KEY = "{ledger}:dispatcher"
CURSOR_KEY = "{ledger}:cursor:webhooks"
CHANNEL = "deliveries"

NOTICES_FROM = 500_000_000_000
"""Seqs from here on are not the ledger's."""

CARRIED_SECONDS = 31_536_000
"""For a year after it was last sent, a retraction follows an article to everyone who got it."""

FEW = 8
"""So many bits of a bitmap are set one by one: the whole of it has a bit for every subscription."""

AT_ONCE = 500
"""Subscriptions read at the same time: more would keep everyone else's commands waiting."""

NOTHING: Mapping[str, str] = {}


class SubscriptionStore:
    """Subscriptions, their secrets sealed, and the marks around them. Every method raises RedisError."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store, self._sealer, self.within = store, sealer, Within(store)

    async def number(self) -> int:
        """Return a number that no subscription had before."""
        return int(await self._store.do("INCR", NUMBER_KEY))

    async def notice_seq(self) -> int:
        """Return a number for a message that is not in the ledger, and above all that are."""
        return NOTICES_FROM + int(await self._store.do("INCR", NOTICES_KEY))

    async def add(self, subscription: Subscription, after: int, marks: Mapping[str, Argument] | None = None) -> None:
        """Keep a new subscription with `marks` of its lanes; it gets ledger entries past seq `after`."""
        fields: dict[str, Argument] = {**pack(subscription, self._sealer), "dispatched": after, **(marks or {})}
        await self._store.do("HSET", f"{{s:{subscription.id}}}", *_flat(fields))
        await self.changed(subscription.id)

    async def change(self, subscription: Subscription, *fields: str) -> bool:
        """Write some packed fields of a subscription (see `pack`); False when it is gone."""
        return await self._write(subscription, fields) > 0

    async def edit(
        self,
        found: Subscription,
        wanted: Callable[[Subscription], Awaitable[Subscription | Refusal]],
        beside: Callable[[Subscription, Subscription], Mapping[str, str]] = lambda _before, _after: NOTHING,
    ) -> tuple[Subscription, Subscription] | Refusal | None:
        """Write what is wanted of a subscription, asked for anew where another wrote meanwhile.

        In the same step goes what belongs `beside` the change, status and marks. Returns it as it was and as it is,
        what `wanted` refuses it with, or None when it is gone.
        """
        before: Subscription | None = found
        while before is not None:
            after = await wanted(before)
            if not isinstance(after, Subscription):
                return after
            # Only what is changed: the secrets of a subscription that is shut must not be written over.
            told = {
                "secrets": after.secrets != before.secrets,
                "credentials": after.credentials is not before.credentials,
            }
            told["settings"] = replace(after, secrets=before.secrets, credentials=before.credentials) != before
            fields = [name for name, differs in told.items() if differs]
            written = await self._write(after, fields, before.mark, beside(before, after)) if fields else 1
            if written > 0:
                return before, after
            before = await self.get(found.id) if written < 0 else None
        return None

    async def _write(
        self, subscription: Subscription, fields: Collection[str], mark: str = "", beside: Mapping[str, str] = NOTHING
    ) -> int:
        packed = pack(subscription, self._sealer)
        names = [*fields, *(["limits"] if "settings" in fields else [])]
        arguments = _flat({**{name: packed[name] for name in names}, **beside})
        written = int(await self._store.run(CHANGE, keys=[f"{{s:{subscription.id}}}"], args=[mark, *arguments]))
        if written > 0:
            await self.changed(subscription.id)
        return written

    async def seal(self) -> int:
        """Seal the secrets of subscriptions that were made before secrets were sealed; returns how many."""
        ids, sealed = await self.ids(), 0
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            for id, fields in zip(part, await self._fields(part), strict=True):
                if b"settings" in fields and not is_whole(fields):
                    packed = pack(unpack(id, fields, self._sealer), self._sealer)
                    told = [fields[b"settings"], fields[b"secrets"]]
                    told += [packed[name] for name in ("settings", "secrets", "credentials")]  # type: ignore[misc]
                    sealed += await self._store.run(SEAL, keys=[f"{{s:{id}}}"], args=told)
        return sealed

    async def mark(self, id: str, marks: Mapping[str, Argument]) -> bool:
        """Write marks beside a subscription's settings; False when it is gone."""
        return bool(await self._store.run(CHANGE, keys=[f"{{s:{id}}}"], args=["", *_flat(marks)]))

    async def changed(self, id: str, *, exists: bool = True) -> None:
        """Make every replica read a subscription again."""
        keys = [GENERATION_KEY, CHANGES_KEY, IDS_KEY]
        await self._store.run(CHANGED, keys=keys, args=[id, int(exists), time_ns() // 1000])
        await self.publish()

    async def remove(self, id: str, keys: Sequence[str]) -> None:
        """Forget a subscription and its lanes' `keys`."""
        await self.changed(id, exists=False)
        await self._store.do("UNLINK", *keys)

    async def owned(self, owner: str) -> list[Subscription]:
        """Return the subscriptions of one consumer."""
        found = await self.load(await self.ids())
        return [each for each in found if each is not None and each.owner == owner]

    async def get(self, id: str) -> Subscription | None:
        """Return a subscription, None when there is none."""
        return (await self.load([id]))[0]

    async def load(self, ids: Sequence[str]) -> list[Subscription | None]:
        """Return subscriptions in the order of their ids, None where there is none."""
        pairs = zip(ids, await self._fields(ids), strict=True)
        found = [unpack(id, each, self._sealer) if b"settings" in each else None for id, each in pairs]
        return await self._bounded(found)

    async def _bounded(self, found: Sequence[Subscription | None]) -> list[Subscription | None]:
        """Return subscriptions with what bounds their owners."""
        terms = await self.within.among(each.owner for each in found if each is not None)
        return [each if each is None or each.owner is None else _bound(each, terms.get(each.owner)) for each in found]

    async def _fields(self, ids: Sequence[str]) -> list[dict[bytes, bytes]]:
        found: list[dict[bytes, bytes]] = []
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            found += await asyncio.gather(*(self._store.ask("HGETALL", f"{{s:{id}}}") for id in part))
        return found

    async def missed_from(self, id: str) -> int | None:
        """Return the first seq that found the queue full since the subscription was last made active."""
        found = await self._store.do("HGET", f"{{s:{id}}}", "missed_from")
        return int(found) if found else None

    async def be_behind(self, id: str) -> None:
        """Note that a subscription begins in the past, for the dispatcher to catch up."""
        await self._store.do("SADD", BEHIND_KEY, id)

    async def behind(self) -> list[str]:
        """Return who began in the past and may not have been caught up yet."""
        return [id.decode() for id in await self._store.do("SMEMBERS", BEHIND_KEY)]

    async def not_behind(self, id: str) -> None:
        """Note that a subscription has been caught up."""
        await self._store.do("SREM", BEHIND_KEY, id)

    async def generation(self) -> int:
        """Return a number that grows by one with every change to a subscription."""
        return int(await self._store.do("GET", GENERATION_KEY) or 0)

    async def ids(self) -> list[str]:
        """Return the ids of all subscriptions."""
        return sorted(id.decode() for id in await self._store.do("SMEMBERS", IDS_KEY))

    async def changed_since(self, generation: int) -> list[str] | None:
        """Return the ids changed after a generation; None when changes that old are not kept, or never were here."""
        if await self.generation() - generation > CHANGES_KEPT:
            return None
        found = await self._store.do("ZRANGEBYSCORE", CHANGES_KEY, f"({generation}", "+inf")
        return [id.decode() for id in found]

    async def due(self, now: int, limit: int) -> tuple[int, list[str], int | None]:
        """Return the generation, the ids due by `now` (Unix ms), and when the next one is due."""
        generation, ids, later = await self._store.run(DUE, keys=[DUE_KEY, GENERATION_KEY], args=[now, limit])
        following = int(float(later))
        return int(generation), [id.decode() for id in ids], None if following < 0 else following

    async def heal(self, due: Iterable[tuple[str, int]]) -> None:
        """Bring forward when subscriptions are due, where that is known too late or not at all."""
        arguments = [part for pair in due for part in pair]
        if arguments:
            await self._store.run(HEAL, keys=[DUE_KEY], args=arguments)

    async def hold(self, who: str, ms: int) -> bool:
        """Take or renew the dispatcher's lease; False when another replica has it."""
        return bool(await self._store.run(HOLD, keys=[DISPATCHER_KEY], args=[who, ms]))

    async def release(self, who: str) -> None:
        """Give the dispatcher's lease up, so that another takes over at once."""
        await self._store.run(RELEASE, keys=[DISPATCHER_KEY], args=[who])

    async def cursor(self) -> int:
        """Return the seq up to which the ledger has been dispatched."""
        return int(await self._store.do("GET", CURSOR_KEY) or 0)

    async def advance(self, who: str, before: int, seq: int, ms: int) -> bool:
        """Renew the lease and move the cursor from seq `before`; False when another has the lease, or moved it."""
        return bool(await self._store.run(ADVANCE, keys=[DISPATCHER_KEY, CURSOR_KEY], args=[who, before, seq, ms]))

    async def carry(self, carried: Iterable[tuple[str, Collection[int]]]) -> None:
        """Remember which subscriptions an article goes to, by (article id, numbers)."""
        few: list[Call] = []
        many: list[Call] = []
        for article_id, numbers in carried:
            key = f"{{a:{article_id}}}:carried"
            if len(numbers) <= FEW:
                few.append(([key], [CARRIED_SECONDS, *(part for number in numbers for part in (number, 1))]))
            else:
                many.append(([key, f"{{a:{article_id}}}:carrying"], [bits(numbers), CARRIED_SECONDS]))
        await self._all(MARK, few)
        await self._all(CARRY, many)

    async def carriers(self, article_id: str) -> bytes:
        """Return the bits of every subscription that the article ever went to."""
        return bytes(await self._store.do("GET", f"{{a:{article_id}}}:carried") or b"")

    async def followers(self, article_id: str) -> Followers:
        """Return who the article went to, and of these whom it left."""
        keys = (f"{{a:{article_id}}}:carried", f"{{a:{article_id}}}:left")
        return followers_of(*await asyncio.gather(*(self._store.do("GET", key) for key in keys)))

    async def leave(self, left: Mapping[str, Iterable[int]], inside: Mapping[str, Iterable[int]]) -> None:
        """Remember whose filter an article left, by article, and whose it is what it asks for again."""
        told = {article_id: dict.fromkeys(numbers, 1) for article_id, numbers in left.items()}
        for article_id, numbers in inside.items():
            told.setdefault(article_id, {}).update((number, 0) for number in numbers)
        calls: list[Call] = []
        for article_id, marks in told.items():
            flat = [part for pair in marks.items() for part in pair]
            calls.append(([f"{{a:{article_id}}}:left"], [CARRIED_SECONDS, *flat]))
        await self._all(MARK, calls)

    async def _all(self, script: Script, calls: Sequence[Call]) -> None:
        for reply in await self._store.all(script, calls):
            if isinstance(reply, Exception):
                raise reply

    async def publish(self) -> None:
        """Wake the engines of all replicas."""
        await self._store.do("PUBLISH", CHANNEL, "")

    async def engines(self) -> int:
        """Return how many engines listen: those of all replicas, where no other server is listened on."""
        servers = await self._store.servers()
        counts = await asyncio.gather(*(server.ask("PUBSUB", "NUMSUB", CHANNEL) for server in servers))
        return sum(int(count) for _, count in counts)

    @asynccontextmanager
    async def calls(self) -> AsyncIterator[Any]:
        """Listen on the channel by which engines are woken; yields what has `get_message`."""
        # What is published on one node of a cluster is heard on all.
        server = random.choice(await self._store.servers())
        listener = server.client.pubsub(ignore_subscribe_messages=True)
        try:
            await listener.subscribe(CHANNEL)
            yield listener
        finally:
            await listener.aclose()  # type: ignore[no-untyped-call]


def _flat(fields: Mapping[str, Argument]) -> list[Argument]:
    return [part for pair in fields.items() for part in pair]


def _bound(found: Subscription, terms: Terms | None) -> Subscription:
    """Return a subscription with what bounds its owner; of one whose owner just left it is what it was sent."""
    terms = terms or Terms(reuse=found.sending.cut.reuse)
    return found if terms == UNBOUND else replace(found, within=terms.query, most=terms.reuse)
