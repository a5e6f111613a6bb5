"""Atom 0.3 and 1.0 to a document; bytes are left to ladder."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NoBase64
from html import escape
from itertools import islice

from lxml import etree

from services.ingest.document import Document
from services.ingest.parse.channel import Channel
from services.ingest.parse.draft import Draft, apart, submissions_of
from services.ingest.parse.elements import (
    base_inside,
    base_of,
    dated,
    embargo,
    hints,
    keywords,
    language_of,
    links,
    markup,
    people,
    pictured,
    related,
    text,
    text_of,
    texts,
    via,
    withdrawals,
)
from services.ingest.parse.files import Found, children_of
from services.ingest.parse.gathered import document_of
from services.ingest.parse.markup import inner, resolved
from services.ingest.parse.media import media_of
from services.ingest.parse.names import XML, Names, local
from services.ingest.parse.text import folded, is_markup, literal, paragraphs, plain, unescaped_once_more
from services.ingest.parse.urls import address, cleaned, host_of
from services.ingest.parse.values import Fields, category, each_category_once, language

PUBLISHED = ("published", "issued", "created", "dcterms:issued", "dc:date", "pubdate")
EMBARGO = "prism:embargodate"
UPDATED = ("updated", "modified", "dcterms:modified")
RIGHTS = ("rights", "copyright", "dc:rights", "media:copyright")
XHTML = frozenset({"xhtml", "application/xhtml+xml", "application/xhtml xml", "xml"})
HTML = frozenset({"html", "text/html", "escaped"})
TEXT = frozenset({"", "text", "text/plain"})


def read_atom(root: etree._Element, channel: Channel, names: Names) -> Document:
    """Read what an Atom document says; `channel` is completed with what its entries inherit."""
    feed = children_of(root, names) if names[root.tag] == "feed" else {}
    base = base_of(root, channel.url, channel)
    relations = [(rel, href) for rel, href, _ in links(feed, base, "link", "atom:link")]
    home = _alternate(feed, base)
    channel.base = base or home or ""
    channel.hosts = frozenset(filter(None, (host_of(channel.url), host_of(home))))
    channel.language = language(language_of(root, channel), text(feed, "language", "dc:language"))
    channel.rights = _words(feed, *RIGHTS)
    channel.authors = people(feed, names, base, "author", "atom:author", "dc:creator", "itunes:author")
    entries = feed.get("entry", []) if feed else [root]
    drafts, taken = apart([_draft(entry, channel, names) for entry in islice(entries, 0, 500)])
    return document_of(
        submissions_of(drafts, channel),
        len(entries) - len(taken),
        channel,
        title=_words(feed, "title"),
        home=home,
        relations=relations,
        withdrawals=(*withdrawals([feed], names, base, channel), *taken),
        hints=hints(feed, names),
    )


def _draft(entry: etree._Element, channel: Channel, names: Names) -> Draft:
    found = children_of(entry, names)
    base = base_inside(entry, channel)
    source = next((children_of(one, names) for one in found.get("source", ())), {})
    enclosures = [one for rel, _, one in links(found, base, "link") if rel == "enclosure"]
    media = media_of(found, names, base, enclosures)
    url = _alternate(found, base) or _content_source(found, base)
    embargoed, held = embargo(found, channel, EMBARGO) if EMBARGO in found else (None, False)
    described = next(filter(None, (_html(one, channel, whole=False) for one in found.get("summary", ()))), "")
    return Draft(
        guid=text(found, "id"),
        url=cleaned(url, channel.hosts) if url else None,
        base=base,
        headline=_words(found, "title") or _words(found, "media:title"),
        described=described or markup(found, "itunes:summary") or media.text,
        bodies=[body for one in found.get("content", ()) if (body := _html(one, channel))],
        authors=_authors(found, source, names, base) or [dict(author) for author in channel.authors],
        categories=_categories(found),
        images=media.images,
        enclosures=media.enclosures,
        related=related(found, base, "link"),
        via=via(found, "link"),
        rights=_words(found, *RIGHTS) or _words(source, *RIGHTS),
        language=language(text(found, "dc:language"), *_languages(entry, found, channel)),
        published=dated(found, channel, *PUBLISHED),
        updated=dated(found, channel, *UPDATED),
        embargoed=embargoed,
        held=held,
    )


def _authors(found: Found, source: Found, names: Names, base: str) -> list[Fields]:
    """Return the entry's authors, else those of the feed it was taken from (RFC 4287, section 4.2.1)."""
    kinds = ("author", "dc:creator")
    own = people(found, names, base, *kinds) or people(found, names, base, "itunes:author")
    return pictured(found, own or people(source, names, base, *kinds), base)


