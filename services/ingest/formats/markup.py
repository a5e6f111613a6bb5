"""Bodies of wire stories as HTML; making them safe is left to enrichment."""

from __future__ import annotations

import html
import re

import lxml.html
from lxml import etree

from services.ingest.formats.xml import words
from services.ingest.parse.text import plain as words_of
from services.ingest.submission import printable

XHTML = "http://www.w3.org/1999/xhtml"
PARAGRAPHS = re.compile(r"\n[ \t\r]*\n")
WHOLE = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
LONGEST_ZONE = 60_000
"""Characters of a headline, summary or name with its markup: a longer one would be cut after it was read."""

MARKED = re.compile(r"<[A-Za-z!/]")


def plain(text: str | None) -> str | None:
    """Return a text of one zone without markup, its white space folded, or None when nothing is left."""
    return words_of(text[:LONGEST_ZONE]) if text else None


def from_text(text: str) -> str:
    """Return plain text as paragraphs: parted by empty lines, or by each line where there are none."""
    parts = PARAGRAPHS.split(text) if PARAGRAPHS.search(text.strip()) else text.splitlines()
    lines = (" ".join(part.split()) for part in parts)
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)


def from_html(text: str, headline: str | None = None) -> str:
    """Return the inside of an HTML body; a whole document's head goes, and so does a repeated headline."""
    if not WHOLE.search(text):
        return text.strip() if MARKED.search(text) else from_text(html.unescape(text))
    try:
        tree = lxml.html.document_fromstring(printable(text), parser=lxml.html.HTMLParser(huge_tree=False))
    except (etree.LxmlError, ValueError):
        return from_text(plain(text) or "")
    found = tree.find("body")
    body = tree if found is None else found
    for heading in list(body.iter("h1")):
        if headline and words(heading) == headline:
            _drop(heading)
            break
    return inside(body)


def from_xhtml(element: etree._Element, headline: str | None = None) -> str:
    """Return what stands in an XHTML element, or in the body of a whole XHTML document, as HTML."""
    for node in element.iter(f"{{{XHTML}}}*"):
        node.tag = etree.QName(node).localname
    etree.cleanup_namespaces(element)
    return from_html(f"<body>{inside(element)}</body>", headline)


def inside(element: etree._Element) -> str:
    """Return an element's content as HTML, without its own tag."""
    parts = [html.escape(element.text or "", quote=False)]
    parts += [lxml.html.tostring(child, encoding="unicode") for child in element]
    return "".join(parts).strip()


def _drop(element: etree._Element) -> None:
    """Take an element out and leave the text after it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)
