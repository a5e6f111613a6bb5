"""Words out of text, HTML, and HTML escaped twice."""

from __future__ import annotations

import pytest

from services.ingest.parse.text import literal, paragraphs, plain, unescaped_once_more


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("A <b>bold</b>\n &amp; <script>x()</script>plain", "A bold & plain"),
        ("R&D", "R&D"),
        ("AT&amp;amp;T", "AT&T"),
        ("Caf&amp;eacute;", "Café"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("How vector<int> works", "How vector<int> works"),
        ("Using <script> safely", "Using <script> safely"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("&#147;Yes&#148; &#0;&#xD800;", "“Yes”"),
        (" \n ", None),
        (None, None),
    ],
)
def test_what_a_reader_sees(given: str | None, read: str | None) -> None:
    assert plain(given) == read


def test_a_text_said_to_be_plain_keeps_its_signs() -> None:
    assert literal("a < b") == "a < b"
    assert literal("Tom &amp; Ann") == "Tom & Ann"


def test_html_escaped_once_too_often_is_html_again() -> None:
    assert unescaped_once_more("&lt;p&gt;Hi&lt;/p&gt;") == "<p>Hi</p>"
    assert unescaped_once_more("<p>write &lt;p&gt;</p>") == "<p>write &lt;p&gt;</p>"


def test_plain_text_becomes_paragraphs() -> None:
    assert paragraphs("One <1>\nline.\n\nTwo.") == "<p>One &lt;1&gt;<br>line.</p><p>Two.</p>"
