"""Where a new subscription starts in the ledger: now, at a number, with the latest that match, or on a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from services.syndication.webhooks.matching import Wish, newest_first
from services.syndication.webhooks.reading import LedgerReader

MOST_LAST = 1_000
MOST_SCANNED = 10_000
"""Entries looked at for the latest that match; a filter that matches less starts where they end."""

HIGHEST = 10**11
FORMS = 'must be "now", {"seq": N}, {"last": N} or {"date": "2026-11-22" or "2026-11-22T10:00:00Z"}'
SCHEMA: dict[str, Any] = {
    "description": "Where to start: with what comes next, with ledger entry N, with the latest N that match, or with "
    "the first entry of that moment on. What the ledger no longer has is left out: see `starts_at` of the answer. "
    "N past the entry that comes next is answered 409 with `latest`.",
    "default": "now",
    "oneOf": [
        {"const": "now"},
        *(
            {"type": "object", "required": [name], "additionalProperties": False, "properties": {name: kind}}
            for name, kind in (
                ("seq", {"type": "integer", "minimum": 1, "maximum": HIGHEST}),
                ("last", {"type": "integer", "minimum": 1, "maximum": MOST_LAST}),
                ("date", {"type": "string", "description": "RFC 3339, or a date: its first moment in UTC"}),
            )
        ),
    ],
}


@dataclass(frozen=True, slots=True)
class Start:
    """Where to start, checked."""

    kind: Literal["now", "seq", "last", "date"] = "now"
    number: int = 0
    moment: datetime | None = None


NOW = Start()


def start(given: Any) -> Start:
    """Read one of the four forms. Raises ValueError, naming them, for all else."""
    match given:
        case "now":
            return NOW
        case {"seq": int() as seq, **rest} if not rest and not isinstance(seq, bool) and 1 <= seq <= HIGHEST:
            return Start("seq", seq)
        case {"last": int() as last, **rest} if not rest and not isinstance(last, bool) and 1 <= last <= MOST_LAST:
            return Start("last", last)
        case {"date": str() as text, **rest} if not rest:
            return Start("date", moment=_moment(text))
    raise ValueError(FORMS)


def _moment(text: str) -> datetime:
    """Read an RFC 3339 moment, or the first one of a date."""
    whole = f"{text}T00:00:00Z" if len(text) == len("2026-11-22") else text
    try:
        moment = datetime.fromisoformat(whole)
        aware = moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        aware = None
    if aware is None:
        raise ValueError(FORMS)
    return aware


async def first_of(start: Start, wish: Wish, ledger: LedgerReader, latest: int) -> int:
    """Return the number of the first entry to be sent: past `latest` when nothing of what is there is."""
    if start.kind == "seq":
        return await _kept_from(start.number, ledger, latest)
    if start.kind == "last":
        return await _last_matching(start.number, wish, ledger, latest)
    return latest + 1 if start.moment is None else await first_since(start.moment, ledger, latest)


async def _kept_from(seq: int, ledger: LedgerReader, latest: int) -> int:
    if seq > latest:
        return seq
    kept = await ledger.read(seq - 1, 1, 0)
    return kept[0].seq if kept else latest + 1


async def first_since(moment: datetime, ledger: LedgerReader, latest: int) -> int:
    """Return the first entry since a moment, or past `latest`; by halves, for times rise, but for a few told late."""
    low, high = 1, latest + 1
    while low < high:
        middle = (low + high) // 2
        found = await ledger.read(middle - 1, 1, 0)
        if found and datetime.fromisoformat(found[0].timestamp) < moment:
            low = found[0].seq + 1
        else:
            high = middle
    return await _kept_from(low, ledger, latest)


async def _last_matching(count: int, wish: Wish, ledger: LedgerReader, latest: int) -> int:
    first, scanned = latest + 1, 0
    async for looked in newest_first(wish, ledger):
        scanned += 1
        if looked.why is not None and looked.entry.seq <= latest:
            first, count = looked.entry.seq, count - 1
        if count == 0 or scanned >= MOST_SCANNED:
            break
    return first
