"""Any feed's bytes to a document; each format has its reader, and the way to a tree is ladder's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from services.ingest.document import Document, Unreadable
from services.ingest.parse.atom import read_atom
from services.ingest.parse.channel import Channel
from services.ingest.parse.jsonfeed import looks_like_json, read_json_feed
from services.ingest.parse.ladder import Tree, climb, instead, kind_of
from services.ingest.parse.loose import has_items, read_loosely
from services.ingest.parse.losses import Losses
from services.ingest.parse.names import Element, Names
from services.ingest.parse.rss import read_rss
from services.ingest.parse.sitemap import read_urlset

Reader = Callable[[Element, Channel, Names], Document]
READERS: dict[str, Reader] = {
    "rss": read_rss,
    "rdf": read_rss,
    "channel": read_rss,
    "feed": read_atom,
    "entry": read_atom,
    "urlset": read_urlset,
    "sitemapindex": read_urlset,
}


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str,
    source_id: str,
    timezone: str | None = None,
    now: datetime | None = None,
) -> Document | Unreadable:
    """Read a feed that came from `url`, against which relative addresses are resolved.

    `timezone` (IANA) is that of dates without one, UTC when it is none or unknown; `now` is the present moment, by
    which dates that lie ahead are refused. Takes up to a second for a megabyte: call it in a thread. Opens nothing
    but the bytes, and never raises for what is in them.
    """
    channel = Channel(source_id=source_id, url=url, zone=zone_of(timezone), now=now or datetime.now(UTC))
    if not body or body.isspace():
        return Unreadable("the document is empty")
    if looks_like_json(body):
        return read_json_feed(body, content_type, channel)
    tree = climb(body, content_type)
    document = tree if isinstance(tree, Unreadable) else _read(tree, channel, body)
    if isinstance(document, Unreadable):
        missed = "HTML" not in document.reason and has_items(body)
    else:
        missed = document.quality == "recovered" and not document.submissions and has_items(body)
    return (_loosely(body, channel) if missed else None) or document


def zone_of(name: str | None) -> tzinfo:
    """Return a time zone by its IANA name; UTC for none, and for one that is not known."""
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _read(tree: Tree, channel: Channel, body: bytes) -> Document | Unreadable:
    root = _root(tree.root)
    if root is None:
        return Unreadable(instead(tree.text or body[:2000].decode("utf-8", "replace")))
    channel.scoped, channel.xml = tree.scoped, True
    document = READERS[kind_of(root)](root, channel, Names(str(root.tag)))
    return replace(document, quality=tree.quality, lost=(*tree.lost, *channel.losses.told()))


def _loosely(body: bytes, channel: Channel) -> Document | None:
    document = read_loosely(body, replace(channel, losses=Losses()))
    return document if document and document.submissions else None


def _root(root: etree._Element) -> etree._Element | None:
    """Return the feed of a document: its root, or what stands a little inside a wrapper."""
    if kind_of(root) in READERS:
        return root
    near = (child for outer in (root, *islice(root, 5)) for child in islice(outer, 20))
    return next((child for child in near if kind_of(child) in ("rss", "rdf", "feed")), None)
