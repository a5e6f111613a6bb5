"""Bodies of wire stories as HTML."""

from __future__ import annotations

import pytest
from lxml import etree

from services.ingest.formats.markup import from_html, from_text, from_xhtml, plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nstill one.\n\nTwo.", "<p>One still one.</p>\n<p>Two.</p>"),
        ("One.\nTwo.\n", "<p>One.</p>\n<p>Two.</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("  \n \n", ""),
    ],
)
def test_plain_text_becomes_paragraphs(text: str, html: str) -> None:
    assert from_text(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>One.</p>", "<p>One.</p>"),
        ("No tags &amp; two\n\nparts", "<p>No tags &amp; two</p>\n<p>parts</p>"),
        ("<html><head><title>T</title></head><body><h1>H</h1>tail<p>x</p></body></html>", "tail<p>x</p>"),
        ("<body><h1>Other</h1><p>x</p></body>", "<h1>Other</h1><p>x</p>"),
        ("<body>", ""),
    ],
)
def test_of_a_whole_page_the_body_stays(text: str, html: str) -> None:
    assert from_html(text, "H") == html


def test_xhtml_loses_its_namespace_and_keeps_its_words() -> None:
    element = etree.fromstring(
        '<c><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:body>'
        '<h:p>a<h:br/>b <h:img src="https://x.example/i.png"/></h:p></h:body></h:html></c>'
    )
    assert from_xhtml(element) == '<p>a<br>b <img src="https://x.example/i.png"></p>'


def test_a_text_in_one_line_without_markup() -> None:
    assert plain(" <b>a</b>  &amp;\nb ") == "a & b"
    assert plain("  ") is None
