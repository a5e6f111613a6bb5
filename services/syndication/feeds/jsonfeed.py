"""Articles as JSON Feed 1.1 (jsonfeed.org), with what it has no names for under `_news`: pure, no clock."""

from __future__ import annotations

from typing import Any

import orjson

from services.syndication.feeds.body import body
from services.syndication.feeds.channel import Channel, called, links, tongue
from services.syndication.feeds.parts import (
    abstract,
    author_page,
    creators,
    enclosures,
    image_type,
    language,
    lead_image,
    link,
    modified,
    pictures,
    topics,
)
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, legal, line, seconds
from shared.events import Article, Author, Image, Related

VERSION = "https://jsonfeed.org/version/1.1"
FOOT = b"]}"
BETWEEN = b",\n"
WITHDRAWN = "This story has been withdrawn. Subscribers must remove all versions."


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first item."""
    title, about = called(channel, site)
    found = {one.rel: one.url for one in links(channel, site, "json")}
    whole = {
        "version": VERSION,
        "title": title,
        "home_page_url": site.page(channel.feed),
        "feed_url": found["self"],
        "description": about,
        "icon": site.logo,
        "language": tongue(channel, site),
        "next_url": found.get("next") or (found.get("prev-archive") if channel.archive else None),
        "hubs": [{"type": "WebSub", "url": found["hub"]}] if "hub" in found else None,
    }
    return orjson.dumps({name: value for name, value in whole.items() if value})[:-1] + b',"items":['


def item(article: Article, site: Site) -> bytes:
    """Return an item as a JSON object; a retracted article keeps its id and says why it was taken back."""
    plain = _retracted(article, site) if article.status == "canceled" else _story(article, site)
    return orjson.dumps(said(plain))


def fault(fragment: bytes) -> str | None:
    """Return why a fragment must not be served, or None when it is one object with an id."""
    try:
        found = orjson.loads(fragment)
    except orjson.JSONDecodeError as error:
        return str(error)
    return (
        None
        if isinstance(found, dict) and (found.get("id") or found.get("uri"))
        else "one item with an id was expected"
    )


def _story(article: Article, site: Site) -> dict[str, Any]:
    full, headline_only = article.reuse == "full", article.reuse == "headline"
    image = lead_image(article) if full else None
    told = abstract(article)
    return _identity(article, site, line(article.headline)) | {
        "summary": None if headline_only else told,
        # One of the two is required (JSON Feed 1.1, Items); a headline is all that may go on here.
        "content_html": legal(body(article, site)) if full else None,
        "content_text": None if full else line(article.headline) if headline_only else told,
        "image": image.url if image else None,
        "language": language(article),
        "tags": [line(tag.name) for tag in topics(article)],
        "authors": [_author(author, site) for author in creators(article)],
        "attachments": [*(_attached(one) for one in pictures(article)), *_enclosed(article)] if full else [],
        "_news": _news(article, image),
    }


def _retracted(article: Article, site: Site) -> dict[str, Any]:
    why = article.retraction
    return _identity(article, site, f"Retracted: {line(article.headline)}") | {
        "content_text": WITHDRAWN,
        "_news": {
            "pub_status": "canceled",
            "version": article.version,
            "reason": line(why.reason) if why else None,
            "replacement_url": address(why.replacement_url) if why else None,
        },
    }


def _identity(article: Article, site: Site, title: str) -> dict[str, Any]:
    return {
        "id": site.identifier(article.id),
        "url": link(article, site),
        "title": title,
        "date_published": seconds(article.published_at),
        "date_modified": seconds(modified(article)),
    }


def _news(article: Article, image: Image | None) -> dict[str, Any]:
    corrections = [{"note": line(one.note), "date": seconds(one.at)} for one in article.corrections]
    return {
        "pub_status": article.status,
        "version": article.version,
        "reading_minutes": article.reading_minutes,
        "dateline": line(article.dateline),
        "section": line(article.section),
        "rights": line(article.rights),
        "source": {"id": article.source.id, "name": article.source.name, "url": address(article.source.url)},
        "lead_image": _lead(image) if image else None,
        "related": [story for one in article.related if (story := _related(one))],
        "corrections": corrections,
        "via": list(article.via),
    }


def _lead(image: Image) -> dict[str, Any]:
    return {
        "alt": line(image.alt),
        "caption": line(image.caption),
        "credit": line(image.credit),
        "width": image.width,
        "height": image.height,
    }


def _related(story: Related) -> dict[str, Any] | None:
    url = address(story.url)
    named = {"url": url, "title": line(story.headline), "summary": line(story.summary), "kind": story.kind}
    return named if url else None


def _author(author: Author, site: Site) -> dict[str, Any]:
    more = {"role": line(author.role), "bio": line(author.bio), "kind": author.kind}
    return {
        "name": line(author.name),
        "url": author_page(author, site),
        "avatar": address(author.avatar),
        "_news": more,
    }


def _attached(image: Image) -> dict[str, Any]:
    size = image.bytes if image.bytes and image.bytes > 0 else None
    return {"url": image.url, "mime_type": image_type(image), "title": line(image.caption), "size_in_bytes": size}


def _enclosed(article: Article) -> list[dict[str, Any]]:
    return [
        {
            "url": one.url,
            "mime_type": one.type,
            "title": line(one.title),
            "size_in_bytes": one.bytes,
            "duration_in_seconds": one.seconds,
        }
        for one in enclosures(article)
    ]


def said(value: Any) -> Any:
    """Leave out what says nothing, at any depth; numbers and truth values stay."""
    if isinstance(value, dict):
        parts = {name: said(inner) for name, inner in value.items()}
        return {name: inner for name, inner in parts.items() if inner is not None and inner not in ("", [], {})}
    if isinstance(value, list):
        return [said(inner) for inner in value]
    return value
