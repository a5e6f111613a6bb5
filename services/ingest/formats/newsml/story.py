"""A NewsML-G2 text item to a story or withdrawal; its text and its pictures are read by modules of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from services.ingest.formats import codes
from services.ingest.formats.item import Facts, Item, Skipped, item_of, language_of, moment_of
from services.ingest.formats.newsml.content import zones
from services.ingest.formats.newsml.names import LANG, Names, child, descend, kids, names_in
from services.ingest.formats.newsml.pictures import Picture, rendition
from services.ingest.formats.nitf.body import number
from services.ingest.formats.xml import words
from services.ingest.submission import is_web_url

STATUSES = {"usable": "usable", "withheld": "withheld", "canceled": "canceled", "cancelled": "canceled"}
UNPLACED = ("edNote", "signal")
"""`edNote` is for the editors of who receives the item, and is never published."""

WROTE = frozenset(("author", "coauthor", "writer", "reporter", "journalist", "creator"))
PERSONS, ORGANISATIONS = ("person",), ("organisation", "organization", "org")
SUBHEADS = frozenset(("subhead", "subheadline", "sub", "kicker"))


@dataclass(frozen=True, slots=True)
class Message:
    """What came with a story: pictures that are items of their own. `alone`: it is the one story among them."""

    pictures: tuple[Picture, ...] = ()
    alone: bool = True


def story(item: etree._Element, source_id: str, message: Message) -> Item | Skipped:
    """Read a news item of text."""
    meta, about = child(item, "itemMeta"), child(item, "contentMeta")
    language = language_of(_attribute(about, "language", "tag"), item.get(LANG)) or ""
    names, lost = names_in(item, language), _unplaced(meta, about)
    headline = _headline(about)
    found = dict(zones(item, headline, lost))
    people = _authors(about, names)
    if len(people) == 1 and not people[0]["role"]:
        people[0]["role"] = found.get("job")
    found.pop("job", None)
    fields = {
        **found,
        "headline": headline or found.get("headline") or words(child(meta, "title")),
        "summary": _summary(about) or found.get("summary"),
        "authors": people,
        "byline": words(child(about, "by")) or found.get("byline"),
        "categories": _categories(about, names),
        "images": _images(item, meta, message, found.get("images") or [], lost),
        "related": _related(meta),
        "section": _service(meta, names),
        "rights": _rights(item, names),
        "language": language or None,
        "dateline": words(child(about, "dateline")) or _located(about, names) or found.get("dateline"),
        "url": _page(item),
        **_dates(meta, about),
    }
    status, embargo = _status(meta), child(meta, "embargoed")
    if embargo is not None:
        fields["embargoed_until"] = _moment(embargo)
        if fields["embargoed_until"] is None and status in (None, "usable"):
            status = "withheld"  # an embargo without an end (NewsML-G2, embargoed)
            lost.append("its embargo, which names no end: it is withheld")
    changed, version = _moment(child(meta, "versionCreated")), number(item.get("version"), 2**40) or 0
    facts = Facts(
        guid=item.get("guid") or "",
        fields=fields,
        version=version,
        status=status,
        at=changed,
        provider=_provider(meta, names),
        lost=lost,
    )
    return item_of(facts, source_id)


def _provider(meta: etree._Element | None, names: Names) -> str | None:
    node = child(meta, "provider")
    return names.of(node) if node is not None else None


def _status(meta: etree._Element | None) -> str | None:
    node = child(meta, "pubStatus")
    return STATUSES.get(codes.local(node.get("qcode") or node.get("uri"))) if node is not None else None


def _headline(about: etree._Element | None) -> str | None:
    given = [(codes.local(node.get("role")), found) for node in kids(about, "headline") if (found := words(node))]
    ranked = sorted(given, key=lambda one: (one[0] in SUBHEADS, one[0] not in ("", "main")))
    return ranked[0][1] if ranked else None


def _summary(about: etree._Element | None) -> str | None:
    texts = ((codes.local(node.get("role")), words(node)) for node in kids(about, "description"))
    return next((text for role, text in texts if text and role not in ("caption", "alttext")), None)


def _authors(about: etree._Element | None, names: Names) -> list[dict[str, Any]]:
    """Return those who wrote it. A byline says more than a creator who may be the agency."""
    makers = [node for node in kids(about, "creator") if _kind(node, names) not in ORGANISATIONS]
    helpers = [node for node in kids(about, "contributor") if codes.local(node.get("role")) in WROTE]
    if child(about, "by") is not None:
        makers = [node for node in makers if _kind(node, names) in PERSONS or codes.local(node.get("role")) in WROTE]
    return [_author(node, name, names) for node in (*makers, *helpers) if (name := names.of(node))]


def _author(node: etree._Element, name: str, names: Names) -> dict[str, Any]:
    title = names.details(node, "jobtitle")
    uri = (node.get("uri") or "").strip()
    return {
        "name": name,
        "role": (names.of(title) or words(title)) if title is not None else None,
        "bio": words(names.details(node, "definition")),
        "url": uri if is_web_url(uri) else None,
    }


def _kind(node: etree._Element, names: Names) -> str:
    if names.details(node, "personDetails") is not None:
        return "person"
    asserted = names.details(node, "type")
    return codes.local(node.get("type") or (asserted.get("qcode") if asserted is not None else None))


def _categories(about: etree._Element | None, names: Names) -> list[dict[str, Any]]:
    found = [names.category(node) for node in kids(about, "subject")]
    found += [codes.category(name=words(node)) for node in kids(about, "keyword")]
    return codes.distinct(found)


def _images(
    item: etree._Element,
    meta: etree._Element | None,
    message: Message,
    inside: list[dict[str, Any]],
    lost: list[str],
) -> list[dict[str, Any]]:
    linked = {link.get("residref") for link in kids(meta, "link")}
    found = [one.fields for one in message.pictures if message.alone or one.guid in linked]
    contents = [one for one in kids(child(item, "contentSet"), "remoteContent") if _pictured(one)]
    own = rendition(contents, "its picture", lost) if contents else None
    images = [*found, *([own] if own else []), *inside]
    return [{**image, "lead": at == 0} for at, image in enumerate(images)]


def _pictured(content: etree._Element) -> bool:
    return (content.get("contenttype") or "").startswith("image/")


def _related(meta: etree._Element | None) -> list[dict[str, Any]]:
    links = ((link.get("href") or "", words(child(link, "title"))) for link in kids(meta, "link"))
    return [{"url": url, "headline": title} for url, title in links if title and is_web_url(url)]


def _page(item: etree._Element) -> str | None:
    contents = kids(child(item, "contentSet"), "remoteContent")
    pages = (one.get("href") or "" for one in contents if "html" in (one.get("contenttype") or ""))
    return next((url for url in pages if is_web_url(url)), None)


def _service(meta: etree._Element | None, names: Names) -> str | None:
    return next((name for node in kids(meta, "service") if (name := names.of(node))), None)


def _located(about: etree._Element | None, names: Names) -> str | None:
    return next((name for node in kids(about, "located") if (name := names.of(node))), None)


def _rights(item: etree._Element, names: Names) -> str | None:
    info = child(item, "rightsInfo")
    holder = child(info, "copyrightHolder")
    owner = names.of(holder) if holder is not None else None
    notice = words(child(info, "copyrightNotice")) or (f"© {owner}" if owner else None)
    return "\n".join(part for part in (notice, words(child(info, "usageTerms"))) if part) or None


def _dates(meta: etree._Element | None, about: etree._Element | None) -> dict[str, datetime | None]:
    changed = _moment(child(meta, "versionCreated"))
    first = _moment(child(meta, "firstCreated")) or _moment(child(about, "contentCreated")) or changed
    return {"published_at": first, "updated_at": changed if changed != first else None}


def _moment(node: etree._Element | None) -> datetime | None:
    return moment_of(words(node) or "") if node is not None else None


def _attribute(node: etree._Element | None, name: str, attribute: str) -> str | None:
    found = descend(node, name)
    return found.get(attribute) if found is not None else None


def _unplaced(meta: etree._Element | None, about: etree._Element | None) -> list[str]:
    found = [name for name in UNPLACED if child(meta, name) is not None]
    found += [name for name in ("slugline", "urgency") if child(about, name) is not None]
    return [f"its {name}" for name in found]
