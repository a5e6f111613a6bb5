"""RSS and Atom to submissions by feedparser; bytes are made safe by encoding, and items are read by item."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import feedparser

from services.ingest.parse.encoding import clean
from services.ingest.parse.item import Channel, submission_of
from services.ingest.parse.text import address, plain
from services.ingest.submission import Submission

MAX_ITEMS = 500
MAX_TAGS = 50_000
MAX_DEPTH = 1_000
LONG_TAG = re.compile(rb"<[A-Za-z_][^<>]{5000,}")
MAX_ATTRIBUTES = 500
TAG = re.compile(rb"<(/?)[A-Za-z_]|/>")
MEDIA_DESCRIPTION = re.compile(rb"<(/?)media:description\b")
"""feedparser takes it for the item's own description (its issues 53 and 195); under this name it stays apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A feed's items, newest first as far as it is ordered so; `skipped` counts those without any words.

    `cut` counts those beyond the first 500.
    """

    submissions: tuple[Submission, ...]
    title: str | None
    home: str | None
    skipped: int = 0
    cut: int = 0


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """The bytes are no feed, and what they are instead, in words."""

    reason: str


def parse(body: bytes, *, url: str, content_type: str, source_id: str) -> Parsed | NotAFeed:
    """Read a feed that came from `url`, against which relative addresses are resolved.

    Takes seconds for megabytes: call it in a thread. It opens nothing: feedparser is given a stream, since a
    text or bytes it would try as a URL and as a file name.
    """
    if not body.strip():
        return NotAFeed("the document is empty")
    safe = clean(body, content_type)
    if (reason := monstrous(safe)) is not None:
        return NotAFeed(reason)
    safe = MEDIA_DESCRIPTION.sub(rb"<\1media:caption", safe)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        feed = feedparser.parse(BytesIO(safe), response_headers=headers, sanitize_html=False)
    except Exception as error:  # noqa: BLE001  # bytes made to break a parser are a bad document, not our fault
        return NotAFeed(f"the parser gave it up: {type(error).__name__}")
    if not dict.get(feed, "version") and not feed.entries:
        return NotAFeed(_instead(safe))
    return _parsed(feed, url, source_id)


def monstrous(safe: bytes) -> str | None:
    """Return why a document would keep the parser busy for minutes, in words, or None."""
    first, *rest = safe.split(b"<![CDATA[")
    markup = b" ".join([first, *(part.partition(b"]]>")[2] for part in rest)])
    depth = 0
    for count, tag in enumerate(TAG.finditer(markup)):
        depth += 1 if tag[1] == b"" else -1
        if count > 2 * MAX_TAGS:
            return f"the document has more than {MAX_TAGS} elements"
        if depth > MAX_DEPTH:
            return f"the document nests more than {MAX_DEPTH} elements"
    if any(tag[0].count(b"=") > MAX_ATTRIBUTES for tag in LONG_TAG.finditer(markup)):
        return f"an element of the document has more than {MAX_ATTRIBUTES} attributes"
    return None


def _parsed(feed: Any, url: str, source_id: str) -> Parsed:
    channel = Channel(
        source_id=source_id,
        url=url,
        language=plain(dict.get(feed.feed, "language")),
        rights=plain(dict.get(feed.feed, "rights")),
    )
    items = [submission_of(entry, channel) for entry in feed.entries[:MAX_ITEMS]]
    found = [item for item in items if item is not None]
    return Parsed(
        submissions=tuple(_distinct(found)),
        title=(plain(dict.get(feed.feed, "title")) or "")[:300] or None,
        home=address(dict.get(feed.feed, "link"), url),
        skipped=len(items) - len(found),
        cut=max(0, len(feed.entries) - MAX_ITEMS),
    )


def _distinct(submissions: list[Submission]) -> list[Submission]:
    """Keep one item of each guid; where a guid is given to items of several URLs, it names none of them alone."""
    urls: dict[str | None, set[str | None]] = {}
    for item in submissions:
        urls.setdefault(item.guid, set()).add(item.url)
    kept: dict[str | None, Submission] = {}
    for item in submissions:
        shared = item.guid is not None and len(urls[item.guid]) > 1
        guid = f"{item.guid}|{item.url}"[:2048] if shared else item.guid
        key = guid or item.url or f"{item.headline}\0{item.body_html}"
        kept.setdefault(key, item.model_copy(update={"guid": guid}) if shared else item)
    return list(kept.values())


def _instead(safe: bytes) -> str:
    head = safe[:2000].strip().lower()
    if b"<html" in head:
        return "this is an HTML page, not a feed"
    if head.startswith(b"{"):
        return "this is JSON, not RSS or Atom"
    return "this is neither RSS nor Atom"
