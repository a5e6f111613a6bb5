"""Pages made to keep a reader busy: each is read or refused with work that grows with its size alone."""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile
from typing import TypeVar

import pytest

from services.ingest.document import Document, Unreadable
from services.ingest.pages import PageArticle, article
from services.ingest.pages.listing import listing
from tests.ingest.pages.samples import URL

WORDS = "alpha beta gamma delta " * 10
CALLS = 30
"""Of functions for each byte of a page: none takes two thirds of it, what grows with its square takes hundreds."""

Found = TypeVar("Found")


def counted(call: Callable[[], Found]) -> tuple[Found, int]:
    """Return what a call returns, and how many functions it called: its work, however fast the machine is."""
    profile = Profile()
    found = profile.runcall(call)
    return found, sum(one.callcount for one in profile.getstats())


@pytest.fixture(scope="module", autouse=True)
def _used() -> None:
    """Have what the reader makes once for all pages made: a million calls that are no page's."""
    page = f"<h1>A title</h1>{'<p>' + WORDS + '</p>'}<ul>{'<li><a href=/x>yy zz</a>' * 40}".encode()
    article(page, url=URL, content_type="text/html")
    listing(page, url=URL, content_type="text/html", source_id="x")


@pytest.mark.parametrize(
    "page",
    [
        "<div class=author>" * 240 + "<p>x</p>" * 4_000,
        '<div class="author box"><img src=x><h4>Name Name</h4><p>Role</p></div>' * 1_100,
        f'<div class="entry-content">{WORDS}{"<div class=related>" * 240}<a href=/x>y</a>{"<p></p>" * 4_000}',
        f'<div class="entry-content">{WORDS}{"<div class=related><a href=/x>y</a></div>" * 2_000}',
        f"<div class=gh-content>{WORDS}{'<ul><li>' * 110}<a href=/x>l</a>{'<p></p>' * 4_000}",
        "<h1>A title</h1>" + "<div class=gh-content>" * 240 + "<p></p>" * 4_000,
        "<h1>A title</h1>" + "<div class=byline>" * 240 + "<p>x</p>" * 4_000,
        "<h1>A title</h1>" + "<p>Updated: Dec 1, 2024</p>" * 4_000,
        "<h1>A title</h1>" + "<figure>" * 200 + "<img src=/a.jpg>" * 4_000,
        "<article>" * 200 + "<figure><img src=/a.jpg></figure>" * 400 + "<p></p>" * 4_000 + "<h1>a title</h1>",
        "<article>" * 200 + "<a href=/abc><h2>a headline of it</h2></a>" * 500 + "<p></p>" * 4_000,
        "<a href=/abc/def><h3>Some headline here</h3></a>" * 2_000,
        '<h1>A title</h1><figure><img srcset="' + "a 1w," * 100_000 + '"></figure>',
        "<title>" + " | " * 200_000 + "</title>",
        '<meta property="article:tag" content="x">' * 10_000,
        "<p>" + "&amp;" * 200_000,
        "<" * 400_000,
        "<p" * 100_000,
        "<!--" * 100_000,
        "<table><tr><td>" * 4_000,
        "<h1>A title</h1><ul>" + "<li><a href=/x>yy zz</a>" * 1_800,
        "<h1>A title</h1><p>" + "a<br>" * 3_800,
    ],
    ids=range(22),
)
def test_no_page_takes_long(page: str) -> None:
    body = page.encode()
    read, calls = counted(lambda: article(body, url=URL, content_type="text/html"))
    listed, more = counted(lambda: listing(body, url=URL, content_type="text/html", source_id="x"))
    assert isinstance(read, PageArticle | Unreadable)
    assert isinstance(listed, Document | Unreadable)
    assert calls + more < CALLS * len(body)


def test_bytes_of_no_meaning_are_borne() -> None:
    for seed in range(20):
        body = bytes((at * at * (seed + 3) + at * 7 + seed) % 256 for at in range(5_000))
        assert isinstance(article(body, url=URL, content_type="text/html"), PageArticle | Unreadable)


def test_no_page_opens_a_file_or_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (
        '<!DOCTYPE html SYSTEM "file:///etc/passwd"><html><head><base href="file:///etc/"><title>T</title>'
        '<link rel="stylesheet" href="http://127.0.0.1:1/x.css"><meta http-equiv="refresh" content="0;url=file:///x">'
        '<xi:include href="file:///etc/passwd" xmlns:xi="http://www.w3.org/2001/XInclude"/></head>'
        f'<body><h1>A title</h1><p>{WORDS}</p><p>{WORDS}</p><img src="file:///etc/passwd"><iframe src="http://127.0.0.1:1/">'
        "</iframe></body></html>"
    ).encode()
    before = article(page, url=URL, content_type="text/html")  # what is loaded at the first use may open its own files

    def refused(*args: object, **_: object) -> None:
        raise AssertionError(args)

    for name in ("builtins.open", "os.open", "socket.socket.connect", "socket.getaddrinfo"):
        monkeypatch.setattr(name, refused)
    assert article(page, url=URL, content_type="text/html") == before
    assert "alpha beta" in before.body_html if isinstance(before, PageArticle) else False


@pytest.mark.parametrize(
    "text",
    [
        '<p {x="1" 5="2" :="3" "="4">Text</p>',
        "<p>Text&#1;\x02<button>x</button>&#x1f;more</p>",
        '<img src="/a.jpg" alt="&#1;b">Text',
        '<a href="http://[">Text</a><base href="//[">',
        "<svg><style><p>Text",
        "<template><p>Text</template><p>Text",
        "<plaintext>Text",
    ],
)
def test_odd_markup_is_borne_and_its_text_kept(text: str) -> None:
    page = f'<h1>A title</h1><div class="entry-content"><p>{WORDS}</p>{text}</div>'
    found = article(page.encode(), url=URL, content_type="text/html")
    assert isinstance(found, PageArticle)
    assert "alpha beta" in found.body_html
    assert isinstance(listing(page.encode(), url=URL, content_type="", source_id="x"), Unreadable)
