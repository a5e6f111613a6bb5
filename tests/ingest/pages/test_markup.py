"""Bytes of pages: decoded as browsers do, refused past their bounds, words and selectors."""

from __future__ import annotations

import time

import pytest
from lxml.html import HtmlElement

from services.ingest.document import Unreadable
from services.ingest.pages.markup import selected, small, text_of, tree, words


def parsed(page: str) -> HtmlElement:
    found = tree(page.encode(), "text/html")
    assert isinstance(found, HtmlElement)
    return found


@pytest.mark.parametrize(
    ("page", "content_type"),
    [
        ("<p>Добрий день".encode(), ""),
        ("<p>Добрий день".encode("cp1251"), "text/html; charset=windows-1251"),
        ("<meta charset='windows-1251'><p>Добрий день".encode("cp1251"), "text/html"),
        ('<meta http-equiv="content-type" content="text/html; charset=koi8-u"><p>Добрий день'.encode("koi8-u"), ""),
        ("\ufeff<p>Добрий день".encode("utf-16-le"), "text/html"),
        ("<meta charset='utf-16'><p>Добрий день".encode(), "text/html"),
    ],
)
def test_pages_are_decoded_as_browsers_do(page: bytes, content_type: str) -> None:
    found = tree(page, content_type)
    assert isinstance(found, HtmlElement)
    assert words(found).endswith("Добрий день")


def test_http_goes_before_the_pages_own_word() -> None:
    assert text_of("<meta charset=utf-8><p>ñ".encode("latin-1"), "text/html; charset=iso-8859-1").endswith("ñ")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<div>" * 100_000, "the page nests more than 250 elements"),
        ("<b>a" * 100_000, "the page nests more than 250 elements"),
        ("<p>a</p>" * 100_000, "the page has more than 60000 elements"),
        ("<p " + " ".join(f"a{at}=1" for at in range(100_000)) + ">", "an element of the page has more than 1000"),
        ("a" * 10_000_000, "the page is larger than 6 MiB"),
        (" \n ", "the page is empty"),
        ("<!-- only this -->", "the page cannot be read"),
    ],
)
def test_monsters_are_refused_in_time_and_words(page: str, reason: str) -> None:
    started = time.process_time()
    found = tree(page.encode(), "text/html")
    assert isinstance(found, Unreadable)
    assert found.reason.startswith(reason)
    assert time.process_time() - started < 5


def test_no_text_is_cut_without_a_word() -> None:
    assert len(words(parsed(f"<p>{'word ' * 1_000_000}"))) == 4_999_999


def test_what_is_no_page_is_not_read_as_one() -> None:
    assert tree(b"%PDF-1.7", "application/pdf") == Unreadable("this is application/pdf, not a web page")


def test_entities_of_a_document_type_are_not_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>before &x; after'
    assert "root:" not in words(parsed(page))


def test_words_fold_white_space_part_blocks_and_leave_scripts_out() -> None:
    page = "<div>One<p>two</p>thr<b>ee</b><br>four<script>x()</script><style>y</style><svg><title>z</title></svg></div>"
    assert words(parsed(page).find(".//div")) == "One two three four"


def test_words_stand_in_the_order_of_the_page() -> None:
    page = "<div>1 <b>2 <i>3 <u>4</u> 5</i> 6</b> 7<p>8 <a>9</a> 10</p>11</div> 12"
    assert words(parsed(page).find(".//div")) == "1 2 3 4 5 6 7 8 9 10 11"
    assert words(parsed(page)) == "1 2 3 4 5 6 7 8 9 10 11 12"


def test_selectors_find_in_order_and_none_finds_nothing() -> None:
    root = parsed("<ul><li class=a>1<li>2<li class='a b'>3</ul>")
    assert [words(one) for one in selected(root, "li.a, li.b")] == ["1", "3"]
    assert selected(root, None) == []


def test_smallness_counts_what_is_inside() -> None:
    root = parsed("<ul><li>1<li>2</ul>")
    assert small(root.find(".//ul"), 2)
    assert not small(root.find(".//ul"), 1)


def test_characters_that_no_document_may_hold_are_left_out() -> None:
    root = parsed("<p>a\x00b\x01c&#1;d&#x0001f;e&#8364;f&#x1F600;g<b>h</b>")
    assert words(root) == "abcde€f😀gh"
    root.find(".//b").tail = words(root)  # lxml would not take them back
