"""Feeds read by one conditional GET; the Link header goes before what the feed says of its hubs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from services.ingest.document import Document
from services.ingest.fetch import Failed, Fetched, FetchOutcome, Gone, NotModified, Throttled
from services.ingest.health import Health
from services.ingest.reader import Same, Took
from services.ingest.readers.feed import LARGE, linked, read
from services.ingest.source import Settings, Source
from tests.ingest.feeds import an_item, rss

URL = "https://bay.example/feed"


class Answering:
    """Answers every request alike, and remembers what it was asked."""

    def __init__(self, outcome: FetchOutcome) -> None:
        self.outcome = outcome
        self.asked: list[tuple[str, str | None, str | None]] = []

    async def __call__(
        self,
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> FetchOutcome:
        assert (accept, headers) == (None, None)
        self.asked.append((url, etag, last_modified))
        return self.outcome


def a_page(body: bytes = rss(an_item(1)), **over: object) -> Fetched:
    plain: dict[str, object] = {"body": body, "url": URL, "content_type": "application/rss+xml", "etag": '"e"'}
    return Fetched(**plain | over)  # type: ignore[arg-type]  # as typed in the tests below


def a_source(**health: str) -> Source:
    return Source(Settings(id="bay", url=URL), Health(**health))  # type: ignore[arg-type]  # texts alone


async def test_a_document_comes_with_what_we_need_next_time() -> None:
    ask = Answering(a_page(last_modified="Sun", moved_to="https://b.example/", fresh_seconds=60.0))
    reading = await read(a_source(etag='"old"', last_modified="Sat"), ask, parsers=asyncio.Semaphore(1))
    assert isinstance(reading, Took)
    assert ask.asked == [(URL, '"old"', "Sat")]
    assert (reading.raw, reading.fresh_seconds, len(reading.document.submissions)) == (rss(an_item(1)), 60.0, 1)
    assert {name: reading.fields[name] for name in ("etag", "last_modified", "moved_to")} == {
        "etag": '"e"',
        "last_modified": "Sun",
        "moved_to": "https://b.example/",
    }


async def test_the_same_bytes_or_the_same_etag_are_the_same_document() -> None:
    first = await read(a_source(), Answering(a_page()), parsers=asyncio.Semaphore(1))
    assert isinstance(first, Took)
    known = a_source(body_hash=first.fields["body_hash"], etag='"e"')
    bytes_alone = await read(known, Answering(a_page(etag='"f"')), parsers=asyncio.Semaphore(1))
    etag_alone = await read(known, Answering(a_page(rss(an_item(2)))), parsers=asyncio.Semaphore(1))
    assert isinstance(bytes_alone, Same)
    assert isinstance(etag_alone, Same)
    assert etag_alone.fields["body_hash"] == known.health.body_hash


async def test_a_large_document_is_read_like_any_other() -> None:
    body = rss(an_item(1, more=f"<comments>https://e.org/{'x' * LARGE}</comments>"))
    assert isinstance(await read(a_source(), Answering(a_page(body)), parsers=asyncio.Semaphore(1)), Took)


@pytest.mark.parametrize("outcome", [NotModified(), Throttled(5.0), Gone(), Failed("timed out")])
async def test_what_is_no_document_is_handed_on(outcome: FetchOutcome) -> None:
    assert await read(a_source(), Answering(outcome), parsers=asyncio.Semaphore(1)) == outcome


async def test_what_is_no_feed_is_a_failure_in_words() -> None:
    reading = await read(a_source(), Answering(a_page(b"<html><body>Hi</body></html>")), parsers=asyncio.Semaphore(1))
    assert isinstance(reading, Failed)
    assert "HTML" in reading.reason


@pytest.mark.parametrize(
    ("header", "hubs", "topic"),
    [
        ("", ("https://own.example/",), "https://own.example/feed"),
        (
            '<https://hub.example/>; rel="hub", </feed>; rel=self',
            ("https://hub.example/", "https://own.example/"),
            URL,
        ),
        (
            '</a>; title="x, y"; rel="hub self"',
            ("https://bay.example/a", "https://own.example/"),
            "https://bay.example/a",
        ),
        ("<http://[hub>; rel=hub", ("https://own.example/",), "https://own.example/feed"),
        ("<javascript:x>; rel=hub", ("https://own.example/",), "https://own.example/feed"),
        ("<" * 100_000, ("https://own.example/",), "https://own.example/feed"),
    ],
)
def test_links_of_the_header_go_before_the_documents(header: str, hubs: tuple[str, ...], topic: str) -> None:
    document = Document(submissions=(), hubs=("https://own.example/",), topic="https://own.example/feed")
    found = linked(document, header, URL)
    assert (found.hubs, found.topic) == (hubs, topic)
