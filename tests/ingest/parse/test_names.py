"""One name for one thing, whatever a document calls it."""

from __future__ import annotations

import pytest

from services.ingest.parse.names import Names, local


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("pubDate", "pubdate"),
        ("{http://search.yahoo.com/mrss}Content", "media:content"),
        ("{http://search.yahoo.com/mrss/}content", "media:content"),
        ("{HTTP://www.itunes.com/DTDs/Podcast-1.0.dtd}image", "itunes:image"),
        ("{http://purl.org/rss/1.0/}title", "title"),
        ("{https://unknown.example/}story", "?:story"),
    ],
)
def test_a_tag_has_one_short_name(tag: str, name: str) -> None:
    assert Names("rss")[tag] == name


def test_the_roots_own_namespace_needs_no_prefix() -> None:
    names = Names("{http://www.w3.org/2005/Atom}feed")
    assert names["{http://www.w3.org/2005/Atom}title"] == "title"
    assert Names("rss")["{http://www.w3.org/2005/Atom}title"] == "atom:title"


def test_a_broken_tag_still_has_a_local_name() -> None:
    assert [local(tag) for tag in ("{urn:x}RSS", "a:Rss", "rss")] == ["rss", "rss", "rss"]
