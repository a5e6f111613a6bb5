"""Documents that differ in nothing a reader sees have one digest."""

from __future__ import annotations

import time

import pytest

from services.ingest.volatile import digest
from tests.ingest.feeds import an_item, rss

ATOM = b"<feed><title>Bay</title><updated>%s</updated><entry><title>One</title><updated>2026</updated></entry></feed>"


def built(when: str, more: str = "") -> bytes:
    return rss(an_item(1, more=more), channel=f"<lastBuildDate>{when}</lastBuildDate><pubDate>{when}</pubDate>")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (built("Sunday"), built("Monday")),
        (built("a") + b"<!-- made in 0.1 s -->", built("a") + b"<!-- made in 0.2 s -->"),
        (ATOM % b"2026-11-22T00:00:00Z", ATOM % b"2026-11-23T00:00:00Z"),
        (
            rss(an_item(1), channel="<generator>Made 1</generator>"),
            rss(an_item(1), channel="<generator>Made 2</generator>"),
        ),
        (
            built("a", "<comments>https://e.org/?a=1&amp;ref=bay</comments>"),
            built("a", "<comments>https://e.org/?a=1&amp;ref=hill</comments>"),
        ),
    ],
)
def test_build_dates_comments_and_marks_make_no_difference(one: bytes, other: bytes) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rss(an_item(1)), rss(an_item(1, "Another"))),
        (rss(an_item(1)), rss(an_item(2), an_item(1))),
        (
            ATOM % b"2026",
            (ATOM % b"2026").replace(b"<updated>2026</updated></entry>", b"<updated>2027</updated></entry>"),
        ),
        (rss(an_item(1)).replace(b"Sun, 22", b"Mon, 23"), rss(an_item(1))),
    ],
)
def test_what_a_reader_sees_makes_a_difference(one: bytes, other: bytes) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize("part", [b"<!--", b"<lastBuildDate>", b"<updated ", b"?ref=", b"<item", b"<!---->", b"&ref"])
def test_documents_made_to_be_slow_are_not(part: bytes) -> None:
    started = time.process_time()
    digest(part * (1_000_000 // len(part)))
    assert time.process_time() - started < 4
