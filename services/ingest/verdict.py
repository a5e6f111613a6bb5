"""Judges what a poll came to: what is written of it, and when it goes on; writing is left to the poller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.ingest import hints
from services.ingest.document import Hints
from services.ingest.fetch import Failed, Gone, NotModified, Throttled
from services.ingest.reader import Same, Took
from services.ingest.rhythm import Rhythm
from services.ingest.schedule import Bounds, Ended, Held, Missed, Resting, Succeeded, Turn, awake, next_in
from services.ingest.source import Source
from services.ingest.taking import Taken
from shared.times import rfc3339

MOVES = "moved_to"
"""The field by which a reader tells of permanent redirects; it is noted apart from the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What came of a poll: in a word, for the schedule, in words if it failed, for the store and for the log."""

    outcome: str
    turn: Turn
    error: str | None = None
    hints: Hints = field(default_factory=Hints)
    fields: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)


def took(source: Source, reading: Took, taken: Taken, now: datetime) -> Polled:
    """Judge a document that was taken."""
    given = reading.document.hints
    turn = Succeeded(
        gap=taken.rhythm.gap(now),
        fresh=_longest(reading.fresh_seconds, given),
        pushed=_pushed(source, now) and not taken.told.get("accepted"),  # what a poll finds first, the hub missed
        first=source.health.new,
        unfinished=taken.unfinished,
    )
    return Polled(outcome="fetched", turn=turn, hints=given, told=taken.told)


def judged(source: Source, reading: Same | NotModified | Throttled | Gone | Failed, now: datetime) -> Polled:
    """Judge a poll that brought no document."""
    match reading:
        case Same(fields=fields, fresh_seconds=fresh):
            kept = {name: value for name, value in fields.items() if name != MOVES}
            return _rested("same", source, fresh, kept, now)
        case NotModified(etag=etag, last_modified=last_modified, fresh_seconds=fresh):
            given = (("etag", etag), ("last_modified", last_modified))
            kept = {name: value for name, value in given if value}
            return _rested("not modified", source, fresh, kept, now)
        case Throttled(retry_after=seconds, resting=True):
            why = "its host asked to be left alone for a while; it is polled when that ends"
            return Polled(outcome="resting", turn=Resting(seconds or 0.0), error=why)
        case Throttled(retry_after=seconds, queued=queued):
            turn = Held(seconds, source.health.held + 1)
            why = "other sources of its host come first" if queued else "the host asked to come back later"
            return Polled(outcome="queued" if queued else "throttled", turn=turn, error=why)
        case Gone():
            why = "the source is gone for good (410); it is not polled any more"
            return Polled(outcome="gone", turn=Ended(), error=why)
        case Failed(reason=reason):
            return Polled(outcome="failed", turn=Missed(source.health.failures + 1), error=reason)


def _rested(outcome: str, source: Source, fresh: float | None, fields: Mapping[str, str], now: datetime) -> Polled:
    """Judge a poll that said nothing new: what the last document wished for holds."""
    wished = hints.read(source.health.hints)
    turn = Succeeded(
        gap=Rhythm.read(source.health.rhythm).gap(now),
        fresh=_longest(fresh, wished),
        pushed=_pushed(source, now),
    )
    return Polled(outcome=outcome, turn=turn, hints=wished, fields=fields)


def _longest(fresh: float | None, given: Hints) -> float | None:
    return max((wish for wish in (fresh, given.ttl, given.period) if wish), default=None)


def _pushed(source: Source, now: datetime) -> bool:
    until = source.health.push_until
    return until is not None and datetime.fromisoformat(until) > now


def next_at(source: Source, polled: Polled, moment: datetime, random: Callable[[], float]) -> datetime | None:
    """Return when a source is polled next, None for never.

    Hours and days that it asks to be left out are, unless its `longest_minutes` end sooner.
    """
    bounds = Bounds.of(source.settings)
    wait = next_in(bounds, polled.turn, random)
    if wait is None:
        return None
    at = moment + timedelta(seconds=wait)
    if not isinstance(polled.turn, Succeeded) or polled.turn.unfinished:
        return at
    later = awake(at.astimezone(UTC), polled.hints)
    bound = source.settings.longest_minutes is not None and not polled.turn.pushed
    return min(later, moment + timedelta(seconds=max(bounds.longest, wait))) if bound else later


def written(polled: Polled, moment: datetime, at: datetime | None) -> dict[str, str]:
    """Return the health fields that a poll leaves behind."""
    fields = dict(polled.fields) | {"polled_at": rfc3339(moment), "error": polled.error or ""}
    fields |= {"next_poll_at": rfc3339(at)} if at is not None else {}
    match polled.turn:
        case Resting():
            return fields
        case Succeeded():
            return fields | {"succeeded_at": rfc3339(moment), "failures": "0", "held": "0"}
        case Missed(failures=failures):
            return fields | {"failures": str(failures)}
        case Held(times=times):
            return fields | {"held": str(times)}
        case Ended():
            return fields | {"gone": "1"}
