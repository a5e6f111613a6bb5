"""What is done to text and addresses on their way into markup."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest

from services.syndication.feeds.text import (
    GAP,
    address,
    attribute,
    cdata,
    content,
    legal,
    line,
    prose,
    rfc822,
    seconds,
    words,
)


def test_line_ends_are_what_an_xml_parser_would_report() -> None:
    assert legal("a\r\nb\rc\n") == "a\nb\nc\n"


def test_a_line_keeps_no_break_spaces_and_loses_the_rest() -> None:
    assert line(" Vrai\u00a0:\n\t oui ") == "Vrai\u00a0: oui"


def test_every_character_that_passes_is_legal_in_xml() -> None:
    every = [chr(code) for code in range(0x11000)]
    for passed in ("".join(map(legal, every)), legal("".join(every))):
        assert all(_in_xml(ord(character)) for character in passed)
        assert len(passed) > 60_000


def _in_xml(code: int) -> bool:
    """Tell what XML 1.0 section 2.2 calls a Char."""
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def test_lone_surrogates_are_dropped_as_no_encoding_has_them() -> None:
    assert legal("a\ud800b").encode() == b"ab"


def test_an_attribute_cannot_be_left() -> None:
    assert attribute("\"'<&>\n") == "&quot;&#x27;&lt;&amp;&gt;"


def test_nothing_is_an_empty_element() -> None:
    assert content(None) == ""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Fish & chips, 3 > 1", "Fish & chips, 3 > 1"),
        ("R&D at 2 < 3", "R&amp;D at 2 &lt; 3"),
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ("&lt; &#60; &copy", "&amp;lt; &amp;#60; &amp;copy"),
    ],
)
def test_prose_is_escaped_as_html_only_where_it_looks_like_it(text: str, html: str) -> None:
    assert unescape(prose(text)) == html


def test_an_end_of_cdata_is_cut_in_two() -> None:
    assert cdata("a]]>b") == "<![CDATA[a]]]]><![CDATA[>b]]>"


def test_dates_are_english_and_gmt_whatever_the_locale() -> None:
    assert rfc822(datetime(2026, 1, 22, 15, 40, tzinfo=UTC)) == "Thu, 22 Jan 2026 15:40:00 GMT"


def test_fractions_of_a_second_are_left_out() -> None:
    assert seconds(datetime(2026, 1, 22, 15, 40, 1, 999999, tzinfo=UTC)) == "2026-01-22T15:40:01Z"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "  ",
        "/a",
        "//x.example/",
        "ftp://x.example/",
        "javascript:alert(1)",
        "data:,x",
        "https://",
        "http://[",
    ],
)
def test_what_is_no_absolute_web_address_is_none(url: str | None) -> None:
    assert address(url) is None


def test_an_encoded_address_stays_as_it_is() -> None:
    url = "https://x.example/a%20b/c;d?e=f&g=%C3%BC#h"
    assert address(url) == url


def test_an_address_is_brought_into_ascii() -> None:
    assert address(" https://münchen.example:8080/ä ") == "https://xn--mnchen-3ya.example:8080/%C3%A4"


def test_an_impossible_host_is_none() -> None:
    assert address(f"https://{'ü' * 70}.example/") is None


@pytest.mark.parametrize("text", ["Plain", "AT&T and R&D", "a < b && c > d", "1 <2", "Q&A: S&P 500"])
def test_words_that_nobody_takes_for_markup_stay_as_they_are(text: str) -> None:
    assert unescape(words(text)) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<script>", f"<{GAP}script>"),
        ("a</b>", f"a<{GAP}/b>"),
        ("&lt;b&gt", f"&{GAP}lt;b&{GAP}gt"),
        ("&#x41 &#65;", f"&{GAP}#x41 &{GAP}#65;"),
        ("&#xFACE", f"&{GAP}#xFACE"),
        ("Q&notes, a&comma;", f"Q&{GAP}notes, a&{GAP}comma;"),
    ],
)
def test_words_that_look_like_markup_are_kept_from_being_it(text: str, told: str) -> None:
    assert unescape(words(text).replace("&amp;", "\0")).replace("\0", "&") == told
