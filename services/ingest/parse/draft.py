"""An item as a reader found it, and its way to a checked and bounded submission; finding it is left to the readers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from pydantic import ValidationError

from services.ingest.identity import guid_of
from services.ingest.parse.dates import moment
from services.ingest.parse.losses import Losses
from services.ingest.parse.markup import resolved
from services.ingest.parse.people import each_once
from services.ingest.parse.text import plain
from services.ingest.parse.zones import zones
from services.ingest.submission import (
    LONGEST_BODY,
    LONGEST_URL,
    AuthorInput,
    CategoryInput,
    Input,
    SourceInput,
    Submission,
)

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LONG, SHORT = 20_000, 300
AHEAD = timedelta(days=10 * 366)
"""What lies ahead further than that is a slip, as is an embargo for ever."""
Fields = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Channel:
    """What an item takes from its document.

    `base` is what relative addresses are resolved by, `hosts` are those of the feed and its site, `zone` is the time
    zone of dates without one. `scoped` says whether xml:base or xml:lang occur at all.
    """

    source_id: str
    url: str
    base: str = ""
    hosts: frozenset[str] = frozenset()
    language: str | None = None
    rights: str | None = None
    authors: list[Fields] = field(default_factory=list)
    zone: tzinfo = UTC
    now: datetime
    scoped: bool = False
    losses: Losses = field(default_factory=Losses)
    known: dict[Any, Input] = field(default_factory=dict)
    """What was checked already: a feed names the same authors and categories again and again."""

    def checked(self, kind: type[Input], parts: list[Fields]) -> list[Input | Fields]:
        """Return parts of an item as models, each checked once in a document; one that is not usable as it is."""
        known = self.known
        return [known.get((kind, *part.items())) or self._checked(kind, part) for part in parts]

    def _checked(self, kind: type[Input], part: Fields) -> Input | Fields:
        try:
            model = kind.model_validate(part)
        except ValidationError:
            return part  # the check of the whole item says where it is wrong
        self.known[kind, *part.items()] = model
        return model

    def moment(self, *texts: str | None, ahead: bool = False) -> datetime | None:
        """Return the first of some dates that can be read; one that cannot is noted, and one to come unless `ahead`."""
        for text in texts:
            if text and text.strip():
                found = moment(text, zone=self.zone, now=self.now + AHEAD if ahead else self.now)
                if found is not None:
                    return found
                self.losses.note(f'the date "{text.strip()[:60]}" is not understood, or lies ahead')
        return None


@dataclass(slots=True, kw_only=True)
class Draft:
    """An item's parts. `described` and `bodies` are HTML, `headline` is plain; addresses are absolute already."""

    guid: str = ""
    url: str | None = None
    base: str = ""
    headline: str | None = None
    described: str = ""
    bodies: list[str] = field(default_factory=list)
    authors: list[Fields] = field(default_factory=list)
    categories: list[Fields] = field(default_factory=list)
    images: list[Fields] = field(default_factory=list)
    enclosures: list[Fields] = field(default_factory=list)
    related: list[Fields] = field(default_factory=list)
    rights: str | None = None
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    embargoed: datetime | None = None


def submission_of(draft: Draft, channel: Channel) -> Submission | None:
    """Return one item as a submission; None when it has no words to be known by, or is not usable."""
    return submissions_of([draft], channel)[0]


def submissions_of(drafts: list[Draft], channel: Channel) -> list[Submission | None]:
    """Return items as submissions, None for those that have no words to be known by or are not usable.

    One step is done for all items before the next: that is a tenth faster than each item through all steps.
    """
    source = channel.checked(SourceInput, [{"id": channel.source_id}])[0]
    said = [_said(draft, channel, source) for draft in drafts]
    return [_submission(fields, channel) if fields else None for fields in said]


def _said(draft: Draft, channel: Channel, source: Input | Fields) -> Fields | None:
    """Return an item's fields within their bounds; None when it has no words."""
    summary, body = zones(draft.described, draft.bodies)
    headline = draft.headline or (plain(body or summary) or "")[:100].strip()
    if not headline:
        channel.losses.note(f"an item without words is left out: {draft.url or draft.guid or 'it has no name either'}")
        return None
    fit = channel.losses.fit
    people = each_once(draft.authors)
    guid = fit(draft.guid.strip(), LONGEST_URL, "a guid")
    said: Fields = {
        "source": source,
        "guid": guid or (None if draft.url else guid_of(None, None, headline, body)),
        "url": draft.url,
        "headline": fit(headline, 1_000, "a headline"),
        "summary": fit(plain(summary) or "", LONG, "a summary"),
        "body_html": fit(resolved(body, draft.base, channel.hosts), LONGEST_BODY, "a body") if body else "",
        "authors": channel.checked(AuthorInput, [one for one in people if len(one["name"]) <= SHORT]),
        "byline": fit(next((one["name"] for one in people if len(one["name"]) > SHORT), ""), 1_000, "a byline"),
        "categories": channel.checked(CategoryInput, draft.categories[:200]),
        "images": draft.images[:200],
        "enclosures": draft.enclosures[:50],
        "related": draft.related[:100],
        "rights": fit(draft.rights or channel.rights or "", LONG, "a rights statement"),
        "language": draft.language or channel.language,
        "published_at": draft.published or draft.updated,
        "embargoed_until": draft.embargoed,
        "updated_at": draft.updated if draft.published and draft.updated != draft.published else None,
    }
    return {name: value for name, value in said.items() if value}


def language(*told: str | None) -> str | None:
    """Return the first well-formed language tag."""
    if not any(told):
        return None
    tags = (text.strip().replace("_", "-") for text in told if text)
    return next((tag for tag in tags if len(tag) <= 35 and LANGUAGE.fullmatch(tag)), None)


def category(term: str | None, scheme: str | None = None, label: str | None = None) -> Fields | None:
    """Return a category of the source's own, None when it has no name."""
    name, shown = plain(term), plain(label)
    if not name and not shown:
        return None
    found = {"term": (name or shown or "")[:SHORT]}
    if scheme and (scheme := scheme.strip()):
        found["scheme"] = scheme[:SHORT]
    if shown:
        found["label"] = shown[:SHORT]
    return found


def each_category_once(found: list[Fields | None]) -> list[Fields]:
    """Return categories that have a name, each once."""
    kept: dict[tuple[str, str | None, str | None], Fields] = {}
    for one in found:
        if one:
            kept.setdefault((one["term"], one.get("scheme"), one.get("label")), one)
    return list(kept.values())


def number(text: Any, most: int = 100_000) -> int | None:
    """Return a whole number of at most `most`; None for anything else."""
    if text is None:
        return None
    digits = str(text).strip().removesuffix("px").partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 and int(digits) <= most else None


def _submission(fields: Fields, channel: Channel) -> Submission | None:
    try:
        return Submission.model_validate(fields)
    except ValidationError as error:
        at = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
        channel.losses.note(f"an item is left out, its {at} is not usable: {fields.get('url') or fields.get('guid')}")
        return None
