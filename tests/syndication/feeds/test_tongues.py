"""Languages by the names that a site's readers know."""

from __future__ import annotations

import pytest

from services.syndication.feeds.shelf import FeedName
from services.syndication.feeds.site import Site
from services.syndication.feeds.tongues import label_of, spoken


@pytest.mark.parametrize(
    ("tag", "language", "name"),
    [
        ("de", "en", "German"),
        ("de", "de-AT", "Deutsch"),
        ("uk", "fr", "ukrainien"),
        ("zh-Hant", "en", "Chinese (Traditional)"),
        ("PT-br", "en", "Portuguese (Brazil)"),
        ("tlh", "en", "Klingon"),
        ("de-x-simple", "en", "German"),
        ("uk", "qqq", "Ukrainian"),
        ("qqq", "en", "qqq"),
        ("und", "en", "Unknown language"),
        ("iw", "en", "Hebrew"),
        ("../../x", "en", "../../x"),
    ],
)
def test_a_language_is_named_by_what_its_readers_call_it(tag: str, language: str, name: str) -> None:
    assert spoken(tag, language) == name


def test_languages_alone_are_named_so() -> None:
    site = Site("http://news.test")
    assert label_of(FeedName("languages", "de"), "de", site) == "German"
    assert label_of(FeedName("languages", "de"), "", site) == "German"
    assert label_of(FeedName("tags", "de"), "de", site) == "de"
