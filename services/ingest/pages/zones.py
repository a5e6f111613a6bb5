"""Where the zones of an article's page are: its own part of the page, what stands above its text, its stamps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice

from lxml.html import HtmlElement

from services.ingest.pages.classes import AUTHOR, called, of_others
from services.ingest.pages.markup import small, words
from services.ingest.pages.moments import LONGEST_STAMP, first_dated, moment, stamped

MOST_IMAGES = 500
MOST_STAMPS = 20
MOST_INSIDE = 40
SMALL = ("p", "div", "span", "time", "small", "em", "i", "li", "h5", "h6", "strong", "b")
LONGEST_BYLINE = 200
LINES = ("p", "div", "span", "address", "a", "cite", "h4", "h5", "h6")
CAPITAL = r"[^\W\d_a-zß-öø-ÿа-яіїєґ][\w.’'-]*"
SPOKEN = re.compile(
    r"^((?:By|BY|Written by|Von|Par|Por|Автор|Автори|Текст|Autor|Autorin)\s*:?\s+"
    rf"{CAPITAL}(?:\s+(?:and\s+|und\s+|et\s+|y\s+|і\s+|та\s+|van\s+|von\s+|de\s+)?{CAPITAL}){{1,5}})"
    r"\s*(?:[|·•–—].{0,100})?$"
)
"""A line that no class names, beyond doubt: a few words, each as names are written."""

SENTENCE = re.compile(r"(?:\S+\s+){8,}\S+[.!?…]$")
"""What is said of a reporter, and is no line that names one."""

MOST_LINES = 200


def heading(root: HtmlElement) -> HtmlElement | None:
    """Return the page's heading: the first h1 with words that is not a logo's."""
    for one in islice(root.iter("h1"), 20):
        if words(one) and not called(one) & {"logo", "site", "brand"}:
            return one
    return None


def own(root: HtmlElement, body: HtmlElement | None) -> HtmlElement:
    """Return the part of the page that is the article's: what holds both its heading and its text."""
    title = heading(root)
    if body is None:
        around = [] if title is None else [one for one in title.iterancestors() if one.tag in ("article", "main")]
        return around[0] if around else root
    if title is None:
        around = [one for one in body.iterancestors() if one.tag in ("article", "main")]
        return around[0] if around else body
    above = {id(one) for one in (title, *title.iterancestors())}
    kept = list(title.iterancestors())  # proxies live as long as this list, and with them their ids
    found = next((one for one in (body, *body.iterancestors()) if id(one) in above), root)
    del kept
    return found


def shown_images(place: HtmlElement, body: HtmlElement | None) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """Return the img elements above the text and those in it; without a known text those in figures."""
    above: list[HtmlElement] = []
    if body is None:
        figures = (img for img in place.iter("img") if any(one.tag == "figure" for one in img.iterancestors()))
        return [img for img in islice(figures, MOST_IMAGES) if not of_others(img, place)], []
    for one in place.iter():
        if one is body:
            break
        if one.tag == "img" and len(above) < MOST_IMAGES and not of_others(one, place):
            above.append(one)
    return above, list(islice(body.iter("img"), MOST_IMAGES))


def stamps(place: HtmlElement, body: HtmlElement | None) -> Iterator[HtmlElement]:
    """Yield the elements that are "(Updated: …)" and no more, above the text, in it, and just behind it."""
    behind = found = 0
    for one in place.iter():
        if found >= MOST_STAMPS:
            return
        if body is not None and behind > 40:
            return
        if body is not None and (behind or one is body.getnext()):
            behind += 1
        if one.tag in SMALL and _small(one) and stamped(words(one)) is not None:
            found += 1
            if not of_others(one, place):
                yield one


def _small(element: HtmlElement) -> bool:
    """Tell whether an element is short enough to be looked at, without reading all of a long one."""
    if not small(element, MOST_INSIDE):
        return False
    length = 0
    for count, text in enumerate(element.itertext()):
        length += len(text)
        if length > LONGEST_STAMP * 3 or count > 20:
            return False
    return length > 0


def time_of(elements: list[HtmlElement], zone: tzinfo) -> datetime | None:
    """Return the moment that the first telling element names: in its `datetime` or `content`, else in its words."""
    for one in elements[:20]:
        inner = one if one.tag == "time" else one.find(".//time")
        machine = [one.get("datetime"), one.get("content"), inner.get("datetime") if inner is not None else None]
        text = words(one)
        for told in (*machine, stamped(text) or text):
            found = moment(told, zone)
            if found is not None:
                return found
    return None


def first_time_of(stamps: list[HtmlElement], zone: tzinfo) -> datetime | None:
    """Return when a story was published, by the first stamp that tells that beside its update."""
    found = (first_dated(words(one)) for one in stamps)
    return next((told for text in found if text and (told := moment(text, zone)) is not None), None)


@dataclass(frozen=True, slots=True)
class Byline:
    """A line that names who wrote a story, and where it stands; nowhere and empty where there is none."""

    text: str | None = None
    at: HtmlElement | None = None


def byline(place: HtmlElement, body: HtmlElement | None) -> Byline:
    """Return the line above the text that names who wrote it: one that is called so, else by how it begins."""
    spoken = Byline()
    for one in islice(_lines_above(place, body), MOST_LINES):
        named = bool(called(one) & AUTHOR) or "author" in (one.get("rel") or "").split()
        if not (named or spoken.at is None) or not small(one, MOST_INSIDE):
            continue
        text = words(one)
        if not text or len(text) > LONGEST_BYLINE or SENTENCE.search(text) or of_others(one, place):
            continue
        if named and any(letter.isalpha() for letter in text):
            return Byline(text, one)
        if spoken.at is None and (said := _spoken(text)) is not None:
            spoken = Byline(said, one)
    return spoken


def _lines_above(place: HtmlElement, body: HtmlElement | None) -> Iterator[HtmlElement]:
    """Yield the elements that may be a line between the heading and the text."""
    title = heading(place)
    begun = title is None
    for one in place.iter():
        if one is body:
            return
        begun = begun or one is title
        if begun and one.tag in LINES:
            yield one


def _spoken(text: str) -> str | None:
    found = SPOKEN.match(text) if len(text) <= LONGEST_BYLINE else None
    return found[1] if found else None
