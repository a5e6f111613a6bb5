"""The authors of a WordPress post: those of co-author plugins where there are any, else the one it is filed under."""

from __future__ import annotations

from typing import Any

from services.ingest.cms.values import Object, address, object_of, objects, prose

NAMES = ("display_name", "name", "title")
BIOS = ("description", "bio")
PAGES = ("link", "author_link", "permalink")
SITES = ("url", "user_url", "website")


def authors_of(post: Object) -> list[dict[str, Any]]:
    """Return every author of a post in its order, each once; e-mail addresses are never looked at."""
    embedded = object_of(post.get("_embedded"))
    listed = (
        objects(post.get("authors"), 50)  # PublishPress Authors
        or objects(post.get("coauthors"), 50)  # Co-Authors Plus
        or objects(embedded.get("author"), 50)
    )
    found = [author for author in map(_author, listed) if author is not None]
    if not found:
        name = _name(object_of(post.get("yoast_head_json")).get("author"))
        found = [{"name": name}] if name else []
    return list({author["name"]: author for author in reversed(found)}.values())[::-1]


def _author(given: Object) -> dict[str, Any] | None:
    name = next((name for name in map(_name, (given.get(key) for key in NAMES)) if name), None)
    if name is None:
        return None
    website = _first(given, SITES)
    return {
        "name": name,
        "role": prose(given.get("job_title"), 300),
        "bio": next((bio for bio in (prose(given.get(key)) for key in BIOS) if bio), None),
        "avatar": _avatar(given),
        "url": _first(given, PAGES),
        "links": [website] if website else [],
    }


def _name(value: Any) -> str | None:
    name = prose(value, 300)
    return name if name and "@" not in name else None


def _first(given: Object, keys: tuple[str, ...]) -> str | None:
    return next((found for found in (address(given.get(key)) for key in keys) if found), None)


def _avatar(given: Object) -> str | None:
    """Return the largest avatar; they are told by their width in pixels, or as one address, or as two."""
    sizes = given.get("avatar_urls") or given.get("avatar_url") or given.get("avatar")
    if isinstance(sizes, str):
        return address(sizes)
    named = object_of(sizes)
    if (large := address(named.get("url2x")) or address(named.get("url"))) is not None:
        return large
    widths = sorted((size for size in named if size.isdecimal() and len(size) < 6), key=int, reverse=True)
    return next((found for found in (address(named[width]) for width in widths) if found), None)
