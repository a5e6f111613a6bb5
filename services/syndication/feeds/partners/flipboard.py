"""RSS as Flipboard takes it in: a long description, and for its one picture one that is large enough."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.feeds import rss
from services.syndication.feeds.channel import Channel
from services.syndication.feeds.media import enclosed, picture
from services.syndication.feeds.parts import ABSTRACT, language, pictures
from services.syndication.feeds.rss_channel import OPEN, written
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import cut, line
from services.syndication.feeds.wellformed import fault
from shared.events import Article, Image

__all__ = ["ITEMS", "fault", "head", "item"]

ITEMS = 30
SMALLEST = 400
"""Pixels of a picture's shorter side."""
LONGEST = 2 * ABSTRACT


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item."""
    return written(channel, site, "flipboard.rss", OPEN)


def item(article: Article, site: Site) -> bytes:
    """Return an item; one that was taken back is told of under its guid, as in the public feed."""
    if article.status == "canceled":
        return rss.item(article, site)
    return rss.element(rss.story(article, site, MANNER))


def _about(article: Article) -> str:
    """Return a summary that is long enough, else the start of the body where that may go on."""
    short = rss.PUBLIC.about(article)
    if len(short) >= ABSTRACT or article.reuse != "full":
        return short
    return max(short, cut(line(article.body_text), LONGEST), key=len)


def _media(article: Article) -> list[str]:
    large = next((image for image in pictures(article) if _large(image)), None)
    return [enclosed(large), picture(large, language(article), lead=True)] if large else []


def _large(image: Image) -> bool:
    return min(image.width or SMALLEST, image.height or SMALLEST) >= SMALLEST


MANNER = replace(rss.PUBLIC, about=_about, media=_media)
