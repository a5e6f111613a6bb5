"""An article as an Atom entry, and a retracted one as a tombstone."""

from __future__ import annotations

from typing import Any

import feedparser
import pytest
from lxml import etree

from services.syndication.feeds.atom import ATOM, FOOT, OPEN, TOMBSTONES, distinct, entry, fault, head
from services.syndication.feeds.channel import Channel
from services.syndication.feeds.shelf import ALL, FeedName
from services.syndication.feeds.text import GAP
from shared.events import Article, Author, Corrected, Enclosure, Retraction
from tests.syndication.feeds.in_memory import CDN, MORNING, SITE, a_story

NAMES = {"a": ATOM, "at": TOMBSTONES, "media": "http://search.yahoo.com/mrss/"}
HOSTILE = 'Ends ]]> <b>"bold"</b> & \x01\ud800 \u202eright to left 🐟'


def parsed(article: Article) -> Any:
    fragment = entry(article, SITE)
    assert fault(fragment) is None
    return etree.fromstring(f"{OPEN}>".encode() + fragment + FOOT)[0]


def texts(node: Any, path: str) -> list[str]:
    return [found.text or "" for found in node.findall(path, NAMES)]


def one_feed(*articles: Article) -> Any:
    document = head(Channel(feed=ALL, label="", modified=MORNING), SITE) + b"".join(
        entry(article, SITE) for article in articles
    )
    feed = feedparser.parse(document + FOOT)
    assert not feed.bozo
    return feed


def test_a_reader_finds_every_part_of_the_story() -> None:
    two = (*a_story().authors, Author(name="Reuters"))
    [found] = one_feed(a_story(authors=two)).entries
    assert found.id == f"tag:news.example.org,2026:article:{a_story().id}"
    assert (found.title, found.link, found.summary) == (a_story().headline, a_story().url, a_story().summary)
    assert (found.published_parsed[:5], found.updated_parsed[:5]) == ((2024, 12, 17, 8, 30), (2024, 12, 17, 16, 5))
    assert [author.name for author in found.authors] == ["Tim Zadorozhnyy", "Reuters"]
    assert found.authors[0].href == "https://news.example.org/authors/tim-zadorozhnyy"
    assert [(tag.term, tag.scheme, tag.label) for tag in found.tags] == [
        ("north-korea", "https://news.example.org/tags", "North Korea"),
        ("kursk-oblast", "https://news.example.org/tags", "Kursk Oblast"),
    ]
    [picture] = found.media_content
    assert (picture["url"], picture["width"]) == (f"{CDN}/ryder.jpg", "1600")
    assert found.media_credit[0]["content"] == "Kevin Dietsch/Getty Images"
    [html] = found.content
    for part in ("1 min read", "<figcaption>", "Related:", "Read more", "(Updated: Dec. 17, 2024", "covers foreign"):
        assert part in html["value"]
    rels = {link.rel: link for link in found.links}
    assert rels["enclosure"].length == "284120"
    assert rels["related"].title == "Unit fired on its own side, intelligence claims"


def test_corrections_are_shown_in_the_story() -> None:
    made = Corrected(note="The general's <rank> was wrong.", version=2, at=MORNING)
    [html] = one_feed(a_story(corrections=(made,))).entries[0].content
    assert "Correction, Dec. 17, 2024, 8:30 a.m. UTC:" in html["value"]
    assert "&lt;rank&gt;" in html["value"]


def test_a_retracted_story_is_a_tombstone_with_its_reason() -> None:
    gone = a_story(status="canceled", body_html="", retraction=Retraction(reason="The quotation was made up."))
    node = parsed(gone)
    assert node.tag == f"{{{TOMBSTONES}}}deleted-entry"
    assert node.get("ref") == f"tag:news.example.org,2026:article:{gone.id}"
    assert node.get("when").startswith("2024-12-17T16:05:00.")
    assert texts(node, "at:comment") == ["The quotation was made up."]
    assert texts(node, "at:by/a:name") == ["World Desk"]


