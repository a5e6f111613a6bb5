"""Addresses on a page to absolute web addresses; which of them matter is left to others."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from services.ingest.parse import urls

LONGEST = 8_000
"""A longer one is data, or a trap for `urljoin`."""

GHOST_SIZE = re.compile(r"/content/images/size/[a-z0-9/]*?(?=/\d{4}/)")
WORDPRESS_SIZE = re.compile(r"-(?:\d{2,5}x\d{2,5}|scaled)(?=\.[a-z]{3,5}$)", re.IGNORECASE)
LAZY = ("data-src", "data-lazy-src", "data-original", "data-full-src")
SETS = ("srcset", "data-srcset", "data-lazy-srcset")
CANDIDATE = re.compile(r"(\S+?)(?:\s+(\d{1,6}(?:\.\d{1,3})?)[wx])?\s*(?:,(?=\s|https?:|/)|$)")


def address(value: str | None, base: str) -> str | None:
    """Return an absolute http or https address, odd characters escaped, or None when it cannot be one."""
    return urls.address(value, base) if value and len(value) <= LONGEST else None


def picture(value: str | None, base: str) -> str | None:
    """Return a picture's own address: of one behind a front end's resizer, that of the picture behind it."""
    found = address(value, base)
    return found and urls.unwrapped(found)


def picture_of(element: HtmlElement, base: str) -> str | None:
    """Return the address of an img element's picture: the lazy one before the placeholder, else the largest."""
    lazy = next((element.get(name) for name in LAZY if element.get(name)), None)
    for value in (lazy, element.get("src")):
        found = picture(value, base) if value and not value.lstrip().startswith("data:") else None
        if found is not None:
            return found
    sets = [element.get(name) for name in SETS]
    around = next(element.iterancestors("picture"), None)
    if around is not None:  # to libxml2 a source is no void element, so the img may stand inside it
        sets += [source.get("srcset") for source in around.iterdescendants("source")]
    return next((found for one in sets if one and (found := _largest(one, base)) is not None), None)


def _largest(srcset: str, base: str) -> str | None:
    """Return the picture with the greatest width or density of a srcset (HTML, "Images", srcset attributes)."""
    offered = CANDIDATE.findall(srcset[:LONGEST])
    largest_first = sorted(offered, key=lambda one: -float(one[1] or 1))
    return next((picture(url, base) for url, _ in largest_first if not url.startswith("data:")), None)


def same_picture(url: str) -> str:
    """Return what a picture's addresses have in common over its sizes: host and path without the size in them."""
    parts = urlsplit(url)
    path = GHOST_SIZE.sub("/content/images", unquote(parts.path))
    return f"{(parts.hostname or '').removeprefix('www.')}{WORDPRESS_SIZE.sub('', path)}".lower()
