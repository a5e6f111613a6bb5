"""Articles as Atom 1.0 (RFC 4287), retracted ones as tombstones (RFC 6721): pure, no clock."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from html import escape

from services.syndication.feeds.body import body, caption
from services.syndication.feeds.channel import Channel, Link, called, links, tongue
from services.syndication.feeds.media import contents
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
    topics,
)
from services.syndication.feeds.rss import person
from services.syndication.feeds.site import BEGAN, Site
from services.syndication.feeds.text import address, attribute, content, legal, line, seconds, words
from services.syndication.feeds.wellformed import gate
from shared.events import Article, Author, Related
from shared.times import rfc3339

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
FH = "http://purl.org/syndication/history/1.0"
OPEN = f'''<feed xmlns="{ATOM}"
  xmlns:fh="{FH}"
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
        f'{OPEN} xml:lang="{attribute(tongue(channel, site))}">',
        f"<id>{content(site.feed_identifier(channel.feed))}</id>",
        f'<title type="text">{words(title)}</title>',
        f'<subtitle type="text">{words(about)}</subtitle>',
        f"<updated>{rfc3339(channel.modified or BEGAN)}</updated>",
        f"<author><name>{words(site.name)}</name></author>",
        *(_link(one) for one in links(channel, site, "atom")),
        _link(Link("alternate", site.page(first.feed), "text/html")),
        f'<rights type="text">{words(site.rights)}</rights>' if site.rights else "",
        f"<logo>{content(site.logo)}</logo>" if site.logo else "",
        "<generator>Wireroom</generator>",
        "<fh:archive/>" if channel.archive is not None else "",
    )
    return "\n".join([*filter(None, lines), ""]).encode()


def entry(article: Article, site: Site) -> bytes:
    """Return an `entry` element in UTF-8, or the `at:deleted-entry` of a retracted article."""
    if article.status == "canceled":
        return _tombstone(article, site)
    full, headline_only = article.reuse == "full", article.reuse == "headline"
    # An entry without content needs a summary to say anything at all; a headline is what may go on.
    said = article.headline if headline_only else abstract(article)
    spoken = language(article)
    parts = [
        f'<entry xml:lang="{spoken}">' if spoken else "<entry>",
        f"<id>{content(site.identifier(article.id))}</id>",
        f'<title type="text">{words(article.headline)}</title>',
        _link(Link("alternate", link(article, site), "text/html")),
        *(_enclosures(article) if full else ()),
        *(_related(story) for story in article.related),
        *(_link(Link("via", name)) for name in article.via),
        f"<published>{seconds(article.published_at)}</published>",
        f"<updated>{rfc3339(distinct(modified(article), article.id, article.version))}</updated>",
        *(_author(author, site) for author in creators(article)),
        *(_category(f"{site.url}/tags", tag.slug, tag.name) for tag in topics(article)),
        f'<summary type="text">{words(said)}</summary>' if line(said) else "",
        f'<content type="html">{content_html(article, site)}</content>' if full else "",
        f'<rights type="text">{rights}</rights>' if (rights := words(article.rights or site.rights)) else "",
        *(contents(article) if full else ()),
        *(person(author, site) for author in creators(article)),
        "</entry>",
    ]
    return "\n".join([*filter(None, parts), ""]).encode()


def content_html(article: Article, site: Site) -> str:
    """Return the whole story as escaped HTML; line ends stay."""
    return escape(legal(body(article, site)), quote=False)


def distinct(moment: datetime, name: str, version: int) -> datetime:
    """Return a moment with a fraction made of a name and a version: no two entries may bear the same `updated`.

    Whatever fraction was given goes: all that one source gave at once was often dated by one look at the clock.
    """
    fraction = int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big") % 990_000
    return moment.replace(microsecond=fraction + min(version, 9_999))


def _tombstone(article: Article, site: Site) -> bytes:
    reason = line(article.retraction.reason) if article.retraction else ""
    ref, when = (
        attribute(site.identifier(article.id)),
        rfc3339(distinct(modified(article), article.id, article.version)),
    )
    by = words(line(article.source.name) or site.name)
    parts = [
        # Declared here, so that a feed of which nothing was taken back knows no namespace that validators do not.
        f'<at:deleted-entry xmlns:at="{TOMBSTONES}" ref="{ref}" when="{when}">',
        f"<at:by><name>{by}</name></at:by>",
        f"<at:comment>{words(reason or WITHDRAWN)}</at:comment>",
        _link(Link("related", site.article(article.id), "text/html")),
        "</at:deleted-entry>",
    ]
    return "\n".join([*filter(None, parts), ""]).encode()


def _link(link: Link) -> str:
    kind = f' type="{link.type}"' if link.type else ""
    return f'<link rel="{link.rel}"{kind} href="{attribute(link.url)}"/>'


def _enclosures(article: Article) -> list[str]:
    """Return the lead picture and every file as links; Atom allows any number (RFC 4287 section 4.2.7.2)."""
    image = lead_image(article)
    found = [(image.url, image_type(image), image.bytes, caption(image))] if image else []
    found += [(one.url, one.type or "", one.bytes, line(one.title)) for one in enclosures(article)]
    return [_enclosure(*one) for one in found]


def _enclosure(url: str, kind: str, size: int | None, said: str) -> str:
    length = f' length="{size}"' if size and size > 0 else ""
    title = f' title="{words(said, quoted=True)}"' if said else ""
    return f'<link rel="enclosure" type="{attribute(kind)}"{length} href="{attribute(url)}"{title}/>'


def _related(story: Related) -> str:
    url = address(story.url)
    if url is None:
        return ""
    title = f' title="{words(story.headline, quoted=True)}"' if line(story.headline) else ""
    return f'<link rel="related" type="text/html" href="{attribute(url)}"{title}/>'


def _author(author: Author, site: Site) -> str:
    page = author_page(author, site)
    uri = f"<uri>{content(page)}</uri>" if page else ""
    return f"<author><name>{words(author.name)}</name>{uri}</author>"


def _category(scheme: str, term: str, label: str) -> str:
    return f'<category term="{attribute(term)}" scheme="{attribute(scheme)}" label="{words(label, quoted=True)}"/>'
