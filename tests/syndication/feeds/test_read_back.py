"""What readers make of every format: our own parser, which takes most in, and the one that most readers use."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import feedparser
import orjson
import pytest
from lxml import etree

from services.ingest.document import Document
from services.ingest.parse import parse
from services.syndication.feeds.press import Page, Press
from services.syndication.feeds.shelf import ALL
from shared.events import Article, Author, Enclosure, Retraction
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, InMemoryShelf, a_story

STORY = a_story(
    section="World",
    rights="© World Desk",
    authors=(*a_story().authors, Author(name="Ann Writer", url="https://desk.example.org/ann")),
    enclosures=(Enclosure(url=f"{CDN}/ferry.mp3", type="audio/mpeg", bytes=4_321, title="Listen"),),
)
IDENTIFIER = f"tag:news.example.org,2026:article:{STORY.id}"
GONE = a_story(
    id="desk-gone", version=2, status="canceled", body_html="", body_text="", retraction=Retraction(reason="Made up.")
)
HOSTILE = (
    "Markup <b>bold</b> & <script>alert(1)</script>",
    "CDATA ends here ]]> and begins <![CDATA[ there",
    "Entities &amp; &lt; &copy &#x3c; AT&T R&D",
    "Emoji \N{FAMILY} and a flag \U0001f1fa\U0001f1e6",
    "\N{RIGHT-TO-LEFT OVERRIDE}right to left\N{POP DIRECTIONAL FORMATTING} \u05e9\u05dc\u05d5\u05dd",
    "Controls \x00\x01\x0b\x1f\x7f\x85 gone",
    "Quotes \" and ' and a \\ and {braces}",
)


async def printed(ending: str, *articles: Article) -> bytes:
    shelf = InMemoryShelf()
    shelf.publish(*articles)
    document = await Press(shelf, SITE).document(Page(ALL, None, ending))
    assert document is not None
    return document.variants["identity"].body


async def ours(ending: str, *articles: Article) -> Document:
    url = f"https://news.example.org/feeds/all.{ending}"
    kind = "application/feed+json" if ending == "json" else ""
    now = datetime.fromisoformat("2026-11-22T10:00:00Z")
    body = await printed(ending, *articles)
    found = parse(body, url=url, content_type=kind, source_id="mirror", timezone=None, now=now)
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
async def test_our_own_parser_reads_every_part_back(ending: str) -> None:
    found = await ours(ending, STORY)
    (item,) = found.submissions
    assert (item.guid, item.headline, item.summary) == (IDENTIFIER, STORY.headline, STORY.summary)
    assert (item.url, item.language) == (STORY.url, "en")
    assert item.published_at == STORY.published_at
    assert STORY.updated_at is not None
    assert timedelta(0) <= (item.updated_at or MORNING) - STORY.updated_at < timedelta(seconds=1)
    assert item.body_html.endswith(STORY.body_html)
    assert "min read" not in item.body_html
    assert [author.name for author in item.authors] == ["Tim Zadorozhnyy", "Ann Writer"]
    tim = STORY.authors[0]
    assert (item.authors[0].role, item.authors[0].bio, item.authors[0].avatar) == (tim.role, tim.bio, tim.avatar)
    assert item.authors[0].url == "https://news.example.org/authors/tim-zadorozhnyy"
    assert {category.label or category.term for category in item.categories} == {"North Korea", "Kursk Oblast"}
    picture, shown = item.images[0], STORY.images[0]
    assert picture.url == shown.url
    assert f"{CDN}/ferry.mp3" in [one.url for one in item.enclosures]
    assert (picture.caption, picture.credit, picture.bytes) == (shown.caption, shown.credit, shown.bytes)
    assert (picture.width, picture.height) == (shown.width, shown.height)
    assert [(story.url, story.headline, story.summary) for story in item.related] == [
        (story.url, story.headline, story.summary) for story in STORY.related
    ]
    assert item.rights == "© World Desk"
    assert (item.section, item.dateline) == (("World", STORY.dateline) if ending == "json" else (None, None))
    assert found.hubs == ("https://news.example.org/websub",)
    assert found.topic == f"https://news.example.org/feeds/all.{ending}"


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
async def test_the_way_of_a_story_through_other_wirerooms_is_read_back(ending: str) -> None:
    way = tuple(f"tag:{host}.example,2026:article:desk-{'a' * 20}" for host in ("a", "b"))
    (item,) = (await ours(ending, a_story(via=way))).submissions
    assert item.via == way
    (item,) = (await ours(ending, a_story())).submissions
    assert item.via == ()


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
async def test_a_retraction_is_read_under_the_same_id(ending: str) -> None:
    found = await ours(ending, STORY, GONE)
    [gone] = found.withdrawals
    assert (gone.guid, gone.reason) == (IDENTIFIER.replace(STORY.id, GONE.id), "Made up.")
    assert [one.guid for one in found.submissions] == [IDENTIFIER]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_comes_back_as_it_was_written(text: str) -> None:
    story = a_story(headline=text, summary=text, body_html="<p>]]&gt; <![CDATA[</p>", authors=(Author(name=text),))
    (entry,) = (await ours("atom", story)).submissions
    [item] = orjson.loads(await printed("json", story))["items"]
    element = etree.fromstring(await printed("rss", story)).find("channel/item")
    assert element is not None
    told = [
        *(entry.headline, entry.summary, entry.authors[0].name),
        *(item["title"], item["summary"], item["authors"][0]["name"]),
        *(element.findtext("title"), unescape(element.findtext("description") or "")),
    ]
    assert {_visible(one or "") for one in told} == {_visible(text)}


def _visible(text: str) -> str:
    """Return what a reader sees of a text: no controls, no zero-width space, each blank once."""
    return " ".join("".join(one for one in text if one.isprintable() or one in "\u202e\u202c").split())


@pytest.mark.parametrize("ending", ["rss", "atom"])
async def test_a_megabyte_of_body_comes_back_whole(ending: str) -> None:
    whole = "<p>" + "Lorem ipsum dolor sit amet. " * 35_000 + "</p>"
    (item,) = (await ours(ending, a_story(body_html=whole))).submissions
    assert whole in item.body_html


async def test_feedparser_reads_every_part_of_an_atom_entry() -> None:
    feed = feedparser.parse(await printed("atom", STORY))
    assert not feed.bozo
    [entry] = feed.entries
    assert (entry.id, entry.title, entry.summary, entry.link) == (
        IDENTIFIER,
        STORY.headline,
        STORY.summary,
        STORY.url,
    )
    assert [(one.name, one.get("href")) for one in entry.authors] == [
        ("Tim Zadorozhnyy", "https://news.example.org/authors/tim-zadorozhnyy"),
        ("Ann Writer", "https://desk.example.org/ann"),
    ]
    assert [(one.term, one.label) for one in entry.tags] == [
        ("north-korea", "North Korea"),
        ("kursk-oblast", "Kursk Oblast"),
    ]
    assert entry.published_parsed[:5] == (2024, 12, 17, 8, 30)
    assert entry.updated_parsed[:5] == (2024, 12, 17, 16, 5)
    assert entry.rights == "© World Desk"
    assert [(one.href, one.length, one.type) for one in entry.enclosures] == [
        (f"{CDN}/ryder.jpg", "284120", "image/jpeg"),
        (f"{CDN}/ferry.mp3", "4321", "audio/mpeg"),
    ]
    assert entry.media_credit[0]["content"] == "Kevin Dietsch/Getty Images"
    assert STORY.body_html in entry.content[0].value
    rels: dict[str, Any] = {link.rel: link.href for link in feed.feed.links}
    assert rels["hub"] == "https://news.example.org/websub"
    assert feed.feed.id == "tag:news.example.org,2026:feed:all"
