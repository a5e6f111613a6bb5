"""A NITF document to a submission: its head and body.head; its body.content is read by body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from services.ingest.document import Document, Unreadable
from services.ingest.formats import codes
from services.ingest.formats.item import Facts, document_of, item_of, language_of, moment_of
from services.ingest.formats.nitf.body import body_html, each, first, number, pictures
from services.ingest.formats.xml import local_name, text_of, words
from services.ingest.submission import is_web_url

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
STATUSES = {"usable": "usable", "embargoed": "usable", "withheld": "withheld", "canceled": "canceled"}
APART = (",", ";", "|", "/")
NAMED = ("person", "org", "location", "event", "object.title")


def read(root: etree._Element, source_id: str, name: str) -> Document | Unreadable:
    """Read a bare document; one without a doc-id goes by `name`, that of its file."""
    lost: list[str] = []
    identified = first(root, "doc-id")
    guid = (identified.get("id-string") or "").strip() if identified is not None else ""
    docdata = first(root, "docdata")
    status = STATUSES.get((docdata.get("management-status") or "").lower()) if docdata is not None else None
    fields = zones(root) | {
        "images": pictures(root, lost),
        "categories": _categories(root),
        "rights": _rights(root),
        "section": _at(root, "pubdata", "position.section"),
        "url": _page(root),
        "language": language_of(root.get(LANG), _lang(root)),
        "published_at": _moment(root, "date.issue") or _moment(root, "story.date"),
        "embargoed_until": _moment(root, "date.release"),
    }
    fields["headline"] = fields["headline"] or words(first(root, "title"))
    fields.pop("job")
    if (why := _held(root, fields)) and status in (None, "usable"):
        status = "withheld"
        lost.append(why)
    facts = Facts(guid=guid or f"file:{name}", fields=fields, version=_version(root), status=status, lost=lost)
    item = item_of(facts, source_id)
    return document_of([item])


def zones(root: etree._Element) -> dict[str, Any]:
    """Return what stands in a document's body: headline, byline and the `job` in it, dateline, summary, body."""
    head = first(root, "body.head")
    return {
        "headline": words(first(head, "hl1")),
        "byline": _byline(first(head, "byline")),
        "job": words(first(head, "byttl")),
        "dateline": _dateline(head),
        "summary": words(first(head, "abstract")),
        "body_html": body_html(root),
    }


def _byline(line: etree._Element | None) -> str | None:
    """Return a byline as one line: a title (`byttl`) stands behind a comma, though only an element parts it off."""
    if line is None:
        return None
    parts = [line.text or ""]
    for one in line:
        said = text_of(one) if local_name(one) else ""
        apart = local_name(one) == "byttl" and said.strip() and not "".join(parts).rstrip().endswith(APART)
        parts += [", " if apart else "", said, one.tail or ""]
    return " ".join("".join(parts).split()).replace(" ,", ",").strip(", ") or None


def _dateline(head: etree._Element | None) -> str | None:
    line = first(head, "dateline")
    place = first(line, "location")
    return words(place if place is not None else line)


def _categories(root: etree._Element) -> list[dict[str, Any]]:
    found = [codes.category(name=keyword.get("key")) for keyword in each(root, "keyword")]
    for subject in each(root, "tobject.subject"):
        name = subject.get("tobject.subject.matter") or subject.get("tobject.subject.type")
        number_ = subject.get("tobject.subject.refnum")
        found.append(codes.category(scheme=codes.scheme_of("subj"), code=number_, name=name))
    content = first(root, "identified-content")
    for name in NAMED:
        found += [_named(one) for one in each(content, name)]
    return codes.distinct(found)


def _named(one: etree._Element) -> dict[str, Any] | None:
    name = one.get("value") or words(one)
    return codes.category(scheme=one.get("idsrc"), code=one.get("code") or one.get("location-code"), name=name)


def _rights(root: etree._Element) -> str | None:
    copyright = first(root, "doc.copyright")
    holder = copyright.get("holder") if copyright is not None else None
    notice = f"© {copyright.get('year') or ''} {holder}" if copyright is not None and holder else None
    terms = first(root, "doc.rights")
    parts = (" ".join(notice.split()) if notice else None, terms.get("limitations") if terms is not None else None)
    return "\n".join(part for part in parts if part) or words(first(root, "rights"))


def _page(root: etree._Element) -> str | None:
    found = (one.get("ex-ref") or "" for one in each(root, "pubdata"))
    return next((url for url in found if is_web_url(url)), None)


def _lang(root: etree._Element) -> str | None:
    body = first(root, "body")
    return body.get(LANG) if body is not None else None


def _moment(root: etree._Element, name: str) -> Any:
    node = first(root, name)
    return moment_of(node.get("norm") or "") if node is not None else None


def _held(root: etree._Element, fields: Mapping[str, Any]) -> str | None:
    """Return why a document must not go out: an embargo whose end it does not tell, or not so that it is understood."""
    node, docdata = first(root, "date.release"), first(root, "docdata")
    given = (node.get("norm") or "").strip() if node is not None else ""
    told = (docdata.get("management-status") or "").lower() if docdata is not None else ""
    if fields["embargoed_until"] is not None or not (given or told == "embargoed"):
        return None
    return f"its release date {given[:60]!r} is not understood: it is withheld" if given else "its embargo has no end"


def _at(root: etree._Element, element: str, attribute: str) -> str | None:
    node = first(root, element)
    return node.get(attribute) if node is not None else None


def _version(root: etree._Element) -> int:
    node = first(root, "du-key")
    return (number(node.get("version"), 2**40) if node is not None else None) or 0
