"""Takes out of markup what makes a parser's time grow with the square of its length; what is safe is clean.py's."""

from __future__ import annotations

import re
from collections import Counter
from html.entities import html5

MAX_DEPTH = 200
MANY_TAGS = 1000
MANY_AMPERSANDS = 1000
TOO_MANY_AMPERSANDS = 50_000
AMPERSAND = re.compile(r"&(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});|[A-Za-z][A-Za-z0-9]{1,31};?)?")
LONG_TAG = re.compile(r"<[A-Za-z][^<>]{5000,}")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
MAX_ATTRIBUTES = 500
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
SELF_CLOSING = frozenset(
    "area base br col dd dt embed hr img input li link meta option p source tbody td tfoot th thead tr wbr".split()
)
"""Elements that never nest in themselves: void ones, and those that HTML closes by itself."""


def tamed(markup: str) -> str:
    """Take out of markup what makes a parser's time grow with the square of its length."""
    if (many := markup.count("&")) > MANY_AMPERSANDS:
        markup = AMPERSAND.sub(_told if many <= TOO_MANY_AMPERSANDS else " ", markup)
    markup = LONG_TAG.sub(_bounded, markup)
    if markup.count("<") < MANY_TAGS or _depth(markup) <= MAX_DEPTH:
        return markup
    return re.sub(r"<[^<>]*>|<", " ", markup)


def _told(found: re.Match[str]) -> str:
    """Write out an ampersand that begins no character reference: html5ever copies the whole text at each."""
    name = found[0][1:]
    return found[0] if name.startswith("#") or name in html5 else f"&amp;{name}"


def _bounded(tag: re.Match[str]) -> str:
    """Drop a tag of hundreds of attributes: each is compared with all before it."""
    return " " if len(re.findall(r"[\s/]+[^\s/]", QUOTED.sub("", tag[0]))) > MAX_ATTRIBUTES else tag[0]


def _depth(markup: str) -> int:
    """Count how deep tags nest; a closing tag counts only where one of its name is open, as parsers have it."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for closing, name in TAG.findall(markup.lower()):
        if name in SELF_CLOSING:
            continue
        if not closing:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest
