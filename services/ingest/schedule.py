"""Says when a source is polled next; knows no clock, no store and no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.ingest.document import Hints
from services.ingest.source import Settings

SHORTEST = 60.0
LONGEST = 86_400.0
PUSHED = 4 * 3_600.0
"""Between polls of a source whose hub delivers: they only look whether it still does."""

FEW = 50
"""New sources that may be polled at once."""

SOON = 1.0
"""After a host's rest: a source that somebody wants polled now does not wait for its usual turn."""

JITTER = 0.1
PER_GAP = 2.0
"""Looks for each item that a source is expected to publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The waits of a source in seconds: while its rhythm is unknown, and the least and most while it is well.

    The most is the `interval_minutes` that an operator set, so that a story never waits longer than they said;
    four default intervals when they set none; or `longest_minutes`. The least is a third of the interval, or
    `shortest_minutes`. Nothing that a source or its server says leads past either.
    """

    interval: float
    shortest: float
    longest: float

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """Return those that a source's settings give."""
        shortest = max(SHORTEST, settings.shortest * 60.0)
        longest = max(shortest, settings.longest * 60.0)
        return cls(interval=min(max(settings.interval * 60.0, shortest), longest), shortest=shortest, longest=longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """A document came, or none was needed.

    `gap` is the seconds between the source's items of late, `fresh` how long source and server say that this
    answer stays good; None when nothing is known. `pushed` while a hub delivers its items, `first` when this was
    the first document, `unfinished` when some of it is left for the next poll.
    """

    gap: float | None = None
    fresh: float | None = None
    pushed: bool = False
    first: bool = False
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """The host asked for patience, `times` in a row; this is no failure of the source."""

    retry_after: float | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Resting:
    """The host was not asked, for it still rests so many seconds as it wished; that counts for nothing."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Missed:
    """No document; `failures` counts those in a row, this one included."""

    failures: int


@dataclass(frozen=True, slots=True)
class Ended:
    """There will be no more documents."""


Turn = Succeeded | Held | Resting | Missed | Ended


def next_in(bounds: Bounds, turn: Turn, random: Callable[[], float]) -> float | None:
    """Return the seconds until the next poll, or None for never.

    Every wait varies by ±10 %, so that sources added together do not stay together. A second failure in a row
    doubles the interval, a third doubles it again, up to a day, and none ends polling; a Retry-After counts up to
    a day.
    """
    varied = 1 + JITTER * (2 * random() - 1)
    match turn:
        case Succeeded():
            return max(SHORTEST, _calm(bounds, turn, random) * varied)
        case Held(retry_after=asked, times=times):
            wait = _backed_off(bounds, times) * varied
            return (
                wait if asked is None else max(bounds.shortest * varied, min(asked, LONGEST) * (1 + JITTER * random()))
            )
        case Resting(seconds=seconds):
            return max(SOON, min(seconds, LONGEST)) * (1 + JITTER * random())
        case Missed(failures=failures):
            return _backed_off(bounds, failures - 1) * varied
        case _:
            return None


def _calm(bounds: Bounds, turn: Succeeded, random: Callable[[], float]) -> float:
    if turn.unfinished:
        return bounds.shortest
    if turn.pushed:
        return max(bounds.longest, PUSHED)
    if turn.first:  # many sources are often added together: from here on they are spread over an interval
        return bounds.shortest + (bounds.interval - bounds.shortest) * random()
    wait = bounds.interval if turn.gap is None else max(turn.gap / PER_GAP, bounds.shortest)
    return min(max(wait, turn.fresh or 0.0), bounds.longest)


def _backed_off(bounds: Bounds, doublings: int) -> float:
    return max(bounds.interval, min(bounds.interval * 2.0 ** min(max(doublings, 0), 16), LONGEST))


def awake(moment: datetime, hints: Hints) -> datetime:
    """Return the moment, or the next one in an hour and on a day that the source does not ask to be left out.

    skipHours and skipDays are in UTC (RSS 2.0). A source that leaves out every hour, or every day, is not heeded.
    """
    hours = hints.skip_hours if len(hints.skip_hours) < 24 else frozenset()
    days = hints.skip_days if len(hints.skip_days) < 7 else frozenset()
    for _ in range(7 * 24):
        if moment.hour not in hours and moment.weekday() not in days:
            return moment
        moment += timedelta(hours=1)
    return moment


def spread(position: int, count: int, seconds: float) -> float:
    """Return in how many seconds the source at `position` of `count` new ones is polled first.

    A few are polled at once; a mass is spread over an interval, so that it is not due all at once ever after.
    """
    return 0.0 if count <= FEW else seconds * position / count
