"""Says for how long a server calls its answer good; what is made of that is left to schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from shared.numbers import whole

LONGEST = 7 * 86_400.0
LONGEST_HEADER = 1_000
MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,12})\b", re.IGNORECASE)
NOT_KEPT = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.IGNORECASE)


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds an answer stays good, or None when the server says nothing of use.

    max-age goes before Expires, and what Age says it has spent is taken off (RFC 9111 sections 4.2.1 and 5.3); a
    wish for more than a week counts as a week. `now` is aware and stands in for a missing Date.
    """
    control = headers.get("cache-control", "")[:LONGEST_HEADER]
    if NOT_KEPT.search(control):
        return None
    if found := MAX_AGE.search(control):
        return _bounded(float(found[1]) - _age(headers))
    expires = _moment(headers.get("expires", ""))
    if expires is None:
        return None
    return _bounded((expires - (_moment(headers.get("date", "")) or now)).total_seconds())


def _bounded(seconds: float) -> float | None:
    return min(seconds, LONGEST) if seconds > 0 else None


def _age(headers: Mapping[str, str]) -> float:
    return float(whole(headers.get("age", "").strip(), 10**12) or 0)


def _moment(text: str) -> datetime | None:
    """Read an HTTP-date; "0" and whatever else is none has passed already."""
    try:
        moment = parsedate_to_datetime(text[:100])
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
