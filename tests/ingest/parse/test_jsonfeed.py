"""JSON Feed, also where it is sloppy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.ingest.document import Document, Unreadable
from services.ingest.parse import parse

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "Bay", "home_page_url": "https://bay.example/"}


def read(body: bytes) -> Document | Unreadable:
    return parse(
        body, url="https://bay.example/feed.json", content_type="application/feed+json", source_id="b", now=NOW
    )


def document(*items: Any, **feed: Any) -> Document:
    found = read(orjson.dumps(FEED | feed | {"items": items}))
    assert isinstance(found, Document)
    return found


def test_an_item_is_read_with_all_it_says() -> None:
    item = {
        "id": 7,
        "url": "/7?utm_source=json",
        "title": "R&D <grows>",
        "summary": "Short.",
        "content_html": '<p>Long <a href="/x">story</a>.</p>',
        "image": "/a.jpg",
        "banner_image": "https://bay.example/_next/image?url=%2Fb.jpg&w=1",
        "authors": [{"name": "Ann", "url": "/ann", "avatar": "/ann.jpg"}, {"name": "bo@bay.example"}],
        "tags": ["ferry", "ferry", ""],
        "language": "en-GB",
        "date_published": "2026-11-22T05:00:00Z",
        "date_modified": "2026-11-22T06:00:00+00:00",
        "attachments": [
            {
                "url": "/a.mp3",
                "mime_type": "audio/mpeg",
                "title": "Sound",
                "size_in_bytes": 9,
                "duration_in_seconds": 61.5,
            },
            {"url": "/c.png", "mime_type": "image/png"},
        ],
    }
    found = document(item)
    (one,) = found.submissions
    assert (one.guid, one.url, one.headline) == ("7", "https://bay.example/7", "R&D <grows>")
    assert (one.summary, one.body_html) == ("Short.", '<p>Long <a href="https://bay.example/x">story</a>.</p>')
    assert [(a.name, a.url, a.avatar) for a in one.authors] == [
        ("Ann", "https://bay.example/ann", "https://bay.example/ann.jpg")
    ]
    assert [image.url for image in one.images] == [
        f"https://bay.example/{name}" for name in ("a.jpg", "b.jpg", "c.png")
    ]
    (file,) = one.enclosures
    assert (file.url, file.type, file.bytes, file.seconds, file.title) == (
        "https://bay.example/a.mp3",
        "audio/mpeg",
        9,
        61,
        "Sound",
    )
    assert ([tag.term for tag in one.categories], one.language) == (["ferry"], "en-GB")
    assert one.published_at == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert one.updated_at == datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert (found.title, found.home, found.quality) == ("Bay", "https://bay.example/", "strict")


def test_hubs_the_topic_and_older_items_are_told() -> None:
    hubs = [{"type": "WebSub", "url": "https://hub.example/"}, {"type": "rssCloud", "url": "https://cloud.example/"}]
    found = document(hubs=hubs, feed_url="https://bay.example/feed.json", next_url="/feed.json?page=2")
    assert (found.hubs, found.topic) == (("https://hub.example/",), "https://bay.example/feed.json")
    assert found.older == "https://bay.example/feed.json?page=2"


def test_version_1_has_one_author_and_the_feeds_stands_in() -> None:
    found = document(
        {"id": "1", "content_text": "One.\n\nTwo."},
        {"id": "2", "title": "T", "author": {"name": "Bo"}},
        author={"name": "Ann"},
    )
    assert [[a.name for a in one.authors] for one in found.submissions] == [["Ann"], ["Bo"]]
    assert (found.submissions[0].headline, found.submissions[0].body_html) == ("One. Two.", "<p>One.</p><p>Two.</p>")


def test_raw_line_ends_and_lone_surrogates_cost_nothing() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "a\tb \\ud800 c"}]}'
    found = read(body)
    assert isinstance(found, Document)
    assert (found.submissions[0].headline, found.quality) == ("a b c", "repaired")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"version": "x"}', "not a JSON Feed"),
        (b'{"a": ', "not valid"),
        (b"{" * 100_000, "not valid"),
        (b'{"a":' * 50_000, "not valid"),
    ],
)
def test_other_json_is_no_feed(body: bytes, reason: str) -> None:
    found = read(body)
    assert isinstance(found, Unreadable)
    assert reason in found.reason


def test_fields_of_the_wrong_kind_are_passed_over() -> None:
    odd = {"id": "1", "title": "T", "authors": "Ann", "tags": {"a": 1}, "attachments": [1, {}], "image": 5, "url": []}
    found = document(odd, "item", None, hubs="x", authors=[None, 3])
    assert [one.headline for one in found.submissions] == ["T"]
