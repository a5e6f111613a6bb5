"""The whole story as one piece of HTML, for readers that show only that; the body comes sanitised."""

from __future__ import annotations

from datetime import datetime
from html import escape

from services.syndication.feeds.parts import author_page, creators, lead_image
from services.syndication.feeds.site import Site
from services.syndication.feeds.text import address, attribute, content, line
from shared.events import Article, Author, Corrected, Image, Related

MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
"""As newsrooms abbreviate them (AP style), in no locale: a document's bytes must not follow the machine's."""


def body(article: Article, site: Site) -> str:
    """Return reading time, lead picture, dateline, body, updated stamp, related stories and author box."""
    parts = (
        _reading_time(article.reading_minutes),
        _lead(article),
        _dateline(article),
        _known(article.body_html),
        _updated(article),
        *(_correction(one) for one in article.corrections),
        *(_related(story) for story in article.related),
        _author_box(article, site),
    )
    return "".join(parts)


def _known(safe: str) -> str:
    """Return a body without the one element that is safe and yet unknown to what checks feeds."""
    return safe.replace("<bdo", "<bdi").replace("</bdo>", "</bdi>") if "<bdo" in safe else safe


def stamp(moment: datetime) -> str:
    """Write a UTC moment for people: `Jan. 22, 2026, 4:05 p.m. UTC`."""
    hour, half = moment.hour % 12 or 12, "a.m." if moment.hour < 12 else "p.m."
    day = f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year}"
    return f"{day}, {hour}:{moment.minute:02d} {half} UTC"


def caption(image: Image) -> str:
    """Return caption and credit as one line, `Caption (Credit)`, either part where there is only one."""
    said, credit = line(image.caption), line(image.credit)
    return f"{said} ({credit})" if said and credit else said or (f"({credit})" if credit else "")


def _reading_time(minutes: int) -> str:
    return f"<p><small>{minutes} min read</small></p>" if minutes > 0 else ""


def _lead(article: Article) -> str:
    image = lead_image(article)
    # A picture the body shows already would be seen twice.
    if image is None or image.url in article.body_html or escape(image.url) in article.body_html:
        return ""
    below = caption(image)
    note = f"<figcaption>{content(below)}</figcaption>" if below else ""
    return f"<figure>{picture(image.url, image.alt, image.width, image.height)}{note}</figure>"


def picture(url: str, alt: str | None, width: int | None = None, height: int | None = None) -> str:
    """Return an img element; its size is told only where both sides are known."""
    size = f' width="{width}" height="{height}"' if width and height else ""
    return f'<img src="{attribute(url)}"{size} alt="{attribute(alt)}">'


def _dateline(article: Article) -> str:
    place = line(article.dateline)
    said = not place or line(article.body_text).casefold().startswith(place.casefold())
    return "" if said else f"<p><strong>{content(place)}</strong></p>"


def _updated(article: Article) -> str:
    moment = article.updated_at
    if moment is None or moment <= article.published_at:
        return ""
    return f"<p><em>(Updated: {stamp(moment)})</em></p>"


def _correction(made: Corrected) -> str:
    return f"<p><strong>Correction, {stamp(made.at)}:</strong> {content(made.note)}</p>"


def _related(story: Related) -> str:
    url = address(story.url)
    if url is None:
        return ""
    summary = f"<p>{content(story.summary)}</p>" if line(story.summary) else ""
    anchor = f'<a href="{attribute(url)}">{content(story.headline) or content(url)}</a>'
    return f"<aside><p>Related: {anchor}</p>{summary}</aside>"


def _author_box(article: Article, site: Site) -> str:
    boxes = "".join(_author(author, site) for author in creators(article))
    return f"<footer>{boxes}</footer>" if boxes else ""


def _author(author: Author, site: Site) -> str:
    avatar, page = address(author.avatar), author_page(author, site)
    face = picture(avatar, author.name, 96, 96) + " " if avatar else ""
    role = f", {content(author.role)}" if line(author.role) else ""
    bio = f" {content(author.bio)}" if line(author.bio) else ""
    more = f' <a href="{attribute(page)}">Read more</a>' if page else ""
    stop = "." if role and (bio or more) else ""
    return f"<p>{face}<strong>{content(author.name)}</strong>{role}{stop}{bio}{more}</p>"
