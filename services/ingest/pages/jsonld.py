"""The JSON-LD of a page to plain objects, mended where pages break it; what they mean is left to schema."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

MAX_SCRIPTS = 30
LONGEST = 2_000_000
MAX_NODES = 5_000
MAX_DEPTH = 60
OPENERS = ("<!--", "<![CDATA[", "//<!--", "//<![CDATA[", "// <!--", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */")
CLOSERS = ("/* ]]> */", "/*]]>*/", "// ]]>", "// -->", "//]]>", "//-->", "]]>", "-->")
MOST_MARKS = 3
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL)
"""A text, a comment, or a comma too many; each alternative goes on where it ends, so that all take linear time."""

Node = dict[str, Any]


def nodes(root: HtmlElement) -> list[Node]:
    """Return every object with an @type in the page's JSON-LD, outer ones first; references are filled in."""
    found: list[Node] = []
    for script in list(_scripts(root))[:MAX_SCRIPTS]:
        for value in _read(script):
            found.extend(_walked(value))
    del found[MAX_NODES:]
    named = _named(found)
    return [_filled(node, named) for node in found]


def _scripts(root: HtmlElement) -> Iterator[str]:
    for script in root.iter("script"):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        text = script.text or ""
        if kind == "application/ld+json" and 0 < len(text) <= LONGEST:
            yield text


def _read(text: str) -> list[Any]:
    """Read one script: as it is, then without comments, trailing commas and CDATA marks, then unescaped."""
    for form in _forms(text):
        try:
            return [json.loads(form, strict=False)]
        except (ValueError, RecursionError):
            continue
    return []


def _forms(text: str) -> Iterator[str]:
    yield text
    bare = _unwrapped(text)
    yield mended(bare)
    yield mended(html.unescape(bare))


def _unwrapped(text: str) -> str:
    """Take off the marks that once hid scripts from browsers and XML parsers."""
    text = text.strip()
    for _ in range(MOST_MARKS):
        opener = next((mark for mark in OPENERS if text.startswith(mark)), "")
        text = text[len(opener) :].lstrip()
    for _ in range(MOST_MARKS):
        closer = next((mark for mark in CLOSERS if text.endswith(mark)), "")
        text = text[: len(text) - len(closer)].rstrip("; \r\n\t")
    return text


def mended(text: str) -> str:
    """Take comments and commas before a bracket out of what would be JSON without them; texts stay as they are."""
    return TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else "", text)


def _walked(value: Any) -> Iterator[Node]:
    """Yield objects that have a type, level by level, as far down as anyone nests them."""
    level, seen = [value], 0
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for one in level:
            seen += 1
            if seen > MAX_NODES:
                return
            if isinstance(one, dict):
                if "@type" in one:
                    yield one
                below.extend(inner for inner in one.values() if isinstance(inner, dict | list))
            elif isinstance(one, list):
                below.extend(inner for inner in one if isinstance(inner, dict | list))
        level = below


def _named(found: list[Node]) -> dict[str, Node]:
    named: dict[str, Node] = {}
    for node in found:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(named.get(name, ())):
            named[name] = node
    return named


def _filled(node: Node, named: dict[str, Node]) -> Node:
    """Put what a reference names in its place, one step deep: `{"@id": …}` alone, or with a name beside it."""
    return {key: _resolved(value, node, named) for key, value in node.items()}


def _resolved(value: Any, owner: Node, named: dict[str, Node]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, owner, named) for one in value[:200]]
    if isinstance(value, dict) and isinstance(value.get("@id"), str):
        target = named.get(value["@id"])
        return target | value if target is not None and target is not owner else value
    return value
