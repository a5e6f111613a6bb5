"""Fills in the templates: a story's item, a page of stories, one story, the list of feeds, a message; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.syndication.feeds.channel import TYPES
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from services.syndication.page.assets import Assets
from services.syndication.page.branding import Branding
from services.syndication.page.directory import Directory
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
from services.syndication.page.story import Person, person, story
from shared.events import Article, Author

PER_PAGE = 20
FRONT = "News Feed"
SECTIONS, TOPICS = 6, 16
FORMATS = (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON"))
LATE, EAGER = 'data-lead loading="lazy"', 'fetchpriority="high"'
"""What a lead picture has among others, and what the first of a page has in its place."""


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


class Printer:
    """Renders for one branding at one address."""

    def __init__(self, branding: Branding, site: Site, assets: Assets) -> None:
        self.site, self.assets = site, assets
        self._branding = branding
        self._base = urlsplit(site.url).path
        self._env = _environment()
        self._env.globals.update(
            site=site,
            branding=branding,
            assets=assets,
            base=self._base,
            logo=assets.logo("logo", branding.logo),
            logo_dark=assets.logo("logo-dark", branding.logo_dark),
        )

    def item(self, article: Article, limit: int) -> str:
        """Return a story as it stands among others."""
        return self._env.get_template("item.html").render(story=story(article, level=2, limit=limit))

    def listing(self, page: Listing, directory: Directory) -> str:
        """Return a page of stories."""
        feed = page.feed
        front = feed == ALL
        heading, about = self._called(page)
        url = self.site.page(feed)
        root = self._path(url)
        head = Head(
            title=self.site.name if front and page.before is None else f"{heading} — {self.site.name}",
            about=about,
            here="front" if front else feed.kind,
            asked=feed.slug if feed.kind == "search" else "",
            # Searches are endless, and older pages move on: what search engines keep is each story's own page.
            indexed=feed.kind != "search" and page.live,
            canonical=url if page.before is None else _asking(url, "before", page.before),
            next=None if page.older is None else _asking(url, "before", page.older),
            prev=None if page.newer is None else _asking(url, "after", page.newer),
            feeds=self._feeds(feed, heading if not front else "All stories"),
            followed="all stories" if front else "these stories",
            graph=tuple(list_graph(heading if not front else self.site.name, about, url, self.site)),
            ld=script(author_ld(page.author, self.site)) if page.author else None,
        )
        return self._render(
            "list.html",
            head,
            directory,
            heading=heading,
            items=page.items,
            person=_person(page.author),
            mark=page.mark,
            newest=page.newest,
            older=None if page.older is None else self._path(head.next or ""),
            newer=None if page.newer is None else self._path(head.prev or ""),
            live=_query(feed) if page.live and (feed.kind != "search" or feed.slug) else None,
            from_mark=front,
            here_path=root,
            help=feed.kind == "search" and not feed.slug,
            fault=page.fault,
            empty="" if feed.kind == "search" and not feed.slug else _empty(feed),
        )

    def article(self, article: Article, directory: Directory) -> str:
        """Return one story's own page; for one that was taken back, the notice."""
        told = story(article, level=1)
        canceled = told.notice is not None
        head = Head(
            title=f"{'Retracted: ' if canceled else ''}{told.headline} — {self.site.name}",
            about=describing(article, self.site),
            here="article",
            indexed=not canceled,
            canonical=canonical(article, self.site),
            feeds=self._feeds(ALL, "All stories"),
            followed="all stories",
            graph=() if canceled else tuple(article_graph(article, self.site)),
            pictured=told.picture is not None,
            ld=script(article_ld(article, self.site)),
        )
        return self._render("article.html", head, directory, story=told)

    def feeds(self, directory: Directory) -> str:
        """Return the list of feeds for people."""
        head = Head(
            title=f"Subscribe — {self.site.name}",
            about=f"Every feed of {self.site.name}, in every format.",
            here="feeds",
            canonical=f"{self.site.url}/feeds",
            feeds=self._feeds(ALL, "All stories"),
            followed="all stories",
        )
        return self._render("feeds.html", head, directory, formats=FORMATS, all=ALL, page=self.site.page)

    def message(self, title: str, detail: str) -> str:
        """Return a page that says why there is no other."""
        head = Head(
            title=f"{title} — {self.site.name}",
            indexed=False,
            feeds=self._feeds(ALL, "All stories"),
            followed="all stories",
        )
        return self._render("message.html", head, Directory(), title=title, detail=detail)

    def _render(self, name: str, head: Head, directory: Directory, **more: Any) -> str:
        sections = [one for one in directory.of("sections", SECTIONS) if one.label != FRONT]
        return self._env.get_template(name).render(
            head=head,
            directory=directory,
            # A newsroom of one section has no choice to offer.
            sections=sections if len(sections) > 1 else (),
            topics=directory.of("tags", TOPICS),
            **more,
        )

    def _feeds(self, feed: FeedName, title: str) -> tuple[Alternate, ...]:
        if feed.kind == "search" and not feed.slug:
            feed, title = ALL, "All stories"
        name = self.site.name
        return tuple(
            Alternate(TYPES[ending], f"{name}: {title} ({said})", self.site.feed(feed, ending))
            for ending, said in FORMATS
        )

    def _called(self, page: Listing) -> tuple[str, str]:
        """Return the heading of a page and what it is about."""
        label, name = page.label, self.site.name
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
                return FRONT, self.site.description

    def _path(self, url: str) -> str:
        """Return an address of ours without its host: a page works under every name it is reached by."""
        parts = urlsplit(url)
        return f"{parts.path}{'?' if parts.query else ''}{parts.query}"


def eager(item: str) -> str:
    """Return an item whose lead picture is fetched at once: it is the first that a reader sees."""
    return item.replace(LATE, EAGER, 1)


def _environment() -> Environment:
    loader = PackageLoader("services.syndication.page")
    env = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters["host"] = _host
    return env


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _asking(url: str, name: str, number: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}{name}={number}"


def _query(feed: FeedName) -> str:
    """Return the query that finds a page's events; retractions are told to all, for they no longer say what of."""
    match feed.kind:
        case "tags":
            return f"tag:{feed.slug} OR type:article.retracted"
        case "authors":
            return f"author:{feed.slug} OR type:article.retracted"
        case "search" if feed.slug:
            return f"({feed.slug}) OR type:article.retracted"
        case _:
            return ""


def _empty(feed: FeedName) -> str:
    return "No story matches this search." if feed.kind == "search" else "There are no stories here yet."


def _person(author: Author | None) -> Person | None:
    return None if author is None else person(author)
