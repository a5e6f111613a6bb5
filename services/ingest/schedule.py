"""Says when a source is polled next; knows no clock, no store and no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SHORTEST = 60.0
LONGEST = 86_400.0
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Succeeded:
    """A document came, or none was needed."""


@dataclass(frozen=True, slots=True)
class Held:
    """The host asked for patience; this is no failure of the source."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """No document; `failures` counts those in a row, this one included."""

    failures: int


@dataclass(frozen=True, slots=True)
class Ended:
    """There will be no more documents."""


Turn = Succeeded | Held | Missed | Ended


def next_in(interval_minutes: int, turn: Turn, random: Callable[[], float]) -> float | None:
    """Return the seconds until the next poll, or None for never.

    Every wait varies by ±10 %, so that sources added together do not stay together. A failure doubles the
    interval each time up to a day, and never ends polling; a Retry-After counts up to a day.
    """
    interval = max(SHORTEST, interval_minutes * 60.0)
    varied = 1 + JITTER * (2 * random() - 1)
    match turn:
        case Succeeded():
            return max(SHORTEST, interval * varied)
        case Held(retry_after=None):
            return min(max(interval * 2, SHORTEST), max(LONGEST, interval)) * varied
        case Held(retry_after=float() as asked):
            return max(interval * varied, min(asked, LONGEST) * (1 + JITTER * random()))
        case Missed(failures=failures):
            return max(interval, min(interval * 2.0 ** min(max(failures, 0), 16), LONGEST)) * varied
        case _:
            return None
