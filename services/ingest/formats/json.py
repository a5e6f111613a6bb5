"""A JSON file: ninjs items, a JSON Feed or our own article, told apart by what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from services.ingest.document import Document, Unreadable
from services.ingest.formats import ninjs, own
from services.ingest.formats.xml import narrow
from services.ingest.parse import parse

FEED = "jsonfeed.org/version/"
MOST_ITEMS = 5_000


def read(body: bytes, source_id: str) -> Document | Unreadable:
    """Read one document, or ninjs items as an array or one a line."""
    safe = _utf8(body)
    try:
        plain = orjson.loads(safe)
    except orjson.JSONDecodeError as error:
        return _lines(safe, error, source_id)
    if isinstance(plain, list):
        return _many([(f"$[{at}]", item) for at, item in enumerate(plain)], source_id)
    if FEED in str(plain.get("version"))[:100]:
        return parse(safe, url="", content_type="application/feed+json", source_id=source_id)
    return ninjs.read([("$", plain)], source_id) if ninjs.is_item(plain) else own.read(plain, source_id)


def _lines(body: bytes, error: orjson.JSONDecodeError, source_id: str) -> Document | Unreadable:
    """Read items one a line; `error` is what is told when the first line is no item by itself."""
    found: list[tuple[str, Any]] = []
    for number, line in _numbered(body):
        try:
            found.append((f"line {number}", orjson.loads(line)))
        except orjson.JSONDecodeError as wrong:
            if not found:
                return Unreadable(f"is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}")
            return Unreadable(f"is not valid JSON: {wrong.msg} at line {number} column {wrong.colno}")
    return _many(found, source_id)


def _numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip())


def _many(items: list[tuple[str, Any]], source_id: str) -> Document | Unreadable:
    if not items:
        return Unreadable("holds no article")
    if len(items) > MOST_ITEMS:
        return Unreadable(f"holds more than {MOST_ITEMS} items")
    odd = next((path for path, item in items if not isinstance(item, Mapping) or not ninjs.is_item(item)), None)
    if odd is not None:
        return Unreadable(f"must hold one JSON object, an article, or several ninjs items, which {odd} is not")
    return ninjs.read(items, source_id)


def _utf8(body: bytes) -> bytes:
    """Return JSON in UTF-8, which RFC 8259 asks for; UTF-16 is read by its byte order mark."""
    return narrow(body) if body[:3] != b"\xef\xbb\xbf" else body[3:]
