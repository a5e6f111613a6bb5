"""What a source's document said, of whatever kind the source is: items, withdrawals, and how it wishes to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.ingest.submission import Submission

Quality = Literal["strict", "repaired", "recovered", "loose"]
"""How much had to be done to a document before it could be read: the rung of the parser's ladder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """When a document says it is worth asking again; each is None or empty where it says nothing.

    `ttl` (RSS) and `period` (the syndication module's updatePeriod over updateFrequency) are seconds.
    `skip_hours` are hours of the day in UTC, 0 to 23; `skip_days` are days of the week, 0 is Monday.
    """

    ttl: float | None = None
    period: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An item that its source takes back (RFC 6721): known by its guid, its URL or both."""

    guid: str | None = None
    url: str | None = None
    reason: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document's items, newest first as far as it is ordered so.

    `hubs` and `topic` are what WebSub needs (rel=hub, rel=self); `older` is where the items before these are
    (RFC 5005 next or prev-archive, JSON Feed next_url, a listing's next page). `maps` are the sitemaps that an index
    names. `skipped` counts items without any words, `cut` those beyond the most that are taken, `lost` says in words
    what could not be placed.
    """

    submissions: tuple[Submission, ...]
    withdrawals: tuple[Withdrawal, ...] = ()
    title: str | None = None
    home: str | None = None
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    older: str | None = None
    maps: tuple[str, ...] = ()
    hints: Hints = Hints()
    quality: Quality = "strict"
    skipped: int = 0
    cut: int = 0
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no document of their kind, and what they are instead, in words."""

    reason: str
