"""RSS 0.90 to 2.0 and RSS 1.0, with the modules that news feeds use, to a document; bytes are left to ladder."""

from __future__ import annotations

from itertools import islice

from lxml import etree

from services.ingest.document import Document
from services.ingest.parse.channel import Channel
from services.ingest.parse.draft import Draft, apart, submissions_of
from services.ingest.parse.elements import (
    base_inside,
    base_of,
    dated,
    elements,
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
    words,
)
from services.ingest.parse.files import Found, children_of
from services.ingest.parse.gathered import document_of
from services.ingest.parse.markup import inner
from services.ingest.parse.media import Media, media_of
from services.ingest.parse.names import RDF, Names
from services.ingest.parse.text import plain, unescaped_once_more
from services.ingest.parse.urls import address, cleaned, host_of
from services.ingest.parse.values import Fields, category, each_category_once, language
from services.ingest.submission import is_web_url

BODIES = (
    "content:encoded",
    "xhtml:body",
    "xhtml:div",
    "yandex:full-text",
    "atom:content",
    "fulltext",
    "full-text",
    "body",
)
DESCRIPTIONS = ("description", "atom:summary", "dc:description", "dcterms:abstract", "summary", "abstract")
TEASERS = ("itunes:summary", "itunes:subtitle", "subtitle")
PUBLISHED = ("pubdate", "dcterms:issued", "dcterms:created", "dcterms:available", "atom:published", "atom:issued")
PUBLISHED_ELSE = ("dc:date", "published", "date", "atom:created", "dcterms:date", "news:publication_date")
UPDATED = ("atom:updated", "dcterms:modified", "atom:modified", "updated", "lastmod", "modified")
RIGHTS = ("dc:rights", "copyright", "atom:rights", "media:copyright", "dcterms:rights", "rights")
EMBARGO = "prism:embargodate"
LANGUAGES = ("dc:language", "language")
SELDOM = frozenset((*RIGHTS, *LANGUAGES, *UPDATED, EMBARGO))
"""What few items say for themselves."""

OTHER_TERMS = frozenset(
    ("dc:subject", "dcterms:subject", "itunes:category", "media:keywords", "itunes:keywords", "news:keywords")
)
IGNORED = frozenset("slash wfw georss thr sy admin rdf media itunes".split())
LONG_TEXT = 200


def read_rss(root: etree._Element, channel: Channel, names: Names) -> Document:
    """Read what an RSS document says; `channel` is completed with what its items inherit."""
    places = [children_of(root, names)]
    heads = list(places[0].get("channel", ()))
    if names[root.tag] == "channel":
        heads = [root]
    else:
        places += [children_of(head, names) for head in heads]
    about = places[1] if len(places) > 1 else places[0]
    home = _complete(channel, about, heads[0] if heads else root)
    items = [item for place in places for item in place.get("item", ())] or list(root.iter("{*}item", "{*}Item"))
    drafts, taken = apart([_draft(item, channel, names) for item in islice(items, 0, 500)])
    relations = [(rel, href) for place in places for rel, href, _ in links(place, channel.base, "atom:link", "link")]
    return document_of(
        submissions_of(drafts, channel),
        len(items) - len(taken),
        channel,
        title=words(about, "title", "dc:title", "atom:title", "itunes:title"),
        home=home,
        relations=relations,
        withdrawals=(*withdrawals(places, names, channel.base, channel), *taken),
        hints=hints(about, names),
    )


def _complete(channel: Channel, about: Found, head: etree._Element) -> str | None:
    """Set what items take from their channel; return the site's home page."""
    base = base_of(head, channel.url, channel)
    home = next((link for one in texts(about, "link") if (link := address(one, base))), None)
    home = home or next((href for rel, href, _ in links(about, base, "link", "atom:link") if rel == "alternate"), None)
    home = home or address(head.get(RDF + "about"), base)
    channel.base = base if base != channel.url else home or base
    channel.hosts = frozenset(filter(None, (host_of(channel.url), host_of(home))))
    channel.language = language(text(about, "language"), text(about, "dc:language"), language_of(head, channel))
    channel.rights = words(about, *RIGHTS)
    return home


