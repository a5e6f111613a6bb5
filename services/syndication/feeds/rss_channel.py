"""What stands around the items of an RSS document; the items themselves come as finished fragments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.syndication.feeds.channel import MINUTES, Channel, Link, called, links, tongue
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import attribute, content, rfc822, words

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
}


def opened(namespaces: Mapping[str, str]) -> str:
    """Return the start of a document whose items use these prefixes."""
    return '<rss version="2.0"' + "".join(f'\n  xmlns:{name}="{uri}"' for name, uri in namespaces.items()) + ">"


OPEN = opened(NAMESPACES)
FOOT = b"</channel>\n</rss>\n"

DOCS = "https://www.rssboard.org/rss-specification"


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item. Its dates are the items': a clock would change the bytes."""
    return written(channel, site, "rss", OPEN)


def written(channel: Channel, site: Site, ending: str, start: str, more: Sequence[str] = ()) -> bytes:
    """Return what `head` does for a rendering of its own: its ending, its start tag, its further elements."""
    title, about = called(channel, site)
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        start,
        "<channel>",
        f"<title>{words(title)}</title>",
        f"<link>{content(site.page(channel.feed))}</link>",
        f"<description>{words(about)}</description>",
        f"<language>{content(tongue(channel, site))}</language>",
        f"<copyright>{words(site.rights)}</copyright>" if site.rights else "",
        f"<pubDate>{rfc822(channel.published)}</pubDate>" if channel.published else "",
        f"<lastBuildDate>{rfc822(channel.modified)}</lastBuildDate>" if channel.modified else "",
        "<generator>Wireroom</generator>",
        f"<docs>{DOCS}</docs>",
        f"<ttl>{MINUTES}</ttl>",
        *_image(title, channel, site),
        "<sy:updatePeriod>hourly</sy:updatePeriod>",
        f"<sy:updateFrequency>{60 // MINUTES}</sy:updateFrequency>",
        *(_link(link) for link in links(channel, site, ending)),
        "<fh:archive/>" if channel.archive is not None else "",
        *more,
    )
    return "\n".join([*filter(None, lines), ""]).encode()


def _link(link: Link) -> str:
    kind = f' type="{link.type}"' if link.type else ""
    return f'<atom:link rel="{link.rel}"{kind} href="{attribute(link.url)}"/>'


def _image(title: str, channel: Channel, site: Site) -> list[str]:
    """Return the newsroom's picture; its title and link must equal the channel's (RSS Advisory Board profile)."""
    if not site.logo:
        return []
    link = content(site.page(channel.feed))
    return [f"<image><url>{content(site.logo)}</url><title>{words(title)}</title><link>{link}</link></image>"]
