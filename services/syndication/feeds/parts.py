"""What every format says of an article: when it changed, where it is, its lead picture, its abstract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from services.syndication.feeds.shelf import FeedName
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, line
from shared.events import Article, Author, Image, Tag
from shared.slugs import slug

ABSTRACT = 300
"""Code points of body that stand in for a missing summary; aggregators ask for at least as many."""

IMAGE_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
IMAGE_TYPE = re.compile(r"image/[a-z0-9][a-z0-9.+-]*")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def modified(article: Article) -> datetime:
    """Return when this version came to be, never before publication.

    A later version that names no moment is dated by its arrival: readers skip an item with an old date.
    """
    changed = article.version > 1 or article.status == "canceled"
    moment = article.updated_at or (article.ingested_at if changed else article.published_at)
    return max(moment, article.published_at)


def link(article: Article, site: Site) -> str:
    """Return where the story is read: its own address, else its canonical one, else our page of it."""
    return address(article.url) or address(article.canonical_url) or site.article(article.id)


def author_page(author: Author, site: Site) -> str | None:
    """Return where more about an author is found, or None for a name without profile."""
    return address(author.url) or (site.author(author.id) if author.id else None)


def lead_image(article: Article) -> Image | None:
    """Return the lead picture, else the first, among those with an address; the address is made safe."""
    for image in sorted(article.images, key=lambda image: not image.lead):
        url = address(image.url)
        if url is not None:
            return image if url == image.url else image.model_copy(update={"url": url})
    return None


def image_type(image: Image) -> str:
    """Return a picture's media type: as given, else by the ending of its address, else JPEG."""
    given = (image.type or "").strip().lower()
    if IMAGE_TYPE.fullmatch(given):
        return given
    ending = urlsplit(image.url).path.rpartition(".")[2].lower()
    return IMAGE_TYPES.get(ending, "image/jpeg")


def abstract(article: Article) -> str:
    """Return the summary as one line, or the start of the body cut at a word."""
    given = line(article.summary)
    if given:
        return given
    body = line(article.body_text)
    if len(body) <= ABSTRACT:
        return body
    words = body[: ABSTRACT + 1].rpartition(" ")[0] or body[:ABSTRACT]
    return f"{words}…"


def topics(article: Article) -> list[Tag]:
    """Return the tags that apply, each name once."""
    applied = (tag for tag in article.tags if tag.status == "applied" and line(tag.name))
    return list({line(tag.name): tag for tag in applied}.values())


def creators(article: Article) -> list[Author]:
    """Return the authors that have a name."""
    return [author for author in article.authors if line(author.name)]


def language(article: Article) -> str | None:
    """Return the language if it looks like a BCP 47 tag."""
    given = article.language or ""
    return given if LANGUAGE.fullmatch(given) else None


def names(article: Article) -> Mapping[FeedName, str]:
    """Return what people call the feeds that an article can be in."""
    found = {FeedName("sources", article.source.id): line(article.source.name)}
    found |= {FeedName("tags", tag.slug): line(tag.name) for tag in topics(article)}
    if line(article.section):
        found[FeedName("sections", slug(article.section or ""))] = line(article.section)
    if language(article):
        found[FeedName("languages", slug(article.language or ""))] = article.language or ""
    for author in creators(article):
        found[FeedName("authors", author.id or slug(author.name))] = line(author.name)
    return {feed: name for feed, name in found.items() if name}
