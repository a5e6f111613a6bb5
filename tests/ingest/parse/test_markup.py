"""Addresses inside a body."""

from __future__ import annotations

import pytest
from lxml import etree

from services.ingest.parse.markup import inner, resolved

BASE = "https://bay.example/news/story/"
HOSTS = frozenset({"bay.example"})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ('<a href="/x">y</a>', '<a href="https://bay.example/x">y</a>'),
        ("<a href=about>y</a>", '<a href="https://bay.example/news/story/about">y</a>'),
        ('<A HREF="?a=1&amp;b=2">y</A>', '<A HREF="https://bay.example/news/story/?a=1&amp;b=2">y</A>'),
        ('<a href="#note">y</a>', '<a href="#note">y</a>'),
        ('<a href="mailto:a@b.c">y</a>', '<a href="mailto:a@b.c">y</a>'),
        ('<a href="https://e.org/?utm_source=x&amp;b=1">y</a>', '<a href="https://e.org/?b=1">y</a>'),
        ('<a href="https://e.org/?ref=bay.example">y</a>', '<a href="https://e.org/">y</a>'),
        ('<img alt="a > b" src="a.jpg">', '<img alt="a > b" src="https://bay.example/news/story/a.jpg">'),
        ('<img src="/_next/image?url=%2Fa.jpg&amp;w=9">', '<img src="https://bay.example/a.jpg">'),
        (
            '<img srcset="a.jpg 1x, /b.jpg 2x">',
            '<img srcset="https://bay.example/news/story/a.jpg 1x, https://bay.example/b.jpg 2x">',
        ),
        (
            '<video poster="/p.jpg" src="/v.mp4">',
            '<video poster="https://bay.example/p.jpg" src="https://bay.example/v.mp4">',
        ),
        ('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', '<img src="https://bay.example/a.jpg">'),
        ('<p>write href="/x" there</p>', '<p>write href="/x" there</p>'),
        ("<a href='https://e.org/a?b=1'  >y</a>", "<a href='https://e.org/a?b=1'  >y</a>"),
        (
            '<img src="https://e.org/a.jpg" alt="b"><a href="/x">y</a>',
            '<img src="https://e.org/a.jpg" alt="b"><a href="https://bay.example/x">y</a>',
        ),
        ('<p>1 + 1 = 2? So <a href="https://e.org/">e</a></p>', '<p>1 + 1 = 2? So <a href="https://e.org/">e</a></p>'),
        (
            '<img alt="" srcset="https://e.org/a 1x, /b 2x">',
            '<img alt="" srcset="https://e.org/a 1x, https://bay.example/b 2x">',
        ),
        ('<a href="https://e.org/?fbclid">y</a>', '<a href="https://e.org/">y</a>'),
        ('<a href="https://e.org/?ref=www.bay.example" rel="x">y</a>', '<a href="https://e.org/" rel="x">y</a>'),
    ],
)
def test_addresses_are_absolute_and_clean_and_nothing_else_changes(given: str, meant: str) -> None:
    assert resolved(given, BASE, HOSTS) == meant


def test_children_are_written_out_as_html_with_their_own_base() -> None:
    xml = (
        '<c xmlns:x="http://www.w3.org/1999/xhtml"><x:p>a &lt; b <x:br/><x:img src="i.jpg" xml:base="/pictures/"/>'
        '<x:a href="z">c</x:a></x:p> tail</c>'
    )
    html = '<p>a &lt; b <br><img src="https://e.org/pictures/i.jpg"><a href="https://e.org/f/z">c</a></p> tail'
    assert inner(etree.fromstring(xml), "https://e.org/f/") == html
