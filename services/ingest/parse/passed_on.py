"""Takes a body apart that a feed put together as ours do: reading time, stamp, related stories, author boxes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from services.ingest.parse.text import plain
from services.ingest.parse.urls import address
from services.ingest.parse.values import LONG, SHORT, Fields

END = "</footer>"
PERSON = re.compile(
    r'<p>\s*+(?><img\s[^>]*?\bsrc="(?P<avatar>[^"]*)"[^>]*>\s*+)?+<strong>(?P<name>[^<]*+)</strong>(?P<said>[^<]*+)'
    r'(?><a\s[^>]*?\bhref="(?P<url>[^"]*)"[^>]*>[^<]*</a>\s*+)?+</p>'
)
RELATED = re.compile(
    r'<aside>\s*+<p>Related: (?><a\s[^>]*?\bhref="(?P<url>[^"]*)"[^>]*>)(?P<headline>[^<]*+)</a></p>'
    r"(?:\s*+<p>(?P<summary>[^<]*+)</p>)?\s*+</aside>"
)
STAMP = re.compile(r"<p><em>\(Updated: [^<]{0,60}\)</em></p>")
MINUTES = re.compile(r"<p><small>\d{1,3} min read</small></p>")
LONGEST = 100_000
"""Characters of a box of authors, or of a card."""

MOST = 20
"""Related stories behind one body, and as many persons in its box."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The body alone, and what stood around it."""

    body: str
    authors: list[Fields] = field(default_factory=list)
    related: list[Fields] = field(default_factory=list)


def parts_of(body: str, names: set[str], base: str) -> Parts:
    """Return a body without what its feed put around it, where it ends with a box of the item's own authors.

    `names` are those authors', folded: a footer that speaks of anybody else is the story's own, and nothing is cut.
    """
    rest, box = _cut(body, "<footer>", END)
    inside = box.removeprefix("<footer>").removesuffix(END)
    people = [_person(one, base) for one in islice(PERSON.finditer(inside), MOST)]
    if not people or PERSON.sub("", inside).strip():
        return Parts(body)
    if not all(one["name"].casefold() in names for one in people):
        return Parts(body)
    stories: list[Fields] = []
    while len(stories) < MOST and (card := RELATED.fullmatch(_cut(rest, "<aside>", "</aside>")[1])):
        stories.append(_story(card, base))
        rest = _cut(rest, "<aside>", "</aside>")[0]
    above, stamp = _cut(rest, "<p><em>", "</em></p>")
    rest = above if STAMP.fullmatch(stamp) else rest
    opened = MINUTES.match(rest)
    return Parts(rest[opened.end() :] if opened else rest, people, [one for one in reversed(stories) if one])


def _cut(text: str, opening: str, closing: str) -> tuple[str, str]:
    """Part the last element off a text where it is the one named; the second is empty where it is not."""
    text = text.strip()
    start = text.rfind(opening, max(0, len(text) - LONGEST)) if text.endswith(closing) else -1
    return (text, "") if start < 0 else (text[:start], text[start:])


def _person(found: re.Match[str], base: str) -> Fields:
    """Read `<strong>Name</strong>, Role. Bio`, either of them left out."""
    said = unescape(found["said"]).strip()
    role, _, bio = said[1:].partition(". ") if said.startswith(",") else ("", "", said)
    person: Fields = {"name": unescape(found["name"]).strip()}
    told = {
        "role": role.strip().rstrip(".")[:SHORT],
        "bio": bio.strip()[:LONG],
        "avatar": address(unescape(found["avatar"] or ""), base),
        "url": address(unescape(found["url"] or ""), base),
    }
    return person | {name: value for name, value in told.items() if value}


def _story(found: re.Match[str], base: str) -> Fields:
    url, headline = address(unescape(found["url"]), base), plain(found["headline"])
    if not url or not headline:
        return {}
    summary = plain(found["summary"] or "")
    return {"url": url, "headline": headline[:SHORT]} | ({"summary": summary[:LONG]} if summary else {})
