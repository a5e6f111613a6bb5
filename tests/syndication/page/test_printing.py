"""What the templates make of a story and of the pages around it."""

from __future__ import annotations

from typing import Any

import pytest

from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.page.directory import Counted, Directory
from services.syndication.page.head import Listing
from shared.events import Article, Author, Corrected, Retraction
from tests.syndication.feeds.in_memory import CDN, MORNING, a_story
from tests.syndication.page.building import a_printer, parsed

HOSTILE = "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"


def an_item(**over: Any) -> Any:
    return parsed(a_printer().item(a_story(**over), 7000))


def said(root: Any, path: str) -> str:
    [found] = root.xpath(path)
    return " ".join(found.text_content().split())


def test_an_item_has_every_part_of_the_story() -> None:
    item = an_item()
    assert said(item, "//h2/a") == a_story().headline
    assert "1 min read" in said(item, "//p[@class='meta']")
    assert said(item, "//span[@class='updated']/time[@datetime]") == "(Updated: Dec. 17, 2024, 4:05 p.m. UTC)"
    assert said(item, "//figcaption") == (
        "General Pat Ryder at the Pentagon on Oct. 31, 2023. (Kevin Dietsch/Getty Images)"
    )
    assert said(item, "//p[@class='dateline']") == "WASHINGTON"
    assert "as Reuters reports" in said(item, "//div[@class='body']")
    assert said(item, "//p[@class='card']/a") == "Unit fired on its own side, intelligence claims"
    author = item.xpath("//div[@class='author']")[0]
    assert author.xpath(".//img/@src") == [f"{CDN}/tim.jpg"]
    assert said(author, ".//p[@class='role']") == "Reporter"
    assert author.xpath(".//p[@class='more']/a/@href") == ["/authors/tim-zadorozhnyy"]


def test_a_story_of_which_there_is_a_summary_alone_tells_it_and_leads_on() -> None:
    article = a_story(body_html="", body_text="")
    for page in (a_printer().item(article, 7000), a_printer().article(article, Directory())):
        root = parsed(page)
        assert said(root, "//article/div[@class='body']") == article.summary
        assert not root.xpath("//p[@class='standfirst']")
        assert root.xpath("//p[@class='onward']/a/@href") == [article.url]


def test_corrections_stand_in_the_story() -> None:
    item = an_item(corrections=(Corrected(version=2, at=MORNING, note="Eight, not six."),))
    assert said(item, "//p[@class='correction']") == "Correction Dec. 17, 2024, 8:30 a.m. UTC Eight, not six."


def test_a_notice_stands_in_place_of_what_was_taken_back() -> None:
    item = an_item(status="canceled", retraction=Retraction(reason="Made up."))
    assert "Made up." in said(item, "//div[@class='notice']")
    assert not item.xpath("//img | //div[@class='body'] | //div[@class='author']")


@pytest.mark.parametrize("field", ["headline", "summary", "section", "dateline", "rights"])
def test_no_text_becomes_markup(field: str) -> None:
    article = a_story(**{field: HOSTILE})
    for page in (a_printer().item(article, 7000), a_printer().article(article, Directory())):
        root = parsed(page)
        assert not root.xpath("//img[@onerror] | //script[contains(text(), 'alert(1)') and not(@type)]")
        assert len(root.xpath("//title")) <= 1


def test_no_name_becomes_markup() -> None:
    author = Author(name=HOSTILE, role=HOSTILE, bio=HOSTILE)
    page = a_printer().article(a_story(authors=(author,)), Directory())
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_list_of_feeds_names_languages_as_people_do() -> None:
    directory = Directory(feeds={"languages": (Counted(FeedName("languages", "de"), "de", 3),)})
    [row] = parsed(a_printer().feeds(directory)).xpath("//section[h2='By language']//tbody/tr")
    assert row.xpath("string(th)") == "German"
    assert row.xpath(".//td//a/@href")[0].endswith("/feeds/languages/de.rss")


def test_a_page_names_its_feeds_and_its_address() -> None:
    root = parsed(a_printer().article(a_story(), Directory()))
    assert root.xpath("//link[@rel='canonical']/@href") == ["https://desk.example.org/kursk-casualties"]
    assert root.xpath("//link[@rel='alternate']/@type") == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]
    assert len(root.xpath("//script[@type='application/ld+json']")) == 1


def test_a_listing_of_a_tag_follows_its_own_events() -> None:
    page = Listing(feed=FeedName("tags", "odesa"), label="Odesa", items=(), mark=3, newest=0)
    root = parsed(a_printer().listing(page, Directory()))
    [stories] = root.xpath("//*[@id='stories']")
    assert stories.get("data-query") == "tag:odesa OR type:article.retracted"
    assert root.xpath("//h1/text()") == ["Odesa"]


def test_older_pages_are_not_live_nor_for_search_engines() -> None:
    page = Listing(feed=ALL, label="", items=(), mark=3, newest=0, newer=7, before=5, live=False)
    root = parsed(a_printer().listing(page, Directory()))
    assert not root.xpath("//*[@data-stream]")
    assert root.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert root.xpath("//a[@rel='prev']/@href") == ["/?after=7"]
    assert root.xpath("//link[@rel='canonical']/@href") == ["https://news.example.org/?before=5"]


def test_right_to_left_text_is_told_to_the_browser() -> None:
    article: Article = a_story(language="ar", headline="عنوان", body_html="<p>نص</p>")
    root = parsed(a_printer().item(article, 7000))
    assert root.xpath("//article/@lang") == ["ar"]
    assert root.xpath("//div[@class='body']/@dir") == ["rtl"]
