"""Decides when a source has moved for good; writing it down is left to the poller."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.ingest.health import Health
from shared.times import rfc3339

STEADY = timedelta(days=1)
TIMES = 5
"""So often, and for so long, permanent redirects must lead to one place: many a site sends them by mistake."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Health fields to write, and where the source has moved for good, None when that is not settled."""

    fields: dict[str, str] = field(default_factory=dict)
    settled: str | None = None


def noted(health: Health, moved_to: str | None, now: datetime) -> Noted:
    """Take note of where the permanent redirects (301, 308) of a poll led; None and empty when there were none."""
    if not moved_to:
        return Noted({"moved_to": "", "moved_at": "", "moved_count": "0"} if health.moved_to else {})
    if moved_to != health.moved_to or health.moved_at is None:
        return Noted({"moved_to": moved_to, "moved_at": rfc3339(now), "moved_count": "1"})
    count = health.moved_count + 1
    steady = now - datetime.fromisoformat(health.moved_at) >= STEADY
    return Noted({"moved_count": str(count)}, moved_to if steady and count >= TIMES else None)
