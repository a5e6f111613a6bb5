"""Reads a dropped file, of whatever format its content shows; where it lies and what is news is left to others."""

from __future__ import annotations

from services.ingest.document import Document, Unreadable
from services.ingest.formats import html, newsml, nitf
from services.ingest.formats.json import read as read_json
from services.ingest.formats.whole import cut_off
from services.ingest.formats.xml import narrow, prolog_of, tree_of
from services.ingest.parse import parse

__all__ = ["SUFFIXES", "cut_off", "read"]

PAGES = (".html", ".htm", ".xhtml")
SUFFIXES = frozenset((*PAGES, *".json .jsonl .ndjson .xml .rss .atom .rdf .newsml .nitf .g2".split()))
"""What a file may be called; what it is, its content tells."""


def read(body: bytes, *, name: str, source_id: str) -> Document | Unreadable:
    """Read the file `name`. Takes seconds for megabytes: call it in a thread."""
    start = narrow(body[:1_000]).lstrip()[:1]
    if not start:
        return Unreadable("is empty")
    if start in (b"{", b"["):
        return read_json(body, source_id)
    return _markup(body, name, source_id)


def _markup(body: bytes, name: str, source_id: str) -> Document | Unreadable:
    root = prolog_of(narrow(body)).root
    if root in newsml.ROOTS or root == "nitf":
        tree = tree_of(body)
        if isinstance(tree, Unreadable):
            return tree
        return newsml.read(tree, source_id) if root != "nitf" else nitf.read(tree, source_id, name)
    if root == "NewsML":
        return Unreadable("is NewsML 1, of which only its successor NewsML-G2 is read")
    if root == "html" or (root is not None and name.lower().endswith(PAGES)):
        return html.read(body, name, source_id)
    document = parse(body, url="", content_type="", source_id=source_id)
    return Unreadable(f"is not a feed: {document.reason}") if isinstance(document, Unreadable) else document
