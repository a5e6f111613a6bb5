"""Takes typed values out of JSON that strangers sent; what is odd becomes None or nothing, never an error."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

import nh3
import orjson

from services.ingest.submission import is_web_url, printable

SAFE = ":/?#[]@!$&'()*+,;=%~-._"
BREAK = re.compile(r"<(?=/?(?:br|p|div|li|h[1-6]|figcaption)\b)", re.IGNORECASE)
NOWHERE = re.compile(r"/404/?$")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
Object = Mapping[str, Any]


def document(body: bytes) -> Any:
    """Return what JSON says, None when it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def object_of(value: Any) -> Object:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: Any, most: int = 200) -> list[Object]:
    """Return the objects of a JSON array, at most so many."""
    found: list[Object] = [inner for inner in value if isinstance(inner, dict)] if isinstance(value, list) else []
    return found[:most]


def text(value: Any, most: int = 300) -> str | None:
    """Return a text on one line, cut at `most` characters; None when nothing is left."""
    return " ".join(printable(value).split())[:most].rstrip() or None if isinstance(value, str) else None


def prose(value: Any, most: int = 20_000) -> str | None:
    """Return the words of a piece of HTML on one line, cut at `most` characters; None when nothing is left."""
    if not isinstance(value, str):
        return None
    if "<" in value or "&" in value:
        value = html.unescape(nh3.clean(BREAK.sub(" <", value), tags=set()))
    return text(value, most)


def address(value: Any, base: str | None = None) -> str | None:
    """Return an absolute web address, its odd characters escaped; None for what is none.

    Ghost calls `/404/` what has no page.
    """
    if not isinstance(value, str) or not value.strip() or NOWHERE.search(value):
        return None
    try:
        joined = urljoin(base or "", value.strip())
    except ValueError:
        return None
    escaped = joined if is_web_url(joined) else quote(printable(joined), safe=SAFE)
    return escaped if is_web_url(escaped) else None


def moment(value: Any, *, utc: bool = False) -> datetime | None:
    """Return an ISO 8601 moment; one without a zone is taken for UTC when `utc`, else it is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC) if utc else found
    return found if found.tzinfo is not None and 1000 < found.year < 9000 else None


def language(value: Any) -> str | None:
    """Return a language tag (RFC 5646), as content systems write it: `en_US` becomes `en-US`."""
    tag = value.strip().replace("_", "-") if isinstance(value, str) else ""
    return tag if len(tag) <= 35 and LANGUAGE.fullmatch(tag) else None


def whole(value: Any, most: int) -> int | None:
    """Return a whole number from 0 to `most`."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None
