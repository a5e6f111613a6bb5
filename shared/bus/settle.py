"""Acknowledge and emit as one step, many events to a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from shared.bus.lanes import Entry
from shared.redis import RedisError, Script, Store

log = structlog.get_logger()

# XACK answers 1 only to the caller that really took the entry off the pending list, so of two workers that
# finished the same event one emits. Under maxmemory the script still runs whole: its first write is allowed.
# ARGV: group, count, the ids, then what each emits (all left out when none does).
SETTLE = Script("""
local acked, count = {}, tonumber(ARGV[2])
for i = 1, count do
  local mine, emits = redis.call('XACK', KEYS[1], ARGV[1], ARGV[2 + i]), ARGV[2 + count + i]
  if mine == 1 and emits and emits ~= '' then redis.call('XADD', KEYS[2], '*', '__data__', emits) end
  acked[i] = mine
end
return acked
""")

MOST_AT_ONCE = 200
RETRY_AFTER = 0.5


class Settler:
    """Settles finished entries in the order they finished; while Redis is away they wait here.

    `settled` is called with entries that are off the pending list, and a 1 for each that we took off.
    """

    def __init__(
        self,
        store: Store,
        *,
        source: str,
        target: str,
        group: str,
        settled: Callable[[Sequence[Entry], Sequence[int]], None],
    ) -> None:
        self._store = store
        self._keys = [source, target]
        self._group = group
        self._settled = settled
        self._finished: list[Entry] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, entry: Entry) -> None:
        """Settle this entry with the next command; what its `emits` holds, enveloped or nothing, goes out."""
        self._finished.append(entry)
        if self._task is None:
            self._task = asyncio.create_task(self._settle())

    async def drain(self) -> None:
        """Wait until everything handed in is settled."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """Leave what is not settled: it stays pending and is taken over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _settle(self) -> None:
        try:
            while self._finished:
                batch = self._finished[:MOST_AT_ONCE]
                if await self._settle_one(batch):
                    del self._finished[: len(batch)]
                else:
                    await asyncio.sleep(RETRY_AFTER)
        finally:
            self._task = None

    async def _settle_one(self, batch: list[Entry]) -> bool:
        args: list[bytes | str | int] = [self._group, len(batch), *(entry.id for entry in batch)]
        if any(entry.emits for entry in batch):
            args += (entry.emits for entry in batch)
        try:
            acked = await self._store.run(SETTLE, keys=self._keys, args=args)
        except RedisError as error:
            log.warning("settling.postponed", stream=self._keys[0], entries=len(batch), error=str(error))
            return False
        self._settled(batch, acked)
        return True
