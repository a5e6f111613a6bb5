"""Every partner's rendering keeps to its partner's rules, a story that was taken back included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from lxml import etree

from services.syndication.feeds.channel import Channel
from services.syndication.feeds.formats import PARTNERS
from services.syndication.feeds.press import Page, Press
from services.syndication.feeds.shelf import ALL
from shared.events import Article, Image, Retraction
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, InMemoryShelf, a_story

LATER = MORNING + timedelta(hours=9, minutes=30)
GONE = a_story(
    status="canceled",
    version=2,
    updated_at=LATER,
    summary=None,
    body_html="",
    body_text="",
    images=(),
    retraction=Retraction(reason="It was made up."),
)
LOGO = replace(SITE, logo="https://news.example.org/logo.png")
SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "mi": "http://schemas.ingestion.microsoft.com/common/",
    "snf": "http://www.smartnews.be/snf",
}
HOSTILE = a_story(headline="]]> <b>&amp; \x01\u202e", summary="]]>", body_html="<p>]]></p>")


@pytest.mark.parametrize("ending", sorted(PARTNERS))
@pytest.mark.parametrize("article", [a_story(), GONE, HOSTILE], ids=["story", "retracted", "hostile"])
def test_it_is_one_well_formed_item(ending: str, article: object) -> None:
    form = PARTNERS[ending]
    fragment = form.item(article, SITE)  # type: ignore[arg-type]  # an article, by the table above
    if fragment:
        assert form.fault(fragment) is None
    head = form.head(Channel(feed=ALL, label="", published=MORNING, modified=MORNING), SITE)
    assert head.startswith(b"<?xml")


def read(ending: str, article: Article) -> etree._Element:
    form = PARTNERS[ending]
    head = form.head(Channel(feed=ALL, label="", published=MORNING, modified=LATER), LOGO)
    root = etree.fromstring(head + form.item(article, LOGO) + form.foot)
    channel = root.find("channel")
    assert channel is not None
    return channel


def the_item(ending: str, article: Article) -> etree._Element:
    item = read(ending, article).find("item")
    assert item is not None
    return item


def texts(item: etree._Element, path: str) -> list[str]:
    found: Any = item.xpath(path, namespaces=SPACES)
    return [str(one) for one in found]


@pytest.mark.parametrize("ending", sorted(PARTNERS))
@pytest.mark.parametrize("article", [a_story(), GONE], ids=["story", "retracted"])
def test_the_id_is_that_of_the_public_feed(ending: str, article: Article) -> None:
    assert the_item(ending, article).findtext("guid") == SITE.identifier(article.id)
    assert the_item(ending, article).findtext("link") == article.url


@pytest.mark.parametrize("ending", sorted(PARTNERS))
def test_a_story_that_was_taken_back_says_nothing_of_what_it_said(ending: str) -> None:
    item = the_item(ending, GONE)
    assert str(item.findtext("title")).startswith("Retracted: ")
    assert "It was made up." in str(item.findtext("description"))
    assert not texts(item, "content:encoded | enclosure | media:content")


@pytest.mark.parametrize("ending", sorted(PARTNERS))
@pytest.mark.parametrize("reuse", ["summary", "headline"])
def test_no_more_goes_on_than_may(ending: str, reuse: str) -> None:
    fragment = PARTNERS[ending].item(a_story(reuse=reuse), SITE).decode()
    assert a_story().body_text not in fragment
    assert "ryder.jpg" not in fragment
    if ending in ("msn.rss", "smartnews.rss"):
        assert fragment == "", "they take whole stories alone"


def test_msn_takes_a_story_down_by_an_end_that_is_past_and_dates_that_stand() -> None:
    story, gone = the_item("msn.rss", a_story()), the_item("msn.rss", GONE)
    assert gone.findtext("pubDate") == story.findtext("pubDate")
    [before], [after] = texts(story, "dcterms:modified/text()"), texts(gone, "dcterms:modified/text()")
    assert after > before
    assert texts(gone, "mi:expirationDate/text()") == [after]
    assert texts(gone, "dcterms:valid/text()") == [f"start=2024-12-17T08:30:00Z; end={after}; scheme=W3C-DTF"]
    assert not texts(story, "mi:expirationDate | dcterms:valid")


@pytest.mark.parametrize(
    ("headline", "title"), [("x" * 19, None), ("x" * 20, "x" * 20), ("word " * 40, "word " * 30 + "…")]
)
def test_msn_gets_titles_of_its_length(headline: str, title: str | None) -> None:
    fragment = PARTNERS["msn.rss"].item(a_story(headline=headline), SITE)
    shown = the_item("msn.rss", a_story(headline=headline)).findtext("title") if fragment else None
    assert shown == (None if title is None else title.replace(" …", "…"))
    assert shown is None or 20 <= len(shown) <= 150


@pytest.mark.parametrize(
    ("over", "taken"),
    [
        ({}, True),
        ({"width": 719}, False),
        ({"width": 720}, True),
        ({"bytes": 16 << 20}, False),
        ({"url": "http://cdn.example.org/a.jpg"}, False),
        ({"width": None, "bytes": None}, True),
    ],
)
def test_msn_gets_pictures_it_takes_with_credit_and_licensor(over: dict[str, Any], taken: bool) -> None:
    picture = a_story().images[0].model_copy(update=over)
    item = the_item("msn.rss", a_story(images=(picture,)))
    assert texts(item, "media:content/@url") == texts(item, "enclosure/@url") == [picture.url] * taken
    assert texts(item, "media:content/media:credit/text()") == ["Kevin Dietsch/Getty Images"] * taken
    assert texts(item, "media:content/mi:licensorName/text()") == ["Getty Images"] * taken
    assert texts(item, "media:content/media:text/text()") == ["A general at a lectern"] * taken


def test_smartnews_looks_again_only_at_a_newer_date() -> None:
    first = the_item("smartnews.rss", a_story(updated_at=None))
    second, gone = the_item("smartnews.rss", a_story(version=2)), the_item("smartnews.rss", GONE)
    dates = [parsedate_to_datetime(str(item.findtext("pubDate"))) for item in (first, second, gone)]
    assert dates == sorted(set(dates))
    states = [texts(item, "media:status/@state") for item in (first, second, gone)]
    assert states == [["active"], ["active"], ["deleted"]]


def test_smartnews_needs_date_language_and_logo_of_the_channel() -> None:
    channel = read("smartnews.rss", a_story())
    assert channel.findtext("language") == "en"
    assert channel.findtext("pubDate") == "Tue, 17 Dec 2024 18:00:00 GMT"
    assert texts(channel, "snf:logo/url/text()") == [LOGO.logo]
    assert texts(channel, "item/media:thumbnail/@url") == [f"{CDN}/ryder.jpg"]


def test_flipboard_gets_a_long_description_and_one_picture_that_is_large_enough() -> None:
    small = Image(url=f"{CDN}/small.jpg", width=399, height=900, lead=True)
    text = "The ferry crossed the bay again, and the people on the shore saw it. " * 12
    item = the_item("flipboard.rss", a_story(images=(small, *a_story().images), body_text=text))
    assert 300 <= len(str(item.findtext("description"))) <= 601
    assert texts(item, "enclosure/@url") == texts(item, "media:content/@url") == [f"{CDN}/ryder.jpg"]
    assert not texts(the_item("flipboard.rss", a_story(images=(small,))), "enclosure")


@pytest.mark.parametrize(
    "article", [a_story(headline="word " * 30), GONE.model_copy(update={"headline": "word " * 30})]
)
def test_apple_gets_titles_of_its_length(article: Article) -> None:
    title = str(the_item("apple.rss", article).findtext("title"))
    assert 15 <= len(title) <= 60
    assert title.endswith("word…")


@pytest.mark.parametrize(("ending", "most"), [("msn.rss", 20), ("smartnews.rss", 20), ("flipboard.rss", 30)])
async def test_a_page_has_no_more_items_than_they_ask_for(ending: str, most: int) -> None:
    shelf = InMemoryShelf()
    shelf.publish(*(a_story(id=f"desk-{number}") for number in range(40)))
    document = await Press(shelf, SITE).document(Page(ALL, None, ending))
    assert document is not None
    assert document.variants["identity"].body.count(b"<item>") == most
    assert 'rel="next"' in document.links


async def test_a_page_for_partners_stays_below_a_megabyte() -> None:
    shelf = InMemoryShelf()
    shelf.publish(*(a_story(id=f"desk-{number}", body_html=f"<p>{'word ' * 60_000}</p>") for number in range(9)))
    press = Press(shelf, SITE)
    document = await press.document(Page(ALL, None, "smartnews.rss"))
    assert document is not None
    assert len(document.variants["identity"].body) < 1_010_000
    assert document.variants["identity"].body.count(b"<item>") == 3
