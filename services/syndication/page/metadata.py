"""What a page says of itself to machines: schema.org as JSON-LD, and OpenGraph; pure, no clock."""

from __future__ import annotations

from typing import Any

import orjson
from markupsafe import Markup

from services.syndication.feeds.jsonfeed import said
from services.syndication.feeds.parts import abstract, creators, language, lead_image, modified, topics
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, line, seconds
from services.syndication.page.story import author_slug
from shared.events import Article, Author, Image
from shared.slugs import is_slug

LONGEST = 300
UNSAFE = (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
"""What could end a script element, or a line of JavaScript; JSON has an escape for each."""

TYPES = {"person": "Person", "agency": "NewsMediaOrganization", "desk": "Organization"}

Property = tuple[str, str]


def script(value: dict[str, Any]) -> Markup:
    """Return JSON that is safe inside a script element."""
    text = orjson.dumps(said(value)).decode()
    for sign, escaped in UNSAFE:
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704  # no sign is left that HTML would read


def article_ld(article: Article, site: Site) -> dict[str, Any]:
    """Return a NewsArticle; of one that was taken back, who it was and why it is gone."""
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": site.identifier(article.id),
        "url": site.article(article.id),
        "mainEntityOfPage": canonical(article, site),
        "headline": line(article.headline),
        "datePublished": seconds(article.published_at),
        "dateModified": seconds(modified(article)),
        "inLanguage": language(article),
        "publisher": _publisher(article, site),
        "sdPublisher": {"@type": "Organization", "name": site.name, "url": f"{site.url}/"},
    }
    if article.status == "canceled":
        why = article.retraction
        return about | {"creativeWorkStatus": "Retracted", "correction": line(why.reason) if why else None}
    image = lead_image(article) if article.reuse == "full" else None
    return about | {
        "description": describing(article, site),
        "image": [_image(image)] if image else None,
        "author": [_author(one, site) for one in creators(article)],
        "articleSection": line(article.section),
        "keywords": [line(tag.name) for tag in topics(article)],
        "wordCount": article.word_count or None,
        "timeRequired": f"PT{article.reading_minutes}M" if article.reading_minutes else None,
        "contentLocation": {"@type": "Place", "name": line(article.dateline)} if line(article.dateline) else None,
        "copyrightNotice": line(article.rights),
        "isBasedOn": address(article.url),
        "version": article.version,
        "correction": [
            {"@type": "CorrectionComment", "text": line(one.note), "datePublished": seconds(one.at)}
            for one in article.corrections
        ],
    }


def article_graph(article: Article, site: Site) -> list[Property]:
    """Return the OpenGraph properties of a story that stands."""
    image = lead_image(article) if article.reuse == "full" else None
    found: list[tuple[str, str | None]] = [
        ("og:type", "article"),
        ("og:title", line(article.headline)),
        ("og:url", site.article(article.id)),
        ("og:description", describing(article, site)),
        ("og:site_name", site.name),
        ("og:locale", _locale(article.language)),
        ("og:image", image.url if image else None),
        ("og:image:alt", line(image.alt or image.caption) if image else None),
        ("og:image:width", str(image.width) if image and image.width else None),
        ("og:image:height", str(image.height) if image and image.height else None),
        ("article:published_time", seconds(article.published_at)),
        ("article:modified_time", seconds(modified(article))),
        ("article:section", line(article.section)),
        *(("article:author", line(author.name)) for author in creators(article)),
        *(("article:tag", line(tag.name)) for tag in topics(article)),
    ]
    return [(name, value) for name, value in found if value]


def list_graph(title: str, about: str, url: str, site: Site) -> list[Property]:
    """Return the OpenGraph properties of a page of many stories."""
    found = [
        ("og:type", "website"),
        ("og:title", title),
        ("og:url", url),
        ("og:description", about),
        ("og:site_name", site.name),
    ]
    return [(name, value) for name, value in found if value]


def author_ld(author: Author, site: Site) -> dict[str, Any]:
    """Return a ProfilePage about an author."""
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": _author(author, site) | {"description": line(author.bio)},
    }


def canonical(article: Article, site: Site) -> str:
    """Return where a story is at home: search engines are sent there, not to the copy that we show."""
    return address(article.canonical_url) or address(article.url) or site.article(article.id)


def describing(article: Article, site: Site) -> str:
    """Return one or two sentences about a story; no more than may be passed on."""
    if article.status == "canceled":
        return "This story was retracted."
    if article.reuse == "headline":
        return f"{line(article.headline)} — {site.name}"
    told = abstract(article)
    return told if len(told) <= LONGEST else f"{told[:LONGEST].rpartition(' ')[0] or told[:LONGEST]}…"


def _publisher(article: Article, site: Site) -> dict[str, Any]:
    name = line(article.source.name) or site.name
    return {"@type": "NewsMediaOrganization", "name": name, "url": address(article.source.url)}


def _author(author: Author, site: Site) -> dict[str, Any]:
    name = author_slug(author)
    return {
        "@type": TYPES[author.kind],
        "name": line(author.name),
        "url": site.author(name) if is_slug(name) else address(author.url),
        "jobTitle": line(author.role) if author.kind == "person" else None,
        "image": address(author.avatar),
        "sameAs": [url for one in (author.url, *author.links) if (url := address(one))],
    }


def _image(image: Image) -> dict[str, Any]:
    return {
        "@type": "ImageObject",
        "url": image.url,
        "caption": line(image.caption or image.alt),
        "creditText": line(image.credit),
        "width": image.width,
        "height": image.height,
    }


def _locale(tongue: str | None) -> str | None:
    """Return a language as OpenGraph has it, `en_GB`, where the territory is told."""
    parts = (tongue or "").split("-")
    return f"{parts[0].lower()}_{parts[-1].upper()}" if len(parts) > 1 and len(parts[-1]) == 2 else None