@pytest.mark.parametrize(("reuse", "summary", "content"), [("summary", 1, 0), ("headline", 1, 0)])
def test_what_the_source_lets_go_on_is_kept_to(reuse: str, summary: int, content: int) -> None:
    node = parsed(a_story(reuse=reuse))
    assert (len(texts(node, "a:summary")), len(texts(node, "a:content"))) == (summary, content)
    assert node.findall("media:content", NAMES) == []
    assert "enclosure" not in [link.get("rel") for link in node.findall("a:link", NAMES)]


def test_an_entry_of_which_only_the_headline_may_go_on_says_no_more() -> None:
    story = a_story(reuse="headline")
    assert texts(parsed(story), "a:summary") == [story.headline]


def test_only_a_tombstone_knows_the_namespace_of_tombstones() -> None:
    assert TOMBSTONES.encode() not in head(Channel(feed=ALL, label=""), SITE) + entry(a_story(), SITE)
    assert TOMBSTONES.encode() in entry(a_story(status="canceled"), SITE)


def test_every_file_of_a_story_is_an_enclosure() -> None:
    sound = Enclosure(url=f"{CDN}/a.mp3", bytes=99, seconds=12, title="Listen")
    node = parsed(a_story(enclosures=(sound,)))
    links = [dict(link.attrib) for link in node.findall("a:link", NAMES) if link.get("rel") == "enclosure"]
    assert [link["type"] for link in links] == ["image/jpeg", "audio/mpeg"]
    assert links[1] == {"rel": "enclosure", "type": "audio/mpeg", "length": "99", "href": sound.url, "title": "Listen"}


def test_hostile_text_is_text() -> None:
    node = parsed(a_story(headline=HOSTILE, summary=HOSTILE, body_html=f"<p>{HOSTILE}</p>", section=HOSTILE))
    [title] = texts(node, "a:title")
    assert title.replace(GAP, "") == 'Ends ]]> <b>"bold"</b> & \u202eright to left 🐟'
    assert "<b" not in title


def test_no_two_entries_bear_one_moment() -> None:
    for moment in (MORNING, MORNING.replace(microsecond=123_456)):
        stamps = {distinct(moment, f"desk-{number}", 1) for number in range(50)}
        assert len(stamps) == 50
        assert {stamp.replace(microsecond=0) for stamp in stamps} == {MORNING}


def test_a_later_version_of_the_same_second_has_a_later_stamp() -> None:
    stamps = [distinct(MORNING, "desk-1", version) for version in (1, 2, 3)]
    assert stamps == sorted(set(stamps))


def test_the_feed_says_where_it_is_and_when_it_changed() -> None:
    page = Channel(feed=FeedName("tags", "kursk"), label="Kursk & Oblast", before=51, older=1, modified=MORNING)
    root = etree.fromstring(head(page, SITE) + FOOT)
    assert texts(root, "a:title") == ["Example News: Kursk & Oblast"]
    assert texts(root, "a:id") == ["tag:news.example.org,2026:feed:tags:kursk"]
    assert texts(root, "a:updated") == ["2024-12-17T08:30:00Z"]
    assert {link.get("rel"): link.get("href") for link in root.findall("a:link", NAMES)} == {
        "self": "https://news.example.org/feeds/tags/kursk.atom?before=51",
        "first": "https://news.example.org/feeds/tags/kursk.atom",
        "next": "https://news.example.org/feeds/tags/kursk.atom?before=1",
        "alternate": "https://news.example.org/tags/kursk",
    }


def test_an_empty_feed_has_a_moment_that_stands_still() -> None:
    assert head(Channel(feed=ALL, label=""), SITE) == head(Channel(feed=ALL, label=""), SITE)
    assert b"<updated>2026-01-01T00:00:00Z</updated>" in head(Channel(feed=ALL, label=""), SITE)


@pytest.mark.parametrize("fragment", [b"", b"<entry>", b"<entry/><entry/>", b"<other/>", b"<entry><x:y/></entry>"])
def test_what_is_not_one_entry_is_not_served(fragment: bytes) -> None:
    assert fault(fragment) is not None
