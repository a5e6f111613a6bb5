"""Small values of an item out of what feeds write for them: languages, categories, numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from services.ingest.parse.text import plain
from shared.numbers import whole

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LONG, SHORT = 20_000, 300
USUAL = 200
"""Characters of a category that is worth remembering."""

Fields = dict[str, Any]


def language(*told: str | None) -> str | None:
    """Return the first well-formed language tag."""
    if not any(told):
        return None
    tags = (text.strip().replace("_", "-") for text in told if text)
    return next((tag for tag in tags if len(tag) <= 35 and LANGUAGE.fullmatch(tag)), None)


def category(term: str | None, scheme: str | None = None, label: str | None = None) -> Fields | None:
    """Return a category of the source's own, None when it has no name; the same one again for the same words."""
    usual = len(term or "") + len(scheme or "") + len(label or "") < USUAL
    return _category(term, scheme, label) if usual else _category.__wrapped__(term, scheme, label)


@lru_cache(maxsize=4096)
def _category(term: str | None, scheme: str | None, label: str | None) -> Fields | None:
    name, shown = plain(term), plain(label)
    if not name and not shown:
        return None
    found = {"term": (name or shown or "")[:SHORT]}
    if scheme and (scheme := scheme.strip()):
        found["scheme"] = scheme[:SHORT]
    if shown:
        found["label"] = shown[:SHORT]
    return found


def each_category_once(found: list[Fields | None]) -> list[Fields]:
    """Return categories that have a name, each once."""
    kept: dict[tuple[str, str | None, str | None], Fields] = {}
    for one in found:
        if one:
            kept.setdefault((one["term"], one.get("scheme"), one.get("label")), one)
    return list(kept.values())


def number(text: Any, most: int = 100_000) -> int | None:
    """Return a whole number of at most `most`; None for anything else."""
    if text is None:
        return None
    return whole(str(text).strip().removesuffix("px").partition(".")[0], most)
