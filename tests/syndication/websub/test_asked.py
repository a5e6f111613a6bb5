"""What is taken from a subscriber's form, and what is refused in words."""

from __future__ import annotations

import pytest

from services.syndication.feeds.press import Page
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.websub.asked import LEASE, LONGEST, SHORTEST, Asked, Refused, page_of, read
from tests.syndication.feeds.in_memory import SITE

TOPIC = "https://news.example.org/feeds/tags/kursk.atom"
FORM = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": "https://reader.example/in?u=1"}


def test_a_plain_request_gets_the_usual_lease_and_no_secret() -> None:
    asked = read(FORM | {"hub.foo": "ignored"}, SITE)
    assert asked == Asked(mode="subscribe", topic=TOPIC, callback="https://reader.example/in?u=1", lease=LEASE)


@pytest.mark.parametrize(
    ("given", "lease"), [("", LEASE), ("0", LEASE), ("1", SHORTEST), ("3600", 3600), ("99999999999", LONGEST)]
)
def test_a_lease_has_bounds(given: str, lease: int) -> None:
    asked = read(FORM | {"hub.lease_seconds": given}, SITE)
    assert isinstance(asked, Asked)
    assert asked.lease == lease


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"hub.mode": "publish"}, "hub.mode"),
        ({"hub.callback": "ftp://reader.example/"}, "hub.callback"),
        ({"hub.callback": ""}, "hub.callback"),
        ({"hub.topic": "https://other.example/feeds/all.atom"}, "hub.topic"),
        ({"hub.topic": "https://news.example.org.evil.example/feeds/all.atom"}, "hub.topic"),
        ({"hub.secret": "x" * 200}, "hub.secret"),
        ({"hub.secret": "я" * 100}, "hub.secret"),
        ({"hub.lease_seconds": "soon"}, "hub.lease_seconds"),
        ({"hub.lease_seconds": "-1"}, "hub.lease_seconds"),
    ],
)
def test_what_is_wrong_is_refused_naming_the_parameter(wrong: dict[str, str], word: str) -> None:
    refused = read(FORM | wrong, SITE)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(word)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("all.rss", Page(ALL, None, "rss")),
        ("tags/kursk.json", Page(FeedName("tags", "kursk"), None, "json")),
        ("tags/ferry.msn.rss", Page(FeedName("tags", "ferry"), None, "msn.rss")),
        ("authors/ann.atom", Page(FeedName("authors", "ann"), None, "atom")),
        ("search.rss?q=tag%3Akursk", Page(FeedName("search", "tag:kursk"), None, "rss")),
    ],
)
def test_every_feed_is_a_topic_by_the_address_it_calls_its_own(path: str, page: Page) -> None:
    topic = f"https://news.example.org/feeds/{path}"
    assert page_of(topic, SITE) == page
    assert SITE.feed(page.feed, page.ending) == topic


@pytest.mark.parametrize(
    "path",
    [
        "all.rss?before=5",
        "all.rss?x=1",
        "all.rss#top",
        "all.xml",
        "tags.rss",
        "tags/a/b.rss",
        "tags/A.rss",
        "all/x.rss",
        "search.rss",
        "search.rss?q=tag:(",
        "search.rss?q=TAG:Kursk",
        "../admin.rss",
    ],
)
def test_no_other_address_is_one(path: str) -> None:
    assert page_of(f"https://news.example.org/feeds/{path}", SITE) is None
