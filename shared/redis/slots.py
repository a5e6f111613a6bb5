"""Which node of a Redis Cluster has which slot, as the nodes themselves tell it; asking again is left to others."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import ClusterDownError, RedisError
from redis.exceptions import TimeoutError as NotAnsweredError

from shared.redis.client import CONNECT_SECONDS, Argument

Address = tuple[str, int]

KEYLESS = {"PING", "PUBLISH", "ASKING"}
SECOND = {"XINFO", "XGROUP", "OBJECT", "MEMORY"}
"""Commands of two words, whose key comes third."""


class Slots:
    """The map of a cluster, empty until it was looked for."""

    def __init__(self, seeds: Sequence[Address], options: Mapping[str, Any]) -> None:
        self._seeds, self._options = tuple(seeds), options
        self._map: dict[int, Address] = {}
        self.holders: tuple[Address, ...] = ()
        """The nodes that have slots."""

    def holder(self, slot: int | None) -> Address | None:
        """Return the node that has a slot, any for no slot, None when none is known."""
        if slot is None:
            return random.choice(self.holders) if self.holders else None
        return self._map.get(slot)

    def moved(self, slot: int, to: Address) -> None:
        """Take note that a slot is elsewhere than was thought."""
        self._map[slot] = to

    async def look(self) -> None:
        """Ask the nodes, one after the other, until one tells of every slot; else the most that one told of counts.

        Raises RedisError when none tells anything.
        """
        told: dict[int, Address] = {}
        error: Exception = ClusterDownError("the nodes know of no slots")
        # In any order: a node that was left alone by the others tells of what was, and is not always to be the first.
        for address in random.sample(asked := list({*self.holders, *self._seeds}), len(asked)):
            try:
                found = await self._told_by(address)
            except RedisError as failed:
                error = failed
                continue
            told = max(told, found, key=len)
            if len(told) == REDIS_CLUSTER_HASH_SLOTS:
                break
        if not told:
            raise error
        self._map, self.holders = told, tuple(dict.fromkeys(told.values()))

    async def _told_by(self, address: Address) -> dict[int, Address]:
        host, port = address
        once = Retry(NoBackoff(), 0)
        async with Redis(host=host, port=port, **{**self._options, "retry": once}) as client:
            try:
                async with asyncio.timeout(2 * CONNECT_SECONDS):
                    ranges = await client.execute_command("CLUSTER", "SLOTS")  # type: ignore[no-untyped-call]
            except TimeoutError as error:
                raise NotAnsweredError(f"no answer within {2 * CONNECT_SECONDS:g} s") from error
        found: dict[int, Address] = {}
        for first, last, (told, at, *_), *_ in ranges:
            # A node that does not know what it is called by others tells of no host.
            found |= dict.fromkeys(range(first, last + 1), (told.decode() if told else host, at))
        return found


def slot_of(command: tuple[Argument, ...]) -> int | None:
    """Return the slot of a command's first key, None where it has none."""
    name = command[0]
    if name in {"EVALSHA", "EVAL"}:
        at = 3
    elif name in KEYLESS:
        return None
    else:
        at = 2 if name in SECOND else 1
    return slot_of_key(command[at]) if len(command) > at else None


def slot_of_key(key: Argument) -> int:
    """Return the slot of a key."""
    return int(key_slot(key if isinstance(key, bytes) else str(key).encode()))
