"""Moments as the line writes them: aware, UTC, RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current moment, aware and in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """Write a moment in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
