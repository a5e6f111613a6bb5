"""One subscription's deliveries as this process sees them: what is on its way, what came of it; without Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.syndication.webhooks.lane_replies import Delivery
from services.syndication.webhooks.lanes import NO_CAP, Record, Turn

RENEW_SECONDS = 3.0
SLOW_SECONDS = 1.0
CHUNK = 16
"""Deliveries claimed of one subscription in one round, more when there is room for all that have some."""

SLOW_CAP = 2
"""Deliveries at once to a receiver that takes so long: it slows itself, and nobody else."""


@dataclass(slots=True, eq=False)
class Flight:
    """A request under way; `leased` is when its lease was last renewed, both times on the loop's clock.

    What it delivers is one entry, or with `digest` all entries of that.
    """

    deliveries: Sequence[Delivery]
    started: float
    leased: float
    slow: bool = False
    digest: bool = False
    task: asyncio.Task[None] | None = None

    @property
    def seq(self) -> int:
        """Return the number by which it is known: that of the first entry."""
        return self.deliveries[0].seq

    def back(self, due: int) -> list[Record]:
        """Return what gives it back, to be tried again at `due` (Unix ms) and not to be counted."""
        return [Record(delivery, "back", due) for delivery in self.deliveries]


@dataclass(slots=True, eq=False)
class Lane:
    """A subscription's flights by their first seq, and the records of those that ended, until they are written."""

    subscription: str
    flights: dict[int, Flight] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    slow: int = 0
    hangs: bool = False
    """Whether something grew slow since anything last ended in good time."""
    waiting: int = CHUNK
    """How many more there are to claim, as far as is known here."""

    @property
    def cap(self) -> int:
        """How many may be on their way at once, besides what the subscription's window says."""
        return SLOW_CAP if self.slow or self.hangs else NO_CAP

    def due_for_renewal(self, now: float) -> list[Delivery]:
        """Return the flights whose leases need renewing, and count them as renewed."""
        old = [flight for flight in self.flights.values() if now - flight.leased >= RENEW_SECONDS]
        for flight in old:
            flight.leased = now
        return [delivery for flight in old for delivery in flight.deliveries]

    def turn(self, now: float, limit: int) -> Turn:
        """Take everything there is to say to Redis; `restore` puts it back when that fails."""
        records, self.records = self.records, []
        return Turn(
            subscription=self.subscription,
            limit=limit,
            cap=self.cap,
            records=records,
            renewals=self.due_for_renewal(now),
        )

    def restore(self, turn: Turn) -> None:
        """Put a turn that did not reach Redis back, to be said again; records are idempotent by their fence."""
        self.records[:0] = turn.records
        for delivery in turn.renewals:
            flight = self.flights.get(delivery.seq)
            if flight is not None:
                flight.leased -= RENEW_SECONDS
