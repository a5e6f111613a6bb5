"""Author boxes and bylines of a page: name, role, bio, picture; which authors hold is left to article."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from lxml.html import HtmlElement

from services.ingest.pages.addresses import address, picture_of
from services.ingest.pages.classes import AUTHOR, called, of_others
from services.ingest.pages.markup import longer, selected, small, words
from services.ingest.pages.said import Told
from services.ingest.source import Selectors

MOST = 20
BOX = frozenset(("box", "card", "bio", "profile", "info", "about", "item", "block", "widget", "details", "section"))
ROLE = frozenset(("role", "title", "position", "job", "jobtitle", "occupation"))
BIO = frozenset(("bio", "biography", "description", "about", "text"))
READ_MORE = re.compile(
    r"^(?:read more|more|more from .{0,80}|all articles.{0,80}|view profile|avatar|follow)\W*$", re.IGNORECASE
)
BLOCKS = frozenset("div section aside li ul footer article header address figure".split())
CANDIDATES = 200
LONGEST_BOX = 2_500
MOST_INSIDE = 400
"""Elements in a box: what holds more is a page, whatever it is called."""

LONGEST_ROLE = 80
LEAST_BIO = 60
TEXTS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong", "b", "a", "li", "address")


def boxes(zone: HtmlElement, selectors: Selectors) -> list[HtmlElement]:
    """Return the author boxes: the source's own, else what is called one and is not another story's."""
    if selectors.author:
        return selected(zone, selectors.author)[:MOST]
    found: list[HtmlElement] = []
    for one in islice(filter(_may_be, zone.iterdescendants()), CANDIDATES):
        if _is_box(one) and not any(_below(one, above) for above in found) and not of_others(one, zone):
            found.append(one)
    return [part for box in found[:MOST] for part in _parts(box)][:MOST]


def told(box: HtmlElement, base: str, selectors: Selectors) -> Told | None:
    """Return what a box says of its author; None when it names nobody."""
    name = _name(box, selectors)
    if not name:
        return None
    lines = [text for text in _lines(box) if text != name and not READ_MORE.match(text)]
    bio = _said(box, selectors.author_bio, BIO) or next((text for text in lines if len(text) >= LEAST_BIO), None)
    role = _said(box, selectors.author_role, ROLE - {"title"} if _name_is_title(box) else ROLE)
    if role is None or role == name:
        early = lines[: lines.index(bio)] if bio in lines else lines
        role = next((text for text in early if _like_a_role(text, name)), None)
    return Told(
        name=name,
        role=role if role != bio else None,
        bio=bio if bio != name else None,
        avatar=_avatar(box, base, selectors),
        url=_profile(box, base),
    )


def is_box(element: HtmlElement) -> bool:
    """Tell whether an element is called an author box and is as small as one."""
    return _may_be(element) and _is_box(element)


def _may_be(element: HtmlElement) -> bool:
    return _marked(element) or (element.tag in BLOCKS and bool(called(element) & AUTHOR))


def _marked(element: HtmlElement) -> bool:
    named = element.get("itemprop") == "author" or "/Person" in (element.get("itemtype") or "")
    return named and element.tag not in ("meta", "link")


def _is_box(element: HtmlElement) -> bool:
    if not small(element, MOST_INSIDE):
        return False
    if _marked(element):
        return True
    if longer(element, LONGEST_BOX):
        return False
    return bool(called(element) & BOX) or element.find(".//img") is not None or longer(element, LEAST_BIO)


def _parts(box: HtmlElement) -> list[HtmlElement]:
    """Return one element for each author of a box that lists several."""
    candidates = islice(filter(_may_be, box.iterdescendants()), CANDIDATES)
    inner = [one for one in candidates if _is_box(one) and _name(one, Selectors())]
    outermost = [one for one in inner if not any(_below(one, other) for other in inner if other is not one)]
    return outermost if len(outermost) > 1 else [box]


def _below(element: HtmlElement, above: HtmlElement) -> bool:
    return any(one is above for one in element.iterancestors())


def _name(box: HtmlElement, selectors: Selectors) -> str:
    marked = selected(box, selectors.author_name)
    if marked or selectors.author_name:
        return words(marked[0]) if marked else ""
    inside = list(box.iterdescendants())
    ways: tuple[Callable[[HtmlElement], bool], ...] = (
        lambda one: one.get("itemprop") == "name",
        lambda one: {"name"} <= called(one) or {"username"} <= called(one),
        lambda one: one.tag == "a" and "author" in (one.get("rel") or "").split(),
        lambda one: one.tag in ("h2", "h3", "h4", "h5", "h6"),
        lambda one: one.tag == "a" and "/author" in (one.get("href") or ""),
        lambda one: one.tag in ("strong", "b", "p", "a"),
    )
    for way in ways:
        for one in inside:
            text = words(one) if way(one) else ""
            if text and len(text) <= LONGEST_ROLE and not READ_MORE.match(text):
                return text
    return ""


def _said(box: HtmlElement, selector: str | None, names: frozenset[str]) -> str | None:
    marked = selected(box, selector)
    if not marked and selector is None:
        marked = [one for one in box.iterdescendants() if _is_called(one, names) and one.tag not in ("a", "img", "ul")]
    return words(marked[0]) or None if marked else None


def _is_called(element: HtmlElement, names: frozenset[str]) -> bool:
    return bool(called(element) & names) or (element.get("itemprop") or "").lower() in names


def _name_is_title(box: HtmlElement) -> bool:
    return any({"name", "title"} <= called(one) for one in box.iterdescendants())


def _lines(box: HtmlElement) -> list[str]:
    """Return the texts of a box line by line, those of the innermost blocks."""
    found: list[str] = []
    for one in box.iterdescendants():
        if one.tag in TEXTS and not any(inner.tag in ("p", "div", "h3", "h4", "li") for inner in one.iterdescendants()):
            text = words(one)
            if text and (not found or text not in found[-1]):
                found.append(text)
    return found


def _like_a_role(text: str, name: str) -> bool:
    return (
        len(text) <= LONGEST_ROLE
        and text[-1] not in ".!?:"
        and name.casefold() not in text.casefold()
        and not any(mark.isdigit() for mark in text)
        and "@" not in text
    )


def _avatar(box: HtmlElement, base: str, selectors: Selectors) -> str | None:
    marked = selected(box, selectors.author_avatar)
    if not marked and selectors.author_avatar is None:
        marked = list(box.iter("img"))
    images = [img for one in marked for img in ([one] if one.tag == "img" else one.iter("img"))]
    return picture_of(images[0], base) if images else None


def _profile(box: HtmlElement, base: str) -> str | None:
    links = [box] if box.tag == "a" else list(box.iter("a"))
    own = [one for one in links if "author" in (one.get("rel") or "").split() or "/author" in (one.get("href") or "")]
    texted = [one for one in links if "read more" in words(one).casefold()]
    return next((found for one in [*own, *texted] if (found := address(one.get("href"), base)) is not None), None)
