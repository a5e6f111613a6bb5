"""Keeps one reader going: its group made at id 0, re-made when lost, watched, reclaimed, trimmed."""

from __future__ import annotations

from typing import Any

import structlog
from redis.exceptions import ResponseError

from shared.bus.reader import Reader
from shared.bus.reclaim import reclaim
from shared.bus.trim import report, trim
from shared.redis import Script, is_full
from shared.streams import Stream
from shared.ticks import Tick

log = structlog.get_logger()

# A full server refuses XGROUP CREATE, and without a group it would stay full. Once a script has written, what it
# writes next is allowed, so it begins with an acknowledgement of nothing.
MAKE_GROUP = Script("""
redis.call('XACK', KEYS[1], ARGV[1], '0-1')
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if not made['err'] then return 1 end
if string.find(made['err'], 'BUSYGROUP') then return 0 end
return made
""")

WATCH_SECONDS = 1.0
BUSY_SECONDS = 0.02


class Subscription:
    """A reader of one partition with all that keeps it going."""

    def __init__(self, stream: Stream[Any], partition: int, reader: Reader, subscriber: Any) -> None:
        self.stream, self.partition = stream, partition
        self.reader, self.subscriber = reader, subscriber
        self.watch = Tick(f"watch {self.name}", WATCH_SECONDS, self._watch)
        self.reclaim = Tick(f"reclaim {self.name}", reader.limits.idle / 3, self._reclaim)

    @property
    def name(self) -> str:
        """What logs and readiness call it."""
        return f"{self.stream.name}[{self.partition}]"

    async def _watch(self) -> float | None:
        """Measure and trim, make a missing group, start what FastStream stopped over it (NOGROUP)."""
        route = self.reader.route
        states = await trim(self.reader.store, route.source, self.stream.readers)
        if all(state.name != route.group for state in states):
            await self._make_group()
        report(states, route.stream, self.partition)
        if self.subscriber.running:
            return None
        try:
            await self.subscriber.start()
        except ResponseError as error:
            if not is_full(error):
                raise
            return await self._read_here(error)
        log.info("reader.started", stream=route.stream, partition=self.partition)
        return None

    async def _make_group(self) -> None:
        """Make the group at id 0: at `$`, FastStream's default, what came before the start is never read."""
        route = self.reader.route
        if await self.reader.store.run(MAKE_GROUP, keys=[route.source], args=[route.group]):
            log.info("group.made", stream=route.stream, partition=self.partition, group=route.group)

    async def _read_here(self, full: ResponseError) -> float | None:
        """Read a batch without FastStream, whose start makes the group anew, which a full server refuses.

        What is full must be read, or it never gets empty.
        """
        reader, route = self.reader, self.reader.route
        if reader.limits.in_hand - len(reader.in_hand) < reader.limits.batch:
            return BUSY_SECONDS
        found: Any = await reader.store.at(  # its replies are bytes, which redis-py's types do not tell
            route.source,
            lambda client: client.xreadgroup(
                route.group, route.consumer, {route.source: ">"}, count=reader.limits.batch
            ),
        )
        for _, entries in found or ():
            for entry_id, fields in entries:
                reader.take(entry_id, fields)
        if found:
            return BUSY_SECONDS
        log.warning("reader.postponed", stream=route.stream, partition=self.partition, error=str(full))
        return None

    async def _reclaim(self) -> float | None:
        return await reclaim(self.reader)
