"""The body.content of a NITF document as HTML, and its pictures; its head is left to story."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from services.ingest.formats.xml import local_name, words
from services.ingest.submission import is_web_url
from shared.numbers import whole

INLINE = "em strong b i sub sup q br".split()
SAME = frozenset(
    (*INLINE, *"p h2 h3 ul ol li dl dt dd pre hr table caption thead tbody tfoot tr th td col colgroup".split())
)
OTHERWISE = {"hl2": "h2", "bq": "blockquote", "block": "div", "fn": "p", "credit": "cite", "lang": "span", "hl1": "h2"}
LEFT_OUT = frozenset(("media", "nitf-table-metadata", "body.head", "body.end", "head"))
"""`media` are pictures of their own; the others are no part of the body."""

KEPT = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}
DEEPEST = 100
BLANKS = re.compile(r"[ \t\r\n]+")


def body_html(node: etree._Element) -> str:
    """Return what stands in body.content, found in a whole document or given itself, as HTML."""
    content = node if local_name(node) == "body.content" else first(node, "body.content")
    if content is None:
        return ""
    parts: list[str] = []
    _inside(content, parts, 0)
    return "".join(parts).strip()


def pictures(node: etree._Element, lost: list[str]) -> list[dict[str, Any]]:
    """Return the pictures of a document's media elements; those known by a file name alone are told."""
    found: list[dict[str, Any]] = []
    for media in each(node, "media"):
        if (media.get("media-type") or "image").lower() != "image":
            lost.append(f"its {str(media.get('media-type'))[:50]}")
            continue
        references = [one for one in media if local_name(one) == "media-reference"]
        served = [one for one in references if is_web_url((one.get("source") or "").strip())]
        if not served:
            lost.append(f"a picture known only as {str(references[0].get('source') if references else None)[:200]!r}")
            continue
        one = max(served, key=lambda reference: number(reference.get("width")) or 0)
        found.append(
            {
                "url": (one.get("source") or "").strip(),
                "type": one.get("mime-type"),
                "width": number(one.get("width")),
                "height": number(one.get("height")),
                "alt": one.get("alternate-text"),
                "caption": words(_child(media, "media-caption")),
                "credit": words(_child(media, "media-producer")),
                "lead": not found,
            }
        )
    return found


def first(node: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first element of that local name, of whatever namespace, anywhere inside."""
    return next(each(node, name), None)


def each(node: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Yield the elements of that local name, of whatever namespace, anywhere inside."""
    return iter(node.iter(f"{{*}}{name}") if node is not None else ())


def number(text: str | None, most: int = 100_000) -> int | None:
    """Return a whole number up to `most`."""
    return whole((text or "").strip(), most)


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in node if local_name(one) == name), None)


def _inside(node: etree._Element, parts: list[str], depth: int) -> None:
    folded = local_name(node) != "pre"
    parts.append(_text(node.text, folded=folded))
    for child in node:
        if local_name(child):
            _element(child, parts, depth + 1)
        parts.append(_text(child.tail, folded=folded))


def _text(text: str | None, *, folded: bool) -> str:
    return html.escape(BLANKS.sub(" ", text or "") if folded else text or "", quote=False)


def _element(node: etree._Element, parts: list[str], depth: int) -> None:
    name = local_name(node)
    if name in LEFT_OUT:
        return
    if depth > DEEPEST:
        parts.append(html.escape(words(node) or "", quote=False))
        return
    tag = name if name in SAME else OTHERWISE.get(name)
    if name == "a":
        tag = "a" if is_web_url((node.get("href") or "").strip()) else None
    if tag is None:  # person, location, org and their like: their words stay
        _inside(node, parts, depth)
        return
    parts.append(f"<{tag}{_attributes(node, tag)}>")
    if tag not in ("br", "hr", "col"):
        _inside(node, parts, depth)
        parts.append(f"</{tag}>")


def _attributes(node: etree._Element, tag: str) -> str:
    names = ("href",) if tag == "a" else KEPT.get(tag, ())
    given = ((name, (node.get(name) or "").strip()) for name in names)
    return "".join(f' {name}="{html.escape(value)}"' for name, value in given if value)
