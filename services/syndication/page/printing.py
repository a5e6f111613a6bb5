"""Fills in the templates: a story's item, a page of stories, one story, the list of feeds, a message; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site
from services.syndication.feeds.tongues import label_of
from services.syndication.page.assets import Assets
from services.syndication.page.branding import Branding
from services.syndication.page.directory import Counted, Directory
from services.syndication.page.frame import environment
from services.syndication.page.head import FORMATS, FRONT, Head, Listing, article_head, called, list_head, plain_head
from services.syndication.page.story import person, story
from services.syndication.page.views import Person
from shared.events import Article, Author

SECTIONS, TOPICS = 6, 16
LATE, EAGER = 'data-lead loading="lazy"', 'fetchpriority="high"'
"""What a lead picture has among others, and what the first of a page has in its place."""


class Printer:
    """Renders for one branding at one address."""

    def __init__(self, branding: Branding, site: Site, assets: Assets) -> None:
        self.branding, self.site, self.assets = branding, site, assets
        self._env = environment(branding, site, assets)

    def item(self, article: Article, limit: int) -> str:
        """Return a story as it stands among others."""
        return self._env.get_template("item.html").render(story=story(article, level=2, limit=limit))

    def listing(self, page: Listing, directory: Directory) -> str:
        """Return a page of stories."""
        feed = page.feed
        head = list_head(page, self.site)
        blank = feed.kind == "search" and not feed.slug
        return self._render(
            "list.html",
            head,
            directory,
            heading=called(page, self.site)[0],
            items=page.items,
            person=_person(page.author),
            mark=page.mark,
            newest=page.newest,
            older=_path(head.next),
            newer=_path(head.prev),
            live=_query(feed) if page.live and not blank else None,
            from_mark=feed == ALL,
            here_path=_path(self.site.page(feed)),
            help=blank,
            fault=page.fault,
            empty="" if blank or page.fault else _empty(feed),
        )

    def article(self, article: Article, directory: Directory) -> str:
        """Return one story's own page; for one that was taken back, the notice."""
        told = story(article, level=1)
        return self._render("article.html", article_head(article, told, self.site), directory, story=told)

    def feeds(self, directory: Directory) -> str:
        """Return the list of feeds for people."""
        about = f"Every feed of {self.site.name}, in every format."
        head = plain_head("Subscribe", self.site, about=about, here="feeds", canonical=f"{self.site.url}/feeds")
        found = directory.of("languages", 30)
        languages = [replace(one, label=label_of(one.feed, one.label, self.site)) for one in found]
        more = {"formats": FORMATS, "all": ALL, "page": self.site.page, "languages": languages}
        return self._render("feeds.html", head, directory, **more)

    def message(self, title: str, detail: str, sections: Sequence[Counted] = ()) -> str:
        """Return a page that says why there is no other; of what else there is it has the sections alone."""
        directory = Directory(feeds={"sections": tuple(sections)})
        return self._render("message.html", plain_head(title, self.site), directory, title=title, detail=detail)

    def _render(self, name: str, head: Head, directory: Directory, **more: Any) -> str:
        return self._env.get_template(name).render(
            head=head,
            directory=directory,
            sections=sections_of(directory),
            topics=directory.of("tags", TOPICS),
            **more,
        )


def sections_of(directory: Directory) -> Sequence[Counted]:
    """Return the sections to choose from: a newsroom of one has no choice to offer."""
    found = [one for one in directory.of("sections", SECTIONS) if one.label != FRONT]
    return found if len(found) > 1 else ()


def eager(item: str) -> str:
    """Return an item whose lead picture is fetched at once: it is the first that a reader sees."""
    return item.replace(LATE, EAGER, 1)


def _path(url: str | None) -> str | None:
    """Return an address of ours without its host: a page works under every name it is reached by."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.path}{'?' if parts.query else ''}{parts.query}"


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
