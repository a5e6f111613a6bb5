"""Words, addresses and moments out of what feedparser found; odd values become None, never an error."""

from __future__ import annotations

import html
import time
from calendar import timegm
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

import nh3

from services.ingest.submission import is_web_url, printable

SAFE = ":/?#[]@!$&'()*+,;=%~-._"


def plain(value: Any) -> str | None:
    """Return a text without markup and with its white space folded, or None when nothing is left."""
    if not isinstance(value, str):
        return None
    bare = html.unescape(nh3.clean(value, tags=set())) if "<" in value or "&" in value else value
    return " ".join(printable(bare).split()) or None


def address(value: Any, base: str) -> str | None:
    """Return an absolute web address with its odd characters escaped, or None when it cannot be one."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        joined = urljoin(base, value.strip())
    except ValueError:
        return None
    escaped = quote(printable(joined), safe=SAFE) if not is_web_url(joined) else joined
    return escaped if is_web_url(escaped) else None


def moment(value: Any, now: float | None = None) -> datetime | None:
    """Return a struct_time in UTC as a moment, or None when it lies before 1970 or more than a day ahead."""
    if not isinstance(value, time.struct_time):
        return None
    try:
        seconds = timegm(value)
    except (ValueError, OverflowError):
        return None
    latest = (time.time() if now is None else now) + 86_400
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < latest else None
