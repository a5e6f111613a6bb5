"""The formats of feeds, by the ending of their addresses: how each writes an item, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.syndication.feeds import atom, jsonfeed, ninjs, rss, rss_channel, wellformed
from services.syndication.feeds.channel import TYPES, Channel
from services.syndication.feeds.partners import apple, flipboard, msn, smartnews
from services.syndication.feeds.site import Site
from shared.events import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How articles become a document: `item` renders one, `fault` says why a rendered one must not be served."""

    media_type: str
    item: Callable[[Article, Site], bytes]
    fault: Callable[[bytes], str | None]
    head: Callable[[Channel, Site], bytes]
    foot: bytes
    between: bytes = b""
    items: int | None = None
    page_bytes: int = 8 << 20
    """The most items of a page, where fewer than usual, and the most bytes: it ends early, and the rest follows."""


RSS = Format(
    media_type=TYPES["rss"],
    item=rss.item,
    fault=wellformed.fault,
    head=rss_channel.head,
    foot=rss_channel.FOOT,
)
ATOM = Format(media_type=TYPES["atom"], item=atom.entry, fault=atom.fault, head=atom.head, foot=atom.FOOT)
JSON = Format(
    media_type=TYPES["json"],
    item=jsonfeed.item,
    fault=jsonfeed.fault,
    head=jsonfeed.head,
    foot=jsonfeed.FOOT,
    between=jsonfeed.BETWEEN,
)
NINJS = Format(
    media_type=TYPES["ninjs"],
    item=ninjs.associated,
    fault=jsonfeed.fault,
    head=ninjs.head,
    foot=ninjs.FOOT,
    between=ninjs.BETWEEN,
)
OPEN_FORMATS: Mapping[str, Format] = {"rss": RSS, "atom": ATOM, "json": JSON, "ninjs": NINJS}
"""What anybody reads; partners' renderings differ from RSS only where its rules and theirs conflict."""

PARTNERS: Mapping[str, Format] = {
    f"{name}.rss": Format(
        media_type=TYPES["rss"],
        item=partner.item,
        fault=partner.fault,
        head=partner.head,
        foot=rss_channel.FOOT,
        items=partner.ITEMS,
        page_bytes=1_000_000,
    )
    for name, partner in (("msn", msn), ("smartnews", smartnews), ("flipboard", flipboard), ("apple", apple))
}
FORMATS: Mapping[str, Format] = {**OPEN_FORMATS, **PARTNERS}
