"""Ghost's authors as ours: names, pictures, words and links; e-mail addresses and settings are never looked at."""

from __future__ import annotations

from typing import Any

from services.ingest.cms.values import Object, address, objects, text
from services.ingest.source import RoleField

LONGEST_ROLE = 100

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


def authors_of(post: Object, role: RoleField | None = None) -> list[dict[str, Any]]:
    """Return every author of a post in its order; the primary one where there is no list.

    `role` is the field in which the site keeps what Ghost has no field for.
    """
    listed = objects(post.get("authors"), 50) or objects([post.get("primary_author")])
    return [author for one in listed if (author := _author(one, role)) is not None]


def _author(given: Object, field: RoleField | None) -> dict[str, Any] | None:
    name = text(given.get("name"))
    if name is None or "@" in name:  # who never gave a name is called by the e-mail address
        return None
    role, bio = _role(given, field)
    return {
        "name": name,
        "role": role,
        "bio": bio,
        "avatar": address(given.get("profile_image")),
        "url": address(given.get("url")),
        "links": _links(given),
    }


def _role(given: Object, field: RoleField | None) -> tuple[str | None, str | None]:
    """Return an author's role and bio; the first line of a bio is a role only when it is as short as one."""
    bio = given.get("bio")
    if field != "bio":
        return text(given.get(field), LONGEST_ROLE) if field else None, text(bio, 20_000)
    first, _, rest = bio.strip().partition("\n") if isinstance(bio, str) else ("", "", "")
    if not first.strip() or len(first) > LONGEST_ROLE:
        return None, text(bio, 20_000)
    return text(first, LONGEST_ROLE), text(rest, 20_000)


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
