"""What is on its way in one process, and how much more fits; sends nothing, and knows no Redis."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from services.syndication.webhooks.lane import RENEW_SECONDS, SLOW_SECONDS, Flight, Lane

PROMPT = 256
"""Deliveries sent at once; one that takes longer than a second gives its place to another."""

MOST = 4096
"""Deliveries under way at once, the slow ones included: each holds a socket."""


class Flights:
    """The flights of all lanes; `closed` when no more may begin."""

    def __init__(self, prompt: int = PROMPT) -> None:
        self.prompt, self.closed = prompt, False
        self._lanes: dict[Flight, Lane] = {}
        self._slow = 0
        self._freed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._lanes)

    def __iter__(self) -> Iterator[Flight]:
        return iter([*self._lanes])

    @property
    def room(self) -> int:
        """How many more fit."""
        if self.closed:
            return 0
        return max(0, min(self.prompt - len(self._lanes) + self._slow, MOST - len(self._lanes)))

    async def fit(self, count: int, seconds: float) -> None:
        """Return once so many more fit, or that time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.room < count:
                    self._freed.clear()
                    await self._freed.wait()

    def add(self, lane: Lane, flight: Flight) -> None:
        """Note that one began; another of the same entry was given up: its lease ran out, and it came back to us."""
        before = lane.flights.get(flight.seq)
        if before is not None:
            self.land(lane, before)
        lane.flights[flight.seq] = flight
        self._lanes[flight] = lane

    def land(self, lane: Lane, flight: Flight) -> None:
        """Note that one has ended."""
        if self._lanes.pop(flight, None) is None:
            return
        if flight.slow:
            self._slow -= 1
            lane.slow -= 1
        else:
            lane.hangs = False
        if lane.flights.get(flight.seq) is flight:
            del lane.flights[flight.seq]
        self._freed.set()

    def grown_slow(self, now: float) -> bool:
        """Give the places of slow flights to others; tell whether there were any."""
        slow = [pair for pair in self._lanes.items() if not pair[0].slow and now - pair[0].started >= SLOW_SECONDS]
        for flight, lane in slow:
            flight.slow = lane.hangs = True
            lane.slow += 1
        self._slow += len(slow)
        if slow:
            self._freed.set()
        return bool(slow)

    def to_renew(self, now: float) -> set[Lane]:
        """Return the lanes of flights whose leases must be renewed before they run out."""
        return {lane for flight, lane in self._lanes.items() if now - flight.leased >= RENEW_SECONDS}