def _draft(item: etree._Element, channel: Channel, names: Names) -> Draft:
    found = children_of(item, names)
    base = base_inside(item, channel)
    url = _url(item, found, base)
    media = media_of(found, names, base, found.get("enclosure", []))
    if "image" in found or "itunes:image" in found:
        media.images += _other_pictures(found, names, base, {image["url"] for image in media.images})
    _account(found, channel)
    draft = Draft(
        guid=text(found, "guid", "atom:id", "dc:identifier", "id") or (item.get(RDF + "about") or ""),
        url=cleaned(url, channel.hosts) if url else None,
        base=base if base != channel.base else url or base,
        headline=words(found, "title", "dc:title", "atom:title", "media:title", "itunes:title", "news:title"),
        described=_described(found, media),
        bodies=[body for one in elements(found, *BODIES) if (body := unescaped_once_more(inner(one, base)))],
        authors=_authors(found, names, base, media),
        categories=_categories(found),
        images=media.images,
        enclosures=media.enclosures,
        related=related(found, base, "atom:link", "link"),
        via=via(found, "atom:link"),
        published=dated(found, channel, *PUBLISHED, *PUBLISHED_ELSE),
    )
    if channel.scoped or not SELDOM.isdisjoint(found):
        draft.rights = words(found, *RIGHTS)
        draft.language = language(text(found, *LANGUAGES), language_of(item, channel))
        draft.updated = dated(found, channel, *UPDATED)
        draft.embargoed, draft.held = embargo(found, channel, EMBARGO)
    return draft


def _described(found: Found, media: Media) -> str:
    told = markup(found, *DESCRIPTIONS) or markup(found, *TEASERS)
    return unescaped_once_more(told) if told else media.text


def _url(item: etree._Element, found: Found, base: str) -> str | None:
    """Return the address of the story itself: the original behind a redirecting one, else the link, else the guid."""
    for given in texts(found, "feedburner:origlink", "link"):
        if (url := address(given, base)) is not None:
            return url
    for rel, href, _ in links(found, base, "link", "atom:link"):
        if rel == "alternate":
            return href
    for guid in found.get("guid", ()):
        permanent = (guid.get("isPermaLink") or guid.get("ispermalink") or "true").strip().lower() != "false"
        if permanent and is_web_url(given := (guid.text or "").strip()):
            return given
    about = (item.get(RDF + "about") or "").strip()
    return about if is_web_url(about) else None


def _authors(found: Found, names: Names, base: str, media: Media) -> list[Fields]:
    authors = people(found, names, base, "dc:creator", "author", "atom:author", "dc:author")
    authors = authors or people(found, names, base, "itunes:author", "dcterms:creator", "byline")
    for author in authors if media.avatars else ():
        if avatar := media.avatars.get(author["name"].casefold()):
            author.setdefault("avatar", avatar)
    return pictured(found, authors, base)


def _categories(found: Found) -> list[Fields]:
    terms = [_category(one) for one in elements(found, "category", "atom:category", "media:category")]
    if not OTHER_TERMS.isdisjoint(found):
        terms += [category(term) for term in texts(found, "dc:subject", "dcterms:subject")]
        terms += [category(one.get("text")) for one in elements(found, "itunes:category")]
        terms += keywords(found, "media:keywords", "itunes:keywords", "news:keywords")
    return each_category_once(terms)


def _category(element: etree._Element) -> Fields | None:
    said, given = text_of(element), element.keys()
    if not given:
        return category(said)
    get = element.get
    return category(said or get("term"), get("domain") or get("scheme"), get("label"))


def _other_pictures(found: Found, names: Names, base: str, known: set[str]) -> list[Fields]:
    """Return pictures of the forms that few feeds use: itunes:image, and image with url or text."""
    given = [(one.get("href"), "") for one in found.get("itunes:image", ())]
    for one in found.get("image", ()):
        inside = {names[child.tag]: child.text or "" for child in one}
        given.append((inside.get("url") or one.get("href") or one.text, inside.get("title", "")))
    pictures = ((address(url, base), plain(alt) or "") for url, alt in given)
    return [{"url": url, "alt": alt} for url, alt in dict(pictures).items() if url and url not in known]


READ = (
    "title dc:title atom:title itunes:title news:title media:title guid atom:id dc:identifier id link atom:link "
    "category atom:category dc:subject dcterms:subject dc:creator author atom:author dc:author dcterms:creator byline "
    "language dc:language enclosure image comments source feedburner:origlink news:keywords dc:publisher dc:source "
    "dc:type dc:format podcast:person"
)
USED = frozenset(
    (*READ.split(), *BODIES, *DESCRIPTIONS, *TEASERS, *PUBLISHED, *PUBLISHED_ELSE, *UPDATED, *RIGHTS),
)


def _account(found: Found, channel: Channel) -> None:
    """Note elements that no one reads and that hold a text of some length."""
    kinds = tuple(found)
    unread = channel.unread.get(kinds)
    if unread is None:
        unread = [name for name in found if name not in USED and name.partition(":")[0] not in IGNORED]
        channel.unread[kinds] = unread
    for name in unread:
        if max(len(text_of(one)) for one in found[name]) > LONG_TEXT:
            channel.losses.note(f"the element {name.removeprefix('?:')} is not read")
