"""Ghost's authors as ours: names, pictures, words and links; e-mail addresses and settings are never looked at."""

from __future__ import annotations

from typing import Any

from services.ingest.cms.values import Object, address, objects, text

NETWORKS = {
    "facebook": "https://www.facebook.com/",
    "twitter": "https://x.com/",
    "threads": "https://www.threads.net/@",
    "bluesky": "https://bsky.app/profile/",
    "tiktok": "https://www.tiktok.com/@",
    "youtube": "https://www.youtube.com/",
    "instagram": "https://www.instagram.com/",
    "linkedin": "https://www.linkedin.com/in/",
}
"""Where a name that Ghost keeps for a network leads; a few are kept as whole addresses."""


def authors_of(post: Object) -> list[dict[str, Any]]:
    """Return every author of a post in its order; the primary one where there is no list."""
    listed = objects(post.get("authors"), 50) or objects([post.get("primary_author")])
    return [author for author in map(_author, listed) if author is not None]


def _author(given: Object) -> dict[str, Any] | None:
    name = text(given.get("name"))
    if name is None or "@" in name:  # who never gave a name is called by the e-mail address
        return None
    return {
        "name": name,
        "bio": text(given.get("bio"), 20_000),
        "avatar": address(given.get("profile_image")),
        "url": address(given.get("url")),
        "links": _links(given),
    }


def _links(given: Object) -> list[str]:
    found = [address(given.get("website")), *(_profile(given.get(name), root) for name, root in NETWORKS.items())]
    found.append(_mastodon(given.get("mastodon")))
    return list(dict.fromkeys(link for link in found if link is not None))


def _profile(value: Any, root: str) -> str | None:
    name = value.strip().lstrip("/") if isinstance(value, str) else ""
    if not name or "://" in name:
        return address(name)
    bare = name if root.endswith("youtube.com/") else name.removeprefix("@")
    return address(root + bare)


def _mastodon(value: Any) -> str | None:
    """Return a profile's address of `@name@host`, `host/@name` or an address."""
    name = value.strip() if isinstance(value, str) else ""
    if "://" in name or not name:
        return address(name)
    user, _, host = name.removeprefix("@").partition("@")
    return address(f"https://{name}" if "/" in name else f"https://{host}/@{user}") if host else None
