"""The last resort, and its bounds."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from services.ingest.document import Document
from services.ingest.parse import parse
from services.ingest.parse.channel import Channel
from services.ingest.parse.loose import MOST_BYTES, read_loosely
from tests.ingest.feeds import an_item, rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def channel() -> Channel:
    return Channel(source_id="bay", url="https://bay.example/rss", now=NOW)


def test_items_of_a_feed_without_a_feed_are_found() -> None:
    body = b"<odd>" + an_item(1, "Fish &amp; chips").encode() + b"<item><title>Two</title><link>/2</link>"
    found = parse(body, url="https://bay.example/rss", content_type="", source_id="bay", now=NOW)
    assert isinstance(found, Document)
    assert found.quality == "loose"
    assert [(one.headline, one.url) for one in found.submissions] == [
        ("Fish & chips", "https://bay.example/1"),
        ("Two", "https://bay.example/2"),
    ]
    assert found.submissions[0].published_at == datetime(2026, 11, 22, 0, 1, tzinfo=UTC)


def test_it_keeps_what_an_item_says() -> None:
    more = (
        "<dc:creator>Ann</dc:creator><category domain='s'>Bay</category><enclosure url='/a.mp3' type='audio/mpeg'/>"
        "<content:encoded>&lt;p&gt;Long&lt;/p&gt;</content:encoded>"
    )
    found = read_loosely(rss(an_item(1, more=more), channel="<language>en</language>"), channel())
    assert found is not None
    (one,) = found.submissions
    assert ([a.name for a in one.authors], one.categories[0].scheme, one.language) == (["Ann"], "s", "en")
    assert (one.body_html, one.enclosures[0].url) == ("<p>Long</p>", "https://bay.example/a.mp3")


def test_it_takes_no_large_document_and_no_long_time() -> None:
    assert read_loosely(b"<item>" + b"x" * MOST_BYTES, channel()) is None
    started = time.process_time()
    read_loosely(b"<item><title>" + b"<!--" * 200_000, channel())
    assert time.process_time() - started < 15
