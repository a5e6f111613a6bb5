"""Which requests are answered with 304, and in which coding (RFC 9110)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.syndication.feeds.conditional import coding, http_date, matches, not_modified

TAG = '"abc"'
MODIFIED = datetime(1994, 11, 6, 8, 49, 37, 500_000, tzinfo=UTC)
SAME, EARLIER, LATER = (f"Sun, 06 Nov 1994 08:49:{second} GMT" for second in (37, 36, 38))


@pytest.mark.parametrize("header", ['"abc"', 'W/"abc"', '"x", "abc"', 'W/"x,y" ,W/"abc"', "*", " * "])
def test_a_listed_tag_matches_strong_or_weak(header: str) -> None:
    assert matches(TAG, header)


@pytest.mark.parametrize("header", ["", '"x"', "abc", '"abc', '"ABC"', '"abc-gzip"', '"x*"', "W/abc"])
def test_another_tag_or_a_malformed_one_does_not_match(header: str) -> None:
    assert not matches(TAG, header)


@pytest.mark.parametrize(("since", "expected"), [(SAME, True), (LATER, True), (EARLIER, False)])
def test_if_modified_since_is_compared_to_the_second(since: str, expected: bool) -> None:
    assert not_modified(TAG, MODIFIED, None, since) is expected


def test_if_none_match_wins_over_if_modified_since() -> None:
    assert not not_modified(TAG, MODIFIED, '"other"', LATER)
    assert not_modified(TAG, MODIFIED, TAG, EARLIER)


def test_a_date_that_is_none_is_ignored() -> None:
    assert not not_modified(TAG, MODIFIED, None, "yesterday")


def test_a_document_without_a_moment_is_only_known_by_its_tag() -> None:
    assert not not_modified(TAG, None, None, LATER)
    assert not_modified(TAG, None, TAG, None)


@pytest.mark.parametrize("value", [SAME, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
def test_all_three_forms_of_an_http_date_are_read(value: str) -> None:
    assert http_date(value) == MODIFIED.replace(microsecond=0)


@pytest.mark.parametrize("value", ["", "x", "0", "Sun, 99 Nov 1994 99:99:99 GMT", "," * 200])
def test_what_is_no_date_is_none(value: str) -> None:
    assert http_date(value) is None


OFFERED = ("gzip", "identity")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("*", "gzip"),
        ("br", "identity"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("*;q=0", "identity"),
        ("identity;q=0", "identity"),
        ("gzip;q=0.2, identity;q=0.8", "identity"),
        ("gzip;q=1, identity;q=1", "gzip"),
        ("gzip;q=nonsense", "identity"),
        ("gzip; q=1.0", "gzip"),
        ("gzip;q=0.000", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=inf", "identity"),
        ("gzip;q=-1", "identity"),
        ("gzip;q=1.5", "identity"),
        ("gzip;q=", "identity"),
        ("gzip;q=0.001", "gzip"),
        (",, gzip ,", "gzip"),
        ("gzip;level=9", "gzip"),
    ],
)
def test_the_coding_is_the_one_the_client_wants_most(header: str | None, expected: str) -> None:
    assert coding(header, OFFERED) == expected


ALL = ("br", "zstd", "gzip", "identity")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("*;q=0.5, br;q=0", "zstd"),
        ("identity, *;q=0", "identity"),
        ("br;q=0, zstd;q=0, gzip;q=0", "identity"),
        ("deflate, compress", "identity"),
    ],
)
def test_of_several_codings_the_smallest_wins_a_tie(header: str, expected: str) -> None:
    assert coding(header, ALL) == expected
