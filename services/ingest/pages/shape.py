"""Finds a story's text on a page that calls it nothing we know: where its paragraphs stand together."""

from __future__ import annotations

from copy import deepcopy
from itertools import islice

from lxml.html import HtmlElement

from services.ingest.pages.body import BRIEF
from services.ingest.pages.classes import AUTHOR, called, noisy, of_others
from services.ingest.pages.markup import longer, taken_out, words

PARAGRAPHS = 200
AROUND = 30
"""Elements between a paragraph and its article: no writer goes deeper, and each is looked at for each paragraph."""

SHARE = 0.8
"""What of all words in paragraphs the text's element holds: the innermost one that does is it."""

LINES = 10
LONGEST_LABEL = 40

APART = ("figure", "figcaption", "header", "footer", "nav", "aside", "form", "address", "table")


def shaped(place: HtmlElement, title: HtmlElement | None) -> HtmlElement | None:
    """Return a copy of the element that holds the story's paragraphs, without what stands above the heading in it.

    `place` is the article's part of the page. None where its paragraphs are fewer words than a story has.
    """
    held: dict[HtmlElement, int] = {}
    total = 0
    for paragraph in islice(place.iter("p"), PARAGRAPHS):
        around = _around(paragraph, place)
        if around is None or of_others(paragraph, place):
            continue
        length = len(words(paragraph))
        total += length
        for one in around:
            held[one] = held.get(one, 0) + length
    if total < BRIEF:
        return None
    fit = [one for one, length in held.items() if length >= total * SHARE]
    found = max(fit, key=lambda one: sum(1 for _ in one.iterancestors()))
    return _below(found, title)


def unlabelled(place: HtmlElement, title: HtmlElement | None) -> None:
    """Take out the short lines above the heading: what the story is filed under is not its text."""
    for one in [] if title is None else [title, *title.iterancestors()]:
        if one is place:
            return
        for before in list(islice(one.itersiblings(preceding=True), LINES)):
            if not longer(before, LONGEST_LABEL):
                taken_out(before)


def _around(paragraph: HtmlElement, place: HtmlElement) -> list[HtmlElement] | None:
    """Return the elements around a paragraph up to the place; None where they are not the text's."""
    around: list[HtmlElement] = []
    for one in paragraph.iterancestors():
        around.append(one)
        if one is place:
            return around
        if len(around) > AROUND or one.tag in APART or noisy(one) or called(one) & AUTHOR:
            return None
    return around


def _below(element: HtmlElement, title: HtmlElement | None) -> HtmlElement:
    """Return a copy of an element without the heading, if that is in it, and all that stands above."""
    above = [] if title is None else list(title.iterancestors())
    if title is None or element not in above:
        return deepcopy(element)
    copy = deepcopy(element)
    heading = next(other for one, other in zip(element.iter(), copy.iter(), strict=True) if one is title)
    for one in [heading, *heading.iterancestors()]:
        if one is copy:
            break
        for before in list(one.itersiblings(preceding=True)):
            taken_out(before)
    copy.text = None
    taken_out(heading)
    return copy
