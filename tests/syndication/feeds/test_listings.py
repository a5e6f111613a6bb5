"""The news sitemap and the list of all feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from lxml import etree
from starlette.applications import Starlette

from services.syndication.feeds.listings import FRESH_SECONDS, Listings
from services.syndication.feeds.opml import Named, opml
from services.syndication.feeds.shelf import FeedName
from shared.events import Author
from tests.syndication.feeds.asking import ask
from tests.syndication.feeds.in_memory import MORNING, SITE, InMemoryShelf, a_story

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}


class Shelf(InMemoryShelf):
    async def feeds(self) -> dict[str, int]:
        return {"all": 3, "tags/north-korea": 3, "tags/gone": 2, "authors/tim-zadorozhnyy": 1, "sources/desk": 1}


class Room:
    def __init__(self) -> None:
        self.shelf, self.seconds, self.moment = Shelf(), 0.0, MORNING + timedelta(hours=1)
        self.app = Starlette(routes=Listings(self.shelf, SITE, self.now, lambda: self.seconds).routes)

    def now(self) -> datetime:
        return self.moment

    async def sitemap(self) -> list[dict[str, str]]:
        answer = await ask(self.app, "/sitemap-news.xml")
        assert answer.headers["content-type"] == "application/xml; charset=utf-8"
        self.seconds += FRESH_SECONDS
        return [
            {str(etree.QName(node).localname): node.text or "" for node in url.iter() if len(node) == 0}
            for url in etree.fromstring(answer.body).findall("s:url", NAMES)
        ]


@pytest.fixture
def room() -> Room:
    return Room()


async def test_a_story_stands_in_the_sitemap_with_our_page_of_it(room: Room) -> None:
    room.shelf.publish(a_story())
    assert await room.sitemap() == [
        {
            "loc": f"https://news.example.org/articles/{a_story().id}",
            "lastmod": "2024-12-17T16:05:00Z",
            "name": "Example News",
            "language": "en",
            "publication_date": "2024-12-17T08:30:00Z",
            "title": a_story().headline,
        }
    ]


async def test_what_is_older_than_two_days_or_taken_back_is_not_there(room: Room) -> None:
    room.shelf.publish(a_story(id="desk-old", published_at=MORNING - timedelta(days=3)))
    room.shelf.publish(a_story(id="desk-gone", status="canceled"))
    room.shelf.publish(a_story(id="desk-held", status="withheld"))
    assert await room.sitemap() == []


async def test_no_more_than_a_thousand_stand_there(room: Room) -> None:
    room.shelf.publish(*(a_story(id=f"desk-{number}") for number in range(1_020)))
    assert len(await room.sitemap()) == 1_000


async def test_it_is_made_anew_once_a_minute(room: Room) -> None:
    await ask(room.app, "/sitemap-news.xml")
    room.shelf.publish(a_story())
    assert b"<url>" not in (await ask(room.app, "/sitemap-news.xml")).body
    room.seconds += FRESH_SECONDS
    assert b"<url>" in (await ask(room.app, "/sitemap-news.xml")).body


async def test_every_feed_that_has_articles_is_listed_by_its_name(room: Room) -> None:
    room.shelf.publish(a_story(authors=(Author(id="tim-zadorozhnyy", name='Tim "Z" & Co'),)))
    answer = await ask(room.app, "/feeds.opml")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    found = [(node.get("text"), node.get("xmlUrl")) for node in etree.fromstring(answer.body).iter("outline")]
    site = "https://news.example.org/feeds"
    assert found == [
        ("Example News", f"{site}/all.rss"),
        ("Tags", None),
        ("North Korea", f"{site}/tags/north-korea.rss"),
        ("Authors", None),
        ('Tim "Z" & Co', f"{site}/authors/tim-zadorozhnyy.rss"),
        ("Sources", None),
        ("World Desk", f"{site}/sources/desk.rss"),
    ]


def test_languages_are_listed_by_their_names() -> None:
    feeds = [Named(FeedName("languages", tag), tag) for tag in ("de", "uk", "ar")]
    found = [node.get("title") for node in etree.fromstring(opml(feeds, SITE)).iter("outline")]
    assert found[2:] == ["Arabic", "German", "Ukrainian"]


async def test_a_reader_that_has_it_is_told_so(room: Room) -> None:
    first = await ask(room.app, "/feeds.opml")
    assert (await ask(room.app, "/feeds.opml", If_None_Match=first.headers["etag"])).status == 304
