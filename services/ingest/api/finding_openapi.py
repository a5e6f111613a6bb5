"""The OpenAPI 3.1 description of finding sources and of lists of feeds."""

from __future__ import annotations

from typing import Any

from shared.openapi import KEY, content, refusal
from shared.problems import phrase

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
MOMENT_OR_NULL = {"type": ["string", "null"], "format": "date-time"}
ASKED = {
    "type": "object",
    "required": ["url"],
    "additionalProperties": False,
    "properties": {"url": {"type": "string", "format": "uri", "description": "of a site, a page or a feed"}},
}
ITEM = {
    "type": "object",
    "properties": {
        "headline": TEXT,
        "url": TEXT_OR_NULL,
        "published_at": MOMENT_OR_NULL,
        "updated_at": MOMENT_OR_NULL,
        "authors": {"type": "array", "items": TEXT},
        "summary": TEXT_OR_NULL,
        "image": TEXT_OR_NULL,
        "full_text": {"type": "boolean", "description": "whether the source gives the text itself"},
    },
}
FOUND = {
    "type": "object",
    "required": ["url", "kind", "how"],
    "properties": {
        "url": TEXT,
        "kind": {"enum": ["feed", "page", "sitemap", "ghost", "wordpress"]},
        "how": TEXT | {"description": "how it was come by"},
        "title": TEXT_OR_NULL,
        "type": TEXT_OR_NULL | {"description": "the media type that its server names"},
        "items": {"type": "integer"},
        "items_preview": {"type": "array", "items": ITEM, "maxItems": 5},
        "note": TEXT_OR_NULL | {"description": "what it needs to be added, or is to be checked for"},
    },
}
DISCOVERY = {
    "type": "object",
    "required": ["url", "feeds", "problems"],
    "properties": {
        "url": TEXT,
        "title": TEXT_OR_NULL,
        "feeds": {"type": "array", "items": FOUND},
        "problems": {"type": "array", "items": TEXT},
    },
}
LINE = {
    "type": "object",
    "required": ["url"],
    "properties": {"url": TEXT, "title": TEXT_OR_NULL, "id": TEXT_OR_NULL, "reason": TEXT_OR_NULL},
}
COUNT = {"type": "integer", "minimum": 0}
IMPORTED = {
    "type": "object",
    "required": ["counts", "added", "known", "refused"],
    "properties": {
        "counts": {"type": "object", "properties": {"added": COUNT, "known": COUNT, "refused": COUNT}},
        "added": {"type": "array", "items": LINE},
        "known": {"type": "array", "items": LINE},
        "refused": {"type": "array", "items": LINE},
    },
}
FINDING = {"Discover": ASKED, "Discovery": DISCOVERY, "Imported": IMPORTED}
OPML = {"text/x-opml": {"schema": TEXT}}


def finding() -> dict[str, Any]:
    """Return the paths of discovery and OPML."""
    found = _operation("Find the sources behind an address", content("Discovery"), [401, 403, 413, 422, 503])
    taken = _operation("Add the feeds of an OPML list", content("Imported"), [401, 403, 413, 422])
    return {
        "/api/v1/sources/discover": {"post": found | _body(content("Discover"))},
        "/api/v1/sources/opml": {
            "get": _operation("Get the feed sources as OPML", OPML, [401, 403]),
            "post": taken | _body(OPML) | {"parameters": [KEY]},
        },
    }


def _operation(summary: str, shown: dict[str, Any], problems: list[int]) -> dict[str, Any]:
    responses = {str(status): refusal(phrase(status)) for status in problems}
    return {
        "summary": summary,
        "tags": ["ingest"],
        "responses": {"200": {"description": "Done", "content": shown}} | responses,
    }


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}
