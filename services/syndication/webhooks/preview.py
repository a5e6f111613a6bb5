"""What a filter would have matched lately, why, and how much of it a day; reads the ledger, and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.syndication.webhooks.matching import Looked, Wish, newest_first
from services.syndication.webhooks.reading import LedgerReader
from shared.times import rfc3339

MOST_SCANNED = 5_000
SECONDS = 1.0
"""Past either the answer is given with what has been seen, and says that it is not complete."""


@dataclass(slots=True)
class Seen:
    """What has been seen so far, newest first."""

    scanned: int = 0
    count: int = 0
    days: dict[str, Counter[str]] = field(default_factory=dict)
    terms: Counter[str] = field(default_factory=Counter)
    shown: list[dict[str, Any]] = field(default_factory=list)

    def add(self, looked: Looked, limit: int) -> None:
        """Take an entry in; the newest `limit` that match are shown whole."""
        day = self.days.setdefault(looked.entry.timestamp[:10], Counter(scanned=0, matched=0))
        self.scanned += 1
        day["scanned"] += 1
        if looked.why is None:
            return
        self.count += 1
        day["matched"] += 1
        self.terms.update(looked.why)
        if len(self.shown) < limit:
            self.shown.append(_shown(looked))


async def preview(
    wish: Wish, *, days: int, limit: int, ledger: LedgerReader, now: datetime, clock: Callable[[], float]
) -> dict[str, Any]:
    """Return what of the last `days` a filter matches; `clock` counts seconds, for the time this may take.

    Who sees all of an article is the newsroom, which reads what it withholds or took back.
    """
    since, seen, end, complete = now - timedelta(days=days), Seen(), clock() + SECONDS, True
    async for looked in newest_first(wish, ledger, as_told=wish.sees is not None):
        if datetime.fromisoformat(looked.entry.timestamp) < since:
            break
        if seen.scanned >= MOST_SCANNED or clock() > end:
            complete = False
            break
        seen.add(looked, limit)
    return {
        "since": rfc3339(since),
        "complete": complete,
        "scanned": seen.scanned,
        "count": seen.count,
        "per_day": [{"day": day, **counts} for day, counts in sorted(seen.days.items(), reverse=True)],
        "terms": dict(seen.terms.most_common()),
        "matched": seen.shown,
    }


def _shown(looked: Looked) -> dict[str, Any]:
    entry, article = looked.entry, looked.article
    return {
        "seq": entry.seq,
        "type": entry.type,
        "timestamp": entry.timestamp,
        "article_id": entry.article_id,
        "version": entry.version,
        "headline": None if article is None or article.status == "withheld" else article.headline or None,
        "matched": looked.why,
    }
