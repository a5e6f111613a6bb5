"""One story as its page's template needs it: every text a line, every address safe, the body shown or left out."""

from __future__ import annotations

from datetime import datetime

from services.syndication.feeds.body import stamp
from services.syndication.feeds.parts import abstract, creators, language, lead_image, modified, topics
from services.syndication.feeds.text import address, line
from services.syndication.page import body
from services.syndication.page.views import Card, Correction, Moment, Notice, Person, Picture, Story, Topic
from shared.events import Article, Author, Image, Related
from shared.slugs import is_slug, slug
from shared.times import rfc3339

CUT = 7_000
"""Characters of markup that a story among others may take; its own page has all of it."""

RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa ha-arab he iw ks ku-arab pa-arab ps sd syr ug ur yi".split())
SHOWN_TAGS = 8


def story(article: Article, *, level: int, limit: int | None = None) -> Story:
    """Return what is shown of an article whose headline is a heading of `level`, its body cut at `limit` characters."""
    base = Story(
        id=article.id,
        version=article.version,
        headline=line(article.headline) or "Untitled",
        language=language(article),
        direction=direction(article.language),
        section=line(article.section),
        published=moment(article.published_at),
        source=line(article.source.name) or article.source.id,
        source_url=address(article.source.url),
        origin=address(article.url) or address(article.canonical_url),
    )
    return _retracted(base, article) if article.status == "canceled" else _told(base, article, level, limit)


def moment(at: datetime) -> Moment:
    """Return a moment to the second."""
    return Moment(rfc3339(at.replace(microsecond=0)), stamp(at))


def direction(tongue: str | None) -> str | None:
    """Return how a language is written where its script tells: `rtl`, or `ltr`; None where no language is told."""
    if not tongue:
        return None
    parts = tongue.lower().split("-")
    written = parts[0] in RIGHT_TO_LEFT or "-".join(parts[:2]) in RIGHT_TO_LEFT
    return "rtl" if written and "latn" not in parts and "cyrl" not in parts else "ltr"


def people(article: Article) -> tuple[Person, ...]:
    """Return the authors that have a name."""
    return tuple(person(author) for author in creators(article))


def author_slug(author: Author) -> str:
    """Return what our page of an author is called; empty where the name has no letter to call it by."""
    return author.id or slug(author.name)


def _retracted(base: Story, article: Article) -> Story:
    why = article.retraction
    notice = Notice(
        moment(modified(article)),
        line(why.reason) if why else "",
        address(why.replacement_url) if why else None,
    )
    return _with(base, notice=notice)


def _told(base: Story, article: Article, level: int, limit: int | None) -> Story:
    told = {
        "people": people(article),
        "topics": tuple(Topic(tag.slug, line(tag.name)) for tag in topics(article) if is_slug(tag.slug))[:SHOWN_TAGS],
        "updated": _updated(article),
        "reuse": article.reuse,
        "rights": line(article.rights),
        "corrections": tuple(Correction(moment(one.at), line(one.note)) for one in article.corrections),
    }
    if article.reuse == "headline":
        return _with(base, **told)
    if article.reuse == "summary":
        return _with(base, **told, summary=abstract(article))
    image = lead_image(article)
    inner = body.shown(article.body_html, level=level, lead=image.url if image else None, limit=limit)
    return _with(
        base,
        **told,
        minutes=article.reading_minutes,
        summary=line(article.summary),
        picture=_picture(image) if image else None,
        dateline=_dateline(article),
        body=inner.html,
        cut=inner.cut,
        related=tuple(card for one in article.related if (card := _card(one))),
    )


def _with(base: Story, **over: object) -> Story:
    values = {name: getattr(base, name) for name in Story.__slots__}
    return Story(**values | over)


def _updated(article: Article) -> Moment | None:
    at = article.updated_at
    return moment(at) if at is not None and at > article.published_at else None


def _dateline(article: Article) -> str:
    """Return the place where the body does not begin with it."""
    place = line(article.dateline)
    return "" if line(article.body_text[:300]).casefold().startswith(place.casefold()) else place


def _picture(image: Image) -> Picture:
    sized = bool(image.width and image.height and image.width > 0 and image.height > 0)
    return Picture(
        url=image.url,
        alt=line(image.alt),
        caption=line(image.caption),
        credit=line(image.credit),
        width=image.width if sized else None,
        height=image.height if sized else None,
    )


def person(author: Author) -> Person:
    """Return an author as pages show them."""
    name = author_slug(author)
    return Person(
        name=line(author.name),
        slug=name if is_slug(name) else "",
        kind=author.kind,
        role=line(author.role),
        bio=line(author.bio),
        avatar=address(author.avatar),
        url=address(author.url),
        links=tuple(url for one in author.links if (url := address(one))),
    )


def _card(one: Related) -> Card | None:
    url = address(one.url)
    return Card(url, line(one.headline) or url, line(one.summary)) if url else None