def _languages(entry: etree._Element, found: Found, channel: Channel) -> list[str | None]:
    if not channel.scoped:
        return []
    inside = [one for name in ("title", "content") for one in found.get(name, ())]
    return [language_of(inside[0] if inside else entry, channel)]


def _alternate(found: Found, base: str) -> str | None:
    """Return the page that an entry is: the alternate in HTML, else the first one."""
    original = next((url for one in texts(found, "feedburner:origlink") if (url := address(one, base))), None)
    pages = [
        (href, one.get("type") or "text/html") for rel, href, one in links(found, base, "link") if rel == "alternate"
    ]
    first = pages[0][0] if pages else None
    html = next((href for href, kind in pages if kind.strip().lower() in ("text/html", "application/xhtml+xml")), first)
    return original or html or next((url for one in texts(found, "link") if (url := address(one, base))), None)


def _content_source(found: Found, base: str) -> str | None:
    return next((url for one in found.get("content", ()) if (url := address(one.get("src"), base))), None)


def _categories(found: Found) -> list[Fields]:
    terms = [
        category(one.get("term") or text_of(one), one.get("scheme"), one.get("label"))
        for name in ("category", "media:category")
        for one in found.get(name, ())
    ]
    terms += [category(term) for term in texts(found, "dc:subject")]
    return each_category_once(terms + keywords(found, "media:keywords", "itunes:keywords"))


def _words(found: Found, *names: str) -> str | None:
    """Return the first text construct that has words, as plain text (RFC 4287, section 3.1)."""
    constructs = (one for name in names for one in found.get(name, ()))
    return next(filter(None, (_line(one) for one in constructs)), None)


def _line(element: etree._Element) -> str | None:
    kind = _kind(element)
    if kind in XHTML or len(element):
        return folded(text_of(element)) or None
    return plain(element.text) if kind in HTML else literal(element.text)


def _html(element: etree._Element, channel: Channel, *, whole: bool = True) -> str:
    """Return a text construct or content as HTML (RFC 4287, sections 3.1 and 4.1.3).

    A `whole` story's plain text is put in paragraphs.
    """
    kind = _kind(element)
    if element.get("src"):
        return ""
    if len(element):
        return _unwrapped(element, base_inside(element, channel))
    said = element.text or ""
    if kind in HTML or kind in XHTML:
        told = unescaped_once_more(said)
        own = channel.scoped and element.get(XML + "base") is not None
        return resolved(told, base_inside(element, channel), channel.hosts) if own else told
    if kind in TEXT or kind.startswith("text/") or kind.endswith(("+xml", "/xml")):
        return said if is_markup(said) else paragraphs(said) if whole else escape(said, quote=False)
    return _from_base64(said, kind, channel)


def _kind(element: etree._Element) -> str:
    """Return what a text construct holds; Atom 0.3 says apart how it is written down."""
    mode, kind = (element.get("mode") or "").lower(), (element.get("type") or "").strip().lower().partition(";")[0]
    if mode == "base64":
        return "base64"
    return "html" if mode == "escaped" and kind in ("", "text/html", "application/xhtml+xml") else kind


def _unwrapped(element: etree._Element, base: str) -> str:
    """Return the inside of the one `div` that xhtml content stands in, or all there is."""
    only = element[0]
    alone = len(element) == 1 and not (element.text or "").strip() and not (only.tail or "").strip()
    wrapped = alone and local(only.tag) == "div"
    if wrapped and not len(only):
        return escape(only.text or "", quote=False)
    return inner(only if wrapped else element, base).strip()


def _from_base64(said: str, kind: str, channel: Channel) -> str:
    try:
        decoded = b64decode(said, validate=False).decode()
    except (NoBase64, ValueError):
        channel.losses.note(f"content of the type {kind[:40]} is not read")
        return ""
    return decoded if is_markup(decoded) else paragraphs(decoded)
