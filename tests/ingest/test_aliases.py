"""The keys under which an item is found again."""

from __future__ import annotations

import pytest

from services.ingest.aliases import SIZE, Aliases, kin, url_key
from tests.ingest.parts import a_submission


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://bay.example/1", "https://www.bay.example/1/", True),
        ("https://bay.example/?p=1", "https://hill.example/?p=1", True),
        ("https://bay.example/1", "https://bay.example/2", False),
        ("https://bay.example/?p=1", "https://bay.example/?p=2", False),
    ],
)
def test_an_address_is_known_without_scheme_and_host(one: str, other: str, same: bool) -> None:
    assert (url_key(one) == url_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://bay.example/1", "https://www.bay.example/1", True),
        ("http://bay.example/1", "https://hill.example/1", False),
        ("tag:bay,1", "tag:bay,1", False),
        (None, "https://bay.example/1", False),
    ],
)
def test_kin_are_addresses_that_differ_in_scheme_and_www_alone(one: str | None, other: str, same: bool) -> None:
    assert kin(one, other) is same


def test_keys_are_short_and_white_space_makes_no_difference() -> None:
    one, other = (Aliases(a_submission(body_html=text)) for text in ("<p>Some  words.</p>", "<p>Some words.</p>\n"))
    assert {len(key) for key in (one.guid, one.url, one.words)} == {SIZE}
    assert one.words == other.words
    assert len({one.guid, one.url, one.words}) == 3


def test_a_headline_alone_is_no_sign_of_an_item() -> None:
    weather = Aliases(a_submission(headline="Weather", body_html="", summary=None, url=None))
    assert (weather.words, weather.url, weather.lasting) == (b"", b"", ())
