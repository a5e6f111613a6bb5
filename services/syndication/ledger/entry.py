"""What the ledger holds, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.times import rfc3339

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LETTERS = {"article.published": "p", "article.updated": "u", "article.corrected": "c", "article.retracted": "r"}
"""What stands for a type that most entries have; entries of before, and of other types, have it in full."""
TYPES = {letter.encode(): type for type, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger says of one version; the article itself is kept beside it (`store.py`)."""

    type: str
    article_id: str
    version: int
    timestamp: str
    correlation_id: str
    changed: tuple[str, ...] = ()
    correction: str | None = None
    reason: str | None = None
    replacement_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Entry):
    """An entry with its number, and that of the entry before of the same article."""

    seq: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """This version is in, for the first time, as `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Known:
    """This version, or a newer one, had its turn already; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Another version came in since this one was prepared: it is to be prepared anew."""


@dataclass(frozen=True, slots=True)
class Early:
    """An older version is still missing; the newest that had its turn is `at` (0: none)."""

    at: int


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version of an article in the ledger."""

    version: int
    seq: int
    ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A version that took its turn and is not in: `until` is the end of its embargo (ms), 0 when it was given up."""

    version: int
    until: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an article is: what is in, and what had its turn since."""

    head: Head | None = None
    turn: Turn | None = None

    @property
    def at(self) -> int:
        """The newest version that is in, 0 for none."""
        return self.head.version if self.head else 0

    @property
    def last(self) -> int:
        """The newest version that had its turn, 0 for none: what follows is one more."""
        return max(self.at, self.turn.version if self.turn else 0)


def fields_of(entry: Entry) -> list[str | bytes]:
    """Return an entry as names and values in turn, what is empty left out.

    A type is told by a letter, a moment in microseconds and a correlation id as its bytes, where that says all of it:
    each entry of the ledger has them.
    """
    micros, correlation = _micros(entry.timestamp), _bytes(entry.correlation_id)
    values = {
        "type": LETTERS.get(entry.type, entry.type),
        "article": entry.article_id,
        "version": str(entry.version),
        **({"at": entry.timestamp} if micros is None else {"us": str(micros)}),
        **({"correlation": entry.correlation_id} if correlation is None else {"id": correlation}),
        "changed": " ".join(entry.changed),
        "correction": entry.correction,
        "reason": entry.reason,
        "replacement": entry.replacement_url,
    }
    return [part for name, value in values.items() if value for part in (name, value)]


def recorded_of(entry_id: bytes, fields: dict[bytes, bytes]) -> Recorded:
    """Read an entry of the stream."""

    def text(name: bytes) -> str | None:
        value = fields.get(name)
        return None if value is None else value.decode()

    return Recorded(
        seq=int(entry_id.partition(b"-")[0]),
        type=TYPES.get(fields.get(b"type", b""), text(b"type") or ""),
        article_id=text(b"article") or "",
        version=int(text(b"version") or 0),
        timestamp=_moment(int(micros)) if (micros := fields.get(b"us")) else text(b"at") or "",
        correlation_id=id.hex() if (id := fields.get(b"id")) else text(b"correlation") or "",
        changed=tuple((text(b"changed") or "").split()),
        correction=text(b"correction"),
        reason=text(b"reason"),
        replacement_url=text(b"replacement"),
        before=int(before) if (before := fields.get(b"before")) else None,
    )


def _micros(timestamp: str) -> int | None:
    """Return a moment in microseconds since 1970, or None where it would not be read as it was written."""
    try:
        micros = (datetime.fromisoformat(timestamp) - EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError):  # no moment, or one without a zone
        return None
    return micros if _moment(micros) == timestamp else None


def _moment(micros: int) -> str:
    return rfc3339(EPOCH + timedelta(microseconds=micros))


def _bytes(correlation: str) -> bytes | None:
    """Return the 16 bytes of an id as the line makes them, or None for any other."""
    try:
        told = bytes.fromhex(correlation)
    except ValueError:
        return None
    return told if len(told) == 16 and told.hex() == correlation else None


def turn_of(value: bytes | None) -> Turn | None:
    """Read a turn as it is kept."""
    return None if value is None else Turn(*(int(part) for part in value.split()))


def head_of(value: bytes | None) -> Head | None:
    """Read a head as it is kept: its feeds follow, which are the scripts' own."""
    return None if value is None else Head(*(int(part) for part in value.split(maxsplit=3)[:3]))
