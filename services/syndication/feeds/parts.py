"""What every format says of an article: when it changed, where it is, its lead picture, its abstract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from services.syndication.feeds.shelf import FeedName
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, line
from shared.events import Article, Author, Enclosure, Image, Tag
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
FILE_TYPES = {
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "wav": "audio/wav",
    "webm": "video/webm",
}
FILE_TYPE = re.compile(r"[a-z]{1,32}/[a-z0-9][a-z0-9.+-]{0,99}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""How a BCP 47 tag looks."""
UNKNOWN = "application/octet-stream"
MOST_PICTURES = 20
"""Pictures told of beside the story, as a gallery may have hundreds; the body shows them all."""


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
    """Return where more about an author is found: the page that they name, else ours, which lists what they wrote.

    None for a bare name, of which there is no more.
    """
    told = author.role or author.bio or author.avatar
    name = author.id or (slug(author.name) if told else "")
    return address(author.url) or (site.author(name) if name else None)


def pictures(article: Article) -> list[Image]:
    """Return the pictures that have an address, made safe and each once, the lead one first."""
    found: dict[str, Image] = {}
    for image in sorted(article.images, key=lambda image: not image.lead):
        url = address(image.url)
        if url is not None:
            found.setdefault(url, image if url == image.url else image.model_copy(update={"url": url}))
    return list(found.values())[:MOST_PICTURES]


def lead_image(article: Article) -> Image | None:
    """Return the lead picture, else the first, among those with an address; the address is made safe."""
    return next(iter(pictures(article)), None)


def image_type(image: Image) -> str:
    """Return a picture's media type: as given, else by the ending of its address, else JPEG."""
    given = (image.type or "").strip().lower()
    return given if IMAGE_TYPE.fullmatch(given) else IMAGE_TYPES.get(_ending(image.url), "image/jpeg")


def enclosures(article: Article) -> list[Enclosure]:
    """Return the files that go with an article: addresses made safe, and each with a media type."""
    found: dict[str, Enclosure] = {}
    for one in article.enclosures[:MOST_PICTURES]:
        url = address(one.url)
        if url is not None:
            found.setdefault(url, one.model_copy(update={"url": url, "type": _file_type(one, url)}))
    return list(found.values())


def _file_type(one: Enclosure, url: str) -> str:
    given = (one.type or "").strip().lower()
    return given if FILE_TYPE.fullmatch(given) else FILE_TYPES.get(_ending(url), UNKNOWN)


def _ending(url: str) -> str:
    return urlsplit(url).path.rpartition(".")[2].lower()


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
