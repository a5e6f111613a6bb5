"""Sitemaps, news sitemaps and indexes of sitemaps; fetching what they name is left to others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from lxml import etree

from services.ingest.document import Document, Unreadable
from services.ingest.parse.channel import Channel
from services.ingest.parse.draft import Draft, submission_of
from services.ingest.parse.elements import keywords, text, words
from services.ingest.parse.files import Found, children_of, seconds
from services.ingest.parse.gathered import document_of
from services.ingest.parse.ladder import climb, kind_of
from services.ingest.parse.names import Names
from services.ingest.parse.urls import address, cleaned, host_of, unwrapped
from services.ingest.parse.values import LONG, SHORT, Fields, each_category_once, language
from services.ingest.submission import Submission

MAX_ITEMS = 500
MAX_PAGES = 50_000
MAX_MAPS = 5_000
"""The format allows 50,000 of either (sitemaps.org); no one reads as many maps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that a sitemap names; `submission` is what a news sitemap tells of it, None where it tells no title."""

    url: str
    modified: datetime | None = None
    submission: Submission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Another sitemap that an index names."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap names, in its order; `lost` says in words what could not be placed."""

    pages: tuple[Page, ...] = ()
    maps: tuple[Map, ...] = ()
    lost: tuple[str, ...] = ()


def read_sitemap(
    body: bytes, *, url: str, content_type: str = "", source_id: str, now: datetime | None = None
) -> Sitemap | Unreadable:
    """Read a sitemap, a news sitemap, an index of them, or a plain list of addresses, one on each line.

    Takes up to a second for a megabyte: call it in a thread.
    """
    listed = _listed(body)
    if listed:
        return Sitemap(pages=tuple(Page(url=one) for one in listed))
    tree = climb(body, content_type)
    if isinstance(tree, Unreadable):
        return tree
    kind = kind_of(tree.root)
    if kind not in ("urlset", "sitemapindex"):
        return Unreadable("this is no sitemap")
    channel = Channel(source_id=source_id, url=url, now=now or datetime.now(UTC), scoped=False)
    names = Names(str(tree.root.tag))
    found = children_of(tree.root, names)
    pages = islice(_pages(found.get("url", ()), channel, names), MAX_PAGES)
    maps = islice(_maps(found.get("sitemap", ()), channel, names), MAX_MAPS)
    return Sitemap(pages=tuple(pages), maps=tuple(maps), lost=(*tree.lost, *channel.losses.told()))


def read_urlset(root: etree._Element, channel: Channel, names: Names) -> Document:
    """Read what a news sitemap tells as a document: its titled pages, and the sitemaps that it names."""
    found = children_of(root, names)
    places = found.get("url", [])
    told = [page.submission for page in _pages(places[:MAX_ITEMS], channel, names)]
    maps = tuple(one.url for one in islice(_maps(found.get("sitemap", ()), channel, names), MAX_MAPS))
    return document_of(told, len(places), channel, title=None, home=None, relations=[], maps=maps)


def _pages(places: Iterable[etree._Element], channel: Channel, names: Names) -> Iterable[Page]:
    channel.hosts = frozenset(filter(None, (host_of(channel.url),)))
    for place in places:
        found = children_of(place, names)
        url = address(text(found, "loc"), channel.url)
        if url is not None:
            modified = channel.moment(text(found, "lastmod"))
            told = _told(found, cleaned(url, channel.hosts), modified, channel, names)
            yield Page(url=url, modified=modified, submission=told)


def _maps(places: Iterable[etree._Element], channel: Channel, names: Names) -> Iterable[Map]:
    for place in places:
        found = children_of(place, names)
        url = address(text(found, "loc"), channel.url)
        if url is not None:
            yield Map(url=url, modified=channel.moment(text(found, "lastmod")))


def _told(found: Found, url: str, modified: datetime | None, channel: Channel, names: Names) -> Submission | None:
    """Return what a news sitemap says of a page, None when it gives it no title."""
    news = next((children_of(one, names) for one in found.get("news:news", ())), {})
    films = [children_of(one, names) for one in found.get("video:video", ())]
    headline = words(news, "news:title") or next((title for one in films if (title := words(one, "video:title"))), None)
    if headline is None:
        return None
    publication = next((children_of(one, names) for one in news.get("news:publication", ())), {})
    draft = Draft(
        url=url,
        base=url,
        headline=headline,
        described=next((told for one in films if (told := words(one, "video:description"))), ""),
        categories=each_category_once(keywords(news, "news:keywords")),
        images=[image for one in found.get("image:image", ()) if (image := _image(children_of(one, names), url))],
        enclosures=[film for one in films if (film := _film(one, url))],
        language=language(text(publication, "news:language")),
        published=channel.moment(text(news, "news:publication_date")),
        updated=modified,
    )
    return submission_of(draft, channel)


def _image(found: Found, base: str) -> Fields | None:
    url = address(text(found, "image:loc"), base)
    if url is None:
        return None
    caption, title = words(found, "image:caption"), words(found, "image:title")
    return {
        "url": unwrapped(url),
        "caption": (caption or title or "")[:LONG],
        "alt": (title or "")[:LONG] if caption else "",
    }


def _film(found: Found, base: str) -> Fields | None:
    url = address(text(found, "video:content_loc"), base)
    lasts, title = seconds(text(found, "video:duration")), words(found, "video:title")
    return {"url": url, "seconds": lasts, "title": (title or "")[:SHORT]} if url else None


def _listed(body: bytes) -> list[str]:
    """Return the addresses of a list without markup, none when it is something else."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower().startswith((b"http://", b"https://")) or b"<" in body:
        return []
    lines = (address(line, "") for line in body.decode("utf-8", "replace").lstrip("\ufeff").split()[:MAX_PAGES])
    return [line for line in lines if line]
