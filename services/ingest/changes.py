"""Tells what is new, changed or the same to a reader; takes values and leaves storing to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson

from services.ingest.deflated import deflated, inflated
from services.ingest.submission import Submission
from shared.events import READER_VISIBLE, ArticleIngested, Status

_VISIBLE = set(READER_VISIBLE) - {"status"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of an article; version 0 was seen and never published (a new source's old items).

    `given` is a digest of what the source gave where more than that is published (its page's text), else empty;
    `until` when the embargo of this version ends, if it lay ahead when it came. `updated` is the latest moment at which
    the source says to have changed it, or taken it back, where it says so.
    """

    version: int
    fingerprint: str
    status: Status
    published_at: datetime
    guid: str
    url: str | None
    headline: str
    correction: str = ""
    given: str = ""
    until: str = ""
    updated: datetime | None = None

    def write(self) -> bytes:
        """Return it as it is stored."""
        moment = self.published_at.isoformat()
        values = [self.version, self.fingerprint, self.status, moment, self.guid, self.url, self.headline]
        extra = [self.given, self.until, self.updated.isoformat() if self.updated else ""]
        while extra and not extra[-1]:
            extra.pop()
        return deflated(orjson.dumps([*values, self.correction, *extra]))

    @classmethod
    def read(cls, stored: bytes) -> Known:
        """Build it from what `write` gave."""
        version, fingerprint, status, moment, guid, url, headline, correction, *extra = orjson.loads(inflated(stored))
        given, until, updated = [*extra, "", "", ""][:3]
        return cls(
            version=version,
            fingerprint=fingerprint,
            status=status,
            published_at=datetime.fromisoformat(moment),
            guid=guid,
            url=url,
            headline=headline,
            correction=correction,
            given=given,
            until=until,
            updated=datetime.fromisoformat(updated) if updated else None,
        )

    def waits(self, moment: datetime) -> bool:
        """Tell whether this version is still under an embargo."""
        return bool(self.until) and self.until > embargo_of(moment)


@dataclass(frozen=True, slots=True)
class New:
    """Never published before."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A reader sees a difference, or is told of a correction."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A reader sees no difference."""


@dataclass(frozen=True, slots=True)
class Retracted:
    """It was taken back and stays so: only a source that says `usable` in so many words brings it back."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """An older text than the one we have, by its source's own word: an old copy, or one that came late."""


Decision = New | Changed | Unchanged | Retracted | Outdated

CLOCKS_DIFFER = timedelta(days=1)
"""What a source dates further ahead than this is a slip of its clock, and holds nothing up."""


def decide(known: Known | None, event: ArticleIngested, now: Known) -> Decision:
    """Compare what is known of an article with what it would be remembered as (`now`) after this event.

    `now.updated` is what its source says of when it changed. A text without a date is taken for the newest, as is one
    with the date of the last: many a source changes texts without a word.
    """
    if known is not None and is_older(now.updated, known, event.occurred_at):
        return Unchanged() if known.fingerprint == now.fingerprint and known.status == now.status else Outdated()
    if known is None or known.version == 0:
        same = known is not None and known.fingerprint == now.fingerprint
        return Unchanged() if same else New()
    same = known.fingerprint == now.fingerprint
    if known.status == "canceled" == event.article.status:
        return Unchanged() if same else Retracted()
    corrected = event.correction is not None and known.correction != now.correction
    moved = known.waits(event.occurred_at) and known.until != now.until
    return Unchanged() if same and known.status == now.status and not corrected and not moved else Changed()


def is_older(updated: datetime | None, known: Known, moment: datetime) -> bool:
    """Tell whether a source says of a text, or of its withdrawal, that it is older than what is known."""
    if updated is None or known.updated is None:
        return False
    return updated < known.updated <= moment + CLOCKS_DIFFER


def remembered(event: ArticleIngested, known: Known | None, updated: datetime | None = None) -> Known:
    """Return what is to be remembered of an article once this event is accepted.

    `updated` is when its source says to have changed it.
    """
    article = event.article
    note = event.correction.note if event.correction else None
    return Known(
        version=article.version,
        fingerprint=fingerprint(event),
        status=article.status,
        published_at=article.published_at,
        guid=article.guid,
        url=article.url,
        headline=article.headline,
        correction=_digest(note) if note else (known.correction if known else ""),
        until=embargo_of(article.embargoed_until) if is_ahead(article.embargoed_until, event.occurred_at) else "",
        updated=updated or (known.updated if known else None),
    )


def is_ahead(until: datetime | None, moment: datetime) -> bool:
    """Tell whether an embargo has not ended yet."""
    return until is not None and until > moment


def embargo_of(until: datetime | None) -> str:
    """Return the end of an embargo as it is remembered: later ones are greater, as texts too."""
    return until.astimezone(UTC).isoformat(timespec="microseconds") if until is not None else ""


def given_digest(submission: Submission, *, dated: bool = False) -> str:
    """Return a short hash of what a source gave of an item, white space folded; its date of update if `dated`."""
    return _digest(_folded(submission.model_dump(exclude=None if dated else {"updated_at"})))[:16]


def fingerprint(event: ArticleIngested) -> str:
    """Return a hash of what a reader sees of an event, white space folded, the status left out.

    Empty values are left out too, so that a field added to the model later changes no fingerprint, and so is that all
    of it may be passed on: less than that takes the body from readers.
    """
    # What kind of author it is, enrichment finds out: no source tells.
    plain = event.article.model_dump(include=_VISIBLE, exclude={"authors": {"__all__": {"kind"}}})
    if plain["reuse"] == "full":
        del plain["reuse"]
    plain["byline"] = event.byline
    plain["categories"] = [category.model_dump() for category in event.categories]
    return _digest(_folded(plain))


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {name: folded for name, inner in value.items() if inner and (folded := _folded(inner))}
    if isinstance(value, list | tuple):
        return [_folded(inner) for inner in value]
    return value


def _digest(value: Any) -> str:
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    return blake2b(written, digest_size=16).hexdigest()
