"""Articles as Atom 1.0 (RFC 4287), retracted ones as tombstones (RFC 6721): pure, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from html import escape

from services.syndication.feeds.body import body, caption
from services.syndication.feeds.channel import Channel, Link, called, links
from services.syndication.feeds.parts import (
    abstract,
    author_page,
    creators,
    image_type,
    language,
    lead_image,
    link,
    modified,
    topics,
)
from services.syndication.feeds.rss import media, person
from services.syndication.feeds.site import BEGAN, Site
from services.syndication.feeds.text import address, attribute, content, legal, line, seconds
from services.syndication.feeds.wellformed import gate
from shared.events import Article, Author, Related
from shared.times import rfc3339

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
OPEN = f'''<feed xmlns="{ATOM}"
  xmlns:at="{TOMBSTONES}"
  xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:podcast="https://podcastindex.org/namespace/1.0"'''
FOOT = b"</feed>\n"
WITHDRAWN = "This story has been withdrawn."

fault = gate(f"{OPEN}>", FOOT, f"{{{ATOM}}}entry", f"{{{TOMBSTONES}}}deleted-entry")


def head(channel: Channel, site: Site) -> bytes:
    """Return the document up to its first entry; its moment is its items', or the beginning where it has none."""
    title, about = called(channel, site)
    first = Channel(feed=channel.feed, label=channel.label)
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'{OPEN} xml:lang="{attribute(site.language)}">',
        f"<id>{content(site.feed_identifier(channel.feed))}</id>",
        f'<title type="text">{content(title)}</title>',
        f'<subtitle type="text">{content(about)}</subtitle>',
        f"<updated>{rfc3339(channel.modified or BEGAN)}</updated>",
        f"<author><name>{content(site.name)}</name></author>",
        *(_link(one) for one in links(channel, site, "atom")),
        _link(Link("alternate", site.page(first.feed), "text/html")),
        f'<rights type="text">{content(site.rights)}</rights>' if site.rights else "",
        "<generator>Wireroom</generator>",
    )
    return "\n".join([*filter(None, lines), ""]).encode()


def entry(article: Article, site: Site) -> bytes:
    """Return an `entry` element in UTF-8, or the `at:deleted-entry` of a retracted article."""
    if article.status == "canceled":
        return _tombstone(article, site)
    full, headline_only = article.reuse == "full", article.reuse == "headline"
    said = abstract(article)
    tongue = language(article)
    parts = [
        f'<entry xml:lang="{tongue}">' if tongue else "<entry>",
        f"<id>{content(site.identifier(article.id))}</id>",
        f'<title type="text">{content(article.headline)}</title>',
        _link(Link("alternate", link(article, site), "text/html")),
        *(_enclosure(article) if full else ()),
        *(_related(story) for story in article.related),
        f"<published>{seconds(article.published_at)}</published>",
        f"<updated>{rfc3339(distinct(modified(article), article.id))}</updated>",
        *(_author(author, site) for author in creators(article)),
        *(_category(f"{site.url}/tags", tag.slug, tag.name) for tag in topics(article)),
        f'<summary type="text">{content(said)}</summary>' if said and not headline_only else "",
        f'<content type="html">{content_html(article, site)}</content>' if full else "",
        f'<rights type="text">{rights}</rights>' if (rights := content(article.rights or site.rights)) else "",
        *(_media(article, tongue) if full else ()),
        *(person(author, site) for author in creators(article)),
        "</entry>",
    ]
    return "\n".join([*filter(None, parts), ""]).encode()


def content_html(article: Article, site: Site) -> str:
    """Return the whole story as escaped HTML; line ends stay."""
    return escape(legal(body(article, site)), quote=False)


def distinct(moment: datetime, name: str) -> datetime:
    """Return a moment of a second with a fraction made of a name: two entries must not bear the same `updated`."""
    if moment.microsecond:
        return moment
    fraction = int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big") % 999_999
    return moment + timedelta(microseconds=fraction + 1)


def _tombstone(article: Article, site: Site) -> bytes:
    reason = line(article.retraction.reason) if article.retraction else ""
    ref, when = attribute(site.identifier(article.id)), rfc3339(distinct(modified(article), article.id))
    by = content(article.source.name or site.name)
    parts = [
        f'<at:deleted-entry ref="{ref}" when="{when}">',
        f"<at:by><name>{by}</name></at:by>",
        f"<at:comment>{content(reason or WITHDRAWN)}</at:comment>",
        _link(Link("related", site.article(article.id), "text/html")),
        "</at:deleted-entry>",
    ]
    return "\n".join([*filter(None, parts), ""]).encode()


def _link(link: Link) -> str:
    kind = f' type="{link.type}"' if link.type else ""
    return f'<link rel="{link.rel}"{kind} href="{attribute(link.url)}"/>'


def _enclosure(article: Article) -> list[str]:
    image = lead_image(article)
    if image is None:
        return []
    size = f' length="{image.bytes}"' if image.bytes and image.bytes > 0 else ""
    title = f' title="{attribute(said)}"' if (said := caption(image)) else ""
    return [f'<link rel="enclosure" type="{image_type(image)}"{size} href="{attribute(image.url)}"{title}/>']


def _media(article: Article, tongue: str | None) -> list[str]:
    image = lead_image(article)
    return [] if image is None else [media(image, image_type(image), max(image.bytes or 0, 0), tongue)]


def _related(story: Related) -> str:
    url = address(story.url)
    if url is None:
        return ""
    title = f' title="{attribute(story.headline)}"' if line(story.headline) else ""
    return f'<link rel="related" type="text/html" href="{attribute(url)}"{title}/>'


def _author(author: Author, site: Site) -> str:
    page = author_page(author, site)
    uri = f"<uri>{content(page)}</uri>" if page else ""
    return f"<author><name>{content(author.name)}</name>{uri}</author>"


def _category(scheme: str, term: str, label: str) -> str:
    return f'<category term="{attribute(term)}" scheme="{attribute(scheme)}" label="{attribute(label)}"/>'
