"""Titles, feeds and addresses in a page's head."""

from __future__ import annotations

from typing import Any

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.page.head import Listing, alternates, article_head, list_head, plain_head
from services.syndication.page.story import story
from tests.syndication.feeds.in_memory import SITE, a_story


def a_listing(feed: FeedName, label: str = "", **over: Any) -> Listing:
    return Listing(feed=feed, label=label, items=(), mark=0, newest=0, **over)


def test_the_front_is_called_by_the_newsroom_and_its_older_pages_are_not() -> None:
    assert list_head(a_listing(ALL), SITE).title == "Example News"
    older = list_head(a_listing(ALL, before=20, older=1), SITE)
    assert older.title == "News Feed — Example News"
    assert (older.canonical, older.next) == (
        "https://news.example.org/?before=20",
        "https://news.example.org/?before=1",
    )


def test_searches_are_not_for_search_engines() -> None:
    head = list_head(a_listing(FeedName("search", "a&b"), "a&b", older=7), SITE)
    assert not head.indexed
    assert head.next == "https://news.example.org/search?q=a%26b&before=7"


def test_a_page_without_a_feed_of_its_own_names_that_of_all() -> None:
    every = alternates(SITE)
    assert alternates(SITE, FeedName("search", ""), "Search") == every
    assert [one.url.rpartition(".")[2] for one in every] == ["rss", "atom", "json"]
    [tag, *_] = alternates(SITE, FeedName("tags", "odesa"), "Odesa")
    assert (tag.title, tag.url) == ("Example News: Odesa (RSS)", "https://news.example.org/feeds/tags/odesa.rss")


def test_a_story_taken_back_is_not_shown_about() -> None:
    article = a_story(status="canceled")
    head = article_head(article, story(article, level=1), SITE)
    assert (head.indexed, head.graph) == (False, ())
    assert head.title.startswith("Retracted: ")


def test_a_page_without_an_address_is_not_indexed() -> None:
    assert not plain_head("Lost", SITE).indexed
    assert plain_head("Subscribe", SITE, canonical="https://news.example.org/feeds").indexed
