"""RSS as SmartNews takes it in (SmartFormat): a pubDate that moves with every version, and a status on each item."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.feeds import rss
from services.syndication.feeds.channel import Channel
from services.syndication.feeds.parts import lead_image, modified
from services.syndication.feeds.rss_channel import FOOT, NAMESPACES, opened, written
from services.syndication.feeds.site import BEGAN, Site
from services.syndication.feeds.text import attribute
from services.syndication.feeds.wellformed import gate
from shared.events import Article

ITEMS = 20
USED = ("atom", "content", "dc", "dcterms", "media", "sy")
OPEN = opened({name: NAMESPACES[name] for name in USED} | {"snf": "http://www.smartnews.be/snf"})
fault = gate(f"{OPEN}<channel>", FOOT, "item")


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item; its pubDate is required, and moves as the items' do."""
    moment = channel.modified or BEGAN
    return written(replace(channel, published=moment), site, "smartnews.rss", OPEN, _logo(site))


def item(article: Article, site: Site) -> bytes:
    """Return an item, or nothing of a story whose full text may not go on.

    Only a newer pubDate makes SmartNews look at an item again, for a change as for a deletion; leaving the item
    out takes nothing down.
    """
    if article.status == "canceled":
        return rss.element([*rss.retraction(article, site, MANNER), '<media:status state="deleted"/>'])
    if article.reuse != "full":
        return b""
    image = lead_image(article)
    thumbnail = f'<media:thumbnail url="{attribute(image.url)}"/>' if image else ""
    return rss.element([*rss.story(article, site, MANNER), thumbnail, '<media:status state="active"/>'])


def _logo(site: Site) -> list[str]:
    return [f"<snf:logo><url>{attribute(site.logo)}</url></snf:logo>"] if site.logo else []


MANNER = replace(rss.PUBLIC, published=modified, people=False)
