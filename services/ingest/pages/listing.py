"""Pages that list stories, as a source's document: by the source's selectors, else by what headlines look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import tzinfo
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from lxml.html import HtmlElement
from pydantic import ValidationError

from services.ingest.document import Document, Unreadable
from services.ingest.pages import meta, zones
from services.ingest.pages.addresses import address, picture_of
from services.ingest.pages.article import base_of
from services.ingest.pages.classes import called
from services.ingest.pages.made import category, image, short
from services.ingest.pages.markup import selected, small, tree, words
from services.ingest.pages.moments import stamped
from services.ingest.parse import urls
from services.ingest.parse.feed import zone_of
from services.ingest.source import Selectors
from services.ingest.submission import Submission

MAX_ITEMS = 500
LEAST_ITEMS = 3
"""Headlines that a page without selectors must show to be taken for a listing."""

LEAST_HEADLINE = 12
MOST_INSIDE = 2_000
"""Elements in one item: what holds more is no item."""

HEADINGS = ("h1", "h2", "h3", "h4")
APART = frozenset(("nav", "footer", "header", "aside", "form"))
MENUS = frozenset(("nav", "navigation", "menu", "footer", "sidebar", "breadcrumb", "breadcrumbs"))
PAGE = re.compile(r"^(?P<before>.*/page/)(?P<number>[0-9]{1,6})(?P<after>/?)$")
MORE = re.compile(
    r"^(?:show|load|view|see) more\b.{0,20}$|^(?:older (?:posts|stories)|показати більше)$", re.IGNORECASE
)


def listing(
    page: bytes,
    *,
    url: str,
    content_type: str,
    source_id: str,
    selectors: Selectors | None = None,
    timezone: str | None = None,
) -> Document | Unreadable:
    """Read the stories that a page lists; a page on which none is found is no document.

    Nothing is fetched, no file is opened. Takes up to a second for megabytes: call it in a thread.
    """
    chosen = selectors or Selectors()
    root = tree(page, content_type)
    if isinstance(root, Unreadable):
        return root
    base = base_of(root, url)
    blocks = list(islice(selected(root, chosen.item) if chosen.item else _guessed(root, base), MAX_ITEMS + 1))
    zone = zone_of(timezone)
    found: dict[str, Submission] = {}
    for block in blocks[:MAX_ITEMS]:
        item = _item(block, base, source_id, chosen, zone)
        if item is not None and item.url is not None:
            found.setdefault(item.url, item)
    least = 1 if chosen.item else LEAST_ITEMS
    if len(found) < least:
        return Unreadable(_none_said(chosen, len(blocks)))
    said = meta.told(root, base, zone)
    return Document(
        submissions=tuple(found.values()),
        title=short(said.site or said.headline),
        home=url,
        older=_older(root, url, base, chosen),
        skipped=len(blocks[:MAX_ITEMS]) - len(found),
        cut=max(0, len(blocks) - MAX_ITEMS),
    )


def _none_said(chosen: Selectors, matched: int) -> str:
    if chosen.item is None:
        return "no item matched: the page shows no list of headlines that are links; name the selector `item`"
    if matched == 0:
        return f"no item matched the selector {chosen.item!r}"
    return f"{matched} items matched the selector {chosen.item!r}, none of them with a headline and a link"


def _item(block: HtmlElement, base: str, source_id: str, chosen: Selectors, zone: tzinfo) -> Submission | None:
    if not small(block, MOST_INSIDE):
        return None
    heading = next(iter(selected(block, chosen.headline)), None) if chosen.headline else _heading(block)
    link = _link(block, heading, chosen, base)
    headline = short(words(heading) if heading is not None else words(link), 1_000)
    url = address(link.get("href"), base) if link is not None else None
    if not headline or url is None:
        return None
    img = next((one for one in selected(block, chosen.image) if one.tag == "img"), None)
    img = img if img is not None or chosen.image else block.find(".//img")
    shown = image(picture_of(img, base), lead=True) if img is not None else None
    times = [one for one in block.iter("time") if stamped(words(one)) is None]
    stamps = list(zones.stamps(block, None))
    tags = (category(words(one)) for one in selected(block, chosen.tag)[:50])
    fields = {
        "source": {"id": source_id},
        "url": urls.cleaned(url, frozenset((urls.host_of(base),))),
        "headline": headline,
        "summary": short(" ".join(words(one) for one in selected(block, chosen.summary)), 5_000),
        "images": (shown,) if shown is not None else (),
        "categories": tuple(one for one in tags if one is not None),
        "published_at": zones.time_of(selected(block, chosen.published) or times[:1], zone),
        "updated_at": zones.time_of(selected(block, chosen.updated) or stamps, zone),
    }
    try:
        return Submission.model_validate(fields)
    except ValidationError:
        return None


def _heading(block: HtmlElement) -> HtmlElement | None:
    if block.tag in HEADINGS:
        return block
    return next((one for one in block.iter(*HEADINGS) if words(one)), None)


def _link(block: HtmlElement, heading: HtmlElement | None, chosen: Selectors, base: str) -> HtmlElement | None:
    """Return the link to an item's page: the selector's, the headline's, the block's own, the first inside."""
    if chosen.url:
        places: Iterable[HtmlElement] = selected(block, chosen.url)
    else:
        around = [] if heading is None else [heading, *heading.iterdescendants("a"), *heading.iterancestors("a")]
        places = [*around, block, *block.iterdescendants("a")]
    links = (inner for one in places for inner in ([one] if one.tag == "a" else one.iter("a")))
    return next((one for one in links if address(one.get("href"), base) is not None), None)


def _guessed(root: HtmlElement, base: str) -> list[HtmlElement]:
    """Return the headings that are links to pages of the same site, outside of menus."""
    host, found = urls.host_of(base), []
    for heading in islice(root.iter(*HEADINGS), MAX_ITEMS * 4):
        link = next(heading.iterdescendants("a"), None)
        link = link if link is not None else next(heading.iterancestors("a"), None)
        url = address(link.get("href"), base) if link is not None else None
        if url is None or urls.host_of(url) != host or len(urlsplit(url).path) < 3:
            continue
        if len(words(heading)) < LEAST_HEADLINE or _in_menu(heading):
            continue
        around = next((one for one in heading.iterancestors("article")), None)
        found.append(heading if around is None or len(list(islice(around.iter(*HEADINGS), 3))) > 2 else around)
    return list({id(one): one for one in found}.values())


def _in_menu(element: HtmlElement) -> bool:
    for above in element.iterancestors():
        if above.tag in ("article", "main"):
            return False
        if above.tag in APART or called(above) & MENUS:
            return True
    return False


def _older(root: HtmlElement, url: str, base: str, chosen: Selectors) -> str | None:
    """Return where the list goes on: the selector's link, rel=next, a link to "/page/N", or such a page unlinked.

    The last is guessed where a button shows more: Ghost and WordPress have these pages even then.
    """
    for element in selected(root, chosen.next):
        link = element if element.get("href") else element.find(".//a")
        found = address(link.get("href"), base) if link is not None else None
        if found is not None and found != url:
            return found
    if chosen.next:
        return None
    links = [one for one in islice(root.iter("a", "link"), 5_000) if one.get("href")]
    for one in links:
        if "next" in (one.get("rel") or "").lower().split():
            return address(one.get("href"), base)
    following = following_page(url)
    if any((address(one.get("href"), base) or "").rstrip("/") == following.rstrip("/") for one in links):
        return following
    more = (one for one in islice(root.iter("button", "a", "span"), 5_000) if len(one.text_content()) < 60)
    return following if any(MORE.match(words(one)) for one in more) else None


def following_page(url: str) -> str:
    """Return the address of a list's next page, as Ghost and WordPress call it."""
    parts = urlsplit(url)
    numbered = PAGE.match(parts.path)
    if numbered:
        path = f"{numbered['before']}{int(numbered['number']) + 1}{numbered['after']}"
    else:
        path = f"{parts.path.rstrip('/')}/page/2/"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
