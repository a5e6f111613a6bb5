"""One article version as one RSS 2.0 item: pure, no clock, the same bytes for the same version."""

from __future__ import annotations

from services.syndication.feeds.body import body
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
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, attribute, cdata, content, line, prose, rfc822, seconds
from shared.events import Article, Author, Image, Related

PUB_STATUS = "http://cv.iptc.org/newscodes/pubstatusg2/"
WITHDRAWN = "This story has been withdrawn. Subscribers must remove all versions."


def item(article: Article, site: Site) -> bytes:
    """Return an `item` element in UTF-8, its prefixes those that the channel declares.

    What the source lets go on is kept to: `summary` gives the abstract without body and pictures,
    `headline` neither. A canceled article gives the notice that takes its place under the same guid.
    """
    parts = _retraction(article, site) if article.status == "canceled" else _story(article, site)
    return "\n".join(["<item>", *filter(None, parts), "</item>", ""]).encode()


def _story(article: Article, site: Site) -> list[str]:
    full, headline_only = article.reuse == "full", article.reuse == "headline"
    # A description must precede the body, so where no text gives one the headline does.
    said = prose(abstract(article) or article.headline)
    story = body(article, site) if full else ""
    return [
        *_identity(article, site, line(article.headline)),
        f"<atom:updated>{seconds(modified(article))}</atom:updated>",
        *(f"<dc:creator>{content(author.name)}</dc:creator>" for author in creators(article)),
        *(_category(f"{site.url}/tags", tag.name) for tag in topics(article)),
        f"<description>{said}</description>" if not headline_only else "",
        f"<content:encoded>{cdata(story)}</content:encoded>" if story else "",
        *(_pictures(article) if full else ()),
        *(person(author, site) for author in creators(article)),
        *(_related(story) for story in article.related),
        _element("dc:rights", article.rights or site.rights),
        _element("dc:language", language(article)),
    ]


def _retraction(article: Article, site: Site) -> list[str]:
    start, end = seconds(article.published_at), seconds(modified(article))
    notice = attribute(site.article(article.id))
    return [
        *_identity(article, site, f"Retracted: {line(article.headline)}"),
        f"<dcterms:valid>start={start}; end={end}; scheme=W3C-DTF</dcterms:valid>",
        _category(PUB_STATUS, "canceled"),
        f"<description>{_notice(article)}</description>",
        f'<atom:link rel="{attribute(site.url)}/rel/retraction" type="text/html" href="{notice}"/>',
    ]


def _notice(article: Article) -> str:
    reason = line(article.retraction.reason) if article.retraction else ""
    return prose(f"{WITHDRAWN} {reason}" if reason else WITHDRAWN)


def _identity(article: Article, site: Site, title: str) -> list[str]:
    return [
        f"<title>{content(title)}</title>",
        f"<link>{content(link(article, site))}</link>",
        f'<guid isPermaLink="false">{content(site.identifier(article.id))}</guid>',
        f"<pubDate>{rfc822(article.published_at)}</pubDate>",
        f"<dcterms:modified>{seconds(modified(article))}</dcterms:modified>",
    ]


def _element(name: str, value: str | None) -> str:
    said = content(value)
    return f"<{name}>{said}</{name}>" if said else ""


def _category(domain: str, name: str) -> str:
    return f'<category domain="{attribute(domain)}">{content(name)}</category>'


def _pictures(article: Article) -> list[str]:
    image = lead_image(article)
    if image is None:
        return []
    kind, size = image_type(image), max(image.bytes or 0, 0)
    # The length is required; 0 says that it is not known (RSS Advisory Board, Best Practices Profile).
    enclosure = f'<enclosure url="{attribute(image.url)}" length="{size}" type="{kind}"/>'
    return [enclosure, media(image, kind, size, language(article))]


def media(image: Image, kind: str, size: int, tongue: str | None) -> str:
    """Return a picture with caption and credit as a Media RSS element, which Atom takes too."""
    given = {"fileSize": size, "width": image.width, "height": image.height}
    numbers = "".join(f' {name}="{value}"' for name, value in given.items() if value and value > 0)
    spoken = f' lang="{tongue}"' if tongue else ""
    address_and_type = f'url="{attribute(image.url)}" type="{kind}" medium="image"'
    said, credit = content(image.caption), content(image.credit)
    inner = f'\n<media:description type="plain">{said}</media:description>' if said else ""
    if credit:
        inner += f'\n<media:credit role="photographer" scheme="urn:ebu">{credit}</media:credit>'
        inner += f"\n<media:copyright>{_holder(credit)}</media:copyright>"
    return f'<media:content {address_and_type}{numbers} isDefault="true"{spoken}>{inner}\n</media:content>'


def _holder(credit: str) -> str:
    """Return the agency of `Photographer/Agency`, or the whole credit where it names no agency."""
    return credit.rpartition("/")[2].strip() or credit


def person(author: Author, site: Site) -> str:
    """Return an author with face and page as a podcast:person, the only element there is for both."""
    avatar, page = address(author.avatar), author_page(author, site)
    face = f' img="{attribute(avatar)}"' if avatar else ""
    more = f' href="{attribute(page)}"' if page else ""
    name = content(author.name)
    return f'<podcast:person group="writing" role="author"{face}{more}>{name}</podcast:person>'


def _related(story: Related) -> str:
    url = address(story.url)
    if url is None:
        return ""
    title = f' title="{attribute(story.headline)}"' if line(story.headline) else ""
    return f'<atom:link rel="related" type="text/html" href="{attribute(url)}"{title}/>'
