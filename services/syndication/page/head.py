"""What stands in a page's head and in the frame around it: titles, canonical and feed links, metadata; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.syndication.feeds.channel import TYPES
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from services.syndication.page.metadata import (
    Property,
    article_graph,
    article_ld,
    author_ld,
    canonical,
    describing,
    list_graph,
    script,
)
from services.syndication.page.views import Story
from shared.events import Article, Author

FRONT = "News Feed"
FORMATS = (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON"))


@dataclass(frozen=True, slots=True)
class Alternate:
    """A page's feed in one format."""

    type: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands in a page's head, and what the frame around it asks: `here` names the page in the menu."""

    title: str
    about: str = ""
    here: str = ""
    asked: str = ""
    indexed: bool = True
    canonical: str | None = None
    next: str | None = None
    prev: str | None = None
    feeds: tuple[Alternate, ...]
    followed: str = "these stories"
    graph: tuple[Property, ...] = ()
    pictured: bool = False
    ld: Markup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of stories: the feed it shows, its items, the numbers to go on from, and what may stand above them.

    `mark` is the number that last changed the feed, `newest` the highest of the stories shown; `older` and `newer`
    are the numbers that the pages beside end below and begin above. `live` says whether it is the newest page.
    """

    feed: FeedName
    label: str
    items: Sequence[Markup]
    mark: int
    newest: int
    older: int | None = None
    newer: int | None = None
    before: int | None = None
    live: bool = True
    author: Author | None = None
    fault: str | None = None


def list_head(page: Listing, site: Site) -> Head:
    """Return the head of a page of stories."""
    feed = page.feed
    front = feed == ALL
    heading, about = called(page, site)
    url = site.page(feed)
    return Head(
        title=site.name if front and page.before is None else f"{heading} — {site.name}",
        about=about,
        here="front" if front else feed.kind,
        asked=feed.slug if feed.kind == "search" else "",
        # Searches are endless, and older pages move on: what search engines keep is each story's own page.
        indexed=feed.kind != "search" and page.live,
        canonical=url if page.before is None else _asking(url, "before", page.before),
        next=None if page.older is None else _asking(url, "before", page.older),
        prev=None if page.newer is None else _asking(url, "after", page.newer),
        feeds=alternates(site, feed, heading),
        followed="all stories" if front else "these stories",
        graph=tuple(list_graph(heading if not front else site.name, about, url, site)),
        ld=script(author_ld(page.author, site)) if page.author else None,
    )


def article_head(article: Article, told: Story, site: Site) -> Head:
    """Return the head of one story's own page."""
    canceled = told.notice is not None
    return Head(
        title=f"{'Retracted: ' if canceled else ''}{told.headline} — {site.name}",
        about=describing(article, site),
        here="article",
        indexed=not canceled,
        canonical=canonical(article, site),
        feeds=alternates(site),
        followed="all stories",
        graph=() if canceled else tuple(article_graph(article, site)),
        pictured=told.picture is not None,
        ld=script(article_ld(article, site)),
    )


def plain_head(title: str, site: Site, *, about: str = "", here: str = "", canonical: str | None = None) -> Head:
    """Return the head of a page without stories; one without an address of its own is not for search engines."""
    return Head(
        title=f"{title} — {site.name}",
        about=about,
        here=here,
        canonical=canonical,
        indexed=canonical is not None,
        feeds=alternates(site),
        followed="all stories",
    )


def called(page: Listing, site: Site) -> tuple[str, str]:
    """Return the heading of a page and what it is about."""
    label, name = page.label, site.name
    match page.feed.kind:
        case "tags":
            return label, f"Stories about {label} from {name}."
        case "authors":
            return label, f"Stories by {label} from {name}."
        case "search" if page.feed.slug:
            return f"Search: {label}", f"Stories from {name} that match {label}."
        case "search":
            return "Search", f"Search the stories of {name}."
        case _:
            return FRONT, site.description


def alternates(site: Site, feed: FeedName = ALL, title: str = "") -> tuple[Alternate, ...]:
    """Return the feeds that carry what a page shows; all stories, where it shows none of a kind."""
    if feed == ALL or (feed.kind == "search" and not feed.slug):
        feed, title = ALL, "All stories"
    return tuple(
        Alternate(TYPES[ending], f"{site.name}: {title} ({said})", site.feed(feed, ending)) for ending, said in FORMATS
    )


def _asking(url: str, name: str, number: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}{name}={number}"
