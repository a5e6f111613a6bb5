"""One article version as one RSS 2.0 item: pure, no clock, the same bytes for the same version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from services.syndication.feeds.body import body
from services.syndication.feeds.media import contents, enclosure
from services.syndication.feeds.parts import (
    abstract,
    author_page,
    creators,
    language,
    link,
    modified,
    topics,
)
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, attribute, cdata, content, line, prose, rfc822, seconds, words
from shared.events import Article, Author, Related

PUB_STATUS = "http://cv.iptc.org/newscodes/pubstatusg2/"
WITHDRAWN = "This story has been withdrawn. Subscribers must remove all versions."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """In what a rendering may differ from the public one: what it says for each of these of an article."""

    title: Callable[[Article], str]
    about: Callable[[Article], str]
    published: Callable[[Article], datetime]
    media: Callable[[Article], list[str]]
    people: bool = True


PUBLIC = Manner(
    title=lambda article: line(article.headline),
    # A description must precede the body, so where no text gives one the headline does.
    about=lambda article: abstract(article) or article.headline,
    published=lambda article: article.published_at,
    media=lambda article: [enclosure(article), *contents(article)],
)


def item(article: Article, site: Site) -> bytes:
    """Return an `item` element in UTF-8, its prefixes those that the channel declares.

    What the source lets go on is kept to: `summary` gives the abstract without body and pictures,
    `headline` neither. A canceled article gives the notice that takes its place under the same guid.
    """
    return element(retraction(article, site) if article.status == "canceled" else story(article, site))


def element(parts: Iterable[str]) -> bytes:
    """Return an item of these parts, without those that are empty."""
    return "\n".join(["<item>", *filter(None, parts), "</item>", ""]).encode()


def story(article: Article, site: Site, manner: Manner = PUBLIC) -> list[str]:
    """Return the parts of an article's item, in the order that the profile asks for."""
    full, headline_only = article.reuse == "full", article.reuse == "headline"
    whole = body(article, site) if full else ""
    return [
        *_identity(article, site, manner.title(article), manner.published(article)),
        f"<atom:updated>{seconds(modified(article))}</atom:updated>",
        *(f"<dc:creator>{words(author.name)}</dc:creator>" for author in creators(article)),
        *(_category(f"{site.url}/tags", tag.name) for tag in topics(article)),
        f"<description>{prose(manner.about(article))}</description>" if not headline_only else "",
        f"<content:encoded>{cdata(whole)}</content:encoded>" if whole else "",
        *(manner.media(article) if full else ()),
        *(person(author, site) for author in creators(article) if manner.people),
        *(_related(story) for story in article.related),
        *(f'<atom:link rel="via" href="{attribute(name)}"/>' for name in article.via),
        _element("dc:rights", article.rights or site.rights),
        _element("dc:language", language(article)),
    ]


def retraction(article: Article, site: Site, manner: Manner = PUBLIC) -> list[str]:
    """Return the parts of the notice that takes the place of a story that was taken back."""
    start, end = seconds(article.published_at), seconds(modified(article))
    notice = attribute(site.article(article.id))
    return [
        *_identity(article, site, f"Retracted: {manner.title(article)}", manner.published(article)),
        f"<dcterms:valid>start={start}; end={end}; scheme=W3C-DTF</dcterms:valid>",
        _category(PUB_STATUS, "canceled"),
        f"<description>{_notice(article)}</description>",
        f'<atom:link rel="{attribute(site.url)}/rel/retraction" type="text/html" href="{notice}"/>',
    ]


def _notice(article: Article) -> str:
    reason = line(article.retraction.reason) if article.retraction else ""
    return prose(f"{WITHDRAWN} {reason}" if reason else WITHDRAWN)


def _identity(article: Article, site: Site, title: str, published: datetime) -> list[str]:
    return [
        f"<title>{words(title)}</title>",
        f"<link>{content(link(article, site))}</link>",
        f'<guid isPermaLink="false">{content(site.identifier(article.id))}</guid>',
        f"<pubDate>{rfc822(published)}</pubDate>",
        f"<dcterms:modified>{seconds(modified(article))}</dcterms:modified>",
    ]


def _element(name: str, value: str | None) -> str:
    said = words(value)
    return f"<{name}>{said}</{name}>" if said else ""


def _category(domain: str, name: str) -> str:
    return f'<category domain="{attribute(domain)}">{words(name)}</category>'


def person(author: Author, site: Site) -> str:
    """Return an author with face and page as a podcast:person, the only element there is for both."""
    avatar, page = address(author.avatar), author_page(author, site)
    face = f' img="{attribute(avatar)}"' if avatar else ""
    more = f' href="{attribute(page)}"' if page else ""
    name = words(author.name)
    return f'<podcast:person group="writing" role="author"{face}{more}>{name}</podcast:person>'


def _related(story: Related) -> str:
    url = address(story.url)
    if url is None:
        return ""
    title = f' title="{words(story.headline, quoted=True)}"' if line(story.headline) else ""
    return f'<atom:link rel="related" type="text/html" href="{attribute(url)}"{title}/>'
