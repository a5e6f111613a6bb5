"""An item as a reader found it, and its way to a bounded submission; finding it is left to the readers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.ingest.document import Withdrawal
from services.ingest.identity import guid_of
from services.ingest.parse import alts, passed_on
from services.ingest.parse.channel import Channel
from services.ingest.parse.markup import resolved
from services.ingest.parse.people import each_once
from services.ingest.parse.text import plain
from services.ingest.parse.values import LONG, SHORT, Fields
from services.ingest.parse.zones import zones
from services.ingest.submission import LONGEST_BODY, LONGEST_URL, MOST_VIA, Submission, printable

NOTICE = "This story has been withdrawn. Subscribers must remove all versions."
"""What our own feeds say before the reason."""

CANCELED = frozenset({"canceled", "cancelled"})


@dataclass(slots=True, kw_only=True)
class Draft:
    """An item's parts. `described` and `bodies` are HTML, `headline` is plain; addresses are absolute already.

    One that is `held` is under an embargo without a known end.
    """

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
    via: tuple[str, ...] = ()
    section: str | None = None
    dateline: str | None = None
    rights: str | None = None
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    embargoed: datetime | None = None
    held: bool = False
    canceled: bool = False

    @property
    def taken_back(self) -> bool:
        """Whether the item stands for a story that was taken back: it says so by the IPTC's pubStatus."""
        return self.canceled or any(
            "pubstatus" in (one.get("scheme") or "") and one["term"].casefold() in CANCELED for one in self.categories
        )


def apart(drafts: list[Draft]) -> tuple[list[Draft], tuple[Withdrawal, ...]]:
    """Part the items that stand from those that tell of stories which were taken back."""
    if not any(draft.taken_back for draft in drafts):
        return drafts, ()
    taken = [draft for draft in drafts if draft.taken_back]
    return [draft for draft in drafts if not draft.taken_back], tuple(
        Withdrawal(
            guid=printable(draft.guid).strip()[:LONGEST_URL] or None,
            url=draft.url,
            reason=(plain(draft.described) or "").removeprefix(NOTICE).strip()[:5000] or None,
            at=draft.updated or draft.published,
        )
        for draft in taken
        if draft.guid or draft.url
    )


def _body_of(body: str, draft: Draft) -> str:
    """Put what a feed like ours put around a body where it belongs, and return the body alone."""
    parts = passed_on.parts_of(body, {one["name"].casefold() for one in draft.authors}, draft.base)
    draft.authors += parts.authors
    known = {one["url"] for one in draft.related}
    told = {one["url"]: one for one in parts.related}
    draft.related = [told.get(one["url"], {}) | one for one in draft.related]
    draft.related += [one for one in parts.related if one["url"] not in known]
    return parts.body


def submission_of(draft: Draft, channel: Channel) -> Submission | None:
    """Return one item as a submission; None when it has no words to be known by, or is not usable."""
    return submissions_of([draft], channel)[0]


def submissions_of(drafts: list[Draft], channel: Channel) -> list[Submission | None]:
    """Return items as submissions, None for those that have no words to be known by or are not usable.

    One step is done for all items before the next: that is a tenth faster than each item through all steps.
    """
    said = [_said(draft, channel) for draft in drafts]
    return [channel.submission(fields) if fields else None for fields in said]


def _said(draft: Draft, channel: Channel) -> Fields | None:
    """Return an item's fields within their bounds; None when it has no words, or must not go out."""
    if draft.held:
        name = draft.url or draft.guid or draft.headline
        channel.losses.note(f"an item is left out, the end of its embargo is not understood: {name}")
        return None
    return _worded(draft, channel)


def _worded(draft: Draft, channel: Channel) -> Fields | None:
    summary, body = zones(draft.described, draft.bodies)
    if body.rstrip().endswith(passed_on.END):
        body = _body_of(body, draft)
    headline = draft.headline or (plain(body or summary) or "")[:100].strip()
    if not headline:
        channel.losses.note(f"an item without words is left out: {draft.url or draft.guid or 'it has no name either'}")
        return None
    fit = channel.losses.fit
    guid = fit(printable(draft.guid).strip(), LONGEST_URL, "a guid")
    if body:
        body = fit(resolved(body, draft.base, channel.hosts), LONGEST_BODY, "a body")
        body = body if channel.xml and "\x7f" not in body else printable(body).strip()
    if draft.images:
        alts.settle(draft.images, body)
    said: Fields = {
        "guid": guid or (None if draft.url else guid_of(None, None, headline, body)),
        "url": draft.url,
        "headline": fit(headline, 1_000, "a headline"),
        "summary": fit(plain(summary) or "", LONG, "a summary") if summary else None,
        "body_html": body,
        "published_at": draft.published or draft.updated,
        "embargoed_until": draft.embargoed,
        "updated_at": draft.updated,
        "language": draft.language or channel.language,
    }
    said |= {name: value for name in ("section", "dateline") if (value := getattr(draft, name))}
    if rights := draft.rights or channel.rights:
        said["rights"] = fit(rights, LONG, "a rights statement")
    if draft.authors:
        people = each_once(draft.authors)
        said["authors"] = [one for one in people if len(one["name"]) <= SHORT]
        if len(people) > len(said["authors"]):
            said["byline"] = fit(next(one["name"] for one in people if len(one["name"]) > SHORT), 1_000, "a byline")
    for name, parts, most in (
        ("categories", draft.categories, 200),
        ("images", draft.images, 200),
        ("enclosures", draft.enclosures, 50),
        ("related", draft.related, 100),
        ("via", draft.via, MOST_VIA),
    ):
        if parts:
            said[name] = parts if len(parts) <= most else parts[:most]
    return said
