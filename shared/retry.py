"""Decides when a failed attempt is tried again, or given up; knows nothing of clocks, queues and networks."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400.0

Schedule = tuple[float, ...]
"""Seconds to wait after the first, second, … failed attempt; after the last wait comes one last attempt."""

STANDARD: Schedule = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""The example of Standard Webhooks 1.0.0, "Deliverability and reliability": 10 attempts over 75 h 35 min."""

HOUR = 3_600.0
URGENT_SECONDS = 14 * DAY
"""For so long a retraction is tried, however soon a subscription gives up other messages."""

JITTER = 0.2
LONGEST = 64  # characters of a Retry-After: more than any date has, and no number that overflows


@lru_cache(maxsize=256)
def urgent(schedule: Schedule) -> Schedule:
    """Return the schedule by which what must arrive is tried: no wait over an hour, and 14 days altogether."""
    waits = [min(wait, HOUR) for wait in schedule]
    left = URGENT_SECONDS - sum(waits)
    while left > 0:
        waits.append(min(2 * max(waits[-1], 1.0), HOUR, max(left, 1.0)))
        left -= waits[-1]
    return tuple(waits)


def delay_after(
    schedule: Schedule, attempt: int, retry_after: float | None, random: Callable[[], float]
) -> float | None:
    """Return the seconds to wait after failed attempt number `attempt` (from 1), or None to give up.

    The schedule's wait varies by ±20 %, so that deliveries that failed together do not return together. A
    Retry-After in seconds lengthens the wait, never shortens it, and counts up to a day.
    """
    if attempt < 1:
        raise ValueError(f"attempts count from 1, not {attempt}")
    if attempt > len(schedule):
        return None
    wait = schedule[attempt - 1] * (1 + JITTER * (2 * random() - 1))
    return max(wait, min(retry_after or 0.0, DAY))


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, or None when it is absent or wrong.

    Takes delay-seconds and the three forms of an HTTP-date (RFC 9110 section 10.2.3); `now` is aware. A
    moment that has passed asks for 0 seconds.
    """
    text = (value or "").strip()
    if len(text) > LONGEST:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:  # asctime-date names no zone and means UTC (RFC 9110 section 5.6.7)
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def backoff(tries: int, base: float, cap: float) -> float:
    """Return the seconds to wait after `tries` failures: base, twice that, four times, … never over cap."""
    return min(cap, base * 2.0 ** min(max(tries - 1, 0), 64))
