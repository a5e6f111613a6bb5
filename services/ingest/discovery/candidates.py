"""Where a page's feeds may be, by what the page says and by what is usual; asking there is left to search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from services.ingest.pages.addresses import address
from services.ingest.pages.article import base_of
from services.ingest.pages.made import short
from services.ingest.pages.markup import words
from services.ingest.pages.meta import metas
from services.ingest.source import Kind

MOST_LINKS = 3_000
FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/json "
    "application/xml text/xml text/rss+xml text/atom+xml application/x-rss+xml application/rss application/atom".split()
)
NO_FEEDS = re.compile(r"/wp-json/|oembed|/xmlrpc\.php|opensearch|/rsd\.xml|sitemap", re.IGNORECASE)
LIKE_A_FEED = re.compile(r"(?:^|[/._?=-])(?:rss|feeds?|atom|rdf)(?:$|[/._?=&-])", re.IGNORECASE)
PATHS = (
    "/feed/",
    "/rss/",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds",
    "/news-archive/rss/",
    "/news/rss.xml",
    "/rss/news",
    "/blog/feed/",
)
"""What is tried where a page links no feed; `/news-archive/rss/` is Ghost's behind a front end of its own."""

MOST_GUESSED = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which there may be a source, what kind of one, and how it was come by, in words."""

    url: str
    kind: Kind
    how: str
    title: str | None = None


def linked(root: HtmlElement, url: str) -> list[Candidate]:
    """Return the feeds that a page links as alternates of itself, comments last (RSS Autodiscovery)."""
    base, found = base_of(root, url), []
    for link in islice(root.iter("link", "a"), MOST_LINKS):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        rels = (link.get("rel") or "").lower().split()
        if kind not in FEED_TYPES or not {"alternate", "feed"} & set(rels):
            continue
        there = address(link.get("href"), base)
        if there is not None and not NO_FEEDS.search(there):
            found.append(Candidate(there, "feed", "linked by the page", short(link.get("title"))))
    return sorted(_once(found), key=lambda one: "comment" in f"{one.url} {one.title or ''}".lower())


def anchored(root: HtmlElement, url: str) -> list[Candidate]:
    """Return links in the page's text that look like feeds."""
    base, found = base_of(root, url), []
    for link in islice(root.iter("a"), MOST_LINKS):
        there = address(link.get("href"), base)
        if there is None or NO_FEEDS.search(there):
            continue
        parts = urlsplit(there)
        if LIKE_A_FEED.search(f"{parts.path}?{parts.query}"):
            found.append(Candidate(there, "feed", "a link in the page", short(words(link)) or None))
    return _once(found)[:MOST_GUESSED]


def offered(root: HtmlElement, url: str) -> list[Candidate]:
    """Return what the page's CMS offers beside feeds, by the marks that it leaves in its pages."""
    return list(_offers(root, url))


def _offers(root: HtmlElement, url: str) -> Iterator[Candidate]:
    base = base_of(root, url)
    made = " ".join(metas(root).get("generator", ())).lower()
    for link in islice(root.iter("link"), MOST_LINKS):
        if "https://api.w.org/" in (link.get("rel") or "").split():
            there = address(link.get("href"), base)
            if there is not None:
                yield Candidate(there, "wordpress", "the page names its REST API")
            return
    if "wordpress" in made:
        yield Candidate(urljoin(url, "/"), "wordpress", "the page was made by WordPress")
        return
    portal = next((one for one in islice(root.iter("script"), MOST_LINKS) if one.get("data-ghost")), None)
    if portal is not None or made.startswith("ghost"):
        there = address(portal.get("data-ghost"), base) if portal is not None else None
        yield Candidate(there or urljoin(url, "/"), "ghost", "the page was made by Ghost")


def usual(url: str) -> list[Candidate]:
    """Return where feeds usually are on a site, and below the page asked for."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    below = [f"{root}{parts.path.rstrip('/')}/{name}/" for name in ("feed", "rss")] if parts.path.strip("/") else []
    return _once([Candidate(one, "feed", "at a usual path") for one in [*below, *(f"{root}{path}" for path in PATHS)]])


def _once(found: list[Candidate]) -> list[Candidate]:
    first: dict[str, Candidate] = {}
    for one in found:
        first.setdefault(one.url, one)
    return list(first.values())
