"""Where a newsroom's feeds and pages are, and what its items are called."""

from __future__ import annotations

import pytest

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.site import Site


def test_feeds_and_pages_have_the_addresses_of_the_contract() -> None:
    site, tag = Site(url="https://x.example"), FeedName("tags", "kursk")
    assert site.feed(ALL, "rss") == "https://x.example/feeds/all.rss"
    assert site.feed(tag, "rss", before=7) == "https://x.example/feeds/tags/kursk.rss?before=7"
    assert site.page(tag) == "https://x.example/tags/kursk"
    assert site.page(ALL) == "https://x.example/"
    assert site.page(FeedName("sources", "desk")) == "https://x.example/search?q=source:desk"
    assert site.article("a-1") == "https://x.example/articles/a-1"
    assert site.author("ann") == "https://x.example/authors/ann"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://x.example:8443/base", "x.example"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:80", "localhost"),
    ],
)
def test_an_identifier_has_the_host_as_authority(url: str, host: str) -> None:
    assert Site(url=url).identifier("a-1") == f"tag:{host},2026:article:a-1"


def test_an_identifier_survives_a_move_when_the_authority_is_set() -> None:
    old, new = (Site(url=url, authority="x.example") for url in ("https://x.example", "https://y.example"))
    assert old.identifier("a-1") == new.identifier("a-1")
