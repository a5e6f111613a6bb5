"""The head of a page as what it says of its article: OpenGraph, article:*, links; the rest is left to others."""

from __future__ import annotations

from collections import defaultdict
from datetime import tzinfo

from lxml.html import HtmlElement

from services.ingest.pages.addresses import address, picture
from services.ingest.pages.made import author, category, image, language, pixels, short
from services.ingest.pages.markup import words
from services.ingest.pages.moments import moment
from services.ingest.pages.said import PageArticle, Told
from services.ingest.submission import ImageInput

MOST = 500
PUBLISHED = ("article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "pubdate")
UPDATED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "last-modified")
SEPARATORS = (" | ", " – ", " — ", " - ", " · ", " :: ", " » ")

Metas = dict[str, list[str]]


def metas(root: HtmlElement) -> Metas:
    """Return every meta element's content by its property or name, in lower case and in order."""
    found: Metas = defaultdict(list)
    for element in list(root.iter("meta"))[:MOST]:
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = (element.get("content") or "").strip()
        if name and content:
            found[name.strip().lower()].append(content)
    return found


def told(root: HtmlElement, base: str, zone: tzinfo) -> PageArticle:
    """Return what the head says (The Open Graph protocol; its article object)."""
    head = metas(root)
    site = _one(head, "og:site_name", "application-name")
    title = _one(head, "og:title", "twitter:title") or words(root.find(".//title"))
    tags = (category(tag) for tag in head.get("article:tag", ()) or _split(_one(head, "news_keywords", "keywords")))
    return PageArticle(
        headline=bare_title(title, site),
        summary=short(_one(head, "og:description", "description", "twitter:description"), 5_000),
        authors=tuple(made for name in _names(head) if (made := author(Told(name=name))) is not None),
        images=tuple(made for made in _pictures(head, base) if made is not None),
        tags=tuple(tag for tag in tags if tag is not None),
        section=short(_one(head, "article:section")),
        language=language(root.get("lang")) or language(_one(head, "og:locale", "content-language")),
        canonical_url=_canonical(root, base) or address(_one(head, "og:url"), base),
        site=short(site),
        published_at=moment(_one(head, *PUBLISHED), zone),
        updated_at=moment(_one(head, *UPDATED), zone),
    )


def bare_title(title: str | None, site: str | None) -> str | None:
    """Return a title without the site's name at its end or beginning."""
    line = short(title, 1_000)
    if line is None or not site:
        return line
    for mark in SEPARATORS:
        head, _, tail = line.rpartition(mark)
        if head and _alike(tail, site):
            return head.strip()
        head, _, tail = line.partition(mark)
        if tail and _alike(head, site):
            return tail.strip()
    return line


def _alike(part: str, site: str) -> bool:
    def key(text: str) -> str:
        return "".join(letter for letter in text.casefold().removeprefix("the ") if letter.isalnum())

    return bool(key(part)) and key(part) == key(site)


def _names(head: Metas) -> list[str]:
    """Return authors' names; article:author is often the address of a profile instead."""
    told = head.get("article:author") or head.get("author") or head.get("dc.creator") or []
    names = [name for one in told[:50] for name in ([one] if len(told) > 1 else _split(one))]
    return [name for name in names if "://" not in name and not name.startswith(("@", "www."))]


def _pictures(head: Metas, base: str) -> list[ImageInput | None]:
    urls = head.get("og:image") or head.get("og:image:url") or head.get("twitter:image") or []
    single = len(urls) == 1
    return [
        image(
            picture(url, base),
            alt=short(_one(head, "og:image:alt", "twitter:image:alt"), 2_000) if single else None,
            width=pixels(_one(head, "og:image:width")) if single else None,
            height=pixels(_one(head, "og:image:height")) if single else None,
            lead=at == 0,
        )
        for at, url in enumerate(urls[:20])
    ]


def _canonical(root: HtmlElement, base: str) -> str | None:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return address(link.get("href"), base)
    return None


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()][:100]


def _one(head: Metas, *names: str) -> str | None:
    return next((head[name][0] for name in names if head.get(name)), None)
