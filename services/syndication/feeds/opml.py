"""All feeds as an OPML 2.0 document, for readers that take a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.syndication.feeds.shelf import ALL, FeedName, Kind
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import attribute, content
from services.syndication.feeds.tongues import label_of

MEDIA_TYPE = "text/x-opml"
GROUPS: Mapping[Kind, str] = {
    "sections": "Sections",
    "tags": "Tags",
    "authors": "Authors",
    "sources": "Sources",
    "languages": "Languages",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A feed and what people call it."""

    feed: FeedName
    label: str


def opml(feeds: list[Named], site: Site) -> bytes:
    """Return the document: the whole feed first, then those of each kind by their names."""
    groups = "".join(
        _group(title, [one for one in feeds if one.feed.kind == kind], site) for kind, title in GROUPS.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
<head><title>{content(site.name)} feeds</title><ownerId>{content(site.url)}/</ownerId></head>
<body>
{_outline(Named(ALL, site.name), site)}{groups}</body>
</opml>
""".encode()


def _group(title: str, feeds: list[Named], site: Site) -> str:
    if not feeds:
        return ""
    named = [Named(one.feed, label_of(one.feed, one.label, site)) for one in feeds]
    inner = "".join(_outline(one, site) for one in sorted(named, key=lambda one: (one.label.casefold(), one.feed.slug)))
    return f'<outline text="{title}">\n{inner}</outline>\n'


def _outline(one: Named, site: Site) -> str:
    name = attribute(one.label) or attribute(one.feed.slug)
    page, address = attribute(site.page(one.feed)), attribute(site.feed(one.feed, "rss"))
    return f'<outline type="rss" version="RSS2" text="{name}" title="{name}" htmlUrl="{page}" xmlUrl="{address}"/>\n'
