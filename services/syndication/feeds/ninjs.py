"""Articles as ninjs 3.1 (IPTC), one by one or as a composite of a feed's; pure, no clock."""

from __future__ import annotations

from typing import Any

import orjson

from services.syndication.feeds.channel import Channel, called, links, tongue
from services.syndication.feeds.jsonfeed import said
from services.syndication.feeds.parts import abstract, author_page, creators, image_type, language, modified, topics
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, legal, line, seconds
from shared.events import Article, Author, Image, Related, Tag

STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}
HTML, PLAIN = "text/html", "text/plain"
FOOT = b"]}"
BETWEEN = b",\n"
KINDS = {"person": "people", "org": "organisations", "place": "places", "event": "events"}
"""Which property a kind of tag stands in; every other kind is a subject."""


def head(channel: Channel, site: Site) -> bytes:
    """Return a composite up to its first associated article."""
    title, about = called(channel, site)
    [own] = [link.url for link in links(channel, site, "ninjs") if link.rel == "self"]
    whole = {
        "uri": own,
        "standard": STANDARD,
        "type": "composite",
        "title": title,
        "language": tongue(channel, site),
        "descriptions": [{"value": about}] if about else [],
        "versionCreated": seconds(channel.modified) if channel.modified else None,
    }
    return orjson.dumps(said(whole))[:-1] + b',"associations":['


def associated(article: Article, site: Site) -> bytes:
    """Return an article as it stands in a composite."""
    return orjson.dumps({"name": line(article.headline) or article.id, "rel": "item"} | plain(article, site))


def document(article: Article, site: Site) -> bytes:
    """Return an article as a document of its own."""
    return orjson.dumps({"standard": STANDARD} | plain(article, site))


def plain(article: Article, site: Site) -> dict[str, Any]:
    """Return an article as a ninjs object; one that was taken back keeps its identity and says why."""
    whole = _identity(article, site)
    if article.status == "canceled":
        why = article.retraction
        notes = [line(why.reason), address(why.replacement_url) or ""] if why else []
        return dict(said(whole | {"edNote": " ".join(filter(None, notes))}))
    return dict(said(whole | _story(article, site)))


def _identity(article: Article, site: Site) -> dict[str, Any]:
    return {
        "uri": site.identifier(article.id),
        "type": "text",
        "representationType": "full" if article.reuse == "full" else "partial",
        "version": str(article.version),
        "pubStatus": article.status,
        "firstCreated": seconds(article.published_at),
        "versionCreated": seconds(modified(article)),
        "language": language(article) or site.language,
        "headlines": [{"role": "main", "value": line(article.headline)}],
        "altIds": [{"role": "guid", "value": line(article.guid)}, {"role": "wireroom", "value": article.id}],
        "infoSources": [{"name": line(article.source.name) or article.source.id, "role": "provider"}],
    }


def _story(article: Article, site: Site) -> dict[str, Any]:
    full, headline_only = article.reuse == "full", article.reuse == "headline"
    found: dict[str, Any] = {
        "by": ", ".join(line(author.name) for author in creators(article)),
        "located": line(article.dateline),
        "slugline": line(article.section),
        "copyrightNotice": line(article.rights) or line(site.rights),
        "descriptions": [_typed("summary", told)] if (told := abstract(article)) and not headline_only else [],
        "bodies": _bodies(article) if full else [],
        "infoSources": [
            {"name": line(article.source.name) or article.source.id, "role": "provider"},
            *(_author(author, site) for author in creators(article)),
        ],
        "edNote": " ".join(f"Correction: {line(one.note)}" for one in article.corrections),
        "associations": [
            *([_picture(image, at) for at, image in enumerate(article.images)] if full else []),
            *(_related(story) for story in article.related),
        ],
    }
    found["associations"] = [one for one in found["associations"] if one]
    for tag in topics(article):
        found.setdefault(KINDS.get(tag.kind, "subjects"), []).append(_tag(tag, site))
    return found


def _bodies(article: Article) -> list[dict[str, Any]]:
    text, html = legal(article.body_text), legal(article.body_html)
    whole = {"role": "html", "contentType": HTML, "wordCount": article.word_count, "value": html}
    plain = {"role": "text", "contentType": PLAIN, "charCount": len(text), "value": text}
    return [one for one in (whole, plain) if one["value"]]


def _typed(role: str, value: str) -> dict[str, str]:
    return {"role": role, "contentType": PLAIN, "value": value}


def _author(author: Author, site: Site) -> dict[str, Any]:
    return {"name": line(author.name), "role": line(author.role) or "author", "uri": author_page(author, site)}


def _tag(tag: Tag, site: Site) -> dict[str, Any]:
    return {"name": line(tag.name), "rel": "about", "uri": f"{site.url}/tags/{tag.slug}", "literal": tag.id}


def _picture(image: Image, at: int) -> dict[str, Any] | None:
    url = address(image.url)
    if url is None:
        return None
    said_of = (("caption", line(image.caption)), ("alt", line(image.alt)))
    shown = {
        "name": "original",
        "href": url,
        "contentType": image_type(image),
        "width": image.width,
        "height": image.height,
        "sizeInBytes": image.bytes,
    }
    return {
        "name": f"picture-{at + 1}",
        "rel": "lead" if image.lead else "picture",
        "uri": url,
        "type": "picture",
        "by": line(image.credit),
        "descriptions": [_typed(role, text) for role, text in said_of if text],
        "renditions": [shown],
    }


def _related(story: Related) -> dict[str, Any] | None:
    url = address(story.url)
    if url is None:
        return None
    about = [{"value": line(story.summary)}] if line(story.summary) else []
    return {"name": line(story.headline) or url, "rel": "related", "uri": url, "type": "text", "descriptions": about}
