"""RSS as Apple News takes it in: titles of its length; the site gives the country its language must name."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.feeds import rss
from services.syndication.feeds.channel import Channel
from services.syndication.feeds.rss_channel import OPEN, written
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import cut, line
from services.syndication.feeds.wellformed import fault
from shared.events import Article

__all__ = ["ITEMS", "fault", "head", "item"]

ITEMS = 50
LONGEST = 60
"""Code points of a title; longer ones are cut at a word, as they would be there in the middle of one."""


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item."""
    return written(channel, site, "apple.rss", OPEN)


def item(article: Article, site: Site) -> bytes:
    """Return an item; one that was taken back is told of under its guid, with a notice for its text."""
    if article.status == "canceled":
        return rss.element(rss.retraction(article, site, TAKEN_DOWN))
    return rss.element(rss.story(article, site, MANNER))


RETRACTED = len("Retracted: ")
MANNER = replace(rss.PUBLIC, title=lambda article: cut(line(article.headline), LONGEST))
TAKEN_DOWN = replace(MANNER, title=lambda article: cut(line(article.headline), LONGEST - RETRACTED))
