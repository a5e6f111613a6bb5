"""Each picture with its own words, and recordings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.document import Document
from services.ingest.parse import parse
from services.ingest.parse.files import seconds
from services.ingest.submission import Submission
from tests.ingest.feeds import rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'


def item(inside: str) -> Submission:
    body = rss(f"<item {ITUNES}><title>T</title><guid>g</guid>{inside}</item>")
    found = parse(body, url="https://bay.example/rss", content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    return found.submissions[0]


def test_each_picture_has_its_own_credits_and_caption() -> None:
    one = item(
        '<media:content url="/a.jpg" medium="image" type="image/jpeg" fileSize="7" width="800px" height="600">'
        "<media:credit role='photographer'>Ann</media:credit><media:credit>Agency</media:credit>"
        "<media:title>Ferry</media:title><media:description>The &lt;b&gt;ferry&lt;/b&gt;.</media:description>"
        '</media:content><media:content url="/b.png" medium="image"><media:title>Pier</media:title></media:content>'
        "<media:credit>Someone else</media:credit>"
    )
    first, second = one.images
    assert (first.url, first.credit, first.caption, first.alt) == (
        "https://bay.example/a.jpg",
        "Ann, Agency",
        "The ferry.",
        "Ferry",
    )
    assert (first.type, first.bytes, first.width, first.height) == ("image/jpeg", 7, 800, 600)
    assert (second.caption, second.credit, second.alt) == ("Pier", None, None)
    assert one.summary is None


def test_credits_of_different_kinds_say_which() -> None:
    credits = "<media:credit role='photographer'>Ann</media:credit><media:credit role='editor'>Bo</media:credit>"
    one = item(f'<media:content url="/a.jpg">{credits}</media:content>')
    assert one.images[0].credit == "Ann (photographer), Bo (editor)"


def test_of_a_group_the_best_making_is_taken_with_the_groups_words() -> None:
    one = item(
        '<media:group><media:content url="/s.jpg" width="100" medium="image"/>'
        '<media:content url="/l.jpg" width="900" medium="image"/>'
        '<media:content url="/v.mp4" type="video/mp4" duration="61"/>'
        "<media:credit>Ann</media:credit><media:description>The ferry.</media:description></media:group>"
    )
    assert [(i.url, i.credit, i.caption) for i in one.images] == [("https://bay.example/l.jpg", "Ann", "The ferry.")]
    assert [(e.url, e.type, e.seconds) for e in one.enclosures] == [("https://bay.example/v.mp4", "video/mp4", 61)]


def test_a_films_description_is_the_storys() -> None:
    one = item(
        '<media:group><media:title>F</media:title><media:content url="/v.mp4" type="video/mp4"/>'
        '<media:thumbnail url="/t.jpg" width="9"/><media:description>All about it.</media:description></media:group>'
    )
    assert (one.summary, one.images[0].url, one.images[0].caption) == (
        "All about it.",
        "https://bay.example/t.jpg",
        None,
    )


def test_recordings_say_how_long_and_how_large_they_are() -> None:
    one = item('<enclosure url="/a.mp3" length="9" type="audio/mpeg"/><itunes:duration>1:02:03</itunes:duration>')
    assert [(e.url, e.bytes, e.seconds) for e in one.enclosures] == [("https://bay.example/a.mp3", 9, 3723)]


@pytest.mark.parametrize(
    ("element", "pictured", "kind"),
    [
        ('<enclosure url="/a.jpg"/>', True, None),
        ('<enclosure url="/a.bin" type="image/webp"/>', True, "image/webp"),
        ('<enclosure url="/a.mp3" type="application/octet-stream"/>', False, "audio/mpeg"),
        ('<enclosure url="/a.pdf"/>', False, "application/pdf"),
        ('<media:content url="/a?w=9" width="9" height="9"/>', True, None),
        ('<media:content url="/a" medium="video"/>', False, "video/"),
        ('<itunes:image href="/a.jpg"/>', True, None),
        ("<image><url>/a.jpg</url></image>", True, None),
        ('<media:thumbnail url="/a"/>', True, None),
    ],
)
def test_a_file_is_a_picture_or_not(element: str, pictured: bool, kind: str | None) -> None:
    one = item(element)
    (file,) = one.images if pictured else one.enclosures
    assert file.type == kind
    assert (len(one.images), len(one.enclosures)) == ((1, 0) if pictured else (0, 1))


def test_a_web_page_is_no_file_and_the_face_of_an_author_no_picture() -> None:
    one = item(
        '<media:content url="/player" type="text/html"/><dc:creator>Ann</dc:creator>'
        '<media:content url="https://0.gravatar.com/avatar/1" medium="image">'
        "<media:title>ann</media:title></media:content>"
    )
    assert (one.images, one.enclosures) == ((), ())
    assert one.authors[0].avatar == "https://0.gravatar.com/avatar/1"


def test_a_resized_picture_is_taken_at_its_source() -> None:
    one = item(
        '<media:content url="/_next/image?url=%2Fa.jpg&amp;w=9" medium="image"/><enclosure url="/a.jpg" length="5"/>'
    )
    assert [(i.url, i.bytes) for i in one.images] == [("https://bay.example/a.jpg", 5)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("61", 61),
        ("1:01", 61),
        ("1:01:01", 3661),
        ("61.5", 61),
        ("", None),
        ("1h", None),
        (None, None),
        ("9" * 20, None),
    ],
)
def test_how_long_it_plays(text: str | None, meant: int | None) -> None:
    assert seconds(text) == meant
