"""Says what a picture shows: by the body's own words for it before its title in the feed, which is no description."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from services.ingest.parse.text import plain
from services.ingest.parse.values import LONG, Fields

TITLED = "titled"
"""The field of a picture whose alt is but its title; it goes before the picture is a submission's."""

IMG = re.compile(r"<img\b[^>]{1,8000}>", re.IGNORECASE)
SAID = re.compile(r"(?<![-\w])(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


def settle(images: Iterable[Fields], body: str) -> None:
    """Give pictures that are but titled the alt that the body has for them, where it has one."""
    titled = [image for image in images if image.pop(TITLED, False)]
    known = _alts(body) if titled else {}
    for image in titled:
        image["alt"] = known.get(image["url"]) or image["alt"]


def _alts(body: str) -> dict[str, str]:
    """Return the alt of each picture of a body that has one, by its address."""
    found: dict[str, str] = {}
    for tag in IMG.findall(body):
        said = {name.lower(): unescape(one or other) for name, one, other in SAID.findall(tag)}
        if alt := plain(said.get("alt")):
            found.setdefault(said.get("src", ""), alt[:LONG])
    return found
