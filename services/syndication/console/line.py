"""Takes down how long the line is and how far the ledger, now and then, by one process for all; kept in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass

import orjson

from shared.redis import Store

SECONDS = 5.0
KEPT = 360
"""Half an hour of samples."""

SPAN = KEPT * SECONDS
TURN_MS = int(900 * SECONDS)
"""For so long nobody else takes a sample: a little less than to the next, that whoever is first finds it over."""

SAMPLES, TURN = "{line}:samples", "{line}:turn"

Depth = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the line: events that wait on each stream, the ledger's newest number, dead letters."""

    at: float
    depths: Mapping[str, int]
    latest: int
    dead: int


class Line:
    """The last samples, the same for all replicas; `depths` by the names of the streams. Each may raise RedisError."""

    def __init__(
        self, store: Store, depths: Mapping[str, Depth], latest: Depth, dead: Depth, clock: Callable[[], float]
    ) -> None:
        self._store, self._depths, self._latest, self._dead, self._clock = store, depths, latest, dead, clock

    async def samples(self) -> list[Sample]:
        """Return those of the last half hour, the oldest first."""
        found = [Sample(**orjson.loads(kept)) for kept in await self._store.do("LRANGE", SAMPLES, 0, -1)]
        return [sample for sample in found if sample.at > self._clock() - SPAN]

    async def now(self) -> Sample:
        """Look at the line."""
        latest, dead, *found = await asyncio.gather(
            self._latest(), self._dead(), *(depth() for depth in self._depths.values())
        )
        return Sample(self._clock(), dict(zip(self._depths, found, strict=True)), latest, dead)

    async def sample(self) -> None:
        """Take one, unless another replica did a moment ago."""
        if not await self._store.do("SET", TURN, "1", "NX", "PX", TURN_MS):
            return
        await self._store.do("RPUSH", SAMPLES, orjson.dumps(asdict(await self.now())))
        await self._store.do("LTRIM", SAMPLES, -KEPT, -1)
        await self._store.do("PEXPIRE", SAMPLES, int(2000 * SPAN))
