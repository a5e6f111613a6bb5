"""Takes down how long the line is and how far the ledger, now and then, for as long as this process runs."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

SECONDS = 5.0
KEPT = 360
"""Half an hour of samples."""

Depth = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the line: events that wait on each stream, the ledger's newest number, dead letters."""

    at: float
    depths: Mapping[str, int]
    latest: int
    dead: int


class Line:
    """The last samples; `depths` by the names of the streams."""

    def __init__(self, depths: Mapping[str, Depth], latest: Depth, dead: Depth, clock: Callable[[], float]) -> None:
        self._depths, self._latest, self._dead, self._clock = depths, latest, dead, clock
        self._samples: deque[Sample] = deque(maxlen=KEPT)

    @property
    def samples(self) -> Sequence[Sample]:
        """All of them, the oldest first."""
        return list(self._samples)

    async def sample(self) -> None:
        """Take one. Raises RedisError."""
        latest, dead, *found = await asyncio.gather(
            self._latest(), self._dead(), *(depth() for depth in self._depths.values())
        )
        self._samples.append(Sample(self._clock(), dict(zip(self._depths, found, strict=True)), latest, dead))
