"""A body that a feed like ours put together is the body alone again, and what stood around it where it belongs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.document import Document
from services.ingest.parse import parse
from services.ingest.parse.passed_on import parts_of
from services.syndication.feeds.body import body
from shared.events import Article, Author, Related
from tests.syndication.feeds.in_memory import SITE, a_story

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = "https://news.example.org/story"
BOX = '<footer><p><strong>Ann Lens</strong>, Reporter. Ann & Co. <a href="/ann">Read more</a></p></footer>'


def story() -> Article:
    people = (
        Author(
            name="Ann Lens", role="Reporter", bio="Covers ports. Once a pilot.", avatar="https://e.org/a.jpg", url=BASE
        ),
        Author(name="Bo O'Neil & Son", bio="Writes."),
        Author(name="Cy Young", role="Editor"),
    )
    cards = (
        Related(url="https://e.org/1", headline="Tugs & <crews>", summary="They left."),
        Related(url="https://e.org/2", headline="Second"),
    )
    return a_story(authors=people, related=cards, images=(), dateline=None, reading_minutes=2)


def test_what_our_feeds_put_together_comes_apart_again() -> None:
    given = story()
    parts = parts_of(body(given, SITE), {author.name.casefold() for author in given.authors}, BASE)
    assert parts.body == given.body_html
    kept = [{name: one.get(name) for name in ("name", "role", "bio", "avatar", "url")} for one in parts.authors]
    pages = (BASE, SITE.author("bo-o-neil-son"), SITE.author("cy-young"))  # "Read more" leads to the feed's own
    had = zip(given.authors, pages, strict=True)
    assert kept == [author.model_dump(include=set(kept[0])) | {"url": page} for author, page in had]
    assert [(one["url"], one["headline"], one.get("summary")) for one in parts.related] == [
        (card.url, card.headline, card.summary) for card in given.related
    ]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>Text.</p>{BOX.replace('Ann Lens', 'Somebody Else')}",
        f"<p>Text.</p>{BOX.replace('</footer>', '<p>And more.</p></footer>')}",
        f"<p>Text.</p>{BOX}<p>More text.</p>",
        "<p>Text.</p><footer>Only words.</footer>",
        "<p>Text.</p></footer>",
        "<p>Text.</p><aside><p>Related: <a href='/x'>X</a></p></aside>",
    ],
)
def test_what_is_no_such_box_stays_in_the_body(markup: str) -> None:
    parts = parts_of(markup, {"ann lens"}, BASE)
    assert (parts.body, parts.authors, parts.related) == (markup, [], [])


def test_a_picture_and_a_stamp_within_the_story_stay() -> None:
    inside = "<p><em>(Updated: twice)</em></p><figure><img src='/a.jpg'></figure><p>Text.</p>"
    assert parts_of(inside + BOX, {"ann lens"}, BASE).body == inside


@pytest.mark.parametrize("bad", ['<img src="' * 9000, "<footer>" * 60_000, '<a href="x' * 9000, " " * 500_000])
def test_a_body_made_to_be_slow_is_not(bad: str) -> None:
    assert parts_of(f"{bad}<footer><p>{bad}<strong>Ann Lens</strong></p>{bad}</footer>", {"ann lens"}, BASE)


def test_an_item_gets_role_bio_face_and_card_out_of_its_body() -> None:
    feed = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><title>T</title><guid>1</guid>'
        f"<dc:creator>Ann Lens</dc:creator><description><![CDATA[<p>Text.</p><aside><p>Related: "
        f'<a href="https://e.org/1">Tugs</a></p></aside>{BOX}]]></description></item></channel></rss>'
    )
    found = parse(feed.encode(), url=BASE, content_type="", source_id="x", now=NOW)
    assert isinstance(found, Document)
    (item,) = found.submissions
    assert item.body_html == "<p>Text.</p>"
    assert (item.authors[0].role, item.authors[0].bio, item.authors[0].url) == (
        "Reporter",
        "Ann & Co.",
        "https://news.example.org/ann",
    )
    assert [card.headline for card in item.related] == ["Tugs"]
