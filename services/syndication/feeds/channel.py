"""What stands around the items of an RSS document; the items themselves come as finished fragments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.syndication.feeds.shelf import FeedName, Kind
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import attribute, content, rfc822

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
OPEN = '<rss version="2.0"' + "".join(f'\n  xmlns:{name}="{uri}"' for name, uri in NAMESPACES.items()) + ">"
FOOT = b"</channel>\n</rss>\n"

MEDIA_TYPE = "application/rss+xml"
DOCS = "https://www.rssboard.org/rss-specification"
MINUTES = 15
"""How long a reader may keep the feed before it asks again; sy:* says the same."""

ABOUT: dict[Kind, str] = {
    "tags": "Stories about {label} from {name}.",
    "authors": "Stories by {label} from {name}.",
    "sources": "Stories of {label}, passed on by {name}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One page of a feed: what people call it, its place in the ledger, and its newest moments.

    `before` is the number this page ends below, `older` the number the next page ends below; None where
    there is none. `published` and `modified` are the latest of its items, None when it has none.
    """

    feed: FeedName
    label: str
    before: int | None = None
    older: int | None = None
    published: datetime | None = None
    modified: datetime | None = None


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item. Its dates are the items': a clock would change the bytes."""
    title, about = _called(channel, site)
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        OPEN,
        "<channel>",
        f"<title>{content(title)}</title>",
        f"<link>{content(site.page(channel.feed))}</link>",
        f"<description>{content(about)}</description>",
        f"<language>{content(site.language)}</language>",
        f"<copyright>{content(site.rights)}</copyright>" if site.rights else "",
        f"<pubDate>{rfc822(channel.published)}</pubDate>" if channel.published else "",
        f"<lastBuildDate>{rfc822(channel.modified)}</lastBuildDate>" if channel.modified else "",
        "<generator>Wireroom</generator>",
        f"<docs>{DOCS}</docs>",
        f"<ttl>{MINUTES}</ttl>",
        "<sy:updatePeriod>hourly</sy:updatePeriod>",
        f"<sy:updateFrequency>{60 // MINUTES}</sy:updateFrequency>",
        *(_link(rel, url) for rel, url in _links(channel, site)),
    )
    return "\n".join([*filter(None, lines), ""]).encode()


def _called(channel: Channel, site: Site) -> tuple[str, str]:
    about = ABOUT.get(channel.feed.kind)
    if about is None:
        return site.name, site.description
    return f"{site.name}: {channel.label}", about.format(label=channel.label, name=site.name)


def _links(channel: Channel, site: Site) -> list[tuple[str, str]]:
    """Return the relations of a page of a paged feed (RFC 5005 section 3) and their addresses."""
    links = [("self", site.feed(channel.feed, "rss", channel.before))]
    if channel.before is not None:
        links.append(("first", site.feed(channel.feed, "rss")))
    if channel.older is not None:
        links.append(("next", site.feed(channel.feed, "rss", channel.older)))
    return links


def _link(rel: str, url: str) -> str:
    return f'<atom:link rel="{rel}" type="{MEDIA_TYPE}" href="{attribute(url)}"/>'
