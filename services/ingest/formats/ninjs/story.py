"""One ninjs item to a story or withdrawal; its pictures and its subjects are read by modules of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from services.ingest.formats.item import Facts, Item, Skipped, item_of, language_of
from services.ingest.formats.ninjs.media import media
from services.ingest.formats.ninjs.path import At, MisshapenError
from services.ingest.formats.ninjs.subjects import authors, categories
from services.ingest.formats.ninjs.words import body, headline, summary

KINDS = frozenset(
    ("text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning", "animation")
)
STORIES = frozenset((None, "text", "composite", "component"))
STATUSES = {"usable": "usable", "withheld": "withheld", "canceled": "canceled", "cancelled": "canceled"}

UNPLACED = ("edNote", "expires", "slugline", "urgency", "trustIndicators", "eventDetails", "plannedCoverage")
"""What an article has no place for. `edNote` is for the staff of who receives it and never published (ninjs 3.1)."""

Part = TypeVar("Part")


def story(at: At, source_id: str) -> Item | Skipped:
    """Read an item. Raises MisshapenError where what every story needs is of the wrong type."""
    kind, guid = at.text("type"), at.text("uri", "guid")
    if guid is None:
        raise MisshapenError(f"{at.path}.uri is needed: the article must keep one name over its versions")
    if kind not in STORIES:
        return Skipped(f"is of type {str(kind)[:50]}, and only text is a story")
    lost = [f"its {name}" for name in UNPLACED if at.get(name) is not None]
    title, status = headline(at), _status(at)
    words = body(at, title, lost)
    if not words and at.get("eventDetails") is not None:
        return Skipped("is of type event, and only text is a story")
    if status != "canceled" and not words and (kind == "composite" or title is None):
        return Skipped("has no body and no headline of its own")
    found = media(at, lost)
    fields = {
        "headline": title,
        "body_html": words,
        "summary": summary(at),
        "authors": _tried(authors, at, lost),
        "byline": at.text("by", "byline"),
        "categories": _tried(categories, at, lost),
        "section": _tried(_section, at, lost),
        "rights": _rights(at),
        "language": language_of(at.text("language")),
        "dateline": at.text("located"),
        "embargoed_until": at.moment("embargoedUntil", "embargoed"),
        **found,
        **_dates(at),
    }
    version = at.number("version") or 0
    holder, changed = at.text("copyrightHolder"), _changed(at)
    facts = Facts(guid=guid, fields=fields, version=version, status=status, at=changed, provider=holder, lost=lost)
    return item_of(facts, source_id)


def _status(at: At) -> str | None:
    given = at.text("pubStatus")
    if given is None:
        return None
    status = STATUSES.get(given.rpartition(":")[2].lower())
    if status is None:
        raise MisshapenError(f"{at.path}.pubStatus must be usable, withheld or canceled")
    return status


def _dates(at: At) -> dict[str, datetime | None]:
    changed = _changed(at)
    published = at.moment("firstCreated") or at.moment("contentCreated") or changed
    return {"published_at": published, "updated_at": changed if changed != published else None}


def _changed(at: At) -> datetime | None:
    return at.moment("versionCreated")


def _rights(at: At) -> str | None:
    holder = at.text("copyrightHolder")
    notice = at.text("copyrightNotice") or (f"© {holder}" if holder else None)
    return "\n".join(part for part in (notice, at.text("usageTerms")) if part) or None


def _section(at: At) -> str | None:
    """Return the first of Superdesk's services."""
    return next((row.text("name") for row in at.rows("service")), None)


def _tried(read: Callable[[At], Part], at: At, lost: list[str]) -> Part | None:
    """Read a part that a story can do without: when it is misshapen, that is told."""
    try:
        return read(at)
    except MisshapenError as error:
        lost.append(str(error))
        return None
