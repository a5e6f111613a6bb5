"""Listing pages as documents: by selectors, by shape, and where they go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.document import Document, Unreadable
from services.ingest.pages.listing import following_page, listing
from services.ingest.source import Selectors

URL = "https://paper.example/tag/news-feed/"
CHOSEN = Selectors(item="li.story", headline="b", url="a", summary="i", image="img", tag="u")
STORY = (
    '<li class=story><a href="/s{at}?utm_source=list"><img src="/_next/image?url=%2Fs{at}.jpg&w=9"><b>Story number {at}'
    '</b></a><i>What it is about.</i><u>Sea</u><time datetime="2026-11-0{at}T10:00:00Z">x</time>'
    "<span>(Updated: Nov. 2{at}, 2026 9:00 am)</span></li>"
)


def read(page: str, **over: Any) -> Document | Unreadable:
    asked = {"url": URL, "content_type": "text/html", "source_id": "paper"} | over
    return listing(page.encode(), **asked)


def good(page: str, **over: Any) -> Document:
    found = read(page, **over)
    assert isinstance(found, Document), found
    return found


def stories(*numbers: int) -> str:
    return f"<ul>{''.join(STORY.format(at=at) for at in numbers)}</ul>"


def test_items_are_read_by_the_sources_selectors() -> None:
    found = good(f"<title>News Feed | The Paper</title>{stories(1, 2)}", selectors=CHOSEN)
    first = found.submissions[0]
    assert (first.headline, first.url, first.summary) == (
        "Story number 1",
        "https://paper.example/s1",
        "What it is about.",
    )
    assert [(one.url, one.lead) for one in first.images] == [("https://paper.example/s1.jpg", True)]
    assert [one.term for one in first.categories] == ["Sea"]
    assert first.published_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert first.updated_at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert (len(found.submissions), first.source.id, found.home) == (2, "paper", URL)


def test_no_item_is_an_error_that_names_the_selector() -> None:
    assert read("<p>redesigned", selectors=CHOSEN) == Unreadable("no item matched the selector 'li.story'")
    assert read("<ul><li class=story>no link</ul>", selectors=CHOSEN) == Unreadable(
        "1 items matched the selector 'li.story', none of them with a headline and a link"
    )


def test_an_item_is_listed_once_and_those_without_link_are_counted() -> None:
    found = good(stories(1, 1, 2) + "<li class=story><b>no link</b></li>", selectors=CHOSEN)
    assert (len(found.submissions), found.skipped) == (2, 2)


def test_without_selectors_headlines_that_are_links_are_items() -> None:
    page = "<nav><h3><a href=/about>About this paper and us</a></h3></nav>" + "".join(
        f'<article><h3><a href="/s{at}">A headline, number {at}</a></h3><p>x</p></article>' for at in range(4)
    )
    found = good(page + "<footer><h4><a href=/legal>All the legal matters</a></h4></footer>")
    assert [one.url for one in found.submissions] == [f"https://paper.example/s{at}" for at in range(4)]


def test_a_headline_inside_a_link_is_an_item_too() -> None:
    page = "".join(f"<div><a href='/s{at}'><h2>A headline, number {at}</h2></a></div>" for at in range(3))
    assert len(good(page).submissions) == 3


@pytest.mark.parametrize(
    "page",
    [
        "<h1>An article</h1><p>Text</p><h2>See also</h2>",
        "<h2><a href='https://elsewhere.example/a'>Somebody else's headline</a></h2>" * 5,
        "<h2><a href=/one/page>The same headline again</a></h2>" * 5,
        "<h2><a href='javascript:x()'>A headline of a script</a></h2>" * 5,
    ],
)
def test_a_page_that_shows_no_list_is_not_taken_for_one(page: str) -> None:
    found = read(page)
    assert isinstance(found, Unreadable)
    assert found.reason.startswith("no item matched")


@pytest.mark.parametrize(
    ("more", "selectors", "older"),
    [
        ('<a class="older" href="?p=2">Older</a>', {"next": ".older"}, f"{URL}?p=2"),
        ('<div class="older"><a href="/tag/x/2">Older</a></div>', {"next": ".older"}, "https://paper.example/tag/x/2"),
        ('<a rel="next" href="/n2">Next</a>', {}, "https://paper.example/n2"),
        ('<a href="/tag/news-feed/page/2/">2</a>', {}, f"{URL}page/2/"),
        ("<button>Show More</button>", {}, f"{URL}page/2/"),
        ("<button>Subscribe</button>", {}, None),
        ("<button>Show More</button>", {"next": ".none"}, None),
    ],
)
def test_where_the_list_goes_on(more: str, selectors: dict[str, str], older: str | None) -> None:
    chosen = CHOSEN.model_copy(update=selectors)
    assert good(stories(1) + more, selectors=chosen).older == older


def test_pages_are_numbered_on() -> None:
    assert following_page("https://paper.example/tag/x/page/19") == "https://paper.example/tag/x/page/20"
    assert following_page("https://paper.example/tag/x?a=b#c") == "https://paper.example/tag/x/page/2/?a=b"


def test_too_many_items_are_cut_and_said() -> None:
    page = "".join(f"<li class=story><a href=/s{at}><b>Story number {at}</b></a>" for at in range(600))
    found = good(page, selectors=CHOSEN)
    assert len(found.submissions) == 500
    assert found.cut == 1
