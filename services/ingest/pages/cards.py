"""Cards and lines in an article's body that lead to other stories: told as related, and taken out of the body."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from services.ingest.pages.addresses import address
from services.ingest.pages.classes import RELATED, called, tokens
from services.ingest.pages.made import card
from services.ingest.pages.markup import longer, selected, small, taken_out, words
from services.ingest.parse import urls
from services.ingest.submission import RelatedInput

MOST = 100
GHOST = "kg-bookmark-card"
EMBEDDED = "wp-embedded-content"
LINE = re.compile(
    r"^(?:read (?:also|more|next)|also read|see also|related(?: (?:story|stories|article|articles))?|more on this|"
    r"читайте також|читайте также|lesen sie auch|mehr zum thema|à lire aussi|lire aussi|lea también|leggi anche)"
    r"\s*[:：–—-]?\s*",
    re.IGNORECASE,
)
CARDS = ("div", "section", "aside", "figure", "blockquote", "a", "ul", "article")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MOST_INSIDE = 300
MOST_IN_LINE = 20
SHORT_CARD = 500
LONGEST_CARD = 2_000
"""Characters: what holds more text is part of the story, whatever its class says."""


def related(body: HtmlElement, base: str, selector: str | None) -> tuple[RelatedInput, ...]:
    """Return the stories that cards inside `body` lead to, each once; the cards are taken out."""
    found: dict[str, RelatedInput] = {}
    for element in _cards(body, selector):
        if not any(above is body for above in element.iterancestors()):
            continue  # it went with a card around it
        for one in _stories(element, base):
            found.setdefault(one.url, one)
        taken_out(element)
    return tuple(found.values())[:MOST]


def marked(root: HtmlElement, base: str, selector: str | None) -> tuple[RelatedInput, ...]:
    """Return the stories that the source's selector marks outside of the body."""
    found = {one.url: one for element in selected(root, selector)[:MOST] for one in _stories(element, base)}
    return tuple(found.values())


def _cards(body: HtmlElement, selector: str | None) -> list[HtmlElement]:
    chosen = selected(body, selector)
    own = [one for one in body.iterdescendants() if _is_card(one) or _is_line(one)]
    marked_ones = {id(one) for one in chosen}
    return [*chosen, *(one for one in own if id(one) not in marked_ones)]


def _is_card(element: HtmlElement) -> bool:
    if element.tag not in CARDS or not small(element, MOST_INSIDE):
        return False
    if {GHOST, EMBEDDED} & set(tokens(element)):
        return True
    if element.tag == "a":
        return any(element.find(f".//{name}") is not None for name in HEADINGS)
    return bool(called(element) & RELATED) and not longer(element, LONGEST_CARD) and _links(element)


def _links(element: HtmlElement) -> bool:
    """Tell whether an element is there for its links: it is short, or they are a good part of its text."""
    links = [len(words(link)) for link in element.iter("a")]
    length = len(words(element))
    return bool(links) and (length < SHORT_CARD or sum(links) * 3 >= length)


def _is_line(element: HtmlElement) -> bool:
    """Tell whether a paragraph is no more than "Read also:" and a link."""
    if element.tag not in ("p", "li", "h4", "h5", "h6") or not small(element, MOST_IN_LINE):
        return False
    link = element.find(".//a")
    if link is None:
        return False
    text, label = words(element), words(link)
    found = LINE.match(text)
    return found is not None and bool(label) and text[found.end() :].strip(" .") == label.strip(" .")


def _stories(element: HtmlElement, base: str) -> list[RelatedInput]:
    links = [element] if element.tag == "a" else list(element.iter("a"))
    found: dict[str, RelatedInput] = {}
    for link in links[:MOST]:
        url = address(link.get("href"), base)
        url = url and urls.cleaned(url, frozenset((urls.host_of(base),)))
        alone = element if len(links) == 1 else link
        one = card(url, _headline(alone, link), _summary(alone))
        if one is not None and url is not None:
            found.setdefault(url, one)
    return list(found.values())


def _headline(place: HtmlElement, link: HtmlElement) -> str:
    for inner in place.iterdescendants():
        if inner.tag in HEADINGS or {"title", "headline"} & called(inner):
            return words(inner)
    return LINE.sub("", words(link))


def _summary(place: HtmlElement) -> str | None:
    for inner in place.iterdescendants():
        if {"description", "excerpt", "summary", "dek"} & called(inner):
            return words(inner)
    paragraph = place.find(".//p") if place.tag not in ("p", "li") else None
    return words(paragraph) if paragraph is not None and paragraph.find(".//a") is None else None
