"""A program of its own: a feed's bytes on standard input to JSON by feedparser; loose starts and bounds it."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import feedparser
import orjson

MEMORY = 1 << 30
MAX_ENTRIES = 500
TEXTS = ("id", "link", "title", "published", "created", "updated", "author", "rights", "language")


def main(seconds: int) -> None:
    """Read within so many seconds of CPU time and a gigabyte; the system ends what takes more."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # A stream: text or bytes feedparser would try as an address and as a file's name.
    feed = feedparser.parse(BytesIO(sys.stdin.buffer.read()), sanitize_html=False, resolve_relative_uris=False)
    told = {"feed": _texts(feed.feed), "entries": [_entry(one) for one in feed.entries[:MAX_ENTRIES]]}
    sys.stdout.buffer.write(orjson.dumps(told | {"count": len(feed.entries)}))


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    get = dict(entry).get
    return _texts(entry) | {
        "summary": _text((get("summary_detail") or {}).get("value")),
        "contents": [_text(one.get("value")) for one in get("content") or ()],
        "authors": [_text(one.get("name")) for one in get("authors") or ()],
        "tags": [{name: _text(tag.get(name)) for name in ("term", "scheme", "label")} for tag in get("tags") or ()],
        "enclosures": [
            {name: _text(link.get(name)) for name in ("href", "type", "length")}
            for link in get("links") or ()
            if link.get("rel") == "enclosure"
        ],
    }


def _texts(entry: Mapping[str, Any]) -> dict[str, str]:
    # dict's own way passes by feedparser's aliases, which would give `published` for a missing `updated`.
    return {name: _text(dict(entry).get(name)) for name in TEXTS}


def _text(value: Any) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


if __name__ == "__main__":
    main(int(sys.argv[1]))
