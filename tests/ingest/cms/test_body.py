"""A body is parted into its zones, or left whole where it cannot be read whole."""

from __future__ import annotations

import pytest

from services.ingest.cms.body import body_of, with_lead
from services.ingest.source import Selectors
from services.ingest.submission import ImageInput

BASE = "https://bay.example/story/"


def test_links_lose_what_only_tells_where_a_reader_came_from() -> None:
    html = '<p><a href="https://x.example/a?ref=bay.example&amp;id=7">x</a> <a href="/b?utm_source=f">y</a></p>'
    assert body_of(html, BASE, None).html == '<p><a href="https://x.example/a?id=7">x</a> <a href="/b">y</a></p>'


def test_pictures_come_with_captions_and_stay_in_the_body() -> None:
    html = '<figure><img src="/pier.jpg" width="800"><figcaption>The pier. Photo: Bo</figcaption></figure>'
    body = body_of(f"<p>a</p>{html}", BASE, None)
    assert [(image.url, image.caption) for image in body.images] == [
        ("https://bay.example/pier.jpg", "The pier. Photo: Bo")
    ]
    assert "<figure>" in body.html


def test_a_lead_that_stands_in_the_body_too_comes_once() -> None:
    lead = ImageInput(url="https://bay.example/pier.jpg", lead=True)
    others = [ImageInput(url="https://bay.example/pier.jpg"), ImageInput(url="https://bay.example/b.jpg")]
    assert [(image.url[-8:], image.lead) for image in with_lead(lead, others)] == [
        ("pier.jpg", True),
        ("le/b.jpg", False),
    ]
    assert with_lead(None, others) == others


def test_cards_that_the_source_marks_are_related() -> None:
    html = '<p>a</p><div class="see"><a href="/other/">Another story</a></div>'
    body = body_of(html, BASE, None, Selectors(related=".see"))
    assert ([story.headline for story in body.related], body.html) == (["Another story"], "<p>a</p>")


@pytest.mark.parametrize(
    "html", ["", " ", "words alone", "<p>a", "</p></div>", "<!-- x -->", "<p>&#xD800;</p>", "\x00"]
)
def test_odd_bodies_never_break(html: str) -> None:
    body_of(html, None, None)


def test_words_without_markup_stay() -> None:
    assert "a &lt; b words" in body_of("a &lt; b words", BASE, None).html


def test_a_body_too_deep_to_be_read_whole_stays_whole() -> None:
    html = "<div>" * 400 + "end" + "</div>" * 400
    assert body_of(html, BASE, None).html == html
