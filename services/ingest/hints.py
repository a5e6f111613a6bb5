"""Keeps what a document said of when to ask again, as one short text among a source's health."""

from __future__ import annotations

import orjson

from services.ingest.document import Hints


def write(hints: Hints) -> str:
    """Return hints as text, empty when they say nothing."""
    if hints == Hints():
        return ""
    return orjson.dumps([hints.ttl, hints.period, sorted(hints.skip_hours), sorted(hints.skip_days)]).decode()


def read(text: str | None) -> Hints:
    """Build hints from what `write` gave; None and an empty text say nothing."""
    if not text:
        return Hints()
    ttl, period, hours, days = orjson.loads(text)
    return Hints(ttl=ttl, period=period, skip_hours=frozenset(hours), skip_days=frozenset(days))
