"""Taking elements out without losing the text around them, and the host of an address that may be anything."""

from __future__ import annotations

import pytest
from lxml import html

from services.syndication.page.tree import drop, host


def test_text_behind_what_is_dropped_stays() -> None:
    root = html.fragment_fromstring("<p>one<b>x</b>two<i>y</i>three</p>")
    for element in list(root):
        drop(element)
    assert html.tostring(root, encoding="unicode") == "<p>onetwothree</p>"


@pytest.mark.parametrize(
    ("url", "found"),
    [("https://a.example/x", "a.example"), ("http://[::1", ""), ("javascript:1", ""), ("/path", ""), (None, "")],
)
def test_only_web_addresses_have_a_host(url: str | None, found: str) -> None:
    assert host(url) == found
