"""Addresses made absolute and clean, and never broken."""

from __future__ import annotations

import pytest

from services.ingest.parse.urls import address, cleaned, unwrapped

HOSTS = frozenset({"bay.example"})


def test_addresses_become_absolute_and_are_escaped() -> None:
    assert address("/a b", "https://e.org/feed/") == "https://e.org/a%20b"
    assert address("b?x=1&y=é", "https://e.org/feed/") == "https://e.org/feed/b?x=1&y=é"
    assert address("https://e.org/a\n/b", "") == "https://e.org/a/b"


@pytest.mark.parametrize("odd", [None, "", "  ", "javascript:x()", "mailto:a@b.c", "http://[::1", "ftp://e.org/x", "x"])
def test_what_is_no_web_address_is_none(odd: str | None) -> None:
    assert address(odd, "") is None


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("https://e.org/a?utm_source=rss&id=7&utm_medium=feed#top", "https://e.org/a?id=7#top"),
        ("https://e.org/a?utm_source=rss", "https://e.org/a"),
        ("https://e.org/a?FBCLID=x&b", "https://e.org/a?b"),
        ("https://e.org/a?ref=bay.example", "https://e.org/a"),
        ("https://e.org/a?ref=www.bay.example&x=%20", "https://e.org/a?x=%20"),
        ("https://e.org/a?ref=other.example", "https://e.org/a?ref=other.example"),
        ("https://e.org/a?reference=bay.example&utm=1", "https://e.org/a?reference=bay.example&utm=1"),
        ("https://e.org/a?b=%C3%A9&a=1&&b=2", "https://e.org/a?b=%C3%A9&a=1&&b=2"),
        ("https://e.org/a", "https://e.org/a"),
    ],
)
def test_only_what_tracks_goes(given: str, clean: str) -> None:
    assert cleaned(given, HOSTS) == clean


def test_a_resized_picture_is_found_behind_its_resizer() -> None:
    wrapped = "https://bay.example/_next/image?url=https%3A%2F%2Fassets.bay.example%2Fa.jpg&w=640&q=75"
    assert unwrapped(wrapped) == "https://assets.bay.example/a.jpg"
    assert unwrapped("https://bay.example/_next/image?url=%2Fa.jpg&w=1") == "https://bay.example/a.jpg"
    for other in ("https://e.org/a.jpg", "https://e.org/_next/image?w=1", "https://e.org/_next/image?url=data:x"):
        assert unwrapped(other) == other
