"""Slugs: what tags, authors and sources are called in addresses."""

from __future__ import annotations

import re

from anyascii import anyascii

LONGEST = 63
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return the slug of a name: ASCII, lower case, words joined by hyphens; empty when nothing is left."""
    return _OTHER.sub("-", anyascii(text[:500]).lower()).strip("-")[:LONGEST].rstrip("-")


def is_slug(text: str) -> bool:
    """Tell whether this may stand for a tag, author or source in an address."""
    return SLUG.fullmatch(text) is not None
