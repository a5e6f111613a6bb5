"""RSS as MSN takes it in: titles of its length, large pictures, an end of validity that takes a story down."""

from __future__ import annotations

from dataclasses import replace

from services.syndication.feeds import rss
from services.syndication.feeds.channel import Channel
from services.syndication.feeds.media import enclosed, holder, picture
from services.syndication.feeds.parts import language, modified, pictures
from services.syndication.feeds.rss_channel import FOOT, NAMESPACES, opened, written
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import cut, line, seconds, words
from services.syndication.feeds.wellformed import gate
from shared.events import Article, Image

ITEMS = 20
SHORTEST, LONGEST = 20, 150
"""Code points of a title; other items are refused there."""
NARROWEST, HEAVIEST = 720, 15 << 20
"""Pixels and bytes of a picture."""

USED = ("atom", "content", "dc", "dcterms", "media", "sy")
OPEN = opened(
    {name: NAMESPACES[name] for name in USED} | {"mi": "http://schemas.ingestion.microsoft.com/common/"},
)
fault = gate(f"{OPEN}<channel>", FOOT, "item")


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item."""
    return written(channel, site, "msn.rss", OPEN)


def item(article: Article, site: Site) -> bytes:
    """Return an item, or nothing of a story that MSN would refuse: no full text, or too short a title.

    A story is taken down by an end of its validity that is past, under a newer `modified`; its pubDate and
    guid never move, as feeds whose dates do are not taken in.
    """
    if article.status == "canceled":
        ended = f"<mi:expirationDate>{seconds(modified(article))}</mi:expirationDate>"
        return rss.element([*rss.retraction(article, site, TAKEN_DOWN), ended])
    if article.reuse != "full" or len(line(article.headline)) < SHORTEST:
        return b""
    return rss.element(rss.story(article, site, MANNER))


def _media(article: Article) -> list[str]:
    shown, tongue = [image for image in pictures(article) if _taken(image)], language(article)
    told = [picture(image, tongue, lead=at == 0, more=_more(image)) for at, image in enumerate(shown)]
    return [enclosed(shown[0]), *told] if shown else []


def _taken(image: Image) -> bool:
    """Tell whether a picture is one MSN shows, as far as is known of it."""
    wide, light = (image.width or NARROWEST) >= NARROWEST, (image.bytes or 0) <= HEAVIEST
    return image.url.startswith("https://") and wide and light


def _more(image: Image) -> str:
    alt, owner = words(image.alt), words(holder(image))
    told = f'\n<media:text type="plain">{alt}</media:text>' if alt else ""
    return told + (f"\n<mi:licensorName>{owner}</mi:licensorName>" if owner else "")


MANNER = replace(rss.PUBLIC, title=lambda article: cut(line(article.headline), LONGEST), media=_media, people=False)
RETRACTED = len("Retracted: ")
TAKEN_DOWN = replace(MANNER, title=lambda article: cut(line(article.headline), LONGEST - RETRACTED))
