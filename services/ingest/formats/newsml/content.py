"""The text of a NewsML-G2 item: NITF, XHTML, HTML or plain text, whichever its contentSet has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from services.ingest.formats import markup, nitf
from services.ingest.formats.newsml.names import child, kids
from services.ingest.formats.xml import local_name, text_of

NITF = "application/nitf+xml"


def zones(item: etree._Element, headline: str | None, lost: list[str]) -> Mapping[str, Any]:
    """Return `body_html`, and what NITF has besides: headline, byline, dateline, summary, images."""
    contents = child(item, "contentSet")
    inline = list(kids(contents, "inlineXML"))
    for node in inline:
        if _type(node) == NITF or _holds(node, "nitf"):
            return {**nitf.zones(node), "images": nitf.pictures(node, lost)}
    for node in inline:
        if "html" in _type(node) or _holds(node, "html"):
            return {"body_html": markup.from_xhtml(node, headline)}
    data = [node for node in kids(contents, "inlineData") if node.get("encoding") is None]
    for node in sorted(data, key=lambda node: "html" not in _type(node)):
        text = text_of(node)
        if "html" in _type(node):
            return {"body_html": markup.from_html(text, headline)}
        if _type(node) in ("", "text/plain"):
            return {"body_html": markup.from_text(text)}
    lost += [f"its content of type {_type(node)[:100]!r}" for node in (*inline, *kids(contents, "inlineData"))]
    return {"body_html": ""}


def _type(node: etree._Element) -> str:
    return (node.get("contenttype") or "").partition(";")[0].strip().lower()


def _holds(node: etree._Element, name: str) -> bool:
    return any(local_name(inner) == name for inner in node)
