"""Names of authors out of the forms that feeds write; taking bylines apart and linking people is left to others."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from services.ingest.parse.text import plain
from services.ingest.parse.urls import address

MAIL = re.compile(r"(?:mailto:)?[^\s@<>()\[\],;\"]{1,100}@[^\s@<>()\[\],;\"]{1,200}", re.IGNORECASE)
HANDLE = re.compile(r"@[\w.-]{1,64}(?:@[\w-]{1,63}(?:\.[\w-]{1,63})+)?")
"""All that some sign with: it is a name, and nobody's e-mail address."""

BESIDE = re.compile(r"[\s(\[,]{1,9}@[\w.-]{1,64}[)\]]?\s*$")
"""A handle behind a name."""

WHOLE_IN_BRACKETS = re.compile(r"[(<\[\"]([^()<>\[\]\"]*)[)>\]\"]")
USUAL = 200
"""Characters of a name that is worth remembering."""

NOBODY = frozenset({"noreply", "no-reply", "nospam", "webmaster", "unknown", "author"})


def person(text: str | None, *, url: str | None = None, base: str = "", avatar: str | None = None) -> dict[str, Any]:
    """Return an author by a name as feeds write it, empty when there is none; e-mail addresses stay out.

    Knows `Name`, `Name <address>`, `address (Name)`, `Name (address)` and an address alone.
    """
    name = named(text)
    if not name:
        return {}
    author: dict[str, Any] = {"name": name}
    if url and (link := address(url, base)):
        author["url"] = link
    if avatar and (link := address(avatar, base)):
        author["avatar"] = link
    return author


def named(text: str | None) -> str:
    """Return a name without e-mail addresses, empty when nothing is left."""
    if not text:
        return ""
    return _named(text) if len(text) < USUAL else _named.__wrapped__(text)


@lru_cache(maxsize=4096)
def _named(text: str) -> str:
    """Find the name once for all items that have it."""
    if "@" not in text:
        return _unless_nobody(plain(text) or "")
    if HANDLE.fullmatch(text.strip()):
        return text.strip()
    bare = MAIL.sub(" ", text.replace("&lt;", "<").replace("&gt;", ">")) if len(text) < 2000 else ""
    bare = BESIDE.sub("", bare)
    bare = bare.replace("<", " ").replace(">", " ")
    bare = re.sub(r"\(\s*\)|\[\s*\]", " ", bare).strip(" \t\r\n,;:-\"'")
    inner = WHOLE_IN_BRACKETS.fullmatch(bare)
    name = plain(inner[1] if inner else bare) or ""
    return "" if "@" in name else _unless_nobody(name)


def each_once(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the authors that have a name, each once by name, with all that the feed knows of them."""
    kept: dict[str, dict[str, Any]] = {}
    for author in people:
        if author:
            name = author["name"].casefold()
            kept[name] = author | kept[name] if name in kept else author
    return list(kept.values())[:50]


def _unless_nobody(name: str) -> str:
    return "" if name.casefold() in NOBODY else name
