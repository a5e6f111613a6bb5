"""What stands around the items of an RSS document; the items themselves come as finished fragments."""

from __future__ import annotations

from services.syndication.feeds.channel import MINUTES, Channel, Link, called, links
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

DOCS = "https://www.rssboard.org/rss-specification"


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item. Its dates are the items': a clock would change the bytes."""
    title, about = called(channel, site)
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
        *(_link(link) for link in links(channel, site, "rss")),
    )
    return "\n".join([*filter(None, lines), ""]).encode()


def _link(link: Link) -> str:
    kind = f' type="{link.type}"' if link.type else ""
    return f'<atom:link rel="{link.rel}"{kind} href="{attribute(link.url)}"/>'
