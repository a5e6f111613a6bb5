"""Remembers when a source published of late, in few bytes; when it is asked for that reason is left to schedule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

MOST = 16
DAY = 1_440
SILENCE = 8
"""A source that has said nothing for long is taken for slower: by this part of its silence."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The newest moments of publication, in minutes since 1970, newest first."""

    minutes: tuple[int, ...] = ()

    @classmethod
    def read(cls, text: str | None) -> Rhythm:
        """Build it from what `write` gave; of anything else, an empty one."""
        try:
            first, *gaps = (int(part) for part in (text or "").split())
        except ValueError:
            return cls()
        minutes = [first]
        for gap in gaps[: MOST - 1]:
            minutes.append(minutes[-1] - abs(gap))
        return cls(tuple(minutes))

    def write(self) -> str:
        """Return it as text: the newest minute, then the gaps between it and those before it."""
        gaps = (later - earlier for later, earlier in pairwise(self.minutes))
        return " ".join(map(str, (*self.minutes[:1], *gaps)))

    def heard(self, moments: Iterable[datetime], now: datetime) -> Rhythm:
        """Return the rhythm with these moments; what lies ahead of `now` is no publication and does not count."""
        ours = _minute(now)
        found = {minute for minute in map(_minute, moments) if minute <= ours}
        return Rhythm(tuple(sorted({*self.minutes, *found}, reverse=True)[:MOST]))

    def gap(self, now: datetime) -> float | None:
        """Return the seconds between two items as things stand, or None when there is nothing to go by."""
        if len(self.minutes) < 2:
            return None
        usual = median(later - earlier for later, earlier in pairwise(self.minutes))
        return 60.0 * max(usual, (_minute(now) - self.minutes[0]) / SILENCE)

    def a_day(self, now: datetime) -> float | None:
        """Return how many moments of publication a day has of late."""
        if not self.minutes:
            return None
        span = max(DAY, _minute(now) - self.minutes[-1])
        return round(len(self.minutes) * DAY / span, 1)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
