"""What holds of every completed article, tried on texts made of what breaks text handling."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from services.enrichment.newsroom import Edition, Newsroom
from shared.events import Category
from tests.builders import an_article, an_ingested
from tests.enrichment.invariants import checked
from tests.examples import examples

SAMPLE = Path(__file__).parents[2] / "newsroom"

PIECES = (
    *("North Korean", "Kursk Oblast", "HUR", "Ryder", "Patrick Ryder", "Kyiv", "UKRAINE", "US", "who", "Reuters"),
    *(" said ", "told ", "as reported by ", " - ", "— ", "Dec 16", ", ", ". ", "\n", "\xa0", "’s", "“", "By ", " and "),
    *("(AP)", "<p>", "</p>", "<b>", "<img src='https://e.org/i.jpg' alt='x'>", "<a href='/x'>", "</a>", "<figure>"),
    *("</figure>", "<figcaption>Ann Lens/AFP</figcaption>", "<script>", "<", ">", "&", "&lt;", "&#0;", "\x00"),
    *("\u202e", "e\u0301", "İ", "ß", "ﬁ", "\u0345", "漢字", "مرحبا", "שלום", "😀", "🇺🇦"),
    *("\ufdd0", "\ufdd1", "\ufeff", "\u2028"),
)
TEXT = some.lists(some.sampled_from(PIECES), max_size=14).map("".join)


@cache
def edition() -> Edition:
    room = Newsroom(SAMPLE)
    room.refresh()
    return room.current


@examples(60)
@given(headline=TEXT, summary=TEXT, body=TEXT, byline=TEXT, category=TEXT)
def test_it_holds_of_every_text(headline: str, summary: str, body: str, byline: str, category: str) -> None:
    article = an_article(headline=headline, summary=summary, body_html=body, authors=(), language=None)
    checked(an_ingested(article=article, byline=byline, categories=(Category(term=category),)), edition())
