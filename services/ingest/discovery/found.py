"""What a search for sources found, as it is shown: each with a few of its items, and what went wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.ingest.discovery.candidates import Candidate
from services.ingest.document import Document
from services.ingest.fetch import Failed, FetchOutcome, Gone, NotModified, Throttled
from services.ingest.source import Kind
from services.ingest.submission import Submission

SHOWN = 5
LONGEST_SUMMARY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """A source that was found and read; `note` says what it needs to be added, if anything."""

    url: str
    kind: Kind
    how: str
    title: str | None = None
    type: str | None = None
    items: int = 0
    items_preview: tuple[dict[str, object], ...] = ()
    note: str | None = None


@dataclass(slots=True)
class Discovery:
    """What was found, best first, and in words what went wrong on the way."""

    url: str
    title: str | None = None
    feeds: list[Discovered] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def told(one: Candidate, document: Document, content_type: str | None, note: str | None = None) -> Discovered:
    """Return a source that was read, with its first items."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return Discovered(
        url=one.url,
        kind=one.kind,
        how=one.how,
        title=document.title or one.title,
        type=kind or None,
        items=len(document.submissions),
        items_preview=tuple(preview(item) for item in document.submissions[:SHOWN]),
        note=note,
    )


def preview(item: Submission) -> dict[str, object]:
    """Return what a person looks at to tell whether a source is the one they want."""
    return {
        "headline": item.headline,
        "url": item.url,
        "published_at": item.published_at,
        "updated_at": item.updated_at,
        "authors": [author.name for author in item.authors],
        "summary": (item.summary or "")[:LONGEST_SUMMARY] or None,
        "image": item.images[0].url if item.images else None,
        "full_text": bool(item.body_html),
    }


def said(outcome: FetchOutcome) -> str:
    """Put into words what came in place of a document."""
    match outcome:
        case Failed(reason=reason):
            return reason
        case Throttled():
            return "the host asks to come back later"
        case Gone():
            return "it is gone for good (410)"
        case NotModified():
            return "the server says it was not modified, though we have none"
        case _:
            return "nothing came"
